// tokenizer_file.h - a tokenizer.json while it is read.

#ifndef RT_TOKENIZER_FILE_H
#define RT_TOKENIZER_FILE_H

#include "json_walk.h"
#include "tokenizer_parts.h"

typedef struct {
  const char *place;
  rt_error *error;
  rt_tokenizer *tokenizer;
  rt_strings keys;  // of the vocabulary, as they stand in the file
  int32_t *ids;     // of the keys
  size_t id_capacity;
  size_t merges;        // where the list of merges begins in the file, or 0
  rt_strings contents;  // of added tokens
  rt_added *added;      // in the order of `contents`
  size_t added_capacity;
  int has_model, has_pre_tokenizer;
} rt_tokenizer_file;

// In tokenizer_settings.c: read the settings of a part. What is not supported is an error with its
// name.
int rt_read_normalizer(rt_tokenizer_file *file, rt_json *json);
int rt_read_pre_tokenizer(rt_tokenizer_file *file, rt_json *json);
int rt_read_decoder(rt_tokenizer_file *file, rt_json *json);

// In tokenizer_vocabulary.c: gives the tokenizer its tokens when all are read; and reads a merge.
int rt_tokens_place(rt_tokenizer_file *file);
int rt_take_merge(void *file, rt_json *json, const char *key);

// Fails: "tokenizer.json: part: expected this, found that".
int rt_refuse_part(const rt_tokenizer_file *file, const char *part, const char *expected,
                   const char *found);

#endif
