// tokenizer_json.c - reads a tokenizer.json of Hugging Face with byte pairs.
//
// What decides the ids of a text is read, or refused by its name. What adds tokens around a text
// (post_processor), or makes batches (truncation, padding), is passed over.

#include <string.h>

#include "tokenizer_file.h"

// Larger files are no tokenizers.
enum { MOST_BYTES = 1 << 30 };

// ---- Added tokens ----

typedef struct {
  rt_tokenizer_file *file;
  char *content;
  uint64_t id;
  int has_id, single_word, lstrip, rstrip, normalized, special, has_normalized;
} added_token;

static int take_added_member(void *context, rt_json *json, const char *key) {
  added_token *a = (added_token *)context;
  if (strcmp(key, "content") == 0 && a->content == NULL) {
    return rt_json_string(json, &a->content);
  }
  if (strcmp(key, "id") == 0) {
    a->has_id = 1;
    return rt_json_integer(json, &a->id);
  }
  a->has_normalized |= strcmp(key, "normalized") == 0;
  int *flag = strcmp(key, "single_word") == 0  ? &a->single_word
              : strcmp(key, "lstrip") == 0     ? &a->lstrip
              : strcmp(key, "rstrip") == 0     ? &a->rstrip
              : strcmp(key, "normalized") == 0 ? &a->normalized
              : strcmp(key, "special") == 0    ? &a->special
                                               : NULL;
  return flag != NULL ? rt_json_truth(json, 0, flag) : rt_json_pass(json);
}

// Keeps an added token until the vocabulary is known.
static int add_token(rt_tokenizer_file *file, const added_token *a) {
  int normalized = a->has_normalized ? a->normalized : !a->special;
  size_t count = (size_t)file->contents.count;
  int code = rt_strings_append(&file->contents, a->content, strlen(a->content), 0, file->error);
  if (code == RT_OK) {
    code = rt_token_grow(&file->added, sizeof(rt_added), &file->added_capacity, count + 1,
                         file->error);
  }
  if (code == RT_OK) {
    file->added[count].id = (int32_t)a->id;
    file->added[count].flags = (normalized ? RT_ADDED_NORMALIZED : 0) |
                               (a->lstrip ? RT_ADDED_LSTRIP : 0) |
                               (a->rstrip ? RT_ADDED_RSTRIP : 0);
  }
  return code;
}

// Takes a member of an added token. Members that do not change ids are passed over.
static int take_added(void *context, rt_json *json, const char *key) {
  rt_tokenizer_file *file = (rt_tokenizer_file *)context;
  added_token a = {.file = file};
  (void)key;
  int code = rt_json_walk_object(json, take_added_member, &a);
  if (code == RT_OK && (a.content == NULL || *a.content == '\0' || !a.has_id)) {
    code = rt_refuse_part(file, "added_tokens", "an 'id' and a 'content' that is not empty",
                          "none");
  } else if (code == RT_OK && a.id >= INT32_MAX) {
    code = rt_refuse_part(file, "added_tokens", "an id below 2^31", "a larger one");
  } else if (code == RT_OK && a.single_word) {
    code = rt_refuse_part(file, "added_tokens", "no single_word", "it");
  }
  code = code == RT_OK ? add_token(file, &a) : code;
  rt_release(a.content);
  return code;
}

// ---- The model ----

// Reads the id of a token of the vocabulary.
static int take_vocabulary(void *context, rt_json *json, const char *key) {
  rt_tokenizer_file *file = (rt_tokenizer_file *)context;
  uint64_t id;
  int32_t number;
  int code = rt_json_integer(json, &id);
  if (code != RT_OK) {
    return code;
  }
  int32_t count = file->keys.count;
  code = rt_strings_take(&file->keys, key, strlen(key), &number, file->error);
  if (code == RT_OK && (number != count || id >= INT32_MAX)) {
    code = rt_fail(file->error, RT_ERROR_FORMAT,
                   "%s: model: vocab: expected each token once and an id below 2^31, found '%s' "
                   "with id %llu",
                   file->place, key, (unsigned long long)id);
  }
  if (code == RT_OK) {
    code = rt_token_grow(&file->ids, sizeof(int32_t), &file->id_capacity, (size_t)number + 1,
                         file->error);
  }
  if (code == RT_OK) {
    file->ids[number] = (int32_t)id;
  }
  return code;
}

// Reads a text that must be null or the allowed one.
static int read_word(rt_tokenizer_file *file, rt_json *json, const char *part,
                     const char *allowed) {
  char *text = NULL;
  if (rt_json_accept_word(json, "null")) {
    return RT_OK;
  }
  int code = rt_json_string(json, &text);
  if (code == RT_OK && strcmp(text, allowed) != 0) {
    char expected[64], found[256];
    snprintf(expected, sizeof expected, "'%s'", allowed);
    snprintf(found, sizeof found, "'%.200s'", text);
    code = rt_refuse_part(file, part, expected, found);
  }
  rt_release(text);
  return code;
}

