// tokenizer_load.c - reads a tokenizer from the text that tokenizer_save.c describes.

#include <string.h>

#include "tokenizer_parts.h"

typedef struct {
  const char *at, *line;  // behind the line that was read last, and its beginning
  size_t length;          // of that line
  size_t number;
  const char *place;
  rt_error *error;
  rt_tokenizer *tokenizer;
  rt_pairs added;  // flags by ids
} input;

// Fails at the line that was read last, of which it shows the beginning.
static int expected(const input *in, const char *what) {
  size_t shown = in->length < 80 ? in->length : 80;
  while (shown > 0 && shown < in->length && ((unsigned char)in->line[shown] & 0xc0) == 0x80) {
    shown--;
  }
  return rt_fail(in->error, RT_ERROR_FORMAT, "%s: tokenizer: line %zu: expected %s, found '%.*s'",
                 in->place, in->number, what, (int)shown, in->line);
}

// Goes on to the next line of the text.
static void next_line(input *in) {
  in->line = in->at;
  in->length = strcspn(in->at, "\n");
  in->at += in->length + (in->at[in->length] == '\n' ? 1 : 0);
  in->number++;
}

// Reads up to `most` whole numbers below 2^31 with one blank between them; returns how many there
// are, or -1 if the text is another.
static int read_numbers(const char *text, size_t length, int most, int32_t numbers[]) {
  size_t at = 0;
  for (int n = 0; n < most; n++) {
    int64_t value = 0;
    size_t first = at;
    for (; at < length && text[at] >= '0' && text[at] <= '9' && value <= INT32_MAX; at++) {
      value = value * 10 + (text[at] - '0');
    }
    if (at == first || value > INT32_MAX || (at < length && text[at] != ' ')) {
      return -1;
    }
    numbers[n] = (int32_t)value;
    if (at++ >= length) {
      return n + 1;
    }
  }
  return -1;
}

// Reads a line such as "tokens 512". Each of them stands for a line of two bytes at least, so that
// the number cannot be larger than the text allows.
static int read_count(input *in, const char *word, int are_lines, int32_t *count) {
  size_t length = strlen(word);
  next_line(in);
  if (in->length <= length + 1 || memcmp(in->line, word, length) != 0 || in->line[length] != ' ' ||
      read_numbers(in->line + length + 1, in->length - length - 1, 1, count) != 1) {
    char what[64];
    snprintf(what, sizeof what, "'%s' and a number", word);
    return expected(in, what);
  }
  if (are_lines && (size_t)*count > strlen(in->at) / 2) {
    return expected(in, "no more than there are lines");
  }
  return RT_OK;
}

// Reads a line such as "kind bpe" and finds which of the names it is.
static int read_name(input *in, const char *word, const char *const *names, int count, int *which) {
  size_t length = strlen(word);
  next_line(in);
  for (*which = 0; *which < count; ++*which) {
    const char *name = names[*which];
    if (in->length == length + 1 + strlen(name) && memcmp(in->line, word, length) == 0 &&
        in->line[length] == ' ' && memcmp(in->line + length + 1, name, strlen(name)) == 0) {
      return RT_OK;
    }
  }
  char what[64];
  snprintf(what, sizeof what, "a known '%s'", word);
  return expected(in, what);
}

// Reads the ids and flags of added tokens, whose bytes follow among all tokens.
static int read_added(input *in) {
  rt_tokenizer *t = in->tokenizer;
  int32_t count, numbers[2];
  int code = read_count(in, "added", 1, &count);
  for (int32_t i = 0; i < count && code == RT_OK; i++) {
    next_line(in);
    if (read_numbers(in->line, in->length, 2, numbers) != 2 ||
        numbers[1] > (RT_ADDED_ALL | RT_ADDED_FOUND) ||
        rt_pairs_find(&in->added, (uint64_t)numbers[0]) >= 0) {
      return expected(in, "the id of another added token, and its flags");
    }
    code = rt_token_grow(&t->added, sizeof(rt_added), &t->added_capacity, t->added_count + 1,
                         in->error);
    if (code == RT_OK) {
      t->added[t->added_count++] = (rt_added){numbers[0], numbers[1] & RT_ADDED_ALL};
      code = rt_pairs_set(&in->added, (uint64_t)numbers[0], numbers[1], in->error);
    }
  }
  return code;
}

