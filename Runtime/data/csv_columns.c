// csv_columns.c - finds the columns of an input, their classes and means.
//
// Of a table that is held in memory, all numbers are read when it is opened: that finds all
// mistakes before the training begins, and later an example is a copy. Of a larger one, nothing is
// kept but what rows cannot tell by themselves: the classes of a column, and what stands for
// missing values.

#include "csv_columns.h"

#include <stdlib.h>
#include <string.h>

#include "../files/elements.h"

static int compare_picks(const void *a, const void *b) {
  const rt_csv_pick *first = (const rt_csv_pick *)a, *second = (const rt_csv_pick *)b;
  return first->column != second->column ? first->column - second->column
                                         : first->place - second->place;
}

// Finds the columns that the recipe names: a list as a line of CSV, or the name of the input.
static int find_columns(rt_csv_columns *c, rt_error *error) {
  const rt_field_recipe *recipe = c->field->recipe;
  const char *source = recipe->source != NULL ? recipe->source : recipe->input;
  size_t most = 1;
  for (const char *s = source; recipe->source != NULL && *s != '\0'; s++) {
    most += *s == ',';
  }
  char purpose[256];
  snprintf(purpose, sizeof purpose, " for the input '%.200s'", recipe->input);
  c->picks = (rt_csv_pick *)rt_allocate(most * sizeof *c->picks);
  if (recipe->source == NULL) {
    c->count = 1;
    return c->picks != NULL ? rt_csv_find(c->csv, source, purpose, &c->picks[0].column, error)
                            : rt_fail_memory(error, most * sizeof *c->picks, "columns");
  }
  char *copy = rt_copy_text(source);
  int code = copy != NULL && c->picks != NULL
                 ? RT_OK
                 : rt_fail_memory(error, most * sizeof *c->picks, "columns");
  char *at = copy, *end = copy != NULL ? copy + strlen(copy) : NULL;
  rt_csv_cell name;
  while (code == RT_OK && rt_csv_cut(&at, end, ',', &name)) {
    c->picks[c->count].place = c->count;
    code = rt_csv_find(c->csv, name.text, purpose, &c->picks[c->count++].column, error);
  }
  rt_release(copy);
  if (code == RT_OK) {
    qsort(c->picks, (size_t)c->count, sizeof *c->picks, compare_picks);
  }
  return code;
}

// Collects the different names in the column.
static int collect_classes(rt_csv_columns *c, rt_example_field *field, rt_error *error) {
  rt_name_set set = {0};
  rt_csv_row row;
  rt_csv_cell cell = {NULL, 0};
  int column = c->picks[0].column, code = RT_OK;
  rt_csv_row_begin(&row, c->csv);
  for (int64_t i = 0; i < c->csv->count && code == RT_OK; i++) {
    code = rt_csv_row_read(&row, i, error);
    for (int k = 0; k <= column && code == RT_OK; k++) {
      cell.text = rt_csv_row_next(&row, &cell) ? cell.text : NULL;
    }
    if (code == RT_OK && cell.text != NULL && !rt_csv_is_missing(c, &cell)) {
      code = rt_name_set_add(&set, cell.text, error);
    }
    if (code == RT_ERROR_VALUE) {
      code = rt_csv_fail(c->csv, i, column, error,
                         "expected at most %d classes, found one more; the model can name them",
                         RT_MOST_CLASSES);
    }
  }
  rt_csv_row_end(&row);
  if (code == RT_OK) {
    rt_name_set_give(&set, field);
  }
  rt_name_set_clear(&set);
  return code;
}

// Sets `means` to those of the columns, over all rows that have a value.
static int find_means(rt_csv_columns *c, double *means, rt_error *error) {
  size_t count = (size_t)c->count;
  double *values = (double *)rt_allocate(count * sizeof *values);
  int64_t *rows = (int64_t *)rt_allocate(count * sizeof *rows);
  char *missing = (char *)rt_allocate(count);
  int code = values != NULL && rows != NULL && missing != NULL
                 ? RT_OK
                 : rt_fail_memory(error, count * sizeof *values, "the means of columns");
  // Sums are those of f64.
  rt_csv_columns wide = *c;
  wide.dtype = RT_F64;
  wide.width = sizeof *values;
  rt_csv_row row;
  rt_csv_row_begin(&row, c->csv);
  for (int64_t i = 0; i < c->csv->count && code == RT_OK; i++) {
    memset(missing, 0, count);
    code = rt_csv_row_read(&row, i, error);
    code = code == RT_OK ? rt_csv_read_numbers(&wide, &row, values, missing, error) : code;
    for (size_t k = 0; k < count && code == RT_OK; k++) {
      means[k] += missing[k] ? 0.0 : values[k];
      rows[k] += !missing[k];
    }
  }
  rt_csv_row_end(&row);
  for (int i = 0; i < c->count && code == RT_OK; i++) {
    size_t k = (size_t)c->picks[i].place;
    if (rows[k] == 0) {
      code = rt_fail(error, RT_ERROR_MISMATCH, "%s: column '%.200s' has no value to take a mean of",
                     c->csv->path, c->csv->columns[c->picks[i].column]);
    }
    means[k] /= rows[k] > 0 ? (double)rows[k] : 1.0;
  }
  rt_release(values);
  rt_release(rows);
  rt_release(missing);
  return code;
}

