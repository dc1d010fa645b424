// data_row.c - one row of a field as its file has it.

#include "program.h"

int rt_dataset_row(const rt_dataset *data, const rt_field *field, int64_t row, size_t elements,
                   const unsigned char **source, rt_error *error) {
  size_t width = rt_dtype_size(field->npy.array.dtype);
  size_t offset = field->npy.offset + (size_t)row * elements * width;
  if (field->file.held != NULL && !field->npy.swapped) {
    *source = field->file.held + offset;
    return RT_OK;
  }
  int code =
      rt_file_read(&field->file, data->scratch, offset, elements * width, field->path, error);
  if (code == RT_OK && field->npy.swapped) {
    rt_swap_bytes(data->scratch, width, elements);
  }
  *source = data->scratch;
  return code;
}
