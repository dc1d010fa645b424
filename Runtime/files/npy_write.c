// npy_write.c - writes NumPy's array files, version 1, in this machine's byte order.

#include <string.h>

#include "files.h"
#include "../math/half.h"

// Writes magic, version and header. It ends at a multiple of 64 bytes.
static void write_header(rt_writer *writer, const char *type, const rt_array *array) {
  char header[512];
  int used = snprintf(header, sizeof header,
                      "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
  for (int axis = 0; axis < array->rank; axis++) {
    const char *comma = array->rank == 1 ? "," : axis + 1 < array->rank ? ", " : "";
    used += snprintf(header + used, sizeof header - (size_t)used, "%lld%s",
                     (long long)array->shape[axis], comma);
  }
  used += snprintf(header + used, sizeof header - (size_t)used, "), }");
  int padded = (10 + used + 1 + 63) / 64 * 64 - 10;
  unsigned char magic[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0};
  magic[8] = (unsigned char)(padded & 255);
  magic[9] = (unsigned char)(padded >> 8);
  rt_write(writer, magic, sizeof magic);
  rt_write_text(writer, "%s%*s\n", header, padded - used - 1, "");
}

void rt_npy_put(rt_writer *writer, const rt_array *array) {
  static const char *const codes[] = {"f4", "f8", "f2", "f4", "i1", "u1",
                                      "i2", "i4", "i8", "u4", "u8", "b1"};
  size_t width = rt_dtype_size(array->dtype);
  char type[8];
  char order = width == 1 ? '|' : rt_big_endian() ? '>' : '<';
  snprintf(type, sizeof type, "%c%s", order, codes[array->dtype]);
  write_header(writer, type, array);
  if (array->dtype == RT_BF16) {
    const uint16_t *elements = (const uint16_t *)array->data;
    for (size_t i = 0; i < array->elements; i++) {
      float x = rt_bf16_to_f32(elements[i]);
      rt_write(writer, &x, sizeof x);
    }
  } else {
    rt_write(writer, array->data, width * array->elements);
  }
}

int rt_npy_write(const char *path, const rt_array *array, rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code == RT_OK) {
    rt_npy_put(&writer, array);
    code = rt_writer_commit(&writer, error);
  }
  return code;
}