// Reads the tokens; added ones that pieces cannot be may have the bytes of others.
static int read_tokens(input *in) {
  rt_tokenizer *t = in->tokenizer;
  int32_t count;
  int code = read_count(in, "tokens", 1, &count);
  unsigned char *bytes = NULL;
  size_t capacity = 0;
  for (int32_t id = 0; id < count && code == RT_OK; id++) {
    next_line(in);
    code = rt_token_grow(&bytes, 1, &capacity, in->length + 1, in->error);
    size_t size = code == RT_OK ? rt_letters_read(bytes, in->line, in->length) : 0;
    if (code == RT_OK && (size == 0 || size == SIZE_MAX)) {
      code = expected(in, "letters that stand for bytes");
    }
    int32_t flags = rt_pairs_find(&in->added, (uint64_t)id);
    int is_found = flags < 0 ? t->kind != RT_WORDS || id > 0 : (flags & RT_ADDED_FOUND) != 0;
    if (code == RT_OK && is_found && rt_strings_find(&t->tokens, bytes, size) >= 0) {
      code = expected(in, "another token");
    }
    if (code == RT_OK) {
      code = rt_strings_append(&t->tokens, bytes, size, is_found, in->error);
    }
  }
  rt_release(bytes);
  for (size_t i = 0; i < t->added_count && code == RT_OK; i++) {
    if (t->added[i].id >= count) {
      code = expected(in, "a token for the id of each added one");
    }
  }
  return code;
}

// Reads the merges; a pair may have one.
static int read_merges(input *in) {
  rt_tokenizer *t = in->tokenizer;
  int32_t count, numbers[3], result = 255;
  int code = read_count(in, "merges", 1, &count);
  for (int32_t i = 0; i < count && code == RT_OK; i++) {
    next_line(in);
    int found = read_numbers(in->line, in->length, 3, numbers);
    result = found == 3 ? numbers[2] : result < INT32_MAX ? result + 1 : result;
    if (found < 2 || numbers[0] >= t->tokens.count || numbers[1] >= t->tokens.count ||
        result >= t->tokens.count ||
        rt_pairs_find(&t->pairs, rt_pair_key(numbers[0], numbers[1])) >= 0) {
      return expected(in, "the ids of another merge");
    }
    code = rt_tokenizer_add_merge(t, (rt_merge){numbers[0], numbers[1], result}, in->error);
  }
  return code;
}

// Reads what only byte pairs have before their tokens.
static int read_pairs(input *in) {
  int pieces;
  int32_t flags;
  int code = read_name(in, "pieces", rt_piece_names, RT_PIECE_KINDS, &pieces);
  if (code == RT_OK) {
    code = read_count(in, "flags", 0, &flags);
  }
  if (code == RT_OK && flags > 3) {
    code = expected(in, "0 to 3");
  }
  if (code != RT_OK) {
    return code;
  }
  in->tokenizer->pieces = (rt_pieces)pieces;
  in->tokenizer->prefix_space = flags & 1;
  in->tokenizer->whole_first = flags >> 1;
  return read_added(in);
}

// Reads the lines in the order in which rt_tokenizer_save writes them.
static int read_all(input *in) {
  int32_t version;
  int kind = RT_BYTES;
  int code = read_count(in, "tokenizer", 0, &version);
  if (code == RT_OK && version != RT_TOKENIZER_VERSION) {
    code = expected(in, "version 1, which this program reads");
  }
  if (code == RT_OK) {
    code = read_name(in, "kind", rt_tokenizer_kinds, RT_TOKENIZER_KINDS, &kind);
  }
  in->tokenizer = code == RT_OK ? rt_tokenizer_create((rt_tokenizer_kind)kind, in->error) : NULL;
  if (in->tokenizer == NULL) {
    return code == RT_OK ? RT_ERROR_MEMORY : code;
  }
  for (int i = 0; i < 256 && kind == RT_BYTES && code == RT_OK; i++) {
    unsigned char byte = (unsigned char)i;
    code = rt_strings_append(&in->tokenizer->tokens, &byte, 1, 1, in->error);
  }
  if (kind == RT_BPE) {
    code = read_pairs(in);
  }
  if (code == RT_OK && kind != RT_BYTES) {
    code = read_tokens(in);
  }
  if (code == RT_OK && kind == RT_BPE) {
    code = read_merges(in);
  }
  next_line(in);
  if (code == RT_OK && (in->length != 3 || memcmp(in->line, "end", 3) != 0 || *in->at != '\0')) {
    code = expected(in, "'end' as the last line");
  }
  return code == RT_OK && kind == RT_BPE
             ? rt_tokenizer_finish(in->tokenizer, in->place, in->error)
             : code;
}

int rt_tokenizer_load(rt_tokenizer **tokenizer, const char *text, const char *place,
                      rt_error *error) {
  input in = {.at = text, .line = text, .place = place, .error = error};
  int code = read_all(&in);
  if (code != RT_OK) {
    rt_tokenizer_destroy(in.tokenizer);
    in.tokenizer = NULL;
  }
  *tokenizer = in.tokenizer;
  rt_pairs_clear(&in.added);
  return code;
}
