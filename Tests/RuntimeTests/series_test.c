// series_test.c - windows over time, of tables of pandas and arrays of numpy, and what is refused.

#include "recipe_sets.h"

static const int one[] = {8}, past[] = {8, 24, 2}, future[] = {8, 3}, four[] = {8, 4};

enum { STRIDE = 4 };

static void check_table(void) {
  data_set set = {0};
  rt_error error;
  char place[256];
  add_field(&set, "past", RT_F32, 3, past,
            (rt_field_recipe){.source = "\"wind, km/h\", temperature", .missing = "-1",
                              .length = 24, .stride = STRIDE});
  add_field(&set, "future", RT_F64, 2, future,
            (rt_field_recipe){.source = "temperature", .length = 3, .stride = STRIDE, .ahead = 24});
  add_field(&set, "sky", RT_I64, 1, one,
            (rt_field_recipe){.kind = "category", .stride = STRIDE, .ahead = 24});
  CHECK(open_set(&set, "series", "data/series/weather.csv", &error) == RT_OK);
  CHECK(set.examples.count == 9);
  check_field(&set, 0, "data/series/past.npy");
  check_field(&set, 1, "data/series/future.npy");
  check_field(&set, 2, "data/series/sky.npy");
  CHECK(set.examples.fields[2].class_count == 3);
  CHECK_TEXT(set.examples.format->place(&set.examples, 1, 2, place, sizeof place),
             "data/series/weather.csv: line 34");
  uint32_t sum = 0;
  CHECK(set.examples.format->checksum(&set.examples, &sum, &error) == RT_OK && sum != 0);
  rt_examples_close(&set.examples);
}

static void check_arrays(void) {
  data_set set = {0}, plain = {0};
  rt_error error;
  char place[256];
  add_field(&set, "past", RT_F32, 3, past, (rt_field_recipe){.length = 24, .stride = STRIDE});
  CHECK(open_set(&set, "series", "data/series/columns.npy", &error) == RT_OK);
  // Nothing is needed of the time after a window here.
  CHECK(set.examples.count == 10);
  set.examples.count = 9;
  check_field(&set, 0, "data/series/column-windows.npy");
  CHECK_TEXT(set.examples.format->place(&set.examples, 0, 2, place, sizeof place),
             "data/series/columns.npy: row 8");
  rt_examples_close(&set.examples);
  add_field(&plain, "past", RT_F64, 2, past, (rt_field_recipe){.length = 24, .stride = STRIDE});
  add_field(&plain, "future", RT_F64, 2, future,
            (rt_field_recipe){.length = 3, .stride = STRIDE, .ahead = 24});
  CHECK(open_set(&plain, "series", "data/series/plain.npy", &error) == RT_OK);
  check_field(&plain, 1, "data/series/future.npy");
  rt_examples_close(&plain.examples);
}

// Every window is there for the stride 1, which 0 stands for, up to the last row.
static void check_all_windows(void) {
  data_set set = {0};
  rt_error error;
  float room[4], next;
  write_bytes("t.csv", "x\n0\n1\n2\n3\n4\n5\n", 14);
  add_field(&set, "x", RT_F32, 2, four, (rt_field_recipe){.length = 4});
  add_field(&set, "y", RT_F32, 1, one, (rt_field_recipe){.source = "x", .ahead = 4, .stride = 1});
  CHECK(open_set(&set, "series", "t.csv", &error) == RT_OK && set.examples.count == 2);
  for (int64_t i = 0; i < 2; i++) {
    CHECK(set.examples.format->read(&set.examples, 0, i, room, &error) == RT_OK);
    CHECK(set.examples.format->read(&set.examples, 1, i, &next, &error) == RT_OK);
    CHECK(room[0] == (float)i && room[3] == (float)i + 3 && next == (float)i + 4);
  }
  rt_examples_close(&set.examples);
}

// A set of one field x with four elements.
static void refuse(const char *path, rt_field_recipe recipe, int code, const char *message) {
  data_set set = {0};
  add_field(&set, "x", RT_F32, 2, four, recipe);
  refuse_set(&set, "series", path, code, message);
}

