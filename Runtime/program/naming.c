// naming.c - outputs of integers as words: names by their numbers, or the tokens of a text.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../data/tokenizer.h"
#include "../files/utf8.h"
#include "outputs.h"

enum { MOST_ROWS = 20 };  // that are printed

static const rt_naming *find_naming(const rt_model *model, const rt_function *function,
                                    const char *output) {
  for (int i = 0; i < model->naming_count; i++) {
    const rt_naming *naming = &model->namings[i];
    if (strcmp(naming->function, function->name) == 0 && strcmp(naming->output, output) == 0) {
      return naming;
    }
  }
  return NULL;
}

rt_words rt_words_of(const rt_model *model, const rt_function *function, int output,
                     const rt_tokenizer *tokenizer) {
  const rt_naming *naming = find_naming(model, function, function->outputs[output].name);
  // Without a tokenizer they stay numbers.
  int is_known = naming != NULL && (naming->count > 0 || tokenizer != NULL);
  return (rt_words){is_known ? naming : NULL, tokenizer};
}

int rt_needs_tokenizer(const rt_model *model, const rt_function *function) {
  for (int i = 0; i < function->output_count; i++) {
    const rt_naming *naming = find_naming(model, function, function->outputs[i].name);
    if (naming != NULL && naming->count == 0) {
      return 1;
    }
  }
  return 0;
}

// The bytes of a number; none for one that has no name.
static const unsigned char *word_of(const rt_words *words, int64_t number, size_t *size) {
  const rt_naming *naming = words->naming;
  *size = 0;
  if (naming->count == 0) {
    int is_id = number >= 0 && number <= INT32_MAX;
    const unsigned char *bytes =
        is_id ? rt_tokenizer_bytes(words->tokenizer, (int32_t)number, size) : NULL;
    return *size > 0 ? bytes : NULL;
  }
  if (number < 0 || number >= naming->count) {
    return NULL;
  }
  *size = strlen(naming->names[number]);
  return (const unsigned char *)naming->names[number];
}

// Writes the words of `count` elements from `first` on, without a line break.
static void put_row(FILE *stream, const rt_words *words, const rt_array *array, size_t first,
                    size_t count) {
  rt_utf8_stream characters = {.count = 0};
  size_t width = rt_dtype_size(array->dtype);
  int is_begun = 0;
  for (size_t i = first; i < first + count; i++) {
    const unsigned char *element = (const unsigned char *)array->data + i * width;
    char number[32];
    size_t size;
    double value = rt_scalar_get(array->dtype, element);
    const unsigned char *word = word_of(words, (int64_t)value, &size);
    if (word == NULL) {
      int length = snprintf(number, sizeof number, "<%lld>", (long long)value);
      word = (const unsigned char *)number;
      size = length > 0 ? (size_t)length : 0;
    }
    // A name that is empty stands for nothing, as what fills a row up.
    if (size > 0 && is_begun && words->naming->separator != NULL) {
      fputs(words->naming->separator, stream);
    }
    rt_utf8_put(&characters, word, size, stream);
    is_begun = is_begun || size > 0;
  }
  rt_utf8_end(&characters, stream);
}

// The elements of a row: those along the last axis.
static size_t row_length(const rt_array *array) {
  return array->rank > 0 ? (size_t)array->shape[array->rank - 1] : 1;
}

void rt_print_words(FILE *stream, const char *name, const rt_words *words,
                    const rt_array *array) {
  size_t length = row_length(array), rows = length > 0 ? array->elements / length : 0;
  char type[256];
  if (rows <= 1) {
    fprintf(stream, "%s ", name);
    put_row(stream, words, array, 0, array->elements);
    fputc('\n', stream);
    return;
  }
  rt_type_text(type, sizeof type, array->dtype, array->rank, array->shape);
  fprintf(stream, "%s %s\n", name, type);
  for (size_t row = 0; row < rows && row < MOST_ROWS; row++) {
    fputs("  ", stream);
    put_row(stream, words, array, row * length, length);
    fputc('\n', stream);
  }
  if (rows > MOST_ROWS) {
    fprintf(stream, "  ... %zu more\n", rows - MOST_ROWS);
  }
}

void rt_words_put(rt_writer *writer, const rt_result *result) {
  char *text = NULL;
  size_t size = 0;
  FILE *memory = open_memstream(&text, &size);
  if (memory == NULL) {
    rt_writer_note(writer, errno);
    return;
  }
  const rt_array *array = result->array;
  size_t length = row_length(array), rows = length > 0 ? array->elements / length : 0;
  for (size_t row = 0; row < rows; row++) {
    put_row(memory, &result->words, array, row * length, length);
    fputc('\n', memory);
  }
  if (fclose(memory) != 0) {
    rt_writer_note(writer, errno);
  } else {
    rt_write(writer, text, size);
  }
  free(text);
}
