// file_checksum.c - tells files apart.

#include "files.h"

// Of larger files only so many bytes at both ends are read.
enum { END = 1 << 20 };

int rt_file_checksum(const rt_file *file, uint32_t *sum, const char *path, rt_error *error) {
  unsigned char size[8];
  for (int i = 0; i < 8; i++) {
    size[i] = (unsigned char)((uint64_t)file->size >> 8 * i);
  }
  *sum = rt_checksum(*sum, size, sizeof size);
  if (file->held != NULL) {
    *sum = rt_checksum(*sum, file->held, file->size);
    return RT_OK;
  }
  unsigned char *part = (unsigned char *)rt_allocate(END);
  if (part == NULL) {
    return rt_fail_memory(error, END, "a part of a file");
  }
  size_t end = file->size < END ? file->size : END;
  int code = RT_OK;
  for (int last = 0; last < 2 && code == RT_OK; last++) {
    code = rt_file_read(file, part, last ? file->size - end : 0, end, path, error);
    *sum = code == RT_OK ? rt_checksum(*sum, part, end) : *sum;
  }
  rt_release(part);
  return code;
}