static void check_refused_files(void) {
  const rt_field_recipe recipe = {.length = 4};
  static const struct {
    const char *text;
    int code;
    const char *message;
  } cases[] = {
      {"", RT_ERROR_FORMAT,
       "t.csv: expected a line with the names of columns, found an empty file"},
      {"x\n1\n2\n3\n", RT_ERROR_MISMATCH,
       "t.csv: expected at least 4 rows for a window, found 3"},
      {"x\n", RT_ERROR_MISMATCH, "t.csv: expected at least 4 rows for a window, found 0"},
      {"y\n1\n2\n3\n4\n", RT_ERROR_MISMATCH,
       "t.csv: line 1: expected a column 'x' for the input 'x', found 'y'; did you mean 'y'?"},
      {"x\n1\n2\nabc\n4\n", RT_ERROR_FORMAT,
       "t.csv: line 4, column 'x': expected a number, found 'abc'"},
      {"x\n1\n2\n\n4\n", RT_ERROR_FORMAT,
       "t.csv: line 4: expected 1 cell, as many as there are names, found an empty line"},
      {"x\n1\n2,5\n", RT_ERROR_FORMAT,
       "t.csv: line 3: expected 1 cell, as many as there are names, found 2"},
      {"x\n1\n\"2\n", RT_ERROR_FORMAT,
       "t.csv: line 3: expected a quote that closes the one here, found the end of the file"},
      {"x\n1\nNA\n", RT_ERROR_FORMAT,
       "t.csv: line 3, column 'x': expected a value, found 'NA', and the model does not say what "
       "stands for a missing one"},
      {"\x89HDF\r\n", RT_ERROR_FORMAT,
       "t.csv: expected a line with the names of columns, found an HDF5 file"},
      {"\x93NUMPY\1", RT_ERROR_FORMAT,
       "t.csv: byte 0: expected an .npy file, found fewer than 12 bytes; numpy.save(FILE, array) "
       "writes one"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_bytes("t.csv", cases[i].text, strlen(cases[i].text));
    refuse("t.csv", recipe, cases[i].code, cases[i].message);
  }
  refuse("none.csv", recipe, RT_ERROR_FILE, "cannot open 'none.csv': No such file or directory");
}

static void check_refused_recipes(void) {
  write_bytes("t.csv", "x,y\n1,2\n1,2\n1,2\n1,2\n1,2\n", 24);
  refuse("t.csv", (rt_field_recipe){.length = 3}, RT_ERROR_MISMATCH,
         "t.csv: expected f32[*, 4], found f32[3, 3]");
  refuse("t.csv", (rt_field_recipe){.length = 4, .source = "x,y"}, RT_ERROR_MISMATCH,
         "t.csv: expected 1 column for each element in time of the input 'x' f32[8, 4], found 2");
  refuse("t.csv", (rt_field_recipe){0}, RT_ERROR_MISMATCH,
         "t.csv: expected 4 columns for each element in time of the input 'x' f32[8, 4], found 1");
  refuse("t.csv", (rt_field_recipe){.length = 4, .ahead = 2}, RT_ERROR_MISMATCH,
         "t.csv: expected at least 6 rows for a window, found 5");
  refuse("t.csv", (rt_field_recipe){.length = 4, .ahead = -1}, RT_ERROR_MISMATCH,
         "t.csv: expected a window of 0 or more elements for 'x', found length 4, stride 0, ahead "
         "-1");
  refuse("data/series/plain.npy", (rt_field_recipe){.length = 4, .source = "x"}, RT_ERROR_MISMATCH,
         "data/series/plain.npy: expected a .csv file, as the input 'x' takes columns by name "
         "('x'), found an .npy file");
  refuse("data/series/past.npy", (rt_field_recipe){.length = 4}, RT_ERROR_MISMATCH,
         "data/series/past.npy: expected an array [time] or [time, columns], found f32[9, 24, 2]");
  refuse("data/series/columns.npy", (rt_field_recipe){.length = 4}, RT_ERROR_MISMATCH,
         "data/series/columns.npy: expected 1 column for each element in time of the input 'x' "
         "f32[8, 4], found 2");
  data_set set = {0};
  add_field(&set, "x", RT_F32, 2, four, (rt_field_recipe){.length = 4, .stride = 2});
  add_field(&set, "y", RT_F32, 1, one, (rt_field_recipe){.stride = 3});
  refuse_set(&set, "series", "t.csv", RT_ERROR_MISMATCH,
             "t.csv: expected the stride 2 of 'x' for 'y' as well, found 3");
}

int main(void) {
  check_table();
  check_arrays();
  check_all_windows();
  check_refused_files();
  check_refused_recipes();
  return test_summary();
}
