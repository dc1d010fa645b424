// bpe_train.c - finds the merges of byte pairs.
//
// The pair that occurs most often becomes a token, again and again; of several, the one whose left
// id is lowest, then whose right id is. This does what the BpeTrainer of Hugging Face does, also
// where two pairs make the same token, and so gives the same merges.

#include <string.h>

#include "tokenizer_parts.h"

// Numbers of words.
typedef struct {
  int32_t *items;
  size_t count, capacity;
} list;

typedef struct {
  int32_t left, right;
  int64_t count;  // in all words; stays as it is when the pair is merged
  list found;     // words in which it is new since it was queued last
} pair;

// A pair that waits to be merged in some words. Its count may have fallen since.
typedef struct {
  int32_t pair;
  int64_t count;
  list words;
} entry;

typedef struct {
  rt_tokenizer *tokenizer;
  int word_count;
  const int64_t *times;
  int32_t *symbols;  // of all words, one after the other
  size_t *begins;    // of each word
  int32_t *lengths;
  rt_pairs numbers;  // in `pairs`
  pair *pairs;
  size_t pair_count, pair_capacity;
  entry *heap;
  size_t heap_count, heap_capacity;
  list touched;      // the pairs with words in `found`
} trainer;

static int add(list *l, int32_t item, rt_error *error) {
  int code = rt_token_grow(&l->items, sizeof(int32_t), &l->capacity, l->count + 1, error);
  if (code == RT_OK) {
    l->items[l->count++] = item;
  }
  return code;
}

// ---- The queue ----

// The more frequent pair first; of several, the one with the lower ids.
static int is_before(const trainer *t, const entry *a, const entry *b) {
  const pair *p = &t->pairs[a->pair], *q = &t->pairs[b->pair];
  return a->count != b->count  ? a->count > b->count
         : p->left != q->left ? p->left < q->left
                               : p->right < q->right;
}

// Adds an entry, whose words the queue then owns.
static int push(trainer *t, entry e, rt_error *error) {
  int code = rt_token_grow(&t->heap, sizeof(entry), &t->heap_capacity, t->heap_count + 1, error);
  if (code != RT_OK) {
    rt_release(e.words.items);
    return code;
  }
  size_t at = t->heap_count++;
  for (; at > 0 && is_before(t, &e, &t->heap[(at - 1) / 2]); at = (at - 1) / 2) {
    t->heap[at] = t->heap[(at - 1) / 2];
  }
  t->heap[at] = e;
  return RT_OK;
}

// Takes the first entry out, whose words belong to the caller.
static entry pop(trainer *t) {
  entry first = t->heap[0], last = t->heap[--t->heap_count];
  size_t at = 0, child;
  while ((child = 2 * at + 1) < t->heap_count) {
    child += child + 1 < t->heap_count && is_before(t, &t->heap[child + 1], &t->heap[child]);
    if (!is_before(t, &t->heap[child], &last)) {
      break;
    }
    t->heap[at] = t->heap[child];
    at = child;
  }
  t->heap[at] = last;
  return first;
}

// ---- Counts ----

// Adds to the count of a pair in a word.
static int change(trainer *t, int32_t left, int32_t right, int sign, int32_t word,
                  rt_error *error) {
  uint64_t key = rt_pair_key(left, right);
  int32_t number = rt_pairs_find(&t->numbers, key);
  int code = RT_OK;
  if (number < 0) {
    number = (int32_t)t->pair_count;
    code = t->pair_count < INT32_MAX
               ? rt_token_grow(&t->pairs, sizeof(pair), &t->pair_capacity, t->pair_count + 1, error)
               : rt_fail(error, RT_ERROR_MISMATCH, "expected a text with fewer pairs");
    code = code == RT_OK ? rt_pairs_set(&t->numbers, key, number, error) : code;
    if (code != RT_OK) {
      return code;
    }
    t->pairs[t->pair_count++] = (pair){left, right, 0, {NULL, 0, 0}};
  }
  pair *p = &t->pairs[number];
  p->count += sign * t->times[word];
  if (sign > 0 && p->found.count == 0) {
    code = add(&t->touched, number, error);
  }
  // Words come one after the other.
  if (sign > 0 && code == RT_OK &&
      (p->found.count == 0 || p->found.items[p->found.count - 1] != word)) {
    code = add(&p->found, word, error);
  }
  return code;
}

// Queues the pairs that are new in some words.
static int queue_touched(trainer *t, rt_error *error) {
  int code = RT_OK;
  for (size_t i = 0; i < t->touched.count && code == RT_OK; i++) {
    pair *p = &t->pairs[t->touched.items[i]];
    entry e = {t->touched.items[i], p->count, p->found};
    p->found = (list){NULL, 0, 0};
    if (e.count > 0) {
      code = push(t, e, error);
    } else {
      rt_release(e.words.items);
    }
  }
  t->touched.count = 0;
  return code;
}

