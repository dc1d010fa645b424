// check_data_read.c - reads a field and finds what is in it.

#include <math.h>

#include "check_data.h"

enum { MOST_CLASSES = 1 << 20 };

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
  char place[512];
  const char *path = c->files->format->place(c->files, c->field, number, place, sizeof place);
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
                 rt_dtype_name(c->files->fields[c->field].input->dtype));
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

// Room for an example: as the files have it, as the model takes it, and as numbers of 64 bits.
typedef struct {
  void *read, *taken;
  double *numbers;
} room;

// Frees the buffers of a field.
static void free_room(room *r) {
  rt_release(r->read);
  rt_release(r->taken);
  rt_release(r->numbers);
}

// Makes buffers for an example as it is stored, as the model takes it, and as numbers.
static int make_room(room *r, size_t elements, rt_error *error) {
  size_t bytes = elements * sizeof(double);
  *r = (room){rt_allocate(bytes), rt_allocate(bytes), (double *)rt_allocate(bytes)};
  if (r->read != NULL && r->taken != NULL && r->numbers != NULL) {
    return RT_OK;
  }
  free_room(r);
  return rt_fail_memory(error, 3 * bytes, "an example");
}

int rt_checked_read(rt_checked *checked, rt_split split, const unsigned char *held,
                    rt_error *error) {
  rt_checked *c = checked;
  const rt_example_field *field = &c->files->fields[c->field];
  size_t elements = field->elements, unused = 0, misfit = 0;
  room r;
  int code = make_room(&r, elements, error);
  if (code != RT_OK) {
    return code;
  }
  for (int64_t k = 0; k < c->files->count && code == RT_OK; k++) {
    code = c->files->format->read(c->files, c->field, k, r.read, error);
    if (code == RT_OK) {
      rt_findings *f = &c->found[held != NULL ? held[k] : (unsigned char)split];
      rt_convert(RT_F64, r.numbers, field->dtype, r.read, elements, &unused);
      int fits = rt_convert(field->input->dtype, r.taken, field->dtype, r.read, elements,
                            &misfit) == RT_OK;
      add_row(f, r.numbers, elements);
      look(c, f, r.numbers, elements, fits ? elements : misfit, k);
    }
  }
  free_room(&r);
  return code;
}

int rt_checked_begin(rt_checked *checked, const rt_range *range, rt_error *error) {
  *checked = (rt_checked){.range = range};
  for (int split = 0; split < RT_SPLITS; split++) {
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
  for (int split = 0; split < RT_SPLITS; split++) {
    rt_release(checked->found[split].classes);
  }
}
