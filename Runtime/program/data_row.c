// data_row.c - rows of a field as its file has them.

#include "program.h"

int rt_field_rows(const rt_field *field, int64_t first, size_t elements, void *room,
                  const void **rows, rt_error *error) {
  const rt_array *array = &field->npy.array;
  size_t width = rt_dtype_size(array->dtype);
  size_t row = array->shape[0] > 0 ? array->elements / (size_t)array->shape[0] : 0;
  size_t offset = field->npy.offset + (size_t)first * row * width;
  if (field->file.held != NULL && !field->npy.swapped) {
    *rows = field->file.held + offset;
    return RT_OK;
  }
  *rows = room;
  int code = rt_file_read(&field->file, room, offset, elements * width, field->path, error);
  if (code == RT_OK && field->npy.swapped) {
    rt_swap_bytes(room, width, elements);
  }
  return code;
}