// Lays out the words as symbols, and counts their pairs.
static int begin(trainer *t, const rt_strings *words, rt_error *error) {
  size_t bytes = words->count > 0 ? words->ends[words->count - 1] : 0;
  size_t count = (size_t)words->count;
  t->symbols = (int32_t *)rt_allocate(bytes * sizeof(int32_t));
  t->begins = (size_t *)rt_allocate(count * sizeof(size_t));
  t->lengths = (int32_t *)rt_allocate(count * sizeof(int32_t));
  if (t->symbols == NULL || t->begins == NULL || t->lengths == NULL) {
    return rt_fail_memory(error, bytes * sizeof(int32_t) + count * 12, "the words of a text");
  }
  int code = RT_OK;
  for (int32_t w = 0; w < words->count && code == RT_OK; w++) {
    size_t size;
    const unsigned char *word = rt_strings_bytes(words, w, &size);
    if (size > INT32_MAX) {
      return rt_fail(error, RT_ERROR_MISMATCH, "expected a word of less than 2 GB, found %zu bytes",
                     size);
    }
    int32_t *symbols = t->symbols + (t->begins[w] = (size_t)(word - words->bytes));
    t->lengths[w] = (int32_t)size;
    for (size_t i = 0; i < size && code == RT_OK; i++) {
      symbols[i] = t->tokenizer->byte_ids[word[i]];
      code = i > 0 ? change(t, symbols[i - 1], symbols[i], 1, w, error) : RT_OK;
    }
  }
  return code == RT_OK ? queue_touched(t, error) : code;
}

// ---- Merges ----

// Merges a pair in a word, from left to right, and counts the pairs that come and go.
static int merge_word(trainer *t, int32_t word, rt_merge m, rt_error *error) {
  int32_t *symbols = t->symbols + t->begins[word], length = t->lengths[word], used = 0;
  int code = RT_OK;
  for (int32_t i = 0; i < length && code == RT_OK; i++) {
    if (symbols[i] != m.left || i + 1 == length || symbols[i + 1] != m.right) {
      symbols[used++] = symbols[i];
      continue;
    }
    if (used > 0) {
      code = change(t, symbols[used - 1], m.left, -1, word, error);
      code = code == RT_OK ? change(t, symbols[used - 1], m.result, 1, word, error) : code;
    }
    i++;
    if (i + 1 < length && code == RT_OK) {
      code = change(t, m.right, symbols[i + 1], -1, word, error);
      code = code == RT_OK ? change(t, m.result, symbols[i + 1], 1, word, error) : code;
    }
    symbols[used++] = m.result;
  }
  t->lengths[word] = used;
  return code;
}

// The id of the token that a pair makes, which may exist.
static int make_token(trainer *t, const pair *p, int32_t *id, rt_error *error) {
  size_t first, second;
  const unsigned char *left = rt_strings_bytes(&t->tokenizer->tokens, p->left, &first);
  const unsigned char *right = rt_strings_bytes(&t->tokenizer->tokens, p->right, &second);
  unsigned char *both = (unsigned char *)rt_allocate(first + second);
  if (both == NULL) {
    return rt_fail_memory(error, first + second, "a token");
  }
  memcpy(both, left, first);
  memcpy(both + first, right, second);
  int code = rt_strings_take(&t->tokenizer->tokens, both, first + second, id, error);
  rt_release(both);
  return code;
}

// Merges the pair of an entry in its words.
static int merge(trainer *t, const entry *e, rt_error *error) {
  const pair *p = &t->pairs[e->pair];
  rt_merge m = {p->left, p->right, 0};
  int code = make_token(t, p, &m.result, error);
  if (code == RT_OK) {
    code = rt_tokenizer_add_merge(t->tokenizer, m, error);
  }
  for (size_t i = 0; i < e->words.count && code == RT_OK; i++) {
    code = merge_word(t, e->words.items[i], m, error);
  }
  return code == RT_OK ? queue_touched(t, error) : code;
}

static void clear(trainer *t) {
  for (size_t i = 0; i < t->pair_count; i++) {
    rt_release(t->pairs[i].found.items);
  }
  for (size_t i = 0; i < t->heap_count; i++) {
    rt_release(t->heap[i].words.items);
  }
  rt_release(t->pairs);
  rt_release(t->heap);
  rt_release(t->touched.items);
  rt_release(t->symbols);
  rt_release(t->begins);
  rt_release(t->lengths);
  rt_pairs_clear(&t->numbers);
}

int rt_bpe_train(rt_tokenizer *tokenizer, const rt_strings *words, const int64_t *times,
                 int32_t count, rt_error *error) {
  trainer t = {.tokenizer = tokenizer, .times = times};
  int code = begin(&t, words, error);
  while (code == RT_OK && t.heap_count > 0 && tokenizer->tokens.count < count) {
    entry e = pop(&t);
    // Counts only fall but for pairs that are queued anew, so an entry is never too far behind.
    if (e.count != t.pairs[e.pair].count) {
      e.count = t.pairs[e.pair].count;
      code = push(&t, e, error);
      continue;
    }
    if (e.count < 1) {
      rt_release(e.words.items);
      break;
    }
    code = merge(&t, &e, error);
    rt_release(e.words.items);
  }
  clear(&t);
  return code;
}
