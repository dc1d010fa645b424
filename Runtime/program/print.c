// print.c - arrays for reading: small ones in full, large ones in summary.

#include <math.h>

#include "../math/half.h"
#include "program.h"

enum { MOST_PRINTED = 256, SHOWN_OF_LARGE = 8 };

static double element(const rt_array *array, size_t i) {
  const unsigned char *data = (const unsigned char *)array->data;
  return rt_scalar_get(array->dtype, data + i * rt_dtype_size(array->dtype));
}

// Integers as integers, even those that a double cannot represent.
static void print_element(FILE *stream, const rt_array *array, size_t i) {
  if (array->dtype == RT_I64) {
    fprintf(stream, "%lld", (long long)((const int64_t *)array->data)[i]);
  } else if (array->dtype == RT_U64) {
    fprintf(stream, "%llu", (unsigned long long)((const uint64_t *)array->data)[i]);
  } else if (array->dtype == RT_BOOL) {
    fprintf(stream, "%s", element(array, i) != 0.0 ? "true" : "false");
  } else {
    fprintf(stream, "%.6g", element(array, i));
  }
}

// Prints the indices of row `row`, as "[0, 2]", if there is more than one axis.
static void print_place(FILE *stream, const rt_array *array, size_t row) {
  size_t place[RT_MAX_RANK];
  for (int axis = array->rank - 2; axis >= 0; axis--) {
    place[axis] = row % (size_t)array->shape[axis];
    row /= (size_t)array->shape[axis];
  }
  for (int axis = 0; axis + 1 < array->rank; axis++) {
    fprintf(stream, "%s%zu%s", axis == 0 ? "[" : ", ", place[axis],
            axis + 2 == array->rank ? "] " : "");
  }
}

static void print_rows(FILE *stream, const rt_array *array) {
  size_t width = array->rank > 0 ? (size_t)array->shape[array->rank - 1] : 1;
  for (size_t i = 0; i < array->elements; i++) {
    if (i % width == 0) {
      fputs(i > 0 ? "\n  " : "  ", stream);
      print_place(stream, array, i / width);
    } else {
      fputc(' ', stream);
    }
    print_element(stream, array, i);
  }
  fputc('\n', stream);
}

static void print_summary(FILE *stream, const rt_array *array) {
  double least = INFINITY, most = -INFINITY, sum = 0.0;
  size_t odd = 0;
  for (size_t i = 0; i < array->elements; i++) {
    double x = element(array, i);
    least = x < least ? x : least;
    most = x > most ? x : most;
    sum += x;
    odd += isfinite(x) ? 0 : 1;
  }
  fprintf(stream, "  min %.6g  max %.6g  mean %.6g", least, most,
          sum / (double)array->elements);
  if (odd > 0) {
    fprintf(stream, "  not finite: %zu", odd);
  }
  fprintf(stream, "\n ");
  for (size_t i = 0; i < SHOWN_OF_LARGE; i++) {
    fputc(' ', stream);
    print_element(stream, array, i);
  }
  fprintf(stream, " ...\n");
}

void rt_print_array(FILE *stream, const char *name, const rt_array *array) {
  char type[256];
  rt_type_text(type, sizeof type, array->dtype, array->rank, array->shape);
  if (array->rank == 0) {
    fprintf(stream, "%s ", name);
    print_element(stream, array, 0);
    fputc('\n', stream);
    return;
  }
  fprintf(stream, "%s %s\n", name, type);
  if (array->elements > MOST_PRINTED) {
    print_summary(stream, array);
  } else if (array->elements > 0) {
    print_rows(stream, array);
  }
}
