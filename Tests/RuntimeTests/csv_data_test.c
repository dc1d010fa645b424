// csv_data_test.c - tables as data sets: files of pandas and of Python's module csv, and malformed
// ones, each with its message.

#include "data/csv_columns.h"
#include "recipe_sets.h"
#include "files/elements.h"

// ---- Files of others ----

static const int one[] = {8}, two[] = {8, 2};

// The fields of the table in data/csv.
static void add_wide_fields(data_set *set) {
  add_field(set, "x", RT_F32, 1, one, (rt_field_recipe){.source = "petal width",
                                                        .missing = "-1.5"});
  add_field(set, "y", RT_F32, 2, two,
            (rt_field_recipe){.source = "\"the \"\"height\"\"\", petal width", .missing = "0"});
  add_field(set, "kind", RT_I64, 1, one, (rt_field_recipe){.kind = "category"});
  add_field(set, "z", RT_I64, 1, one, (rt_field_recipe){.source = "\"leaves, green\""});
}

static void add_other_fields(data_set *set) {
  add_field(set, "wild", RT_F64, 1, one, (rt_field_recipe){0});
  add_field(set, "dry", RT_BOOL, 1, one, (rt_field_recipe){0});
  add_field(set, "petal width", RT_F64, 1, one, (rt_field_recipe){.missing = "mean"});
}

static void check_files(const char *path) {
  data_set set = {0}, other = {0};
  rt_error error;
  char place[256];
  add_wide_fields(&set);
  CHECK(open_set(&set, "csv", path, &error) == RT_OK);
  check_field(&set, 0, "data/csv/width-zero.npy");
  check_field(&set, 1, "data/csv/pair.npy");
  check_field(&set, 2, "data/csv/kind.npy");
  check_field(&set, 3, "data/csv/leaves.npy");
  const rt_example_field *kind = &set.examples.fields[2];
  CHECK(kind->class_count == 7 && strcmp(kind->classes[0], "Gänseblümchen") == 0);
  CHECK(strcmp(kind->classes[2], "a \"so called\" weed") == 0);
  CHECK(strcmp(kind->classes[5], "two\nlines") == 0 && strcmp(kind->classes[6], "菊") == 0);
  set.examples.format->place(&set.examples, 0, 0, place, sizeof place);
  CHECK(strncmp(place, path, strlen(path)) == 0 && strstr(place, ".csv: line 2") != NULL);
  uint32_t sum = 0;
  CHECK(set.examples.format->checksum(&set.examples, &sum, &error) == RT_OK && sum != 0);
  rt_examples_close(&set.examples);
  add_other_fields(&other);
  CHECK(open_set(&other, "csv", path, &error) == RT_OK);
  check_field(&other, 0, "data/csv/wild.npy");
  check_field(&other, 1, "data/csv/dry.npy");
  check_field(&other, 2, "data/csv/width-mean.npy");
  rt_examples_close(&other.examples);
}

// Large tables are read from the file row by row; this one is taken for one.
static void check_unheld(const char *path) {
  data_set set = {0};
  rt_csv csv;
  rt_error error;
  add_wide_fields(&set);
  CHECK(open_set(&set, "csv", path, &error) == RT_OK);
  CHECK(rt_csv_open(&csv, path, 0, &error) == RT_OK && csv.file.held == NULL);
  CHECK(csv.count == set.examples.count);
  for (int i = 0; i < set.recipe.field_count; i++) {
    rt_csv_columns columns;
    rt_example_field field = {.recipe = &set.fields[i], .input = &set.inputs[i]};
    char held[64], read[64];
    size_t size = set.examples.fields[i].elements * rt_dtype_size(set.examples.fields[i].dtype);
    CHECK(rt_csv_columns_open(&columns, &csv, &field, &error) == RT_OK);
    for (int64_t row = 0; row < csv.count; row++) {
      CHECK(set.examples.format->read(&set.examples, i, row, held, &error) == RT_OK);
      CHECK(rt_csv_columns_read(&columns, row, 1, read, &error) == RT_OK);
      CHECK(memcmp(held, read, size) == 0);
    }
    CHECK(field.class_count == set.examples.fields[i].class_count);
    for (int k = 0; k < field.class_count; k++) {
      rt_release(field.classes[k]);
    }
    rt_release(field.classes);
    rt_csv_columns_close(&columns);
  }
  rt_csv_close(&csv);
  rt_examples_close(&set.examples);
}

