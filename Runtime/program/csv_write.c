// csv_write.c - writes arrays as text with commas.

#include "files.h"

static void write_element(rt_writer *writer, const rt_array *array, size_t i) {
  size_t width = rt_dtype_size(array->dtype);
  const void *at = (const unsigned char *)array->data + i * width;
  if (array->dtype == RT_I64) {
    rt_write_text(writer, "%lld", (long long)*(const int64_t *)at);
  } else if (array->dtype == RT_U64) {
    rt_write_text(writer, "%llu", (unsigned long long)*(const uint64_t *)at);
  } else {
    // Enough digits to tell any two numbers apart.
    int wide = array->dtype != RT_F32 && array->dtype != RT_F16 && array->dtype != RT_BF16;
    rt_write_text(writer, wide ? "%.17g" : "%.9g", rt_scalar_get(array->dtype, at));
  }
}

int rt_csv_write(const char *path, const rt_array *array, rt_error *error) {
  if (array->rank > 2) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "cannot write '%s': expected at most 2 axes for .csv, found %d; .npy takes "
                   "any number",
                   path, array->rank);
  }
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  size_t columns = array->rank == 2 ? (size_t)array->shape[1] : 1;
  for (size_t i = 0; i < array->elements; i++) {
    write_element(&writer, array, i);
    rt_write_text(&writer, (i + 1) % columns == 0 ? "\n" : ",");
  }
  return rt_writer_commit(&writer, error);
}
