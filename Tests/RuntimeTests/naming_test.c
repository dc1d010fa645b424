// naming_test.c - outputs of integers as names and as the tokens of a text.

#include <string.h>

#include "data/tokenizer.h"
#include "program/outputs.h"
#include "program/program.h"
#include "test.h"

static const char *const animals[] = {"ant", "bee", ""};
static const char *const letters[] = {"a", "b", "\xc3\xa9"};
static const rt_tensor outputs[] = {{"animal", RT_I32, 1, (const int[]){4}},
                                    {"word", RT_U8, 2, (const int[]){2, 3}},
                                    {"text", RT_I64, 1, (const int[]){5}},
                                    {"number", RT_F32, 0, NULL}};
static const rt_function function = {
    .name = "look", .kind = RT_USER, .phase = -1, .output_count = 4, .outputs = outputs};
static const rt_naming namings[] = {{"look", "animal", ", ", 3, animals},
                                    {"look", "word", NULL, 3, letters},
                                    {"look", "text", NULL, 0, NULL},
                                    {"other", "number", NULL, 3, letters}};
static const rt_model model = {.name = "m", .naming_count = 4, .namings = namings};

// What is written to a stream, by `rt_print_words` or as a file.
static const char *shown(int output, const rt_array *array, const rt_tokenizer *tokenizer,
                         int is_file) {
  static char text[1024];
  rt_words words = rt_words_of(&model, &function, output, tokenizer);
  rt_error error = {RT_OK, ""};
  const char *path = "shown";
  if (is_file) {
    rt_writer writer;
    const rt_result result = {.tensor = &outputs[output], .array = array, .words = words};
    CHECK(rt_text_check(&result, 1, "x", &error) == RT_OK);
    CHECK(rt_writer_begin(&writer, path, &error) == RT_OK);
    rt_text_put(&writer, &result, 1);
    CHECK(rt_writer_commit(&writer, &error) == RT_OK);
  } else {
    FILE *stream = fopen(path, "w");
    CHECK(stream != NULL);
    rt_print_words(stream, outputs[output].name, &words, array);
    fclose(stream);
  }
  FILE *stream = fopen(path, "r");
  size_t size = fread(text, 1, sizeof text - 1, stream);
  fclose(stream);
  text[size] = '\0';
  return text;
}

#define SHOWN(text, ...) CHECK(strcmp(shown(__VA_ARGS__), text) == 0)

static void check_names(void) {
  int32_t classes[] = {1, 2, 0, 7};
  uint8_t word[] = {0, 2, 1, 1, 0, 2};
  rt_array animal = {RT_I32, 1, {4}, 4, classes}, words = {RT_U8, 2, {2, 3}, 6, word};
  rt_array one = {RT_I32, 0, {0}, 1, classes}, none = {RT_U8, 2, {0, 3}, 0, word};
  SHOWN("animal bee, ant, <7>\n", 0, &animal, NULL, 0);
  SHOWN("bee, ant, <7>\n", 0, &animal, NULL, 1);
  SHOWN("animal bee\n", 0, &one, NULL, 0);
  SHOWN("word u8[2, 3]\n  a\xc3\xa9" "b\n  ba\xc3\xa9\n", 1, &words, NULL, 0);
  SHOWN("a\xc3\xa9" "b\nba\xc3\xa9\n", 1, &words, NULL, 1);
  SHOWN("", 1, &none, NULL, 1);
  uint8_t many[66] = {0};
  rt_array rows = {RT_U8, 2, {22, 3}, 66, many};
  CHECK_TEXT(shown(1, &rows, NULL, 0), "  aaa\n  ... 2 more\n");
}

static void check_tokens(void) {
  rt_trainer *trainer;
  rt_tokenizer *tokenizer;
  rt_error error = {RT_OK, ""};
  int64_t ids[] = {'h', 'i', 0xc3, 0xa9, 999};
  rt_array text = {RT_I64, 1, {5}, 5, ids};
  CHECK(rt_trainer_begin(&trainer, "bytes", "", "x", &error) == RT_OK);
  CHECK(rt_trainer_end(trainer, &tokenizer, &error) == RT_OK);
  SHOWN("text hi\xc3\xa9<999>\n", 2, &text, tokenizer, 0);
  CHECK(rt_needs_tokenizer(&model, &function));
  // Without a tokenizer they stay numbers, and no output of another function has names.
  CHECK(rt_words_of(&model, &function, 2, NULL).naming == NULL);
  CHECK(rt_words_of(&model, &function, 3, tokenizer).naming == NULL);
  const rt_result result = {.tensor = &outputs[2], .array = &text};
  CHECK(rt_text_check(&result, 1, "--output t.txt", &error) == RT_ERROR_USAGE);
  CHECK_TEXT(error.message,
             "--output t.txt: expected u8 [bytes], or an output with names or tokens, for .txt, "
             "found i64[5] without; .npy and .csv take numbers");
  rt_tokenizer_destroy(tokenizer);
}

int main(void) {
  check_names();
  check_tokens();
  return test_summary();
}
