// class_files.c - lists folders.

#define _POSIX_C_SOURCE 200809L

#include "class_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The names in a folder, each owned.
typedef struct {
  size_t count, room;
  char **items;
} name_list;

static void clear_names(name_list *names) {
  for (size_t i = 0; i < names->count; i++) {
    rt_release(names->items[i]);
  }
  rt_release(names->items);
  *names = (name_list){0, 0, NULL};
}

// Makes room for twice as many items of so many bytes; null without memory.
static void *grow(void *items, size_t count, size_t *room, size_t size) {
  size_t more = *room == 0 ? 16 : 2 * *room;
  void *larger = rt_allocate(more * size);
  if (larger != NULL) {
    if (count > 0) {
      memcpy(larger, items, count * size);
    }
    rt_release(items);
    *room = more;
  }
  return larger;
}

static int add_name(name_list *names, const char *name, rt_error *error) {
  if (names->count == names->room) {
    char **larger = (char **)grow(names->items, names->count, &names->room, sizeof *larger);
    if (larger == NULL) {
      return rt_fail_memory(error, 0, "the names of files");
    }
    names->items = larger;
  }
  char *copy = rt_copy_text(name);
  if (copy == NULL) {
    return rt_fail_memory(error, strlen(name), "the name of a file");
  }
  names->items[names->count++] = copy;
  return RT_OK;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

// Lists what is not hidden, sorted by the bytes of the names.
static int list(name_list *names, const char *folder, rt_error *error) {
  *names = (name_list){0, 0, NULL};
  DIR *open_folder = opendir(folder);
  if (open_folder == NULL) {
    return rt_fail_system(error, "open", folder);
  }
  int code = RT_OK;
  const struct dirent *entry;
  errno = 0;
  while (code == RT_OK && (entry = readdir(open_folder)) != NULL) {
    code = entry->d_name[0] == '.' ? RT_OK : add_name(names, entry->d_name, error);
    errno = 0;
  }
  if (code == RT_OK && errno != 0) {
    code = rt_fail_system(error, "read", folder);
  }
  closedir(open_folder);
  if (names->count > 0) {
    qsort(names->items, names->count, sizeof *names->items, compare);
  }
  return code;
}

// A list that grows.
typedef struct {
  rt_class_files *files;
  const char *ending;
  size_t room;
} collector;

static int add_file(collector *c, char *path, int label, rt_error *error) {
  rt_class_files *files = c->files;
  if ((size_t)files->count == c->room) {
    rt_class_file *larger =
        (rt_class_file *)grow(files->items, (size_t)files->count, &c->room, sizeof *larger);
    if (larger == NULL) {
      rt_release(path);
      return rt_fail_memory(error, 0, "the names of files");
    }
    files->items = larger;
  }
  files->items[files->count++] = (rt_class_file){path, label};
  return RT_OK;
}

// Adds the files of a folder.
static int add_files(collector *c, const char *folder, int label, rt_error *error) {
  name_list names;
  int code = list(&names, folder, error);
  size_t end = strlen(c->ending);
  for (size_t i = 0; i < names.count && code == RT_OK; i++) {
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
  clear_names(&names);
  return code;
}

// Gives the names of the subfolders to the label as its classes.
static int take_classes(rt_example_field *label, const name_list *folders, const char *folder,
                        rt_error *error) {
  rt_name_set set = {0};
  int code = RT_OK;
  for (size_t i = 0; i < folders->count && code == RT_OK; i++) {
    code = rt_name_set_add(&set, folders->items[i], error);
  }
  if (code == RT_ERROR_VALUE) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected at most %d classes, found more", folder,
                   RT_MOST_CLASSES);
  }
  if (code == RT_OK) {
    rt_name_set_give(&set, label);
  }
  rt_name_set_clear(&set);
  return code;
}

// Keeps those names that are folders.
static int keep_folders(name_list *names, const char *folder, rt_error *error) {
  size_t kept = 0;
  int code = RT_OK;
  for (size_t i = 0; i < names->count; i++) {
    char *path = rt_path_join(folder, names->items[i]);
    code = path != NULL ? code : rt_fail_memory(error, strlen(folder), "a path");
    if (path != NULL && rt_is_directory(path)) {
      names->items[kept++] = names->items[i];
    } else {
      rt_release(names->items[i]);
    }
    rt_release(path);
  }
  names->count = kept;
  return code;
}

// Adds the files of a subfolder to its class.
static int add_class(collector *c, const char *folder, const char *name,
                     const rt_class_names *classes, rt_error *error) {
  int label = rt_class_names_find(classes, name), code;
  char *path = rt_path_join(folder, name);
  if (path == NULL) {
    return rt_fail_memory(error, strlen(folder), "a path");
  }
  if (label < 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a folder of one of %d classes, found '%s'", folder,
                   classes->count, name);
    const char *nearest = rt_class_names_nearest(classes, name);
    if (nearest != NULL) {
      rt_fail_more(error, "; the nearest is '%.60s'", nearest);
    }
  } else {
    code = add_files(c, path, label, error);
  }
  rt_release(path);
  return code;
}

// Adds the files of all subfolders.
static int add_classes(collector *c, const char *folder, rt_example_field *label,
                       rt_error *error) {
  name_list folders;
  rt_class_names classes = {0, NULL};
  int code = list(&folders, folder, error);
  code = code == RT_OK ? keep_folders(&folders, folder, error) : code;
  if (code == RT_OK && folders.count == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected a subfolder for each class, found none",
                   folder);
  }
  if (code == RT_OK && label->recipe->class_count == 0) {
    code = take_classes(label, &folders, folder, error);
  }
  code = code == RT_OK ? rt_class_names_make(&classes, label, folder, error) : code;
  for (size_t i = 0; i < folders.count && code == RT_OK; i++) {
    code = add_class(c, folder, folders.items[i], &classes, error);
  }
  rt_class_names_clear(&classes);
  clear_names(&folders);
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
