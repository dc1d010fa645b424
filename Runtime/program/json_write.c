// json_write.c - writes arrays as JSON: lists of lists of numbers under the names of outputs.
//
// JSON has no numbers that are not finite. They become the strings "NaN", "Infinity" and
// "-Infinity", which float() of Python and Number() of JavaScript read, so that nothing is lost.

#include <math.h>

#include "../files/elements.h"
#include "outputs.h"

// Writes a number, or the text that stands for one that JSON lacks.
static void put_element(rt_writer *writer, const rt_array *array, size_t i) {
  char text[RT_LONGEST_NUMBER];
  const void *element = (const unsigned char *)array->data + i * rt_dtype_size(array->dtype);
  double value = rt_scalar_get(array->dtype, element);
  if (array->dtype == RT_BOOL) {
    rt_write_string(writer, value != 0.0 ? "true" : "false");
  } else if (isnan(value)) {
    rt_write_string(writer, "\"NaN\"");
  } else if (isinf(value)) {
    rt_write_string(writer, value < 0.0 ? "\"-Infinity\"" : "\"Infinity\"");
  } else {
    rt_write_string(writer, rt_element_text(text, array->dtype, element));
  }
}

// Writes the name of a number, or null if it has none.
static void put_label(rt_writer *writer, const rt_array *array, size_t i,
                      const rt_labels *labels) {
  const void *element = (const unsigned char *)array->data + i * rt_dtype_size(array->dtype);
  const char *label = rt_label(labels, rt_scalar_get(array->dtype, element));
  if (label != NULL) {
    rt_write_json(writer, label);
  } else {
    rt_write_string(writer, "null");
  }
}

// True iff the numbers of a result have names.
static int has_labels(const rt_result *result) {
  rt_dtype dtype = result->array->dtype;
  int is_real = dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
  return result->labels != NULL && result->labels->count > 0 && !is_real;
}

// Writes the `count` elements from `first` on that the axes from `axis` on have, as nested lists.
// With `labels` they are the names of the numbers.
static void put_elements(rt_writer *writer, const rt_array *array, int axis, size_t first,
                         size_t count, const rt_labels *labels) {
  // The elements below one index of each axis: a bracket stands wherever a list begins or ends.
  size_t below[RT_MAX_RANK + 1];
  below[array->rank] = 1;
  for (int a = array->rank - 1; a >= axis; a--) {
    below[a] = below[a + 1] * (size_t)array->shape[a];
  }
  if (count == 0) {
    rt_write_string(writer, "[]");
    return;
  }
  for (size_t i = 0; i < count; i++) {
    rt_write_string(writer, i > 0 ? ", " : "");
    for (int a = axis; a < array->rank; a++) {
      rt_write_string(writer, i % below[a] == 0 ? "[" : "");
    }
    if (labels != NULL) {
      put_label(writer, array, first + i, labels);
    } else {
      put_element(writer, array, first + i);
    }
    for (int a = axis; a < array->rank; a++) {
      rt_write_string(writer, (i + 1) % below[a] == 0 ? "]" : "");
    }
  }
}

void rt_json_member(rt_writer *writer, const char *name, const rt_array *array) {
  rt_write_json(writer, name);
  rt_write_string(writer, ": ");
  put_elements(writer, array, 0, 0, array->elements, NULL);
}

// Writes an object with the results, those of one example if `example` is not negative. Where
// numbers have names, these follow under the name of the output and "_name".
static void put_object(rt_writer *writer, const rt_result *results, int count, int64_t example) {
  rt_write_string(writer, "{");
  for (int n = 0; n < count; n++) {
    const rt_array *array = results[n].array;
    const char *name = results[n].tensor->name;
    rt_write_string(writer, n > 0 ? ", " : "");
    int axis = example < 0 ? 0 : 1;
    size_t elements = array->elements / (axis == 0 ? 1 : (size_t)array->shape[0]);
    size_t first = axis == 0 ? 0 : (size_t)example * elements;
    rt_write_json(writer, name);
    rt_write_string(writer, ": ");
    put_elements(writer, array, axis, first, elements, NULL);
    if (has_labels(&results[n])) {
      char other[256];
      snprintf(other, sizeof other, "%.240s_name", name);
      rt_write_string(writer, ", ");
      rt_write_json(writer, other);
      rt_write_string(writer, ": ");
      put_elements(writer, array, axis, first, elements, results[n].labels);
    }
  }
  rt_write_string(writer, "}\n");
}

void rt_json_put(rt_writer *writer, const rt_result *results, int count) {
  put_object(writer, results, count, -1);
}

int rt_json_lines_check(const rt_result *results, int count, const char *place, rt_error *error) {
  for (int n = 1; n < count; n++) {
    if (results[n].has_examples != results[0].has_examples) {
      int odd = results[n].has_examples ? 0 : n;
      return rt_fail(error, RT_ERROR_USAGE,
                     "%s: expected outputs with a row for each example, found '%s', which is one "
                     "for all; .json takes both",
                     place, results[odd].tensor->name);
    }
  }
  return RT_OK;
}

void rt_json_lines_put(rt_writer *writer, const rt_result *results, int count) {
  if (!results[0].has_examples) {
    put_object(writer, results, count, -1);
    return;
  }
  for (int64_t example = 0; example < results[0].array->shape[0]; example++) {
    put_object(writer, results, count, example);
  }
}
