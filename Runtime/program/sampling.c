// sampling.c - one id out of the logits of a position.
//
// The steps and their order are those of llama.cpp: the penalty, top-k, top-p, min-p, the
// temperature. The number that decides is a function of the seed and the position alone, so a text
// can be made again, whatever was drawn before.

#include "sampling.h"

#include <math.h>

#include "../math/random.h"
#include "program.h"

// Keeps this use of random numbers apart from others: "samp" as little-endian bytes.
#define TAG UINT32_C(0x706d6173)

int rt_sampling_check(const rt_sampling *sampling, rt_error *error) {
  const struct {
    int is_good;
    const char *flag, *expected;
    double found;
  } rules[] = {
      {sampling->temperature >= 0, "temp", "0 or more", sampling->temperature},
      {sampling->top_p > 0 && sampling->top_p <= 1, "top-p", "a number above 0, up to 1",
       sampling->top_p},
      {sampling->min_p >= 0 && sampling->min_p <= 1, "min-p", "a number from 0 to 1",
       sampling->min_p},
      {sampling->repeat_penalty > 0, "repeat-penalty", "a number above 0",
       sampling->repeat_penalty},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (!rules[i].is_good) {
      return rt_fail(error, RT_ERROR_USAGE, "--%s: expected %s, found %g", rules[i].flag,
                     rules[i].expected, rules[i].found);
    }
  }
  return RT_OK;
}

int rt_sampler_create(rt_sampler *sampler, int count, rt_error *error) {
  size_t n = (size_t)count;
  *sampler = (rt_sampler){count, (double *)rt_allocate(n * sizeof(double)),
                          (int32_t *)rt_allocate(n * sizeof(int32_t)),
                          (unsigned char *)rt_allocate(n)};
  int is_made = sampler->logits != NULL && sampler->heap != NULL && sampler->stays != NULL;
  return is_made ? RT_OK : rt_fail_memory(error, n * 13, "the logits");
}

void rt_sampler_destroy(rt_sampler *sampler) {
  rt_release(sampler->logits);
  rt_release(sampler->heap);
  rt_release(sampler->stays);
  *sampler = (rt_sampler){0};
}

// ---- The ids in the order of their logits ----

// True iff id `a` comes before `b`.
static int is_before(const rt_sampler *s, int32_t a, int32_t b) {
  return s->logits[a] != s->logits[b] ? s->logits[a] > s->logits[b] : a < b;
}

// Lets the id at `at` of a heap of `count` sink to its place.
static void sink(rt_sampler *s, int at, int count) {
  int32_t id = s->heap[at];
  while (at < count / 2) {
    int child = 2 * at + 1;
    child += child + 1 < count && is_before(s, s->heap[child + 1], s->heap[child]);
    if (!is_before(s, s->heap[child], id)) {
      break;
    }
    s->heap[at] = s->heap[child];
    at = child;
  }
  s->heap[at] = id;
}

// Orders the candidates as a heap with the likeliest on top, which takes as long as reading them.
static void make_heap(rt_sampler *s) {
  for (int i = 0; i < s->count; i++) {
    s->heap[i] = i;
  }
  for (int i = s->count / 2 - 1; i >= 0; i--) {
    sink(s, i, s->count);
  }
}

// Takes the first id out of a heap of `count`, and puts it behind the others.
static int32_t take(rt_sampler *s, int count) {
  int32_t first = s->heap[0];
  s->heap[0] = s->heap[count - 1];
  s->heap[count - 1] = first;
  if (count > 1) {
    sink(s, 0, count - 1);
  }
  return first;
}

// ---- The steps ----

// Converts and checks the logits, and applies the penalty once for each id.
static int prepare(rt_sampler *s, const rt_sampling *p, rt_dtype dtype, const void *logits,
                   const int32_t *last, size_t last_count, rt_error *error) {
  size_t bad = 0, count = (size_t)s->count;
  if (rt_convert(RT_F64, s->logits, dtype, logits, count, &bad) != RT_OK) {
    return rt_fail(error, RT_ERROR_MISMATCH, "expected logits, found %s", rt_dtype_name(dtype));
  }
  int is_any = 0;
  for (size_t i = 0; i < count; i++) {
    double l = s->logits[i];
    if (isnan(l) || l == INFINITY) {
      return rt_fail(error, RT_ERROR_VALUE, "expected finite logits, found %g for id %zu",
                     rt_plain_nan(l), i);
    }
    is_any |= l > -INFINITY;
    s->stays[i] = 0;
  }
  if (!is_any) {
    return rt_fail(error, RT_ERROR_VALUE, "expected finite logits, found -inf for all %d ids",
                   s->count);
  }
  for (size_t i = 0; i < last_count; i++) {
    if (last[i] >= 0 && last[i] < s->count && !s->stays[last[i]]) {
      double *l = &s->logits[last[i]];
      *l = *l > 0 ? *l / p->repeat_penalty : *l * p->repeat_penalty;
      s->stays[last[i]] = 1;
    }
  }
  return RT_OK;
}

// Sets which ids stay after top_k and top_p.
static void keep_best(rt_sampler *s, const rt_sampling *p, double highest) {
  int most = p->top_k > 0 && p->top_k < s->count ? p->top_k : s->count;
  int is_all = most == s->count && p->top_p >= 1;
  for (int i = 0; i < s->count; i++) {
    s->stays[i] = (unsigned char)is_all;
  }
  if (is_all) {
    return;
  }
  make_heap(s);
  double sum = 0, total = 0;
  for (int i = 0; i < most; i++) {
    total += exp(s->logits[take(s, s->count - i)] - highest);
  }
  // They stand at the end of the heap's memory now, the first one last.
  for (int i = 0; i < most && (i == 0 || p->top_p >= 1 || sum < p->top_p * total); i++) {
    int32_t id = s->heap[s->count - 1 - i];
    s->stays[id] = 1;
    sum += exp(s->logits[id] - highest);
  }
}

// A number from 0 to below 1.
static double draw(uint64_t seed, uint64_t position) {
  uint32_t words[4];
  rt_philox((uint32_t)position, (uint32_t)(position >> 32), TAG, 0, (uint32_t)seed,
            (uint32_t)(seed >> 32), words);
  return ((double)(words[0] >> 5) * 67108864.0 + (double)(words[1] >> 6)) / 9007199254740992.0;
}

int rt_sample(rt_sampler *sampler, const rt_sampling *sampling, rt_dtype dtype, const void *logits,
              const int32_t *last, size_t last_count, uint64_t position, int32_t *id,
              rt_error *error) {
  rt_sampler *s = sampler;
  int code = prepare(s, sampling, dtype, logits, last, last_count, error);
  if (code != RT_OK) {
    return code;
  }
  *id = 0;
  for (int32_t i = 1; i < s->count; i++) {
    *id = is_before(s, i, *id) ? i : *id;
  }
  if (sampling->temperature <= 0) {
    return RT_OK;
  }
  double highest = s->logits[*id], sum = 0;
  keep_best(s, sampling, highest);
  for (int i = 0; i < s->count; i++) {
    int stays = s->stays[i] && exp(s->logits[i] - highest) >= sampling->min_p;
    s->logits[i] = stays ? exp((s->logits[i] - highest) / sampling->temperature) : 0;
    sum += s->logits[i];
  }
  double bound = draw(sampling->seed, position) * sum, reached = 0;
  for (int32_t i = 0; i < s->count && reached <= bound; i++) {
    reached += s->logits[i];
    // The last one that has a share, in case the sum is never above the bound.
    *id = s->logits[i] > 0 ? i : *id;
  }
  return RT_OK;
}
