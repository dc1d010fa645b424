// tokenizer_save.c - a tokenizer as a text, which goes with the weights that were trained with it.
//
//   tokenizer 1           the version of this format
//   kind bpe
//   pieces gpt2           of byte pairs only: how a text is cut (rt_piece_names)
//   flags 0               1: prefix_space, 2: whole_first
//   added 1               the added tokens: id and flags of rt_added, 8 if pieces may be it, too
//   300 8
//   tokens 512            one a line in the order of ids, as letters that stand for bytes
//   !
//   ...
//   merges 256            two ids; and the result, if it is not the one after the last result
//   72 101
//   ...
//   end
//
// Kinds other than 'bpe' have only kind, tokens and end; 'bytes' have no tokens.

#include <stdarg.h>
#include <string.h>

#include "tokenizer_parts.h"

typedef struct {
  char *bytes;
  size_t size, capacity;
  int code;
  rt_error *error;
} output;

// Adds bytes and a null behind them; nothing after a failure.
static void put_bytes(output *out, const void *bytes, size_t size) {
  if (out->code == RT_OK) {
    out->code = rt_token_grow(&out->bytes, 1, &out->capacity, out->size + size + 1, out->error);
  }
  if (out->code == RT_OK) {
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
    out->bytes[out->size] = '\0';
  }
}

static void put_line(output *out, const char *format, ...) RT_PRINTF(2, 3);

static void put_line(output *out, const char *format, ...) {
  char line[128];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  put_bytes(out, line, (size_t)length);
  put_bytes(out, "\n", 1);
}

static void put_tokens(output *out, const rt_tokenizer *t) {
  put_line(out, "tokens %d", (int)t->tokens.count);
  for (int32_t id = 0; id < t->tokens.count; id++) {
    size_t size;
    const unsigned char *bytes = rt_strings_bytes(&t->tokens, id, &size);
    for (size_t i = 0; i < size; i++) {
      unsigned char letter[4];
      put_bytes(out, letter, rt_utf8_write(letter, rt_byte_letter(bytes[i])));
    }
    put_bytes(out, "\n", 1);
  }
}

// True iff merge n is the one that counts for its pair: the last of several.
static int is_used(const rt_tokenizer *t, size_t n) {
  const rt_merge *m = &t->merges[n];
  return rt_pairs_find(&t->pairs, rt_pair_key(m->left, m->right)) == (int32_t)n;
}

// Writes the merges that count.
static void put_merges(output *out, const rt_tokenizer *t) {
  size_t count = 0;
  for (size_t i = 0; i < t->merge_count; i++) {
    count += is_used(t, i) ? 1u : 0u;
  }
  put_line(out, "merges %zu", count);
  int32_t last = 255;
  for (size_t i = 0; i < t->merge_count; i++) {
    const rt_merge *m = &t->merges[i];
    if (is_used(t, i) && m->result == last + 1) {
      put_line(out, "%d %d", (int)m->left, (int)m->right);
    } else if (is_used(t, i)) {
      put_line(out, "%d %d %d", (int)m->left, (int)m->right, (int)m->result);
    }
    last = is_used(t, i) ? m->result : last;
  }
}

// Writes what only byte pairs have before their tokens.
static void put_pairs(output *out, const rt_tokenizer *t) {
  put_line(out, "pieces %s", rt_piece_names[t->pieces]);
  put_line(out, "flags %d", t->prefix_space | t->whole_first << 1);
  put_line(out, "added %zu", t->added_count);
  for (size_t i = 0; i < t->added_count; i++) {
    const rt_added *a = &t->added[i];
    size_t size;
    const unsigned char *bytes = rt_strings_bytes(&t->tokens, a->id, &size);
    int is_found = rt_strings_find(&t->tokens, bytes, size) == a->id;
    put_line(out, "%d %d", (int)a->id, a->flags | (is_found ? RT_ADDED_FOUND : 0));
  }
}

char *rt_tokenizer_save(const rt_tokenizer *tokenizer, rt_error *error) {
  output out = {.error = error};
  put_line(&out, "tokenizer %d", RT_TOKENIZER_VERSION);
  put_line(&out, "kind %s", rt_tokenizer_kinds[tokenizer->kind]);
  if (tokenizer->kind == RT_BPE) {
    put_pairs(&out, tokenizer);
  }
  if (tokenizer->kind != RT_BYTES) {
    put_tokens(&out, tokenizer);
  }
  if (tokenizer->kind == RT_BPE) {
    put_merges(&out, tokenizer);
  }
  put_line(&out, "end");
  if (out.code != RT_OK) {
    rt_release(out.bytes);
    return NULL;
  }
  return out.bytes;
}