// ---- Small files ----

// A table and a field of it: an input of f32 (or the type) with so many columns.
typedef struct {
  const char *text;
  rt_field_recipe recipe;
  int columns;
  rt_dtype dtype;
  const char *expected;  // the numbers that are read, or the message
} small;

static const char *const colours[] = {"red", "green", "blue"}, *const twins[] = {"a", "b", "a"};

#define TWO {.source = "a,b"}
#define A {.source = "a"}
#define CLASS {.source = "a", .kind = "category"}
#define COLOUR {.source = "a", .kind = "category", .class_count = 3, .classes = colours}

static const small readable[] = {
    {"a,b\n1,2\n3,4\n", TWO, 2, RT_F32, "1 2 3 4"},
    {"b;c;a\n1;x;2,\n", {.source = "b"}, 1, RT_F32, "1"},
    {"a\tb\n1\t 2 \r\n3\t\"4\"", TWO, 2, RT_F32, "1 2 3 4"},
    {"\xef\xbb\xbf\"a\",c, b\r\n1,,2\r\n\r\n\n", TWO, 2, RT_F32, "1 2"},
    {"a\nNA\n\"\"\n?\nnan\nNULL\n7\n", {.source = "a", .missing = "-1"}, 1, RT_I8,
     "-1 -1 -1 -1 -1 7"},
    {"a\n1\n\"\"\n2\n", {.source = "a", .missing = "mean"}, 1, RT_F32, "1 1.5 2"},
    {"a\nblue\nred\nNA\n", {.source = "a", .kind = "category", .class_count = 3,
                            .classes = colours, .missing = "-100"}, 1, RT_I32, "2 0 -100"},
    {"a\nNa\nCl\nNa\n", CLASS, 1, RT_I32, "1 0 1"},
    {"a\n10\n9\n", CLASS, 1, RT_I32, "0 1"},
    {"a\n", A, 1, RT_F32, ""},
    {"a\ninf\n-1e3\n", A, 1, RT_F16, "inf -1e+03"},
    {"a\n1\n", {.source = "a,a"}, 2, RT_F32, "1 1"},
};

static const small malformed[] = {
    {"", A, 1, RT_F32, "t.csv: expected a line with the names of columns, found an empty file"},
    {"\n\n", A, 1, RT_F32,
     "t.csv: expected a line with the names of columns, found only empty lines"},
    {"\na\n", A, 1, RT_F32, "t.csv: line 1: expected the names of columns, found an empty line"},
    {"PK\x03\x04", A, 1, RT_F32,
     "t.csv: expected a line with the names of columns, found a zip archive, as torch.save (.pt) "
     "and numpy.savez (.npz) write it"},
    {"a,b\n1,2\n3\n", TWO, 2, RT_F32,
     "t.csv: line 3: expected 2 cells, as many as there are names, found 1"},
    {"a,b\n1,2,3\n", TWO, 2, RT_F32,
     "t.csv: line 2: expected 2 cells, as many as there are names, found 3"},
    {"a\n1\n\n2\n", A, 1, RT_F32,
     "t.csv: line 3: expected 1 cell, as many as there are names, found an empty line"},
    {"a,b\n\"1\n2,3\n", TWO, 2, RT_F32,
     "t.csv: line 2: expected a quote that closes the one here, found the end of the file"},
    {"a,b\n\"1\"2,3\n", TWO, 2, RT_F32,
     "t.csv: line 2: expected a separator after a closing quote, found '2'"},
    {"a,b\n1\"2,3\n", TWO, 2, RT_F32,
     "t.csv: line 2: expected quotes only around a whole cell, and two for one within it, found a "
     "quote in a cell without"},
    {"a,b\n1\r,3\n", TWO, 2, RT_F32,
     "t.csv: line 2: expected a line feed after a carriage return, found ','"},
    {"\xef\xbb\xbf\"a\" ,b\n1,2\n", TWO, 2, RT_F32,
     "t.csv: line 1: expected a separator after a closing quote, found ' '"},
    {"a\xe4\n1\n", A, 1, RT_F32,
     "t.csv: line 1: expected names in UTF-8, found other bytes in name 1; save the file as "
     "UTF-8"},
    {"\"a\nb\",a\n1,2\n\"3\n4\",abc\n", A, 1, RT_F32,
     "t.csv: line 4, column 'a': expected a number, found 'abc'"},
    {"a;b\n1;2,5\n", TWO, 2, RT_F32,
     "t.csv: line 2, column 'b': expected a number, found '2,5'; decimals must follow a point"},
    {"a\n1.5\n", A, 1, RT_I32,
     "t.csv: line 2, column 'a': expected a whole number from -2147483648 to 2147483647, found "
     "'1.5'"},
    {"a\n1e39\n", A, 1, RT_F32,
     "t.csv: line 2, column 'a': expected a number that fits into f32, found '1e39'"},
    {"a\n2\n", A, 1, RT_BOOL,
     "t.csv: line 2, column 'a': expected 0, 1, true or false, found '2'"},
    {"a\n1\n\"\"\n", A, 1, RT_F32,
     "t.csv: line 3, column 'a': expected a value, found an empty cell, and the model does not say "
     "what stands for a missing one"},
    {"a\n?\n", CLASS, 1, RT_I32,
     "t.csv: line 2, column 'a': expected a value, found '?', and the model does not say what "
     "stands for a missing one"},
    {"a\nred\ngren\n", COLOUR, 1, RT_I32,
     "t.csv: line 3, column 'a': expected one of 3 classes, found 'gren'; the nearest is 'green'"},
};

