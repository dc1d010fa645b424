// text_memory_test.c - every allocation of what reads texts and tokenizers fails in turn: that is
// an error about memory, and nothing stays allocated.
//
// Linked with --wrap=calloc and --wrap=free, so that calls of the runtime arrive here.

#define _POSIX_C_SOURCE 200809L

#include <sys/stat.h>

#include "runtime/data/formats.h"
#include "runtime/data/tokenizer.h"
#include "texts.h"

static long room = -1;  // allocations that still succeed; negative: all
static long held;       // allocations that were not given back

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);

void *__wrap_calloc(size_t count, size_t size) {
  if (room >= 0 && room-- == 0) {
    return NULL;
  }
  held++;
  return __real_calloc(count, size);
}

void __wrap_free(void *block) {
  held -= block != NULL;
  __real_free(block);
}

static const char text[] = "the low lower lowest\nab ab  it's 12\n\n\xc3\xa9 end<s>";

// Each returns a code, and leaves nothing behind.

static int read_json(rt_error *error) {
  rt_tokenizer *t = NULL, *again = NULL;
  rt_ids ids = {0};
  int code = rt_tokenizer_read_json(&t, "small.json", error);
  char *saved = code == RT_OK ? rt_tokenizer_save(t, error) : NULL;
  if (code == RT_OK) {
    code = saved != NULL ? rt_tokenizer_load(&again, saved, "f", error) : RT_ERROR_MEMORY;
  }
  if (code == RT_OK) {
    code = rt_tokenizer_encode(again, text, sizeof text - 1, "f", &ids, error);
  }
  rt_ids_clear(&ids);
  rt_release(saved);
  rt_tokenizer_destroy(t);
  rt_tokenizer_destroy(again);
  return code;
}

static const int shape_tokens[] = {2, 3}, shape_length[] = {2};
static const rt_tensor inputs[] = {{"tokens", RT_I32, 2, shape_tokens},
                                   {"length", RT_I32, 1, shape_length}};
static const rt_function step = {.name = "step", .input_count = 2, .inputs = inputs};

static int read_examples(const char *kind, const char *source, rt_error *error) {
  const rt_field_recipe fields[] = {
      {.input = "tokens", .source = source, .kind = kind, .length = 3},
      {.input = "length", .source = "length", .kind = kind}};
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "folder",
                                 .field_count = source != NULL ? 2 : 1, .fields = fields};
  rt_examples examples;
  int32_t ids[3];
  int code = rt_examples_open(&examples, &recipe, "folder", &step, error);
  for (int64_t i = 0; i < examples.count && code == RT_OK; i++) {
    code = examples.format->read(&examples, 0, i, ids, error);
  }
  rt_examples_close(&examples);
  return code;
}

static int read_windows(rt_error *error) { return read_examples("bpe:262", NULL, error); }
static int read_lines(rt_error *error) { return read_examples("words:9", "line", error); }
static int read_letters(rt_error *error) { return read_examples("characters", "line", error); }
static int read_bytes(rt_error *error) { return read_examples("bytes", NULL, error); }
static int read_file(rt_error *error) { return read_examples("file:../small.json", NULL, error); }

static void check(int (*run)(rt_error *error), const char *name) {
  long number = 0;
  for (int is_roomy = 0; !is_roomy && number < 10000; number++) {
    rt_error error = {0};
    held = 0;
    room = number;
    int code = run(&error);
    is_roomy = room >= 0;
    room = -1;
    int is_good = is_roomy ? code == RT_OK
                           : code == RT_ERROR_MEMORY && strstr(error.message, "memory") != NULL;
    CHECK(is_good && held == 0);
    if (!is_good || held != 0) {
      printf("  %s, allocation %ld: code %d, '%s', %ld held\n", name, number, code, error.message,
             held);
    }
  }
  printf("  %s: %ld allocations\n", name, number - 1);
}

static void write_file(const char *path, const char *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

int main(void) {
  size_t size;
  unsigned char *json = read_all("data/tokenizer/prefix.json", &size);
  write_file("small.json", (const char *)json, size);
  free(json);
  CHECK(mkdir("folder", 0755) == 0 || rt_is_directory("folder"));
  write_file("folder/a.txt", text, sizeof text - 1);
  write_file("folder/b.txt", text, 9);
  check(read_json, "a tokenizer.json");
  check(read_windows, "windows of byte pairs");
  check(read_lines, "lines of words");
  check(read_letters, "lines of characters");
  check(read_bytes, "windows of bytes");
  check(read_file, "windows by a file");
  return test_summary();
}
