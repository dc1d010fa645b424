// tokenizer_train.c - makes tokenizers from texts.

#include <stdlib.h>
#include <string.h>

#include "tokenizer_parts.h"

enum { LEAST_WORDS = 2, LEAST_BPE = 256, MOST_IDS = 1 << 24 };

struct rt_trainer {
  rt_tokenizer_kind kind;
  int32_t count;       // of ids that are wanted
  rt_tokenizer *read;  // from a file; null: to be made
  rt_strings words;    // or characters, or pieces
  int64_t *times;      // how often each word occurs
  size_t time_capacity;
};

// Reads the "5000" of "words:5000".
static int read_count(rt_trainer *t, const char *kind, const char *number, long least,
                      const char *place, rt_error *error) {
  char *end = NULL;
  long count = *number >= '0' && *number <= '9' ? strtol(number, &end, 10) : -1;
  if (end == NULL || *end != '\0' || count < least || count > MOST_IDS) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a number of ids from %ld to %d after the colon, found '%s'", place,
                   least, (int)MOST_IDS, kind);
  }
  t->count = (int32_t)count;
  return RT_OK;
}

// Reads the name of a kind, and the file that it names.
static int read_kind(rt_trainer *t, const char *kind, const char *folder, const char *place,
                     rt_error *error) {
  if (strcmp(kind, "bytes") == 0) {
    t->kind = RT_BYTES;
    return RT_OK;
  }
  if (strcmp(kind, "characters") == 0) {
    t->kind = RT_CHARACTERS;
    return RT_OK;
  }
  if (strncmp(kind, "words:", 6) == 0) {
    t->kind = RT_WORDS;
    return read_count(t, kind, kind + 6, LEAST_WORDS, place, error);
  }
  if (strncmp(kind, "bpe:", 4) == 0) {
    t->kind = RT_BPE;
    return read_count(t, kind, kind + 4, LEAST_BPE, place, error);
  }
  if (strncmp(kind, "file:", 5) == 0 && kind[5] != '\0') {
    char *path = rt_path_join(folder, kind + 5);
    int code = path != NULL ? rt_tokenizer_read_json(&t->read, path, error)
                            : rt_fail_memory(error, strlen(kind), "a path");
    rt_release(path);
    return code;
  }
  return rt_fail(error, RT_ERROR_MISMATCH,
                 "%s: expected one of the tokenizers 'bytes', 'characters', 'words:N', 'bpe:N' and "
                 "'file:PATH', found '%s'",
                 place, kind);
}

int rt_trainer_begin(rt_trainer **trainer, const char *kind, const char *folder, const char *place,
                     rt_error *error) {
  rt_trainer *t = *trainer = (rt_trainer *)rt_allocate(sizeof(rt_trainer));
  if (t == NULL) {
    return rt_fail_memory(error, sizeof(rt_trainer), "a tokenizer");
  }
  int code = read_kind(t, kind, folder, place, error);
  if (code != RT_OK) {
    rt_trainer_end(t, NULL, NULL);
    *trainer = NULL;
  }
  return code;
}

int rt_trainer_needs_text(const rt_trainer *trainer) {
  return trainer->read == NULL && trainer->kind != RT_BYTES;
}

// Counts a word once more.
static int count_word(rt_trainer *t, const void *word, size_t size, rt_error *error) {
  int32_t number;
  int code = rt_strings_take(&t->words, word, size, &number, error);
  if (code == RT_OK) {
    code = rt_token_grow(&t->times, sizeof(int64_t), &t->time_capacity, (size_t)number + 1, error);
  }
  if (code == RT_OK) {
    t->times[number]++;
  }
  return code;
}

// Counts the characters of a text, which must be UTF-8: a tokenizer that knows half of a character
// would write what no program can read.
static int add_characters(rt_trainer *t, const unsigned char *text, size_t size, const char *place,
                          rt_error *error) {
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK;) {
    uint32_t character;
    size_t length = rt_utf8_read(text + at, size - at, &character);
    if (character == RT_NO_CHARACTER) {
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: byte %zu: expected a character in UTF-8, found byte %d; the kinds "
                     "'bytes' and 'bpe:N' take any bytes",
                     place, at, text[at]);
    }
    code = count_word(t, text + at, length, error);
    at += length;
  }
  return code;
}

