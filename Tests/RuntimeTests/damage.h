// damage.h - writes files and damages them.

#ifndef DAMAGE_H
#define DAMAGE_H

#include <stdlib.h>

#include "files/files.h"
#include "test.h"

static inline void write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, size, file) == size);
  fclose(file);
}

// Every prefix, and every file with one byte changed, is read or refused; the
// sanitizers watch.
static inline void check_damage(const char *path, int is_npy) {
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, path, &error) == RT_OK);
  unsigned char *bytes = (unsigned char *)malloc(file.size);
  size_t size = file.size;
  CHECK(rt_file_read(&file, bytes, 0, size, path, &error) == RT_OK);
  rt_file_close(&file);
  uint32_t refused = 0;
  for (size_t i = 0; i < 3 * size; i++) {
    rt_array array = {0};
    rt_safetensors tensors;
    unsigned char kept = bytes[i % size];
    bytes[i % size] = i < size ? kept : i < 2 * size ? (unsigned char)(kept ^ 1) : '0';
    write_bytes("damaged", bytes, i < size ? i : size);
    bytes[i % size] = kept;
    int code = is_npy ? rt_npy_read(&array, "damaged", &error)
                      : rt_safetensors_open(&tensors, "damaged", &error);
    refused += code != RT_OK;
    rt_release(array.data);
    if (!is_npy && code == RT_OK) {
      rt_safetensors_close(&tensors);
    }
  }
  CHECK(refused >= size);
  free(bytes);
}

#endif