// Reads a member of the model.
static int take_model(void *context, rt_json *json, const char *key) {
  rt_tokenizer_file *file = (rt_tokenizer_file *)context;
  int truth = 0, code;
  if (strcmp(key, "type") == 0) {
    return read_word(file, json, "model: type", "BPE");
  }
  if (strcmp(key, "continuing_subword_prefix") == 0) {
    return read_word(file, json, "model: continuing_subword_prefix", "");
  }
  if (strcmp(key, "end_of_word_suffix") == 0) {
    return read_word(file, json, "model: end_of_word_suffix", "");
  }
  if (strcmp(key, "ignore_merges") == 0) {
    return rt_json_truth(json, 1, &file->tokenizer->whole_first);
  }
  if (strcmp(key, "byte_fallback") == 0) {
    code = rt_json_truth(json, 1, &truth);
    return truth ? rt_refuse_part(file, "model: byte_fallback", "false", "true") : code;
  }
  if (strcmp(key, "dropout") == 0) {
    return rt_json_accept_word(json, "null")
               ? RT_OK
               : rt_refuse_part(file, "model: dropout", "null", "another value");
  }
  if (strcmp(key, "vocab") == 0) {
    return rt_json_walk_object(json, take_vocabulary, file);
  }
  if (strcmp(key, "merges") == 0) {
    // They are read when the vocabulary is known.
    rt_json_space(json);
    file->merges = json->at;
  }
  return rt_json_pass(json);
}

// Reads a member of the file.
static int take_part(void *context, rt_json *json, const char *key) {
  rt_tokenizer_file *file = (rt_tokenizer_file *)context;
  if (strcmp(key, "added_tokens") == 0 && !rt_json_accept_word(json, "null")) {
    return rt_json_walk_list(json, take_added, file);
  }
  if (strcmp(key, "normalizer") == 0) {
    return rt_read_normalizer(file, json);
  }
  if (strcmp(key, "pre_tokenizer") == 0) {
    file->has_pre_tokenizer = 1;
    return rt_read_pre_tokenizer(file, json);
  }
  if (strcmp(key, "decoder") == 0) {
    return rt_read_decoder(file, json);
  }
  if (strcmp(key, "model") == 0) {
    file->has_model = 1;
    return rt_json_walk_object(json, take_model, file);
  }
  return strcmp(key, "added_tokens") == 0 ? RT_OK : rt_json_pass(json);
}

// ---- The whole file ----

static int read_file(rt_tokenizer_file *file, rt_json *json) {
  file->tokenizer = rt_tokenizer_create(RT_BPE, file->error);
  int code = file->tokenizer != NULL ? rt_json_walk_object(json, take_part, file)
                                     : RT_ERROR_MEMORY;
  if (code == RT_OK) {
    rt_json_space(json);
    code = json->at == json->size ? RT_OK : rt_json_expected(json, "the end of the file");
  }
  if (code == RT_OK && (!file->has_model || file->merges == 0 || file->keys.count == 0)) {
    code = rt_refuse_part(file, "model", "a 'vocab' and 'merges'", "none");
  }
  if (code == RT_OK && !file->has_pre_tokenizer) {
    code = rt_refuse_part(file, "pre_tokenizer", "'ByteLevel', alone or after a 'Split'", "none");
  }
  if (code == RT_OK) {
    code = rt_tokens_place(file);
  }
  if (code == RT_OK) {
    json->at = file->merges;
    code = rt_json_walk_list(json, rt_take_merge, file);
  }
  return code == RT_OK ? rt_tokenizer_finish(file->tokenizer, file->place, file->error) : code;
}

int rt_tokenizer_parse_json(rt_tokenizer **tokenizer, const void *text, size_t size,
                            const char *place, rt_error *error) {
  rt_tokenizer_file file = {.place = place, .error = error};
  rt_json json = {(const unsigned char *)text, size, 0, 0, place, error};
  int code = read_file(&file, &json);
  if (code != RT_OK) {
    rt_tokenizer_destroy(file.tokenizer);
    file.tokenizer = NULL;
  }
  *tokenizer = file.tokenizer;
  rt_strings_clear(&file.keys);
  rt_strings_clear(&file.contents);
  rt_release(file.ids);
  rt_release(file.added);
  return code;
}

int rt_tokenizer_read_json(rt_tokenizer **tokenizer, const char *path, rt_error *error) {
  rt_file file;
  *tokenizer = NULL;
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK) {
    code = rt_file_hold(&file, MOST_BYTES, 0, path, error);
  }
  if (code == RT_OK && file.held == NULL) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected a tokenizer.json of at most 1 GB, found %zu bytes", path,
                   file.size);
  }
  if (code == RT_OK) {
    code = rt_tokenizer_parse_json(tokenizer, file.held, file.size, path, error);
  }
  rt_file_close(&file);
  return code;
}