static const small unfit[] = {
    {"width,height\n1,2\n", {.source = "widht"}, 1, RT_F32,
     "t.csv: line 1: expected a column 'widht' for the input 'x', found 'width', 'height'; did you "
     "mean 'width'?"},
    {"10.5,20.5\n3,4\n", {0}, 1, RT_F32,
     "t.csv: line 1: expected a column 'x' for the input 'x', found '10.5', '20.5'; the first line "
     "must hold the names of the columns"},
    {"a,b,a\n1,2,3\n", A, 1, RT_F32,
     "t.csv: line 1: expected one column 'a' for the input 'x', found two: the columns 1 and 3"},
    {"a,b\n1,2\n", A, 2, RT_F32,
     "t.csv: expected 2 columns for each example of the input 'x' f32[8, 2], found 1"},
    {"a,b\n1,2\n", TWO, 1, RT_F32,
     "t.csv: expected 1 column for each example of the input 'x' f32[8], found 2"},
    {"a,b\n1,2\n", {.source = "a,b", .kind = "category"}, 2, RT_I32,
     "t.csv: expected one column of classes for the input 'x', found 2"},
    {"a\n1\n", {.source = "a", .kind = "onehot"}, 1, RT_F32,
     "t.csv: expected numbers or 'category' as the kind of 'x', found 'onehot'"},
    {"a\n1\n", {.source = "a", .missing = "many"}, 1, RT_F32,
     "t.csv: expected 'mean' or a number for missing values of 'x', found 'many'"},
    {"a\n1\n", {.source = "a", .missing = "mean"}, 1, RT_I32,
     "t.csv: expected a number for missing values of 'x', which is whole, found 'mean'"},
    {"a\nNA\n", {.source = "a", .missing = "mean"}, 1, RT_F32,
     "t.csv: column 'a' has no value to take a mean of"},
    {"a\nb\n", {.source = "a", .kind = "category", .class_count = 3, .classes = twins}, 1, RT_I32,
     "t.csv: expected different classes for 'x', found 'a' twice"},
};

static void make_small(data_set *set, const small *s) {
  *set = (data_set){0};
  write_bytes("t.csv", s->text, strlen(s->text));
  int rank = s->columns == 1 ? 1 : 2;
  add_field(set, "x", s->dtype, rank, rank == 1 ? one : two, s->recipe);
}

