// cifar_classes.c - the names of classes, which stand in a text file beside the pictures.
//
// The files of CIFAR come with them, one name a line. They only name numbers, so it is no error if
// they are missing; if they are there, they must fit.

#include <string.h>

#include "cifar.h"
#include "class_names.h"

// The file beside or in `path`; null without memory.
static char *find_file(const char *path, const char *file) {
  if (rt_is_directory(path)) {
    return rt_path_join(path, file);
  }
  char *folder = rt_path_join(path, "");
  if (folder == NULL) {
    return NULL;
  }
  size_t length = strlen(path);
  while (length > 0 && path[length - 1] != '/') {
    length--;
  }
  folder[length] = '\0';
  char *joined = length > 0 ? rt_path_join(folder, file) : rt_copy_text(file);
  rt_release(folder);
  return joined;
}

// Takes the lines that are not empty; there must be as many as classes.
static int take_lines(rt_example_field *field, const rt_file *file, const char *path, int count,
                      rt_error *error) {
  const char *at = (const char *)file->held, *end = at + file->size;
  int found = 0, code = RT_OK;
  while (at < end && code == RT_OK) {
    const char *line = (const char *)memchr(at, '\n', (size_t)(end - at));
    const char *next = line != NULL ? line + 1 : end;
    size_t length = (size_t)((line != NULL ? line : end) - at);
    while (length > 0 && (at[length - 1] == '\r' || at[length - 1] == ' ')) {
      length--;
    }
    if (length > 0 && found < count) {
      code = rt_class_add(field, at, length, error);
    }
    found += length > 0;
    at = next;
  }
  if (code == RT_OK && found != count) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected %d names of classes, found %d", path,
                   count, found);
  }
  return code;
}

int rt_cifar_classes(rt_example_field *field, const char *path, const char *file, int count,
                     rt_error *error) {
  enum { LARGEST = 1 << 16 };
  int given = field->recipe->class_count;
  if (given > 0) {
    return given == count
               ? rt_class_names_take(field, error)
               : rt_fail(error, RT_ERROR_MISMATCH,
                         "%s: expected %d names of classes in the model, found %d", path, count,
                         given);
  }
  int code = rt_class_room(field, count, error);
  if (code != RT_OK) {
    return code;
  }
  char *names = find_file(path, file);
  if (names == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  if (rt_is_file(names)) {
    rt_file open_file;
    code = rt_file_open(&open_file, names, error);
    if (code == RT_OK && open_file.size > LARGEST) {
      code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected %d names of classes, found %zu bytes",
                     names, count, open_file.size);
    }
    code = code == RT_OK ? rt_file_hold(&open_file, LARGEST, 0, names, error) : code;
    code = code == RT_OK ? take_lines(field, &open_file, names, count, error) : code;
    rt_file_close(&open_file);
  }
  rt_release(names);
  return code;
}
