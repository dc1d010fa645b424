// bpe_encode.c - text as ids of byte pairs.
//
// A piece begins as one symbol for each byte. Of all pairs of neighbours that merge, the one whose
// rule comes first is merged, the leftmost of several; and so on until there is none. A heap has
// the pairs, so n bytes take O(n log n).

#include <string.h>

#include "tokenizer_parts.h"

// A part of the piece; `length` is 0 if it was merged into one before it.
typedef struct {
  int32_t id, before, after;  // the neighbours' numbers, or -1
  int32_t length;
} symbol;

// A pair that could be merged when it was put here.
typedef struct {
  int32_t rank, left;
  int32_t result;
} candidate;

// Memory for a piece that is used again for the next ones.
typedef struct {
  symbol *symbols;
  size_t symbol_capacity;
  candidate *heap;
  size_t heap_count, heap_capacity;
} room;

static int is_before(candidate a, candidate b) {
  return a.rank != b.rank ? a.rank < b.rank : a.left < b.left;
}

// Adds the pair of symbol `left` and its neighbour, if there is a rule for it. There is room.
static void push(const rt_tokenizer *t, room *r, int32_t left) {
  const symbol *s = &r->symbols[left];
  if (s->after < 0) {
    return;
  }
  int32_t rank = rt_pairs_find(&t->pairs, rt_pair_key(s->id, r->symbols[s->after].id));
  if (rank < 0) {
    return;
  }
  candidate c = {rank, left, t->merges[rank].result};
  size_t at = r->heap_count++;
  for (; at > 0 && is_before(c, r->heap[(at - 1) / 2]); at = (at - 1) / 2) {
    r->heap[at] = r->heap[(at - 1) / 2];
  }
  r->heap[at] = c;
}

// Takes the first candidate out of the heap.
static candidate pop(room *r) {
  candidate first = r->heap[0], last = r->heap[--r->heap_count];
  size_t at = 0, child;
  while ((child = 2 * at + 1) < r->heap_count) {
    child += child + 1 < r->heap_count && is_before(r->heap[child + 1], r->heap[child]);
    if (!is_before(r->heap[child], last)) {
      break;
    }
    r->heap[at] = r->heap[child];
    at = child;
  }
  r->heap[at] = last;
  return first;
}

// Merges a pair, unless one of its symbols has changed since it was found.
static void merge(const rt_tokenizer *t, room *r, candidate c) {
  symbol *left = &r->symbols[c.left];
  if (left->length == 0 || left->after < 0) {
    return;
  }
  symbol *right = &r->symbols[left->after];
  if (rt_pairs_find(&t->pairs, rt_pair_key(left->id, right->id)) != c.rank) {
    return;
  }
  left->id = c.result;
  left->length += right->length;
  left->after = right->after;
  right->length = 0;
  if (left->after >= 0) {
    r->symbols[left->after].before = c.left;
    push(t, r, c.left);
  }
  if (left->before >= 0) {
    push(t, r, left->before);
  }
}

// Appends the ids of a piece, which is not empty.
static int encode_piece(const rt_tokenizer *t, room *r, const unsigned char *text, size_t size,
                        rt_ids *ids, rt_error *error) {
  if (t->whole_first) {
    int32_t id = rt_strings_find(&t->tokens, text, size);
    if (id >= 0) {
      return rt_ids_add(ids, id, error);
    }
  }
  // Each merge adds at most two candidates, and each byte but the first can be merged once.
  int code = size <= INT32_MAX / 4
                 ? rt_token_grow(&r->symbols, sizeof(symbol), &r->symbol_capacity, size, error)
                 : rt_fail(error, RT_ERROR_MISMATCH,
                           "expected a piece of text of less than 512 MB, found %zu bytes", size);
  if (code == RT_OK) {
    code = rt_token_grow(&r->heap, sizeof(candidate), &r->heap_capacity, 3 * size, error);
  }
  if (code == RT_OK) {
    code = rt_token_grow(&ids->items, sizeof *ids->items, &ids->capacity, ids->count + size, error);
  }
  if (code != RT_OK) {
    return code;
  }
  int32_t count = (int32_t)size;
  r->heap_count = 0;
  for (int32_t i = 0; i < count; i++) {
    r->symbols[i] = (symbol){t->byte_ids[text[i]], i - 1, i + 1 < count ? i + 1 : -1, 1};
  }
  for (int32_t i = 0; i < count; i++) {
    push(t, r, i);
  }
  while (r->heap_count > 0) {
    merge(t, r, pop(r));
  }
  for (int32_t i = 0; i >= 0 && count > 0; i = r->symbols[i].after) {
    ids->items[ids->count++] = r->symbols[i].id;
  }
  return RT_OK;
}

// Encodes a text without added tokens.
static int encode_plain(const rt_tokenizer *t, room *r, const unsigned char *text, size_t size,
                        rt_ids *ids, rt_error *error) {
  unsigned char *longer = NULL;
  if (t->prefix_space && size > 0 && text[0] != ' ') {
    longer = (unsigned char *)rt_allocate(size + 1);
    if (longer == NULL) {
      return rt_fail_memory(error, size, "a text");
    }
    longer[0] = ' ';
    memcpy(longer + 1, text, size);
    text = longer;
    size++;
  }
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK;) {
    size_t end = rt_piece_end(t->pieces, text, size, at);
    code = encode_piece(t, r, text + at, end - at, ids, error);
    at = end;
  }
  rt_release(longer);
  return code;
}

// Encodes a text with added tokens: those that are not normalized first, then in what is between
// them those that are.
static int encode_added(const rt_tokenizer *t, room *r, const unsigned char *text, size_t size,
                        int normalized, rt_ids *ids, rt_error *error) {
  rt_added_match match;
  size_t at = 0;
  int code = RT_OK;
  while (at < size && code == RT_OK) {
    int is_found = rt_added_find(t, text, size, at, normalized, &match);
    size_t end = is_found ? match.begin : size;
    code = normalized ? encode_plain(t, r, text + at, end - at, ids, error)
                      : encode_added(t, r, text + at, end - at, RT_ADDED_NORMALIZED, ids, error);
    if (code == RT_OK && is_found) {
      code = rt_ids_add(ids, match.id, error);
    }
    at = is_found ? match.end : size;
  }
  return code;
}

int rt_bpe_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                  rt_ids *ids, rt_error *error) {
  room r = {0};
  int code = tokenizer->added_count == 0 ? encode_plain(tokenizer, &r, text, size, ids, error)
                                         : encode_added(tokenizer, &r, text, size, 0, ids, error);
  rt_release(r.symbols);
  rt_release(r.heap);
  return code;
}
