// safetensors.c - reads weights: 8 bytes with the length of the header, the header in JSON, the
// elements. All rules of the format are checked.
//
// Weights come from anywhere, so a file is believed only as a whole: the header is read and
// checked before the first element, tensors must cover the data one after the other, and names
// must differ. Elements are read on demand.

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
                   "%s: expected %llu bytes of data, found %llu%s", path, (unsigned long long)end,
                   (unsigned long long)size, end > size ? "; the file is cut" : "");
  }
  return RT_OK;
}

// Reports that a file is not in this format, and which one it is in, if known.
static int refuse(const unsigned char *bytes, size_t size, const char *path, rt_error *error) {
  int is_zip = size > 1 && bytes[0] == 'P' && bytes[1] == 'K';
  return rt_fail(error, RT_ERROR_FORMAT, "%s: byte 0: expected a safetensors file, found %s%s",
                 path, rt_file_kind(bytes, size),
                 is_zip ? "; save the model with safetensors.torch.save_model(model, FILE)"
                        : "");
}

// Reads the length of the header.
static int read_length(const rt_file *file, size_t *length, const char *path, rt_error *error) {
  unsigned char bytes[32] = {0};
  size_t size = file->size < sizeof bytes ? file->size : sizeof bytes;
  uint64_t given = 0;
  int code = rt_file_read(file, bytes, 0, size, path, error);
  if (code != RT_OK) {
    return code;
  }
  for (int i = 0; i < 8; i++) {
    given |= (uint64_t)bytes[i] << 8 * i;
  }
  if (size > 8 && bytes[8] == '{' && given > LARGEST_HEADER && given <= file->size - 8) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0: expected a header of at most %d bytes, found %llu", path,
                   LARGEST_HEADER, (unsigned long long)given);
  }
  // A length that cannot be one is the beginning of some other file.
  int is_header = size > 8 && bytes[8] == '{' && given >> 32 == 0;
  if (size < 8 || (given > LARGEST_HEADER && !is_header)) {
    return refuse(bytes, size, path, error);
  }
  if (given > file->size - 8) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0: expected a header of %llu bytes, found %zu; the file is cut", path,
                   (unsigned long long)given, file->size - 8);
  }
  *length = (size_t)given;
  return RT_OK;
}

// Reads the header and checks what it says.
static int read_header(rt_safetensors *tensors, size_t length, const char *path,
                       rt_error *error) {
  unsigned char *text = (unsigned char *)rt_allocate(length);
  if (text == NULL) {
    return rt_fail_memory(error, length, "a header");
  }
  int code = rt_file_read(&tensors->file, text, 8, length, path, error);
  if (code == RT_OK) {
    code = rt_safetensors_header(tensors, text, length, path, error);
  }
  rt_release(text);
  if (code != RT_OK) {
    return code;
  }
  size_t bytes = (size_t)tensors->count * sizeof(rt_stored *);
  const rt_stored **sorted = (const rt_stored **)rt_allocate(bytes);
  if (sorted == NULL) {
    return rt_fail_memory(error, bytes, "a list of tensors");
  }
  tensors->data = 8 + length;
  code = check_places(tensors, sorted, tensors->file.size - tensors->data, path, error);
  rt_release(sorted);
  return code;
}

int rt_safetensors_parse(rt_safetensors *tensors, const char *path, rt_error *error) {
  size_t length = 0;
  int code = read_length(&tensors->file, &length, path, error);
  return code == RT_OK ? read_header(tensors, length, path, error) : code;
}

int rt_safetensors_open(rt_safetensors *tensors, const char *path, rt_error *error) {
  *tensors = (rt_safetensors){0};
  int code = rt_file_open(&tensors->file, path, error);
  if (code == RT_OK) {
    code = rt_safetensors_parse(tensors, path, error);
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
  rt_notes_clear(&tensors->notes);
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

int rt_safetensors_read(const rt_safetensors *tensors, const rt_stored *tensor, size_t first,
                        size_t count, void *target, const char *path, rt_error *error) {
  size_t width = rt_dtype_size(tensor->dtype);
  size_t offset = tensors->data + (size_t)tensor->begin + first * width;
  int code = rt_file_read(&tensors->file, target, offset, count * width, path, error);
  if (code == RT_OK && rt_big_endian()) {
    rt_swap_bytes(target, width, count);
  }
  return code;
}

// Puts zeros in place of the checksum in a header, which has a zero at its end; false if there is
// none. A quote within a text is escaped, so that nothing else looks like it.
static int clear_checksum(unsigned char *header) {
  static const char key[] = "\"checksum\":\"";
  // Behind the length, which may hold zeros.
  char *found = strstr((char *)header + 8, key);
  char *digits = found != NULL ? found + sizeof key - 1 : NULL;
  if (digits == NULL || strspn(digits, "0123456789abcdef") != 8) {
    return 0;
  }
  memset(digits, '0', 8);
  return 1;
}

int rt_safetensors_verify(const rt_safetensors *tensors, const char *path, rt_error *error) {
  enum { PART = 1 << 20 };
  const char *expected = rt_notes_find(&tensors->notes, "checksum");
  size_t room = tensors->data > PART ? tensors->data : PART;
  unsigned char *part = (unsigned char *)rt_allocate(room + 1);
  uint32_t sum = 0;
  char found[16];
  int code = part != NULL ? rt_file_read(&tensors->file, part, 0, tensors->data, path, error)
                          : rt_fail_memory(error, room, path);
  if (code == RT_OK && (expected == NULL || !clear_checksum(part))) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected the checkpoint of a run, with a checksum; found none; weights "
                   "alone are for --init",
                   path);
  }
  for (size_t at = 0, size = tensors->data; at < tensors->file.size && code == RT_OK;) {
    sum = rt_checksum(sum, part, size);
    at += size;
    size = tensors->file.size - at < PART ? tensors->file.size - at : PART;
    code = rt_file_read(&tensors->file, part, at, size, path, error);
  }
  rt_release(part);
  snprintf(found, sizeof found, "%08lx", (unsigned long)sum);
  if (code == RT_OK && strcmp(expected, found) != 0) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected the checksum %s, found %s; the file is damaged", path, expected,
                   found);
  }
  return code;
}
