// tokenizer.c - tokenizers of all kinds.
//
// Every kind has a table of tokens, by their bytes and by their ids. What differs, how a text is
// cut, is in a file for each kind; a tokenizer that was read from a file is checked here before it
// is used.

#include <stdlib.h>
#include <string.h>

#include "tokenizer_parts.h"

const char *const rt_tokenizer_kinds[RT_TOKENIZER_KINDS] = {"bytes", "characters", "words", "bpe"};

rt_tokenizer *rt_tokenizer_create(rt_tokenizer_kind kind, rt_error *error) {
  rt_tokenizer *t = (rt_tokenizer *)rt_allocate(sizeof(rt_tokenizer));
  if (t == NULL) {
    rt_fail_memory(error, sizeof(rt_tokenizer), "a tokenizer");
    return NULL;
  }
  t->kind = kind;
  return t;
}

void rt_tokenizer_destroy(rt_tokenizer *tokenizer) {
  if (tokenizer != NULL) {
    rt_strings_clear(&tokenizer->tokens);
    rt_pairs_clear(&tokenizer->pairs);
    rt_release(tokenizer->merges);
    rt_release(tokenizer->added);
    rt_release(tokenizer);
  }
}

int32_t rt_tokenizer_count(const rt_tokenizer *tokenizer) { return tokenizer->tokens.count; }

int rt_tokenizer_encode(const rt_tokenizer *tokenizer, const void *text, size_t size,
                        const char *place, rt_ids *ids, rt_error *error) {
  const unsigned char *bytes = (const unsigned char *)text;
  int code = RT_OK;
  switch (tokenizer->kind) {
    case RT_CHARACTERS:
      return rt_characters_encode(tokenizer, bytes, size, place, ids, error);
    case RT_WORDS:
      return rt_words_encode(tokenizer, bytes, size, ids, error);
    case RT_BPE:
      return rt_bpe_encode(tokenizer, bytes, size, ids, error);
    default:
      for (size_t i = 0; i < size && code == RT_OK; i++) {
        code = rt_ids_add(ids, bytes[i], error);
      }
      return code;
  }
}

const unsigned char *rt_tokenizer_bytes(const rt_tokenizer *tokenizer, int32_t id, size_t *size) {
  if (id < 0 || id >= tokenizer->tokens.count) {
    *size = 0;
    return (const unsigned char *)"";
  }
  return rt_strings_bytes(&tokenizer->tokens, id, size);
}

int32_t rt_tokenizer_find(const rt_tokenizer *tokenizer, const void *bytes, size_t size) {
  for (size_t i = 0; i < tokenizer->added_count; i++) {
    size_t length;
    const unsigned char *other =
        rt_strings_bytes(&tokenizer->tokens, tokenizer->added[i].id, &length);
    if (length == size && memcmp(other, bytes, size) == 0) {
      return tokenizer->added[i].id;
    }
  }
  return rt_strings_find(&tokenizer->tokens, bytes, size);
}

int rt_tokenizer_fill(const rt_tokenizer *tokenizer, const void *text, size_t size,
                      const char *place, int32_t *ids, size_t length, int32_t fill,
                      rt_error *error) {
  rt_ids all = {0};
  int code = rt_tokenizer_encode(tokenizer, text, size, place, &all, error);
  for (size_t i = 0; i < length && code == RT_OK; i++) {
    ids[i] = i < all.count ? all.items[i] : fill;
  }
  rt_ids_clear(&all);
  return code;
}

int rt_tokenizer_add_merge(rt_tokenizer *tokenizer, rt_merge merge, rt_error *error) {
  if (tokenizer->merge_count == INT32_MAX) {
    return rt_fail(error, RT_ERROR_MISMATCH, "expected fewer than 2^31 merges, found more");
  }
  int code = rt_token_grow(&tokenizer->merges, sizeof(rt_merge), &tokenizer->merge_capacity,
                           tokenizer->merge_count + 1, error);
  if (code == RT_OK) {
    code = rt_pairs_set(&tokenizer->pairs, rt_pair_key(merge.left, merge.right),
                        (int32_t)tokenizer->merge_count, error);
  }
  if (code == RT_OK) {
    tokenizer->merges[tokenizer->merge_count++] = merge;
  }
  return code;
}

// ---- What byte pairs need ----

// True iff the bytes of a result are those of its parts.
static int is_sound(const rt_tokenizer *t, const rt_merge *m) {
  size_t left, right, both;
  const unsigned char *a = rt_strings_bytes(&t->tokens, m->left, &left);
  const unsigned char *b = rt_strings_bytes(&t->tokens, m->right, &right);
  const unsigned char *c = rt_strings_bytes(&t->tokens, m->result, &both);
  return both == left + right && memcmp(a, c, left) == 0 && memcmp(b, c + left, right) == 0;
}

// An added token with its bytes, to be sorted.
typedef struct {
  rt_added added;
  const unsigned char *bytes;
  size_t size;
} sortable;

// By bytes; one that is the beginning of another comes first.
static int compare(const void *first, const void *second) {
  const sortable *a = (const sortable *)first, *b = (const sortable *)second;
  int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
  return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

// Sorts the added tokens by their bytes, which must differ.
static int sort_added(rt_tokenizer *t, const char *place, rt_error *error) {
  size_t count = t->added_count;
  if (count == 0) {
    return RT_OK;
  }
  sortable *all = (sortable *)rt_allocate(count * sizeof(sortable));
  if (all == NULL) {
    return rt_fail_memory(error, count * sizeof(sortable), place);
  }
  for (size_t i = 0; i < count; i++) {
    all[i].added = t->added[i];
    all[i].bytes = rt_strings_bytes(&t->tokens, all[i].added.id, &all[i].size);
  }
  qsort(all, count, sizeof *all, compare);
  int code = RT_OK;
  for (size_t i = 0; i < count && code == RT_OK; i++) {
    t->added[i] = all[i].added;
    t->added_starts[all[i].bytes[0]] = 1;
    if (i > 0 && compare(&all[i - 1], &all[i]) == 0) {
      code = rt_fail(error, RT_ERROR_FORMAT,
                     "%s: expected an added token once, found '%.*s' with the ids %d and %d", place,
                     (int)all[i].size, (const char *)all[i].bytes, (int)all[i - 1].added.id,
                     (int)all[i].added.id);
    }
  }
  rt_release(all);
  return code;
}

int rt_tokenizer_finish(rt_tokenizer *tokenizer, const char *place, rt_error *error) {
  for (int byte = 0; byte < 256; byte++) {
    unsigned char text = (unsigned char)byte;
    tokenizer->byte_ids[byte] = rt_strings_find(&tokenizer->tokens, &text, 1);
    if (tokenizer->byte_ids[byte] < 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected a token for each of the 256 bytes, found none for byte %d",
                     place, byte);
    }
  }
  for (size_t i = 0; i < tokenizer->merge_count; i++) {
    if (!is_sound(tokenizer, &tokenizer->merges[i])) {
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: merge %zu: expected a token with the bytes of both, found another", place,
                     i);
    }
  }
  return sort_added(tokenizer, place, error);
}
