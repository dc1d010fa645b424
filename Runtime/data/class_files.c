// class_files.c - finds files in a folder, or in one for each class.
//
// What is no folder beside the folders of classes, and no file with the ending within them, does
// not count: recordings often have texts beside them.

#define _POSIX_C_SOURCE 200809L

#include "class_files.h"

#include <string.h>
#include <strings.h>

#include "../files/folder.h"

// A list that grows.
typedef struct {
  rt_class_files *files;
  const char *ending;
  size_t room;
} collector;

// Adds a file, whose path the list takes over.
static int add_file(collector *c, char *path, int label, rt_error *error) {
  rt_class_files *files = c->files;
  size_t count = (size_t)files->count;
  if (count == c->room) {
    size_t more = c->room == 0 ? 16 : 2 * c->room;
    rt_class_file *larger = (rt_class_file *)rt_allocate(more * sizeof *larger);
    if (larger == NULL) {
      rt_release(path);
      return rt_fail_memory(error, more * sizeof *larger, "the names of files");
    }
    if (count > 0) {
      memcpy(larger, files->items, count * sizeof *larger);
    }
    rt_release(files->items);
    files->items = larger;
    c->room = more;
  }
  files->items[files->count++] = (rt_class_file){path, label};
  return RT_OK;
}

// Adds the files of a folder.
static int add_files(collector *c, const char *folder, int label, rt_error *error) {
  rt_names names = {0, NULL, NULL};
  int code = rt_folder_list(&names, folder, error);
  size_t end = strlen(c->ending);
  for (int64_t i = 0; code == RT_OK && i < names.count; i++) {
    size_t length = strlen(names.items[i]);
    if (length < end || strcasecmp(names.items[i] + length - end, c->ending) != 0) {
      continue;
    }
    char *path = rt_path_join(folder, names.items[i]);
    if (path == NULL) {
      code = rt_fail_memory(error, length, "a path");
    } else if (rt_is_directory(path)) {
      rt_release(path);
    } else {
      code = add_file(c, path, label, error);
    }
  }
  rt_names_clear(&names);
  return code;
}

// Keeps those names that are folders.
static int keep_folders(rt_names *names, const char *folder, rt_error *error) {
  int64_t kept = 0;
  for (int64_t i = 0; i < names->count; i++) {
    char *path = rt_path_join(folder, names->items[i]);
    if (path == NULL) {
      return rt_fail_memory(error, strlen(folder), "a path");
    }
    if (rt_is_directory(path)) {
      names->items[kept++] = names->items[i];
    }
    rt_release(path);
  }
  names->count = kept;
  return RT_OK;
}

// Gives the names of the subfolders to the label as its classes.
static int take_classes(rt_example_field *label, const rt_names *folders, const char *folder,
                        rt_error *error) {
  if (folders->count > RT_MOST_CLASSES) {
    return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected at most %d classes, found %lld", folder,
                   RT_MOST_CLASSES, (long long)folders->count);
  }
  int code = rt_class_room(label, folders->count, error);
  for (int64_t i = 0; i < folders->count && code == RT_OK; i++) {
    code = rt_class_add(label, folders->items[i], strlen(folders->items[i]), error);
  }
  return code;
}

// Adds the files of a subfolder to its class.
static int add_class(collector *c, const char *folder, const char *name,
                     const rt_class_names *classes, rt_error *error) {
  int label = rt_class_names_find(classes, name);
  if (label < 0) {
    const char *nearest = rt_class_names_nearest(classes, name);
    rt_fail(error, RT_ERROR_MISMATCH, "%s: expected a folder of one of %d classes, found '%s'",
            folder, classes->count, name);
    if (nearest != NULL) {
      rt_fail_more(error, "; the nearest is '%.60s'", nearest);
    }
    return RT_ERROR_MISMATCH;
  }
  char *path = rt_path_join(folder, name);
  int code = path != NULL ? add_files(c, path, label, error)
                          : rt_fail_memory(error, strlen(folder), "a path");
  rt_release(path);
  return code;
}

// Adds the files of all subfolders.
static int add_classes(collector *c, const char *folder, rt_example_field *label,
                       rt_error *error) {
  rt_names folders = {0, NULL, NULL};
  rt_class_names classes = {0, NULL};
  int code = rt_folder_list(&folders, folder, error);
  code = code == RT_OK ? keep_folders(&folders, folder, error) : code;
  if (code == RT_OK && folders.count == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected a subfolder for each class, found none",
                   folder);
  }
  if (code == RT_OK && label->recipe->class_count == 0) {
    code = take_classes(label, &folders, folder, error);
  }
  code = code == RT_OK ? rt_class_names_make(&classes, label, folder, error) : code;
  for (int64_t i = 0; code == RT_OK && i < folders.count; i++) {
    code = add_class(c, folder, folders.items[i], &classes, error);
  }
  rt_class_names_clear(&classes);
  rt_names_clear(&folders);
  return code;
}

int rt_class_files_find(rt_class_files *files, const char *folder, const char *ending,
                        rt_example_field *label, rt_error *error) {
  collector c = {files, ending, 0};
  *files = (rt_class_files){0, NULL};
  int code =
      label != NULL ? add_classes(&c, folder, label, error) : add_files(&c, folder, 0, error);
  if (code == RT_OK && files->count == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected files that end in '%s'%s, found none",
                   folder, ending, label != NULL ? " in folders of classes" : "");
  }
  return code;
}

void rt_class_files_clear(rt_class_files *files) {
  for (int64_t i = 0; i < files->count; i++) {
    rt_release(files->items[i].path);
  }
  rt_release(files->items);
  *files = (rt_class_files){0, NULL};
}
