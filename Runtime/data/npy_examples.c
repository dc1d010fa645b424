// npy_examples.c - a folder with an .npy file for each field.

#include <string.h>

#include "formats.h"

// Files of so many bytes are read when they are opened, larger ones example by example.
enum { MOST_HELD = 64 << 20 };

// The file of one field.
typedef struct {
  char *path;
  rt_file file;
  rt_npy npy;
} array_file;

// Joins folder, name and ".npy"; null without memory.
static char *file_path(const char *folder, const char *name) {
  char *stem = rt_path_join(folder, name);
  if (stem == NULL) {
    return NULL;
  }
  size_t size = strlen(stem) + sizeof ".npy";
  char *path = (char *)rt_allocate(size);
  if (path != NULL) {
    snprintf(path, size, "%s.npy", stem);
  }
  rt_release(stem);
  return path;
}

// Takes over the type of an example.
static void take_type(rt_example_field *field, const rt_array *array) {
  field->dtype = array->dtype;
  field->rank = array->rank > 0 ? array->rank - 1 : 0;
  field->elements = 1;
  for (int axis = 0; axis < field->rank; axis++) {
    field->shape[axis] = array->shape[axis + 1];
    field->elements *= (size_t)array->shape[axis + 1];
  }
}

static int open_file(array_file *f, rt_example_field *field, const char *folder,
                     rt_error *error) {
  const rt_field_recipe *recipe = field->recipe;
  f->path = file_path(folder, recipe->source != NULL ? recipe->source : recipe->input);
  if (f->path == NULL) {
    return rt_fail_memory(error, strlen(folder), "a path");
  }
  int code = rt_file_open(&f->file, f->path, error);
  if (code != RT_OK) {
    rt_fail_more(error, "; the file holds the input '%s'", recipe->input);
    return code;
  }
  code = rt_npy_parse(&f->npy, &f->file, f->path, error);
  if (code == RT_OK && f->npy.array.rank == 0) {
    char found[64];
    rt_type_text(found, sizeof found, f->npy.array.dtype, 0, NULL);
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected an axis of examples, found %s", f->path,
                   found);
  }
  if (code == RT_OK) {
    take_type(field, &f->npy.array);
  }
  return code;
}

static void npy_close(rt_examples *examples) {
  array_file *files = (array_file *)examples->own;
  for (int i = 0; files != NULL && i < examples->field_count; i++) {
    rt_file_close(&files[i].file);
    rt_release(files[i].path);
  }
  rt_release(files);
  examples->own = NULL;
}

static int npy_open(rt_examples *examples, rt_error *error) {
  size_t size = (size_t)examples->field_count * sizeof(array_file);
  array_file *files = (array_file *)rt_allocate(size);
  examples->own = files;
  int code = files != NULL ? RT_OK : rt_fail_memory(error, size, "data files");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    array_file *f = &files[i];
    code = open_file(f, &examples->fields[i], examples->path, error);
    int64_t count = code == RT_OK ? f->npy.array.shape[0] : 0;
    examples->count = i == 0 ? count : examples->count;
    code = code == RT_OK ? rt_examples_check(examples, i, error) : code;
    if (code == RT_OK && i > 0 && count != examples->count) {
      code = rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected %lld examples as in '%s', found %lld", f->path,
                     (long long)examples->count, files[0].path, (long long)count);
    }
    if (code == RT_OK) {
      code = rt_file_hold(&f->file, MOST_HELD, f->npy.offset, f->path, error);
      examples->held += f->file.held != NULL ? f->file.size : 0;
    }
  }
  if (code != RT_OK) {
    npy_close(examples);
  }
  return code;
}

static int npy_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  const array_file *f = &((const array_file *)examples->own)[field];
  size_t elements = examples->fields[field].elements;
  size_t width = rt_dtype_size(f->npy.array.dtype);
  size_t offset = f->npy.offset + (size_t)example * elements * width;
  int code = RT_OK;
  if (f->file.held != NULL) {
    memcpy(room, f->file.held + offset, elements * width);
  } else {
    code = rt_file_read(&f->file, room, offset, elements * width, f->path, error);
  }
  if (code == RT_OK && f->npy.swapped) {
    rt_swap_bytes(room, width, elements);
  }
  return code;
}

static const void *npy_all(const rt_examples *examples, int field) {
  const array_file *f = &((const array_file *)examples->own)[field];
  int is_plain = f->file.held != NULL && !f->npy.swapped;
  return is_plain ? f->file.held + f->npy.offset : NULL;
}

// Messages number the examples themselves.
static char *npy_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  (void)example;
  snprintf(text, size, "%s", ((const array_file *)examples->own)[field].path);
  return text;
}

static int npy_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const array_file *files = (const array_file *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_file_checksum(&files[i].file, sum, files[i].path, error);
  }
  return code;
}

const rt_data_format rt_npy_data = {"npy", npy_open, npy_read, npy_all, npy_place, npy_checksum, npy_close};
