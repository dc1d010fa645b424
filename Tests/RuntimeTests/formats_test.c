// formats_test.c - numbers as text, CSV, values, JSON, and arrays for people.

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdlib.h>

#include "runtime/program/inputs.h"
#include "runtime/files/elements.h"
#include "runtime/program/outputs.h"
#include "runtime/program/program.h"
#include "runtime/runtime.h"
#include "test.h"

// ---- Numbers ----

static void check_numbers(void) {
  static const struct {
    rt_dtype dtype;
    const char *text;
    double value;
    const char *expected;  // null: it is read
  } cases[] = {
      {RT_F32, "0.1", 0.10000000149011612, NULL},
      {RT_F32, "-1e-3", -0.0010000000474974513, NULL},
      {RT_F64, "+.5", 0.5, NULL},
      {RT_F64, "5.", 5, NULL},
      {RT_F64, "-Infinity", -INFINITY, NULL},
      {RT_F16, "inf", INFINITY, NULL},
      {RT_F32, "1e39", 0, "a number that fits into f32"},
      {RT_F16, "70000", 0, "a number that fits into f16"},
      {RT_F64, "1e400", 0, "a number that fits into f64"},
      {RT_F64, "0x10", 0, "a number"},
      {RT_F64, "1e", 0, "a number"},
      {RT_F64, ".", 0, "a number"},
      {RT_F64, "-", 0, "a number"},
      {RT_F64, "nan(7)", 0, "a number"},
      {RT_F64, "1 2", 0, "a number"},
      {RT_F64, "", 0, "a number"},
      {RT_U8, "255", 255, NULL},
      {RT_U8, "2.55e2", 255, NULL},
      {RT_U8, "256", 0, "a whole number from 0 to 255"},
      {RT_U8, "-1", 0, "a whole number from 0 to 255"},
      {RT_I8, "-128", -128, NULL},
      {RT_I32, "1.5", 0, "a whole number from -2147483648 to 2147483647"},
      {RT_I32, "nan", 0, "a whole number from -2147483648 to 2147483647"},
      {RT_I64, "-9223372036854775808", -9223372036854775808.0, NULL},
      {RT_I64, "9223372036854775808", 0, "a whole number of 64 bits"},
      {RT_U64, "18446744073709551615", 18446744073709551616.0, NULL},
      {RT_U64, "18446744073709551616", 0, "a whole number of 64 bits, 0 or more"},
      {RT_BOOL, "True", 1, NULL},
      {RT_BOOL, "0", 0, NULL},
      {RT_BOOL, "2", 0, "0, 1, true or false"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint64_t element = 0;
    const char *expected =
        rt_number_read(cases[i].dtype, &element, cases[i].text, strlen(cases[i].text));
    const char *wanted = cases[i].expected;
    CHECK((expected == NULL) == (wanted == NULL));
    CHECK(wanted == NULL || expected == NULL || strcmp(wanted, expected) == 0);
    CHECK(wanted != NULL || rt_scalar_get(cases[i].dtype, &element) == cases[i].value);
  }
  double nan = 0;
  CHECK(rt_number_read(RT_F64, &nan, "NaN", 3) == NULL && isnan(nan));
}

// What is written is short and reads as the same bits.
static void check_digits(void) {
  static const rt_dtype types[] = {RT_F32, RT_F64, RT_F16, RT_BF16, RT_I64, RT_U64, RT_I8};
  char text[RT_LONGEST_NUMBER];
  int same = 0;
  for (uint64_t i = 0; i < 7000; i++) {
    uint64_t bits = 0, again = 0;
    for (int part = 0; part < 2; part++) {
      bits = bits << 32 | rt_random_bits(1, 2, 0, 0, (uint32_t)part, i);
    }
    rt_dtype dtype = types[i % 7];
    size_t size = rt_dtype_size(dtype);
    const char *number = rt_element_text(text, dtype, &bits);
    int is_read = rt_number_read(dtype, &again, number, strlen(number)) == NULL;
    same += is_read && (memcmp(&bits, &again, size) == 0 || strcmp(number, "nan") == 0);
  }
  CHECK(same == 7000);
  float tenth = 0.1f, negative = -0.0f;
  double third = 1.0 / 3.0;
  CHECK(strcmp(rt_element_text(text, RT_F32, &tenth), "0.1") == 0);
  CHECK(strcmp(rt_element_text(text, RT_F32, &negative), "-0") == 0);
  CHECK(strcmp(rt_element_text(text, RT_F64, &third), "0.3333333333333333") == 0);
}

// ---- CSV and values ----

static const int shape_8_2[] = {8, 2}, shape_3[] = {3};
static const rt_tensor points = {"x", RT_F32, 2, shape_8_2}, list = {"x", RT_I32, 1, shape_3};
static const rt_tensor flag = {"x", RT_F64, 0, NULL};
static const rt_slot slots[] = {{&points, 1}, {&points, 0}, {&list, 0}, {&flag, 0}, {&list, 1}};

enum { EXAMPLES, MATRIX, LIST, SCALAR, LABELS };

// Compares an array with "rows: elements", or an error with its message.
static void check_array(int code, const rt_array *array, const rt_error *error,
                        const char *expected) {
  char found[512];
  size_t used = (size_t)snprintf(found, sizeof found, "%.500s", error->message);
  CHECK(code == error->code);
  if (code == RT_OK) {
    int rows = array->rank > 0 ? (int)array->shape[0] : 0;
    used = (size_t)snprintf(found, sizeof found, "%d:", rows);
    for (size_t n = 0; n < array->elements; n++) {
      char text[RT_LONGEST_NUMBER];
      const char *at = (const char *)array->data + n * rt_dtype_size(array->dtype);
      used += (size_t)snprintf(found + used, sizeof found - used, " %s",
                               rt_element_text(text, array->dtype, at));
    }
    rt_release(array->data);
  }
  CHECK_TEXT(found, expected);
  CHECK(strlen(found) == strlen(expected));
}

static void check_csv(void) {
  static const struct {
    int slot;
    const char *text, *expected;  // the numbers that are read, or an error
  } cases[] = {
      {EXAMPLES, "1,2\n3,4\n", "2: 1 2 3 4"},
      {EXAMPLES, "1,2\r\n 3 ,\t4", "2: 1 2 3 4"},
      {EXAMPLES, "\xef\xbb\xbfleft,right\n1e1,-2\n\n \n", "1: 10 -2"},
      {EXAMPLES, "\"a\",b\n1,inf\n", "1: 1 inf"},
      {EXAMPLES, "# left,right\n1,2\n", "1: 1 2"},
      {LABELS, "label\n7\n3.0\n", "2: 7 3"},
      {LABELS, "7\n\n3\n", "f: line 2: expected 1 number, found none"},
      {LIST, "1,2,3\n", "3: 1 2 3"},
      {LIST, "1\n2\n3\n", "3: 1 2 3"},
      {LIST, "1\n2\n", "f: expected 3 lines of numbers, found 2"},
      {LIST, "1\n2\n3\n4\n", "f: line 4: expected the end after 3 lines"},
      {SCALAR, "0.5", "0: 0.5"},
      {SCALAR, "0.5\n1\n", "f: line 2: expected the end after 1 line"},
      {MATRIX, "1,2\n", "f: expected 8 lines of numbers, found 1"},
      {EXAMPLES, "1,2\n3\n", "f: line 2: expected 2 numbers, found 1"},
      {EXAMPLES, "1,2\n3,4,5\n", "f: line 2: expected 2 numbers, found 3"},
      {EXAMPLES, "1,2\n3,x\n", "f: line 2, column 2: expected a number, found 'x'"},
      {EXAMPLES, "1,2\n3,\n", "f: line 2, column 2: expected a number, found nothing"},
      {EXAMPLES, "a,b\n1,2\nc,d\n", "f: line 3, column 1: expected a number, found 'c'"},
      {EXAMPLES, "1;2\n",
       "f: line 1: expected 2 numbers, found 1; commas must stand between the numbers of a line"},
      {EXAMPLES, "1 2,3\n",
       "f: line 1, column 1: expected a number, found '1 2'; commas must stand between the numbers "
       "of a line"},
      {EXAMPLES, ",0\n1,2\n", "f: line 1, column 1: expected a number, found nothing"},
      {EXAMPLES, "", "f: expected a line of numbers, found an empty file"},
      {EXAMPLES, "PK\x03\x04", "f: expected a line of numbers, found a zip archive, as torch.save "
                               "(.pt) and numpy.savez (.npz) write it"},
      {EXAMPLES, "\x93NUMPY\n1,2\n", "f: expected a line of numbers, found an .npy file"},
      {EXAMPLES, "a,b\n", "f: expected a line of numbers, found only a line of names"},
      {EXAMPLES, "1,1e99\n", "f: line 1, column 2: expected a number that fits into f32, found "
                             "'1e99'"},
      {LABELS, "0.5\n", "f: line 1, column 1: expected a whole number from -2147483648 to "
                        "2147483647, found '0.5'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t size = strlen(cases[i].text);
    unsigned char *held = (unsigned char *)rt_allocate(size);
    rt_file file = {.size = size, .held = held, .block = held};
    rt_array array;
    rt_error error = {0};
    memcpy(file.held, cases[i].text, size);
    int code = rt_csv_read(&array, &file, "f", &slots[cases[i].slot], &error);
    check_array(code, &array, &error, cases[i].expected);
    rt_file_close(&file);
  }
}

static void check_values(void) {
  static const struct {
    int slot;
    const char *text, *expected;
  } cases[] = {
      {EXAMPLES, "0.5,-1", "1: 0.5 -1"},
      {EXAMPLES, "1, 2, 3, 4", "2: 1 2 3 4"},
      {EXAMPLES, "1,2,3", "f: expected 2 numbers for each example of f32[*, 2], found 3"},
      {LABELS, "7", "1: 7"},
      {LIST, "1,2,3", "3: 1 2 3"},
      {LIST, "1,2", "f: expected 3 numbers for i32[3], found 2"},
      {SCALAR, " 3", "0: 3"},
      {SCALAR, "3,4", "f: expected 1 number for f64[], found 2"},
      {SCALAR, "3,", "f: number 2: expected a number, found ''"},
      {EXAMPLES, "1,2x", "f: number 2: expected a number, found '2x'"},
      {LABELS, "1.5", "f: number 1: expected a whole number from -2147483648 to 2147483647, found "
                      "'1.5'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_array array;
    rt_error error = {0};
    int code = rt_values_read(&array, cases[i].text, &slots[cases[i].slot], "f", &error);
    check_array(code, &array, &error, cases[i].expected);
  }
  CHECK(rt_is_values("3") && rt_is_values("-1,x") && rt_is_values("nan") && rt_is_values(" 3"));
  CHECK(!rt_is_values("x.npy") && !rt_is_values("3.npy") && !rt_is_values(""));
  CHECK(!rt_is_values("-"));
}

// ---- What is written ----

// Writes results in a format to a text, to be freed with free.
static char *written(const char *name, const rt_result *results, int count) {
  char *text = NULL;
  size_t size = 0;
  rt_writer writer = {.stream = open_memstream(&text, &size)};
  CHECK(writer.stream != NULL);
  rt_format_for(name)->write(&writer, results, count);
  CHECK(fclose(writer.stream) == 0 && writer.failure == 0);
  return text;
}

static void check_written(const char *name, const rt_result *results, int count,
                          const char *expected) {
  char *text = written(name, results, count);
  CHECK_TEXT(text, expected);
  CHECK(strlen(text) == strlen(expected));
  free(text);
}

static void check_writing(void) {
  float reals[] = {1, 0.1f, -1e10f, NAN, INFINITY, -INFINITY};
  int64_t integers[] = {INT64_MIN, 9007199254740993};
  uint8_t flags[] = {0, 1};
  rt_tensor tensor = {"x", RT_F32, 2, shape_8_2};
  rt_array a = {RT_F32, 2, {2, 3}, 6, reals}, b = {RT_I64, 1, {2}, 2, integers};
  rt_array c = {RT_BOOL, 1, {2}, 2, flags}, d = {RT_F32, 3, {1, 1, 2}, 2, reals};
  rt_array e = {RT_F32, 2, {2, 0}, 0, reals}, f = {RT_F32, 0, {0}, 1, reals + 1};
  const rt_tensor names[] = {tensor, {"n\"", RT_I64, 1, NULL}, {"ok", RT_BOOL, 1, NULL}};
  const rt_result all[] = {{.tensor = &names[0], .has_examples = 1, .array = &a},
                           {.tensor = &names[1], .has_examples = 1, .array = &b},
                           {.tensor = &names[2], .has_examples = 1, .array = &c}};
  check_written("f.csv", &all[0], 1, "1,0.1,-1e+10\nnan,inf,-inf\n");
  check_written("f.csv", &all[1], 1, "-9223372036854775808\n9007199254740993\n");
  check_written("f.csv", &all[2], 1, "0\n1\n");
  static const int shape_text[] = {2, 4};
  static const rt_tensor letters = {"x", RT_U8, 2, shape_text};
  uint8_t bytes[] = {'a', 'b', 0, 0, 'c', '\n', 'd', '\n'};
  rt_array text_array = {RT_U8, 2, {2, 4}, 8, bytes};
  check_written("t.txt", &(rt_result){.tensor = &letters, .has_examples = 1, .array = &text_array},
                1, "ab\nc\nd\n");
  check_written("f.CSV", &(rt_result){.tensor = &tensor, .array = &f}, 1, "0.1\n");
  check_written("f.csv", &(rt_result){.tensor = &tensor, .array = &e}, 1, "");
  check_written("f.json", all, 3,
                "{\"x\": [[1, 0.1, -1e+10], [\"NaN\", \"Infinity\", \"-Infinity\"]], "
                "\"n\\\"\": [-9223372036854775808, 9007199254740993], \"ok\": [false, true]}\n");
  check_written("f.jsonl", all, 3,
                "{\"x\": [1, 0.1, -1e+10], \"n\\\"\": -9223372036854775808, \"ok\": false}\n"
                "{\"x\": [\"NaN\", \"Infinity\", \"-Infinity\"], \"n\\\"\": 9007199254740993, "
                "\"ok\": true}\n");
  check_written("f.json", &(rt_result){.tensor = &tensor, .array = &d}, 1,
                "{\"x\": [[[1, 0.1]]]}\n");
  check_written("f.jsonl", &(rt_result){.tensor = &tensor, .array = &f}, 1, "{\"x\": 0.1}\n");
  check_written("f.json", &(rt_result){.tensor = &tensor, .array = &e}, 1, "{\"x\": []}\n");
  CHECK(rt_format_for("f") == rt_format_for("a.b/f.npy") && rt_format_for("f.tex") == NULL);
}

// ---- What is printed ----

#define LOGITS \
  "y f32[5, 10]\n" \
  "           0      1      2      3      4      5      6      7      8      9\n" \
  "  [0] -12.00  11.35   3.14  -5.06  18.29  10.08   1.88  -6.32  17.03   8.82\n" \
  "  [1]   0.62  -7.58  15.76   7.56  -0.64  -8.85  14.50   6.30  -1.90 -10.11\n" \
  "  [2]  13.24   5.04  -3.17 -11.37  11.98   3.77  -4.43  18.92  10.72   2.51\n" \
  "  [3]  -5.69  17.66   9.45   1.25  -6.95  16.39   8.19  -0.01  -8.21  15.13\n" \
  "  [4]   6.93  -1.27  -9.48  13.87   5.67  -2.53 -10.74  12.61   4.41  -3.80\n"

#define MANY \
  "y f32[100, 40]\n" \
  "             0       1       2       3       4       5       6 ...      39\n" \
  "  [0]  -0.5000 -0.2500       0  0.2500  0.5000  0.7500  1.0000 ...  0.5000\n" \
  "  [1]   0.7500  1.0000 -0.5000 -0.2500       0  0.2500  0.5000 ...       0\n" \
  "  [2]   0.2500  0.5000  0.7500  1.0000 -0.5000 -0.2500       0 ... -0.5000\n" \
  "  [3]  -0.2500       0  0.2500  0.5000  0.7500  1.0000 -0.5000 ...  0.7500\n" \
  "  [4]   1.0000 -0.5000 -0.2500       0  0.2500  0.5000  0.7500 ...  0.2500\n" \
  "  [5]   0.5000  0.7500  1.0000 -0.5000 -0.2500       0  0.2500 ... -0.2500\n" \
  "  [6]        0  0.2500  0.5000  0.7500  1.0000 -0.5000 -0.2500 ...  1.0000\n" \
  "  [7]  -0.5000 -0.2500       0  0.2500  0.5000  0.7500  1.0000 ...  0.5000\n" \
  "  ... 90 more\n" \
  "  [98] -0.5000 -0.2500       0  0.2500  0.5000  0.7500  1.0000 ...  0.5000\n" \
  "  [99]  0.7500  1.0000 -0.5000 -0.2500       0  0.2500  0.5000 ...       0\n"

#define IMAGES \
  "y f32[25, 1, 4, 40]\n" \
  "                min          max         mean\n" \
  "  [0]          -0.5            1      0.24531\n" \
  "  [1]          -0.5            1      0.24688\n" \
  "  [2]          -0.5            1      0.24844\n" \
  "  [3]          -0.5            1         0.25\n" \
  "  [4]          -0.5            1      0.25156\n" \
  "  [5]          -0.5            1      0.25312\n" \
  "  [6]          -0.5            1      0.25469\n" \
  "  [7]          -0.5            1      0.24531\n" \
  "  ... 15 more\n" \
  "  [23]         -0.5            1      0.24844\n" \
  "  [24]         -0.5            1         0.25\n"

#define CUBE \
  "y f32[2, 2, 2]\n" \
  "  [0, 0] -0.5000 -0.2500\n" \
  "  [0, 1]       0  0.2500\n" \
  "  [1, 0]  0.5000  0.7500\n" \
  "  [1, 1]  1.0000 -0.5000\n"

#define ODD \
  "y f32[6]  not finite: 1\n" \
  "  -0.5000 -0.2500       0     nan  0.5000  0.0000\n"


static void check_printed(const rt_array *array, const char *expected) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  CHECK(stream != NULL);
  rt_print_array(stream, "y", array);
  CHECK(fclose(stream) == 0);
  CHECK_TEXT(text, expected);
  CHECK(strlen(text) == strlen(expected));
  size_t length = 0;
  for (const char *c = text; *c != '\0'; c++) {
    length = *c == '\n' ? 0 : length + 1;
    CHECK(length <= 80);
  }
  free(text);
}

static void check_printing(void) {
  float logits[50], many[4000];
  int64_t labels[] = {7, -1, 3};
  uint8_t flags[] = {1, 0};
  double pi = 3.14159265358979;
  for (int i = 0; i < 4000; i++) {
    many[i] = (float)(i % 7) * 0.25f - 0.5f;
    logits[i % 50] = (float)((i % 50 * 37) % 50) * 0.631f - 12.0f;
  }
  check_printed(&(rt_array){RT_F64, 0, {0}, 1, &pi}, "y 3.14159265358979\n");
  check_printed(&(rt_array){RT_BOOL, 0, {0}, 1, flags}, "y true\n");
  check_printed(&(rt_array){RT_BOOL, 1, {2}, 2, flags}, "y bool[2]\n   true false\n");
  check_printed(&(rt_array){RT_I64, 1, {3}, 3, labels}, "y i64[3]\n   7 -1  3\n");
  check_printed(&(rt_array){RT_F32, 2, {0, 3}, 0, many}, "y f32[0, 3]\n");
  check_printed(&(rt_array){RT_F32, 2, {5, 10}, 50, logits}, LOGITS);
  check_printed(&(rt_array){RT_F32, 2, {100, 40}, 4000, many}, MANY);
  check_printed(&(rt_array){RT_F32, 4, {25, 1, 4, 40}, 4000, many}, IMAGES);
  check_printed(&(rt_array){RT_F32, 3, {2, 2, 2}, 8, many}, CUBE);
  many[3] = NAN;
  many[5] = 1e-9f;
  check_printed(&(rt_array){RT_F32, 1, {6}, 6, many}, ODD);
}

int main(void) {
  check_numbers();
  check_digits();
  check_csv();
  check_values();
  check_writing();
  check_printing();
  return test_summary();
}