static void check_readable(void) {
  for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
    data_set set;
    rt_error error;
    char found[256] = "";
    size_t used = 0;
    make_small(&set, &readable[i]);
    CHECK(open_set(&set, "csv", "t.csv", &error) == RT_OK);
    for (int64_t row = 0; row < set.examples.count; row++) {
      unsigned char room[64];
      const rt_example_field *field = &set.examples.fields[0];
      CHECK(set.examples.format->read(&set.examples, 0, row, room, &error) == RT_OK);
      for (size_t k = 0; k < field->elements; k++) {
        char text[RT_LONGEST_NUMBER];
        rt_element_text(text, field->dtype, room + k * rt_dtype_size(field->dtype));
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%s", used > 0 ? " " : "",
                                 text);
      }
    }
    CHECK_TEXT(found, readable[i].expected);
    CHECK(strlen(found) == strlen(readable[i].expected));
    rt_examples_close(&set.examples);
  }
}

static void check_refused(void) {
  data_set set;
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
    make_small(&set, &malformed[i]);
    refuse_set(&set, "csv", "t.csv", RT_ERROR_FORMAT, malformed[i].expected);
  }
  for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
    make_small(&set, &unfit[i]);
    refuse_set(&set, "csv", "t.csv", RT_ERROR_MISMATCH, unfit[i].expected);
  }
  make_small(&set, &readable[0]);
  write_bytes("t.csv", "a,b\n1,\0\n", 8);
  refuse_set(&set, "csv", "t.csv", RT_ERROR_FORMAT,
             "t.csv: line 2: expected text, found a zero byte; the file must be UTF-8");
  refuse_set(&set, "csv", "none.csv", RT_ERROR_FILE,
             "cannot open 'none.csv': No such file or directory");
  refuse_set(&set, "csv", "data", RT_ERROR_FILE,
             "cannot read 'data': expected a file, found a directory");
}

// The input may have more axes than one; columns follow each other in it.
static void check_axes(void) {
  static const int square[] = {8, 2, 2};
  data_set set = {0};
  rt_error error;
  float room[4];
  write_bytes("t.csv", "a,b,c,d\n1,2,3,4\n", 16);
  add_field(&set, "x", RT_F32, 3, square, (rt_field_recipe){.source = "d,c,b,a"});
  CHECK(open_set(&set, "csv", "t.csv", &error) == RT_OK);
  CHECK(set.examples.fields[0].rank == 2 && set.examples.count == 1);
  CHECK(set.examples.format->read(&set.examples, 0, 0, room, &error) == RT_OK);
  CHECK(room[0] == 4 && room[1] == 3 && room[2] == 2 && room[3] == 1);
  rt_examples_close(&set.examples);
}

// More different values than classes can be.
static void check_many_classes(void) {
  data_set set = {0};
  rt_error error;
  FILE *file = fopen("t.csv", "w");
  CHECK(file != NULL);
  fprintf(file, "x\n");
  for (int i = 0; i < RT_MOST_CLASSES; i++) {
    fprintf(file, "%d\n", 100000 + (i * 7919) % RT_MOST_CLASSES);
  }
  CHECK(fclose(file) == 0);
  add_field(&set, "x", RT_I32, 1, one, (rt_field_recipe){.kind = "category"});
  CHECK(open_set(&set, "csv", "t.csv", &error) == RT_OK);
  int32_t number = 0;
  CHECK(set.examples.format->read(&set.examples, 0, 1, &number, &error) == RT_OK && number == 7919);
  CHECK(set.examples.fields[0].class_count == RT_MOST_CLASSES);
  rt_examples_close(&set.examples);
  file = fopen("t.csv", "a");
  CHECK(file != NULL && fprintf(file, "one more\n") > 0 && fclose(file) == 0);
  refuse_set(&set, "csv", "t.csv", RT_ERROR_FORMAT,
             "t.csv: line 65538, column 'x': expected at most 65536 classes, found one more; the "
             "model can name them");
}

int main(void) {
  static const char *const paths[] = {"data/csv/comma.csv", "data/csv/semicolon.csv",
                                      "data/csv/tab.csv"};
  for (int i = 0; i < 3; i++) {
    check_files(paths[i]);
    check_unheld(paths[i]);
  }
  check_readable();
  check_refused();
  check_axes();
  check_many_classes();
  return test_summary();
}
