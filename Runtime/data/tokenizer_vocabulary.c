// tokenizer_vocabulary.c - the tokens and the merges of a tokenizer.json.

#include <string.h>

#include "tokenizer_file.h"

// What has an id: the number of a key of the vocabulary, that of an added token, or both; else -1.
typedef struct {
  int32_t key, added;
} owner;

static int bad_id(const rt_tokenizer_file *file, const unsigned char *name, size_t size, int32_t id,
                  int32_t count) {
  return rt_fail(file->error, RT_ERROR_FORMAT,
                 "%s: expected the ids 0 to %d, each for one token, found %d for '%.*s'",
                 file->place, (int)count - 1, (int)id, (int)size, (const char *)name);
}

// Finds the owner of each id; they are the numbers from 0 on without a gap.
static int find_owners(const rt_tokenizer_file *file, owner *owners, int32_t count) {
  size_t size;
  for (int32_t i = 0; i < count; i++) {
    owners[i] = (owner){-1, -1};
  }
  for (int32_t key = 0; key < file->keys.count; key++) {
    int32_t id = file->ids[key];
    if (id >= count || owners[id].key >= 0) {
      const unsigned char *name = rt_strings_bytes(&file->keys, key, &size);
      return bad_id(file, name, size, id, count);
    }
    owners[id].key = key;
  }
  for (int32_t added = 0; added < file->contents.count; added++) {
    int32_t id = file->added[added].id;
    const unsigned char *name = rt_strings_bytes(&file->contents, added, &size);
    int32_t key = rt_strings_find(&file->keys, name, size);
    if (id >= count || owners[id].added >= 0 || owners[id].key != key) {
      return bad_id(file, name, size, id, count);
    }
    owners[id].added = added;
  }
  return RT_OK;
}

// Appends the token of an id. `room` has space for the bytes of any key.
static int append(rt_tokenizer_file *file, owner o, unsigned char *room) {
  rt_strings *tokens = &file->tokenizer->tokens;
  size_t size = 0, count = SIZE_MAX;
  const unsigned char *name = (const unsigned char *)"";
  if (o.key >= 0) {
    name = rt_strings_bytes(&file->keys, o.key, &size);
    count = rt_letters_read(room, (const char *)name, size);
  }
  if (o.added >= 0) {
    // Its text is what it says, also where its letters would stand for other bytes.
    const unsigned char *content = rt_strings_bytes(&file->contents, o.added, &size);
    int is_found = count == size && memcmp(room, content, size) == 0;
    return rt_strings_append(tokens, content, size, is_found, file->error);
  }
  if (count == 0 || count == SIZE_MAX) {
    return rt_fail(file->error, RT_ERROR_MISMATCH,
                   "%s: model: vocab: expected tokens whose letters stand for bytes, found '%.*s'; "
                   "only byte-level vocabularies are read",
                   file->place, (int)size, (const char *)name);
  }
  return rt_strings_append(tokens, room, count, 1, file->error);
}

int rt_tokens_place(rt_tokenizer_file *file) {
  // Added tokens of the vocabulary have the id of their key.
  int64_t total = file->keys.count;
  for (int32_t i = 0; i < file->contents.count; i++) {
    size_t size;
    const unsigned char *name = rt_strings_bytes(&file->contents, i, &size);
    total += rt_strings_find(&file->keys, name, size) < 0;
  }
  if (total >= INT32_MAX) {
    return rt_refuse_part(file, "model: vocab", "fewer than 2^31 tokens", "more");
  }
  int32_t count = (int32_t)total;
  owner *owners = (owner *)rt_allocate((size_t)count * sizeof(owner));
  unsigned char *room = (unsigned char *)rt_allocate(file->keys.byte_capacity);
  int code = owners != NULL && room != NULL
                 ? find_owners(file, owners, count)
                 : rt_fail_memory(file->error, (size_t)count * sizeof(owner), file->place);
  for (int32_t id = 0; id < count && code == RT_OK; id++) {
    code = append(file, owners[id], room);
  }
  rt_release(owners);
  rt_release(room);
  if (code == RT_OK) {
    file->tokenizer->added = file->added;
    file->tokenizer->added_count = (size_t)file->contents.count;
    file->tokenizer->added_capacity = file->added_capacity;
    file->added = NULL;
  }
  return code;
}

// ---- Merges ----

// The two parts of a merge, and both together.
typedef struct {
  char *parts[2];
  int count;
} pair_texts;

// Reads one of the two tokens of a merge.
static int take_side(void *context, rt_json *json, const char *key) {
  pair_texts *texts = (pair_texts *)context;
  (void)key;
  if (texts->count == 2) {
    return rt_json_expected(json, "two tokens");
  }
  return rt_json_string(json, &texts->parts[texts->count++]);
}

// The id of a token of the vocabulary; -1 and an error if there is none.
static int32_t id_of(const rt_tokenizer_file *file, const char *name, size_t size) {
  int32_t key = rt_strings_find(&file->keys, name, size);
  if (key < 0) {
    rt_fail(file->error, RT_ERROR_FORMAT,
            "%s: model: merges: expected tokens of the vocabulary, found '%.*s' in merge %zu",
            file->place, (int)size, name, file->tokenizer->merge_count);
    return -1;
  }
  return file->ids[key];
}

// Adds the merge of `left` with what follows it directly.
static int add_merge(rt_tokenizer_file *file, const char *both, size_t left, size_t right) {
  rt_merge m = {id_of(file, both, left), 0, 0};
  m.right = m.left >= 0 ? id_of(file, both + left, right) : -1;
  m.result = m.right >= 0 ? id_of(file, both, left + right) : -1;
  return m.result >= 0 ? rt_tokenizer_add_merge(file->tokenizer, m, file->error) : RT_ERROR_FORMAT;
}

// Reads "left right" or ["left", "right"].
int rt_take_merge(void *context, rt_json *json, const char *key) {
  rt_tokenizer_file *file = (rt_tokenizer_file *)context;
  pair_texts texts = {{NULL, NULL}, 0};
  (void)key;
  int is_list = rt_json_peek(json) == '[', code;
  char *both = NULL, *gap = NULL;
  if (is_list) {
    code = rt_json_walk_list(json, take_side, &texts);
    if (code == RT_OK && texts.count != 2) {
      code = rt_json_expected(json, "two tokens in a merge");
    }
    size_t left = code == RT_OK ? strlen(texts.parts[0]) : 0;
    size_t right = code == RT_OK ? strlen(texts.parts[1]) : 0;
    both = code == RT_OK ? (char *)rt_allocate(left + right + 1) : NULL;
    if (code == RT_OK && both == NULL) {
      code = rt_fail_memory(file->error, left + right, "a merge");
    }
    if (code == RT_OK) {
      memcpy(both, texts.parts[0], left);
      memcpy(both + left, texts.parts[1], right);
      code = add_merge(file, both, left, right);
    }
  } else {
    code = rt_json_string(json, &both);
    gap = code == RT_OK ? strchr(both, ' ') : NULL;
    if (code == RT_OK && (gap == NULL || strchr(gap + 1, ' ') != NULL)) {
      code = rt_json_expected(json, "a merge of two tokens with a blank between them");
    }
    if (code == RT_OK) {
      size_t left = (size_t)(gap - both), right = strlen(gap + 1);
      memmove(gap, gap + 1, right + 1);
      code = add_merge(file, both, left, right);
    }
  }
  rt_release(texts.parts[0]);
  rt_release(texts.parts[1]);
  rt_release(both);
  return code;
}