// Counts the words of a text, or the pieces within which byte pairs are merged.
static int add_words(rt_trainer *t, const unsigned char *text, size_t size, rt_error *error) {
  rt_word_key key = {0};
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK;) {
    rt_word_class class_found;
    size_t end = rt_word_end(text, size, at, &class_found);
    if (class_found != RT_WORD_SPACE) {
      code = rt_word_key_make(&key, text + at, end - at, class_found, error);
      code = code == RT_OK ? count_word(t, key.bytes, key.size, error) : code;
    }
    at = end;
  }
  rt_release(key.bytes);
  return code;
}

int rt_trainer_add(rt_trainer *trainer, const void *text, size_t size, const char *place,
                   rt_error *error) {
  const unsigned char *bytes = (const unsigned char *)text;
  int code = RT_OK;
  if (!rt_trainer_needs_text(trainer)) {
    return RT_OK;
  }
  if (trainer->kind == RT_CHARACTERS) {
    return add_characters(trainer, bytes, size, place, error);
  }
  if (trainer->kind == RT_WORDS) {
    return add_words(trainer, bytes, size, error);
  }
  for (size_t at = 0; at < size && code == RT_OK;) {
    size_t end = rt_piece_end(RT_PIECES_GPT2, bytes, size, at);
    code = count_word(trainer, bytes + at, end - at, error);
    at = end;
  }
  return code;
}

// ---- The tokenizer ----

typedef struct {
  int64_t times;
  const unsigned char *bytes;
  size_t size;
} sortable;

// The most frequent first, then in the order of bytes.
static int compare(const void *first, const void *second) {
  const sortable *a = (const sortable *)first, *b = (const sortable *)second;
  if (a->times != b->times) {
    return a->times > b->times ? -1 : 1;
  }
  int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
  return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

// Gives the words ids in their order, those of characters without regard to how frequent they are:
// the order of their bytes is that of their code points.
static int order_words(const rt_trainer *t, rt_tokenizer *tokenizer, rt_error *error) {
  size_t count = (size_t)t->words.count;
  sortable *all = (sortable *)rt_allocate(count * sizeof(sortable));
  if (all == NULL) {
    return rt_fail_memory(error, count * sizeof(sortable), "the words of a text");
  }
  for (size_t i = 0; i < count; i++) {
    all[i].bytes = rt_strings_bytes(&t->words, (int32_t)i, &all[i].size);
    all[i].times = t->kind == RT_WORDS ? t->times[i] : 1;
  }
  qsort(all, count, sizeof *all, compare);
  int code = RT_OK;
  for (size_t i = 0; i < count && code == RT_OK; i++) {
    if (t->kind == RT_CHARACTERS || tokenizer->tokens.count < t->count) {
      code = rt_strings_append(&tokenizer->tokens, all[i].bytes, all[i].size, 1, error);
    }
  }
  rt_release(all);
  return code;
}

// Fills a tokenizer: bytes first, in the order that Hugging Face gives them in byte pairs.
static int make(const rt_trainer *t, rt_tokenizer *tokenizer, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < 256 && code == RT_OK && (t->kind == RT_BYTES || t->kind == RT_BPE); i++) {
    unsigned char byte = t->kind == RT_BPE ? rt_letter_order(i) : (unsigned char)i;
    code = rt_strings_append(&tokenizer->tokens, &byte, 1, 1, error);
  }
  if (code == RT_OK && t->kind == RT_WORDS) {
    code = rt_strings_append(&tokenizer->tokens, " \xef\xbf\xbd", 4, 0, error);
  }
  if (code != RT_OK || t->kind == RT_BYTES) {
    return code;
  }
  if (t->kind == RT_CHARACTERS || t->kind == RT_WORDS) {
    return order_words(t, tokenizer, error);
  }
  tokenizer->pieces = RT_PIECES_GPT2;
  code = rt_tokenizer_finish(tokenizer, "a tokenizer", error);
  return code == RT_OK ? rt_bpe_train(tokenizer, &t->words, t->times, t->count, error) : code;
}

int rt_trainer_end(rt_trainer *trainer, rt_tokenizer **tokenizer, rt_error *error) {
  int code = RT_OK;
  if (tokenizer != NULL) {
    rt_tokenizer *made = trainer->read;
    trainer->read = NULL;
    if (made == NULL) {
      made = rt_tokenizer_create(trainer->kind, error);
      code = made != NULL ? make(trainer, made, error) : RT_ERROR_MEMORY;
    }
    if (code != RT_OK) {
      rt_tokenizer_destroy(made);
      made = NULL;
    }
    *tokenizer = made;
  }
  rt_tokenizer_destroy(trainer->read);
  rt_strings_clear(&trainer->words);
  rt_release(trainer->times);
  rt_release(trainer);
  return code;
}
