// check_data_read.c - reads a field and finds what is in it.

#include <math.h>

#include "check_data.h"

enum { BLOCK = 1 << 16, MOST_CLASSES = 1 << 20 };

// Adds the numbers of a row: their mean and squares first, then those of all rows.
static void add_row(rt_findings *f, const double *row, size_t elements) {
  double sum = 0, squares = 0;
  int64_t count = 0;
  for (size_t i = 0; i < elements; i++) {
    if (isfinite(row[i])) {
      sum += row[i];
      count++;
      f->least = row[i] < f->least ? row[i] : f->least;
      f->most = row[i] > f->most ? row[i] : f->most;
    }
  }
  f->odd += (int64_t)elements - count;
  if (count == 0) {
    return;
  }
  double mean = sum / (double)count;
  for (size_t i = 0; i < elements; i++) {
    squares += isfinite(row[i]) ? (row[i] - mean) * (row[i] - mean) : 0.0;
  }
  double apart = mean - f->mean, all = (double)(f->count + count);
  f->squares += squares + apart * apart * (double)f->count * (double)count / all;
  f->mean += apart * (double)count / all;
  f->count += count;
}

// Counts a number that must not be there; the first one is described.
static void note(rt_checked *c, const double *row, size_t elements, size_t element,
                 int64_t number) {
  const char *path = c->field->path;
  int is_finite = isfinite(row[element]);
  if (c->bad++ > 0) {
    return;
  }
  if (is_finite && c->range != NULL) {
    rt_range_fail(c->range, RT_F64, row, elements, element, number, path, &c->first);
    return;
  }
  rt_fail(&c->first, RT_ERROR_VALUE, "%s: element %zu of example %lld: expected a ", path, element,
          (long long)number);
  if (is_finite) {
    rt_fail_more(&c->first, "number that fits into %s",
                 rt_dtype_name(c->field->tensor->dtype));
  } else {
    rt_fail_more(&c->first, "finite number");
  }
  rt_fail_more(&c->first, ", found %.10g", row[element]);
}

// Looks at each number of a row; `misfit` is one that does not fit the model's type, or `elements`.
// Classes are counted.
static void look(rt_checked *c, rt_findings *f, const double *row, size_t elements, size_t misfit,
                 int64_t number) {
  for (size_t i = 0; i < elements; i++) {
    int is_inside = i != misfit;
    if (c->range != NULL) {
      is_inside = rt_range_find_outside(c->range, RT_F64, &row[i], 1) == 1;
      if (row[i] >= 0 && row[i] < (double)f->class_count) {
        f->classes[(int64_t)row[i]]++;
      }
    }
    if (!isfinite(row[i]) || !is_inside) {
      note(c, row, elements, i, number);
    }
  }
}

// Room for the rows that are read at a time: as the file has them, as the model takes them, and as
// numbers of 64 bits.
typedef struct {
  int64_t rows;
  size_t elements;  // of a row
  void *read, *taken;
  double *numbers;
} block;

static void free_block(block *b) {
  rt_release(b->read);
  rt_release(b->taken);
  rt_release(b->numbers);
}

static int make_block(block *b, const rt_array *array, rt_error *error) {
  size_t elements = array->shape[0] > 0 ? array->elements / (size_t)array->shape[0] : 0;
  size_t rows = elements < BLOCK ? BLOCK / (elements > 0 ? elements : 1) : 1;
  size_t bytes = rows * elements * sizeof(double);
  *b = (block){(int64_t)rows, elements, rt_allocate(bytes), rt_allocate(bytes),
               (double *)rt_allocate(bytes)};
  if (b->read != NULL && b->taken != NULL && b->numbers != NULL) {
    return RT_OK;
  }
  free_block(b);
  return rt_fail_memory(error, 3 * bytes, "rows of data");
}

// Reads `count` rows from row `first` on and looks at their numbers.
static int read_block(rt_checked *c, block *b, int64_t first, int64_t count, rt_split split,
                      const unsigned char *held, rt_error *error) {
  const rt_array *array = &c->field->npy.array;
  size_t all = (size_t)count * b->elements, unused = 0, misfit = 0;
  const void *rows = NULL;
  int code = rt_field_rows(c->field, first, all, b->read, &rows, error);
  if (code != RT_OK) {
    return code;
  }
  rt_convert(RT_F64, b->numbers, array->dtype, rows, all, &unused);
  int fits = rt_convert(c->field->tensor->dtype, b->taken, array->dtype, rows, all, &misfit) ==
             RT_OK;
  for (int64_t k = 0; k < count; k++) {
    rt_findings *f = &c->found[held != NULL && held[first + k] ? RT_VALIDATION : split];
    const double *row = b->numbers + (size_t)k * b->elements;
    add_row(f, row, b->elements);
    // The first number of the block that does not fit belongs to one of its rows.
    size_t before = (size_t)k * b->elements;
    int is_here = !fits && misfit >= before && misfit < before + b->elements;
    look(c, f, row, b->elements, is_here ? misfit - before : b->elements, first + k);
  }
  return RT_OK;
}

int rt_checked_read(rt_checked *checked, rt_split split, const unsigned char *held,
                    rt_error *error) {
  rt_checked *c = checked;
  int64_t rows = c->field->npy.array.shape[0];
  block b;
  int code = make_block(&b, &c->field->npy.array, error);
  if (code != RT_OK) {
    return code;
  }
  for (int64_t k = 0; k < rows && code == RT_OK; k += b.rows) {
    code = read_block(c, &b, k, rows - k < b.rows ? rows - k : b.rows, split, held, error);
  }
  free_block(&b);
  return code;
}

int rt_checked_begin(rt_checked *checked, const rt_range *range, rt_error *error) {
  *checked = (rt_checked){.range = range};
  for (int split = 0; split < 2; split++) {
    rt_findings *f = &checked->found[split];
    int is_class = range != NULL && range->count <= MOST_CLASSES;
    *f = (rt_findings){.least = INFINITY, .most = -INFINITY};
    f->class_count = is_class ? range->count : 0;
    f->classes = (int64_t *)rt_allocate((size_t)f->class_count * sizeof(int64_t));
    if (f->classes == NULL) {
      return rt_fail_memory(error, (size_t)f->class_count * sizeof(int64_t), "classes");
    }
  }
  return RT_OK;
}

void rt_checked_free(rt_checked *checked) {
  rt_release(checked->found[0].classes);
  rt_release(checked->found[1].classes);
}
