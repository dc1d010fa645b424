// data_checksum.c - tells data sets apart.

#include "program.h"

// Of larger files only so many bytes at both ends are read.
enum { END = 1 << 20 };

// Continues the checksum with bytes of a file that is not held; `part` has room for END.
static int add_part(const rt_field *field, size_t offset, size_t size, unsigned char *part,
                    uint32_t *sum, rt_error *error) {
  int code = rt_file_read(&field->file, part, offset, size, field->path, error);
  if (code == RT_OK) {
    *sum = rt_checksum(*sum, part, size);
  }
  return code;
}

// Continues the checksum with a file: its size, and its bytes or its ends.
static int add_field(const rt_field *field, unsigned char *part, uint32_t *sum, rt_error *error) {
  const rt_file *file = &field->file;
  unsigned char size[8];
  for (int i = 0; i < 8; i++) {
    size[i] = (unsigned char)((uint64_t)file->size >> 8 * i);
  }
  *sum = rt_checksum(*sum, size, sizeof size);
  if (file->held != NULL) {
    *sum = rt_checksum(*sum, file->held, file->size);
    return RT_OK;
  }
  size_t end = file->size < END ? file->size : END;
  int code = add_part(field, 0, end, part, sum, error);
  return code == RT_OK ? add_part(field, file->size - end, end, part, sum, error) : code;
}

int rt_dataset_checksum(const rt_dataset *data, uint32_t *sum, rt_error *error) {
  *sum = 0;
  unsigned char *part = (unsigned char *)rt_allocate(END);
  int code = part != NULL ? RT_OK : rt_fail_memory(error, END, "a part of the data");
  for (int split = 0; split < 2; split++) {
    const rt_field *fields = data->fields[split];
    for (int i = 0; fields != NULL && i < data->field_count && code == RT_OK; i++) {
      code = add_field(&fields[i], part, sum, error);
    }
  }
  rt_release(part);
  return code;
}
