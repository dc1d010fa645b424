// sampling.h - one id out of the logits of a position.

#ifndef RT_SAMPLING_H
#define RT_SAMPLING_H

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- sampling.c ------------------------------------------------------------------

// How an id is chosen. The filters work in this order, which is the default one of llama.cpp:
//
// 1. repeat_penalty r: the logit l of each id among the last ones becomes l / r, or l * r if it is
//    not positive.
// 2. top_k k: the k ids with the highest logits stay; of equal ones, those with lower ids.
// 3. top_p p: of these, in the same order, as few stay as have probabilities that sum to p at
//    least, where the probabilities of all that are left sum to 1; at least one.
// 4. min_p p: those stay whose probability is at least p times the highest one.
// 5. temperature t: logits are divided by t. With t = 0 the id with the highest logit after step 1
//    is taken, of equal ones the lowest.
// 6. One is drawn: the first, in the order of ids, at which the sum of the probabilities is above
//    u, where 0 <= u < 1. With w = rt_philox(low half of the position, high half, 0x706d6173, 0,
//    low half of the seed, high half), u = (floor(w[0] / 32) * 2^26 + floor(w[1] / 64)) / 2^53.
//
// All this is computed in f64, sums of weights exp(l - highest l) in the order of ids; those of 3.
// in the order of that step.
typedef struct {
  double temperature;
  int top_k;              // 0: all
  double top_p;           // 1: all
  double min_p;           // 0: all
  double repeat_penalty;  // 1: none
  uint64_t seed;
} rt_sampling;

// Checks that the numbers are in their ranges; errors name the flags.
int rt_sampling_check(const rt_sampling *sampling, rt_error *error);

// Memory for logits of `count` ids.
typedef struct {
  int count;
  double *logits;
  int32_t *heap;
  unsigned char *stays;
} rt_sampler;

// To be freed with rt_sampler_destroy, also on failure.
int rt_sampler_create(rt_sampler *sampler, int count, rt_error *error);
void rt_sampler_destroy(rt_sampler *sampler);

// Chooses an id. `logits` has elements of `dtype`, f16 to f64. `last` are the ids that the penalty
// looks at; others than those of the sampler are ignored. `position` counts the ids of the text
// before this one. A logit that is NaN or infinite is an error, but for minus infinity.
int rt_sample(rt_sampler *sampler, const rt_sampling *sampling, rt_dtype dtype, const void *logits,
              const int32_t *last, size_t last_count, uint64_t position, int32_t *id,
              rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
