// fuzz_table.c - reads tables with names of columns, and columns of them as numbers and classes.

#include "data/csv_columns.h"
#include "fuzz.h"

// Reads all of a column, held in memory or row by row.
static void read_column(const rt_csv *csv, const rt_field_recipe *recipe, rt_dtype dtype) {
  static const int shape[] = {8};
  const rt_tensor input = {"a", dtype, 1, shape};
  rt_example_field field = {.recipe = recipe, .input = &input};
  rt_csv_columns columns;
  rt_error error = {0};
  if (rt_csv_columns_open(&columns, csv, &field, &error) == RT_OK) {
    for (int64_t row = 0; row < csv->count; row++) {
      double held, read;
      ALWAYS(rt_csv_columns_read(&columns, row, 1, &held, &error) == RT_OK);
      unsigned char *numbers = columns.numbers;
      columns.numbers = NULL;
      ALWAYS(rt_csv_columns_read(&columns, row, 1, &read, &error) == RT_OK);
      columns.numbers = numbers;
      ALWAYS(memcmp(&held, &read, columns.width) == 0);
    }
  } else {
    ALWAYS_CLEAR(error);
  }
  for (int i = 0; i < field.class_count; i++) {
    rt_release(field.classes[i]);
  }
  rt_release(field.classes);
  rt_csv_columns_close(&columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = {"red", "green"};
  static const rt_field_recipe recipes[] = {
      {.input = "a"},
      {.input = "a", .source = "b", .missing = "mean"},
      {.input = "a", .source = "a", .missing = "-1"},
      {.input = "a", .source = "\"a\"", .kind = "category"},
      {.input = "a", .kind = "category", .class_count = 2, .classes = names, .missing = "7"}};
  static const rt_dtype types[] = {RT_F32, RT_F64, RT_I16, RT_I32, RT_U8};
  // A copy of its own, so that a read behind the end is found.
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_csv csv = {.file = {.size = size, .held = copy}};
  rt_error error = {0};
  if (rt_csv_parse(&csv, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    ALWAYS(csv.column_count > 0 && csv.count >= 0 && csv.offsets[csv.count + 1] <= size);
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
      read_column(&csv, &recipes[i], types[i]);
    }
  }
  rt_csv_close(&csv);
  free(copy);
  return 0;
}
