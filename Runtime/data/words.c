// words.c - text as words, and as characters.
//
// The table of words has words of letters with a blank in front, so that ids become text again by
// joining the bytes of their tokens.

#include <string.h>

#include "tokenizer_parts.h"

int rt_word_key_make(rt_word_key *key, const unsigned char *word, size_t size,
                     rt_word_class class_found, rt_error *error) {
  int code = rt_token_grow(&key->bytes, 1, &key->capacity, size + 1, error);
  if (code == RT_OK) {
    size_t blank = class_found == RT_WORD_LETTERS ? 1 : 0;
    key->bytes[0] = ' ';
    memcpy(key->bytes + blank, word, size);
    key->size = size + blank;
  }
  return code;
}

// Words that are not in the table, and the one of the number 0, which stands for all of them,
// become 0.
int rt_words_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                    rt_ids *ids, rt_error *error) {
  rt_word_key key = {0};
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK;) {
    rt_word_class class_found;
    size_t end = rt_word_end(text, size, at, &class_found);
    if (class_found != RT_WORD_SPACE) {
      code = rt_word_key_make(&key, text + at, end - at, class_found, error);
      if (code == RT_OK) {
        int32_t id = rt_strings_find(&tokenizer->tokens, key.bytes, key.size);
        code = rt_ids_add(ids, id > 0 ? id : 0, error);
      }
    }
    at = end;
  }
  rt_release(key.bytes);
  return code;
}

// No id stands for what the training text did not have, so that is an error, with its place.
int rt_characters_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                         const char *place, rt_ids *ids, rt_error *error) {
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK;) {
    uint32_t character;
    size_t length = rt_utf8_read(text + at, size - at, &character);
    int32_t id = rt_strings_find(&tokenizer->tokens, text + at, length);
    if (id < 0) {
      char found[32];
      snprintf(found, sizeof found, "'%.*s'", (int)length, (const char *)text + at);
      if (character == RT_NO_CHARACTER) {
        snprintf(found, sizeof found, "byte %d", text[at]);
      } else if (character < 0x20) {
        snprintf(found, sizeof found, "character %d", (int)character);
      }
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: byte %zu: expected one of the %d characters of the training text, found "
                     "%s; the kind 'bytes' takes any text",
                     place, at, (int)tokenizer->tokens.count, found);
    }
    code = rt_ids_add(ids, id, error);
    at += length;
  }
  return code;
}
