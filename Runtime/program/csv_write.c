// csv_write.c - writes arrays as text with commas.

#include "../files/elements.h"
#include "outputs.h"

int rt_csv_check(const rt_result *results, int count, const char *place, rt_error *error) {
  for (int i = 0; i < count; i++) {
    if (results[i].tensor->rank > 2) {
      return rt_fail(error, RT_ERROR_USAGE,
                     "%s: expected at most 2 axes for .csv, found %d; .npy takes any number", place,
                     results[i].tensor->rank);
    }
  }
  return RT_OK;
}

void rt_csv_put(rt_writer *writer, const rt_result *results, int count) {
  for (int n = 0; n < count; n++) {
    const rt_array *array = results[n].array;
    size_t columns = array->rank == 2 ? (size_t)array->shape[1] : 1;
    size_t width = rt_dtype_size(array->dtype);
    for (size_t i = 0; i < array->elements; i++) {
      char text[RT_LONGEST_NUMBER];
      const void *element = (const unsigned char *)array->data + i * width;
      rt_write_string(writer, rt_element_text(text, array->dtype, element));
      rt_write(writer, (i + 1) % columns == 0 ? "\n" : ",", 1);
    }
  }
}