// Sets what stands for missing numbers.
static int find_missing(rt_csv_columns *c, rt_error *error) {
  const rt_field_recipe *recipe = c->field->recipe;
  if (recipe->missing == NULL) {
    return RT_OK;
  }
  size_t count = (size_t)c->count;
  double *means = (double *)rt_allocate(count * sizeof *means);
  unsigned char *missing = (unsigned char *)rt_allocate(count * c->width);
  int code = means != NULL && missing != NULL
                 ? RT_OK
                 : rt_fail_memory(error, count * sizeof *means, "missing values");
  int is_mean = strcmp(recipe->missing, "mean") == 0;
  int is_real = c->dtype == RT_F32 || c->dtype == RT_F64 || c->dtype == RT_F16 ||
                c->dtype == RT_BF16;
  if (code == RT_OK && is_mean && !is_real) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a number for missing values of '%s', which is %s, found 'mean'",
                   c->csv->path, recipe->input, c->is_category ? "a class" : "whole");
  } else if (code == RT_OK && is_mean) {
    code = find_means(c, means, error);
  }
  for (size_t k = 0; k < count && code == RT_OK; k++) {
    unsigned char *target = missing + k * c->width;
    const char *expected =
        is_mean ? NULL
                : rt_number_read(c->dtype, target, recipe->missing, strlen(recipe->missing));
    if (is_mean) {
      rt_scalar_set(c->dtype, target, means[k]);
    } else if (expected != NULL) {
      code = rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected 'mean' or %s for missing values of '%s', found '%.60s'",
                     c->csv->path, expected, recipe->input, recipe->missing);
    }
  }
  rt_release(means);
  c->missing = missing;
  return code;
}

// Reads all rows into memory.
static int read_all(rt_csv_columns *c, rt_error *error) {
  size_t size = (size_t)c->count * c->width, rows = (size_t)c->csv->count;
  unsigned char *numbers =
      rows <= SIZE_MAX / 2 / size ? (unsigned char *)rt_allocate(rows * size) : NULL;
  int code = numbers != NULL ? rt_csv_columns_read(c, 0, c->csv->count, numbers, error)
                             : rt_fail_memory(error, 0, "the numbers of a table");
  if (code != RT_OK) {
    rt_release(numbers);
    return code;
  }
  c->numbers = numbers;
  return RT_OK;
}

int rt_csv_columns_open(rt_csv_columns *columns, const rt_csv *csv, rt_example_field *field,
                        rt_error *error) {
  rt_csv_columns *c = columns;
  const rt_field_recipe *recipe = field->recipe;
  *c = (rt_csv_columns){.csv = csv, .field = field, .dtype = field->input->dtype};
  c->is_category = recipe->kind != NULL && strcmp(recipe->kind, "category") == 0;
  if (recipe->kind != NULL && !c->is_category) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected numbers or 'category' as the kind of '%s', found '%.60s'",
                   csv->path, recipe->input, recipe->kind);
  }
  c->dtype = c->is_category ? RT_I32 : c->dtype;
  c->width = rt_dtype_size(c->dtype);
  int code = find_columns(c, error);
  if (code == RT_OK && c->is_category && c->count != 1) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected one column of classes for the input '%s', found %d", csv->path,
                   recipe->input, c->count);
  }
  if (code == RT_OK && c->is_category && recipe->class_count == 0) {
    code = collect_classes(c, field, error);
  }
  if (code == RT_OK && c->is_category) {
    code = rt_class_names_make(&c->classes, field, csv->path, error);
  }
  code = code == RT_OK ? find_missing(c, error) : code;
  field->is_costly = csv->file.held == NULL;
  return code == RT_OK && csv->file.held != NULL ? read_all(c, error) : code;
}

void rt_csv_columns_close(rt_csv_columns *columns) {
  rt_release(columns->picks);
  rt_class_names_clear(&columns->classes);
  rt_release(columns->missing);
  rt_release(columns->numbers);
  *columns = (rt_csv_columns){0};
}

size_t rt_csv_held(const rt_csv *csv, const rt_csv_columns *columns, int count) {
  size_t rows = (size_t)csv->count;
  size_t bytes = (csv->file.held != NULL ? csv->file.size : 0) + (rows + 2) * sizeof(uint64_t);
  for (int i = 0; i < count; i++) {
    const rt_csv_columns *c = &columns[i];
    bytes += c->numbers != NULL ? rows * (size_t)c->count * c->width : 0;
  }
  return bytes;
}

int rt_csv_columns_read(const rt_csv_columns *columns, int64_t first, int64_t rows, void *room,
                        rt_error *error) {
  size_t size = (size_t)columns->count * columns->width;
  if (columns->numbers != NULL) {
    memcpy(room, columns->numbers + (size_t)first * size, (size_t)rows * size);
    return RT_OK;
  }
  rt_csv_row row;
  int code = RT_OK;
  rt_csv_row_begin(&row, columns->csv);
  for (int64_t i = 0; i < rows && code == RT_OK; i++) {
    code = rt_csv_row_read(&row, first + i, error);
    if (code == RT_OK) {
      code = rt_csv_read_numbers(columns, &row, (unsigned char *)room + (size_t)i * size, NULL,
                                 error);
    }
  }
  rt_csv_row_end(&row);
  return code;
}
