// safetensors.c - reads weights: 8 bytes with the length of the header, the header
// in JSON, the elements. Everything that the format demands is checked.

#include "files.h"

#include <stdlib.h>
#include <string.h>

#include "safetensors_header.h"

enum { LARGEST_HEADER = 100000000 };

static int by_name(const void *a, const void *b) {
  const rt_stored *first = *(const rt_stored *const *)a;
  const rt_stored *second = *(const rt_stored *const *)b;
  return strcmp(first->name, second->name);
}

// By begin, empty ones first.
static int by_place(const void *a, const void *b) {
  const rt_stored *first = *(const rt_stored *const *)a;
  const rt_stored *second = *(const rt_stored *const *)b;
  if (first->begin != second->begin) {
    return first->begin < second->begin ? -1 : 1;
  }
  return (first->end > second->end) - (first->end < second->end);
}

// Checks that names differ, and that the tensors cover the data without gap or
// overlap. `sorted` has room for a pointer to each.
static int check_places(const rt_safetensors *tensors, const rt_stored **sorted,
                        uint64_t size, const char *path, rt_error *error) {
  size_t count = (size_t)tensors->count;
  for (size_t i = 0; i < count; i++) {
    sorted[i] = &tensors->tensors[i];
  }
  qsort(sorted, count, sizeof *sorted, by_name);
  for (size_t i = 1; i < count; i++) {
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: '%s': expected each name once, found it twice", path,
                     sorted[i]->name);
    }
  }
  qsort(sorted, count, sizeof *sorted, by_place);
  uint64_t end = 0;
  for (size_t i = 0; i < count; i++) {
    if (sorted[i]->begin != end) {
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: '%s': expected to begin at %llu, where the tensor before it "
                     "ends, found %llu",
                     path, sorted[i]->name, (unsigned long long)end,
                     (unsigned long long)sorted[i]->begin);
    }
    end = sorted[i]->end;
  }
  if (end != size) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected %llu bytes of data, found %llu", path,
                   (unsigned long long)end, (unsigned long long)size);
  }
  return RT_OK;
}

// Reads and checks the mapped file.
static int read_file(rt_safetensors *tensors, const char *path, rt_error *error) {
  const rt_file *file = &tensors->file;
  if (file->size < 8) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0: expected a safetensors file, found %zu bytes", path,
                   file->size);
  }
  uint64_t length = 0;
  for (int i = 0; i < 8; i++) {
    length |= (uint64_t)file->bytes[i] << 8 * i;
  }
  if (length > LARGEST_HEADER || length > file->size - 8) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0: expected the length of the header, at most %zu, "
                   "found %llu",
                   path, file->size - 8, (unsigned long long)length);
  }
  int code = rt_safetensors_header(tensors, (size_t)length, path, error);
  if (code != RT_OK) {
    return code;
  }
  size_t bytes = (size_t)tensors->count * sizeof(rt_stored *);
  const rt_stored **sorted = (const rt_stored **)rt_allocate(bytes);
  if (sorted == NULL) {
    return rt_fail_memory(error, bytes, "a list of tensors");
  }
  code = check_places(tensors, sorted, file->size - 8 - length, path, error);
  rt_release(sorted);
  for (int i = 0; i < tensors->count; i++) {
    rt_stored *tensor = &tensors->tensors[i];
    tensor->data = file->bytes + 8 + length + (code == RT_OK ? tensor->begin : 0);
  }
  return code;
}

int rt_safetensors_open(rt_safetensors *tensors, const char *path, rt_error *error) {
  *tensors = (rt_safetensors){0};
  int code = rt_file_open(&tensors->file, path, error);
  if (code == RT_OK) {
    code = read_file(tensors, path, error);
  }
  if (code != RT_OK) {
    rt_safetensors_close(tensors);
  }
  return code;
}

void rt_safetensors_close(rt_safetensors *tensors) {
  for (int i = 0; i < tensors->count; i++) {
    rt_release(tensors->tensors[i].name);
  }
  free(tensors->tensors);
  rt_file_close(&tensors->file);
  *tensors = (rt_safetensors){0};
}

rt_stored *rt_safetensors_find(const rt_safetensors *tensors, const char *name) {
  for (int i = 0; i < tensors->count; i++) {
    if (strcmp(tensors->tensors[i].name, name) == 0) {
      return &tensors->tensors[i];
    }
  }
  return NULL;
}
