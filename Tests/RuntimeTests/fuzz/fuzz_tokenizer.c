// fuzz_tokenizer.c - reads a tokenizer.json, and the text that goes with weights.
//
// Both need a token for each byte, so byte 1 of an input stands for 256 members of a vocabulary,
// and byte 2 for as many lines.

#include "data/tokenizer_parts.h"
#include "fuzz.h"

// The input with these bytes expanded, and a null behind it.
static char *expand(const uint8_t *data, size_t size, size_t *length) {
  char *text = (char *)malloc(size * 4096 + 1);
  ALWAYS(text != NULL);
  *length = 0;
  int expanded = 0;
  for (size_t i = 0; i < size; i++) {
    int is_list = (data[i] == 1 || data[i] == 2) && expanded++ < 2;
    for (int n = 0; n < 256 && is_list; n++) {
      unsigned char letter[5] = "";
      rt_utf8_write(letter, rt_byte_letter(rt_letter_order(n)));
      int escaped = data[i] == 1 && (letter[0] == '"' || letter[0] == '\\');
      *length += (size_t)(data[i] == 1 ? sprintf(text + *length, "%s\"%s%s\":%d", n > 0 ? "," : "",
                                                 escaped ? "\\" : "", (char *)letter, n)
                                       : sprintf(text + *length, "%s\n", (char *)letter));
    }
    if (!is_list) {
      text[(*length)++] = (char)data[i];
    }
  }
  text[*length] = '\0';
  return text;
}

// True iff texts come back as they were.
static int is_exact(const rt_tokenizer *t) {
  int flags = t->prefix_space;
  for (size_t i = 0; i < t->added_count; i++) {
    flags |= t->added[i].flags & (RT_ADDED_LSTRIP | RT_ADDED_RSTRIP);
  }
  return t->kind != RT_WORDS && flags == 0;
}

static void use(rt_tokenizer *t) {
  static const char text[] = "ab  abc<s>\xff 12'll\n x\xc3\xa9 \xe2\x80\x83 ab";
  rt_error error = {0};
  rt_ids ids = {0};
  size_t at = 0;
  int code = rt_tokenizer_encode(t, text, sizeof text - 1, "f", &ids, &error);
  ALWAYS(code == RT_OK || t->kind == RT_CHARACTERS);
  for (size_t i = 0; i < ids.count && is_exact(t) && code == RT_OK; i++) {
    size_t length;
    const unsigned char *bytes = rt_tokenizer_bytes(t, ids.items[i], &length);
    ALWAYS(length <= sizeof text - 1 - at && memcmp(bytes, text + at, length) == 0);
    at += length;
  }
  ALWAYS(code != RT_OK || !is_exact(t) || at == sizeof text - 1);
  // What is saved is read again, as the same.
  rt_tokenizer *again = NULL;
  char *saved = rt_tokenizer_save(t, &error);
  ALWAYS(saved != NULL && rt_tokenizer_load(&again, saved, "f", &error) == RT_OK);
  char *second = rt_tokenizer_save(again, &error);
  ALWAYS(second != NULL && strcmp(saved, second) == 0);
  rt_release(saved);
  rt_release(second);
  rt_ids_clear(&ids);
  rt_tokenizer_destroy(again);
  rt_tokenizer_destroy(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t length;
  char *text = expand(data, size, &length);
  // A copy without the null, so that a read behind the end is found.
  char *exact = (char *)malloc(length + (length == 0));
  ALWAYS(exact != NULL);
  memcpy(exact, text, length);
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  if (rt_tokenizer_parse_json(&t, exact, length, "f", &error) == RT_OK) {
    use(t);
  } else {
    ALWAYS_CLEAR(error);
  }
  error = (rt_error){0};
  if (rt_tokenizer_load(&t, text, "f", &error) == RT_OK) {
    use(t);
  } else {
    ALWAYS_CLEAR(error);
  }
  free(exact);
  free(text);
  return 0;
}
