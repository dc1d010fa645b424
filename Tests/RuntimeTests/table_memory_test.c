// table_memory_test.c - every allocation of what reads tables, sounds, series and boxes fails in
// turn: that is an error about memory, and nothing stays allocated.
//
// Linked with --wrap=calloc and --wrap=free, so that calls of the runtime arrive here.

#define _POSIX_C_SOURCE 200809L

#include <sys/stat.h>

#include "data/csv_columns.h"
#include "files/wav.h"
#include "recipe_sets.h"

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

static const int one[] = {8}, two[] = {8, 2}, three[] = {8, 3, 5}, image[] = {8, 3, 4, 5};

// Opens a set and reads its first example; leaves nothing behind.
static int read_set(data_set *set, const char *format, const char *path, rt_error *error) {
  double example[64];
  int code = open_set(set, format, path, error);
  for (int i = 0; i < set->recipe.field_count && code == RT_OK; i++) {
    code = set->examples.format->read(&set->examples, i, 0, example, error);
  }
  rt_examples_close(&set->examples);
  return code;
}

static int read_table(rt_error *error) {
  static const char *const names[] = {"red", "blue"};
  data_set set = {0};
  add_field(&set, "a", RT_F32, 2, two, (rt_field_recipe){.source = "a,b", .missing = "mean"});
  add_field(&set, "c", RT_I32, 1, one, (rt_field_recipe){.kind = "category"});
  add_field(&set, "d", RT_I32, 1, one, (rt_field_recipe){.source = "c", .kind = "category",
                                                         .class_count = 2, .classes = names});
  return read_set(&set, "csv", "m.csv", error);
}

static int read_series(rt_error *error) {
  data_set set = {0};
  add_field(&set, "a", RT_F32, 2, two, (rt_field_recipe){.length = 2, .missing = "0"});
  return read_set(&set, "series", "m.csv", error);
}

static int read_sounds(rt_error *error) {
  data_set set = {0};
  add_field(&set, "sound", RT_F32, 2, two, (rt_field_recipe){0});
  add_field(&set, "label", RT_I32, 1, one, (rt_field_recipe){0});
  return read_set(&set, "wav", "m", error);
}

static int read_boxes(rt_error *error) {
  data_set set = {0};
  add_field(&set, "boxes", RT_F32, 3, three, (rt_field_recipe){0});
  add_field(&set, "image", RT_U8, 4, image, (rt_field_recipe){0});
  return read_set(&set, "boxes", "data/boxes/numbers.jsonl", error);
}

// A large table, of which each row is read from the file, and a row that is long.
static int read_unheld(rt_error *error) {
  const rt_tensor input = {"a", RT_F32, 1, one};
  const rt_field_recipe recipe = {.input = "a", .missing = "1"};
  rt_example_field field = {.recipe = &recipe, .input = &input};
  rt_csv_columns columns = {0};
  rt_csv csv;
  float number;
  int code = rt_csv_open(&csv, "long.csv", 0, error);
  code = code == RT_OK ? rt_csv_columns_open(&columns, &csv, &field, error) : code;
  code = code == RT_OK ? rt_csv_columns_read(&columns, 0, 1, &number, error) : code;
  rt_csv_columns_close(&columns);
  rt_csv_close(&csv);
  return code;
}

static void check(int (*run)(rt_error *error), const char *name) {
  long number = 0;
  for (int is_roomy = 0; !is_roomy && number < 10000; number++) {
    rt_error error = {0};
    held = 0;
    room = number;
    int code = run(&error);
    is_roomy = room >= 0;
    room = -1;
    int is_right = is_roomy ? code == RT_OK
                            : code == RT_ERROR_MEMORY &&
                                  strncmp(error.message, "no memory for ", 14) == 0;
    if (!is_right || held != 0) {
      printf("%s, allocation %ld: code %d, %ld stay: %s\n", name, number, code, held,
             error.message);
    }
    CHECK(is_right && held == 0);
  }
  CHECK(number > 5);
}

// Writes a sound of two frames.
static void write_sound(const char *path) {
  static const float samples[] = {0.5f, -0.5f};
  rt_writer writer;
  rt_error error = {0};
  CHECK(rt_writer_begin(&writer, path, &error) == RT_OK);
  rt_wav_put(&writer, RT_WAV_PCM16, 8000, 1, 2, samples);
  CHECK(rt_writer_commit(&writer, &error) == RT_OK);
}

int main(void) {
  static char text[6000] = "a,b\n1,\"";
  write_bytes("m.csv", "a,b,c\n1,NA,red\n?,4,blue\n", 24);
  memset(text + 7, 'x', sizeof text - 8);
  text[sizeof text - 1] = '"';
  write_bytes("long.csv", text, sizeof text);
  CHECK((mkdir("m", 0777) == 0 && mkdir("m/a", 0777) == 0) || rt_is_directory("m/a"));
  write_sound("m/a/1.wav");
  check(read_table, "csv");
  check(read_unheld, "a large csv");
  check(read_series, "series");
  check(read_sounds, "wav");
  check(read_boxes, "boxes");
  return test_summary();
}
