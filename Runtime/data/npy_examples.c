// npy_examples.c - a folder with an .npy file for each field.
//
// The simplest of the formats, and the one to imitate: `open` finds the type of each field, `read`
// copies an example, `all` shows those that are in memory, `place` names the file for messages.
// The source of a field is the name of a file without its ending.

#include <string.h>

#include "array_files.h"
#include "formats.h"

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

// Opens the file of a field. It is held in memory with its elements aligned, as `all` shows them
// to code that reads numbers of any type.
static int open_file(rt_array_file *f, const rt_examples *examples, const rt_field_recipe *recipe,
                     void *shared, rt_error *error) {
  (void)shared;
  f->path = file_path(examples->path, rt_source_name(recipe));
  if (f->path == NULL) {
    return rt_fail_memory(error, strlen(examples->path), "a path");
  }
  int code = rt_file_open(&f->file, f->path, error);
  if (code != RT_OK) {
    rt_fail_more(error, "; the file holds the input '%s'", recipe->input);
    return code;
  }
  code = rt_npy_parse(&f->npy, &f->file, f->path, error);
  if (code == RT_OK) {
    code = rt_file_hold(&f->file, RT_MOST_HELD, f->npy.offset, f->path, error);
  }
  return code;
}

static int npy_open(rt_examples *examples, rt_error *error) {
  rt_array_file *files;
  int code = rt_array_files_open(examples, &files, open_file, NULL, error);
  examples->own = files;
  return code;
}

static int npy_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  return rt_array_file_read(&((const rt_array_file *)examples->own)[field],
                            &examples->fields[field], example, room, error);
}

static const void *npy_all(const rt_examples *examples, int field) {
  return rt_array_file_all(&((const rt_array_file *)examples->own)[field]);
}

// Messages number the examples themselves.
static char *npy_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  (void)example;
  snprintf(text, size, "%s", ((const rt_array_file *)examples->own)[field].path);
  return text;
}

static int npy_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const rt_array_file *files = (const rt_array_file *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_file_checksum(&files[i].file, sum, files[i].path, error);
  }
  return code;
}

static void npy_close(rt_examples *examples) {
  rt_array_files_close((rt_array_file *)examples->own, examples->field_count);
  examples->own = NULL;
}

const rt_data_format rt_npy_data = {"npy", npy_open, npy_read, npy_all,
                                    npy_place, npy_checksum, npy_close};
