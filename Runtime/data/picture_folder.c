// picture_folder.c - finds pictures in folders. Their names are held, their contents are not.
//
// Folders are one level deep, so that no link can lead around in a circle. The names of a folder
// are sorted by their bytes: neither the order in which the system lists them nor the language of
// the user changes the numbers of examples. An example is found by its number with a search among
// the groups, whose first numbers grow.

#include <string.h>

#include "array_files.h"
#include "class_names.h"
#include "picture_folder.h"

// Joins the folder's path, a group's name and the name of a file; null without memory.
static char *join(const char *folder, const char *group, const char *file) {
  char *inner = rt_path_join(folder, group);
  char *path = inner != NULL && *group != '\0' ? rt_path_join(inner, file) : NULL;
  if (*group == '\0' && inner != NULL) {
    path = rt_path_join(folder, file);
  }
  rt_release(inner);
  return path;
}

// Fails if an entry of a folder is no picture by its name.
static int check_names(const rt_names *files, const char *path, const char *group,
                       rt_error *error) {
  for (int64_t i = 0; i < files->count; i++) {
    const char *name = files->items[i];
    if (!rt_is_image_name(name)) {
      char *whole = join(path, group, name);
      int code = whole == NULL
                     ? rt_fail_memory(error, 0, "a path")
                     : rt_fail(error, RT_ERROR_MISMATCH,
                               "%s: expected a picture that ends in .png, .ppm or .pgm, found %s",
                               whole,
                               rt_is_directory(whole) ? "a folder" : "a file of another kind");
      rt_release(whole);
      return code;
    }
  }
  return RT_OK;
}

// Lists the pictures of a group.
static int list(rt_picture_folder *folder, rt_picture_group *group, rt_error *error) {
  char *path = *group->name == '\0' ? rt_copy_text(folder->path)
                                    : rt_path_join(folder->path, group->name);
  if (path == NULL) {
    return rt_fail_memory(error, 0, "a path");
  }
  int code = rt_folder_list(&group->files, path, error);
  if (code == RT_OK && group->files.count == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected pictures that end in .png, .ppm or .pgm, found none", path);
  }
  rt_release(path);
  if (code == RT_OK) {
    code = check_names(&group->files, folder->path, group->name, error);
  }
  group->first = folder->count;
  folder->count += code == RT_OK ? group->files.count : 0;
  return code;
}

// Makes room for groups.
static int begin(rt_picture_folder *folder, const char *path, int64_t groups, rt_error *error) {
  size_t size = (size_t)groups * sizeof(rt_picture_group);
  folder->path = rt_copy_text(path);
  folder->groups = (rt_picture_group *)rt_allocate(size);
  return folder->path != NULL && folder->groups != NULL
             ? RT_OK
             : rt_fail_memory(error, size, "the folders of pictures");
}

int rt_picture_folder_open(rt_picture_folder *folder, const char *path, rt_error *error) {
  *folder = (rt_picture_folder){0};
  int code = begin(folder, path, 1, error);
  if (code != RT_OK) {
    return code;
  }
  folder->group_count = 1;
  folder->groups[0].name = "";
  return list(folder, &folder->groups[0], error);
}

// The number of a class by the recipe; -1 if it is none.
static int number_of(const rt_field_recipe *recipe, const char *name) {
  for (int i = 0; i < recipe->class_count; i++) {
    if (strcmp(recipe->classes[i], name) == 0) {
      return i;
    }
  }
  return -1;
}

// Adds the folder of a class.
static int add_class(rt_picture_folder *folder, const char *name, rt_example_field *field,
                     rt_error *error) {
  const rt_field_recipe *recipe = field->recipe;
  char *path = rt_path_join(folder->path, name);
  int code = path != NULL ? RT_OK : rt_fail_memory(error, 0, "a path");
  int number = recipe->class_count > 0 ? number_of(recipe, name) : folder->group_count;
  if (code == RT_OK && !rt_is_directory(path)) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a folder with the pictures of a class, found a file", path);
  } else if (code == RT_OK && number < 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a folder named like one of the %d classes of the input '%s', "
                   "found another",
                   path, recipe->class_count, recipe->input);
  }
  rt_release(path);
  if (code == RT_OK) {
    rt_picture_group *group = &folder->groups[folder->group_count++];
    group->name = name;
    group->number = number;
    code = list(folder, group, error);
  }
  if (code == RT_OK && recipe->class_count == 0) {
    code = rt_class_add(field, name, strlen(name), error);
  }
  return code;
}

int rt_picture_folder_classes(rt_picture_folder *folder, const char *path, rt_example_field *field,
                              rt_error *error) {
  *folder = (rt_picture_folder){0};
  int code = rt_folder_list(&folder->names, path, error);
  code = code == RT_OK ? begin(folder, path, folder->names.count, error) : code;
  if (code == RT_OK) {
    code = field->recipe->class_count > 0 ? rt_class_names_take(field, error)
                                          : rt_class_room(field, folder->names.count, error);
  }
  if (code == RT_OK && (folder->names.count == 0 || folder->names.count > INT32_MAX)) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected a folder for each class, found %s", path,
                   folder->names.count == 0 ? "none" : "too many");
  }
  for (int64_t i = 0; code == RT_OK && i < folder->names.count; i++) {
    code = add_class(folder, folder->names.items[i], field, error);
  }
  return code;
}

void rt_picture_folder_close(rt_picture_folder *folder) {
  for (int i = 0; i < folder->group_count; i++) {
    rt_names_clear(&folder->groups[i].files);
  }
  rt_release(folder->groups);
  rt_names_clear(&folder->names);
  rt_release(folder->path);
  *folder = (rt_picture_folder){0};
}

// The group of an example.
static const rt_picture_group *group_of(const rt_picture_folder *folder, int64_t example) {
  int low = 0, high = folder->group_count;
  while (high - low > 1) {
    int middle = low + (high - low) / 2;
    if (folder->groups[middle].first <= example) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return &folder->groups[low];
}

char *rt_picture_path(const rt_picture_folder *folder, int64_t example) {
  const rt_picture_group *group = group_of(folder, example);
  return join(folder->path, group->name, group->files.items[example - group->first]);
}

int32_t rt_picture_class(const rt_picture_folder *folder, int64_t example) {
  return group_of(folder, example)->number;
}

int rt_picture_folder_checksum(const rt_picture_folder *folder, uint32_t *sum, rt_error *error) {
  size_t all = 0;
  int code = RT_OK;
  for (int64_t i = 0; i < folder->count && code == RT_OK; i++) {
    char *path = rt_picture_path(folder, i);
    rt_file file = {0};
    code = path != NULL ? rt_file_open(&file, path, error) : rt_fail_memory(error, 0, "a path");
    if (code == RT_OK) {
      const char *name = path + strlen(folder->path);
      uint64_t size = file.size;
      unsigned char bytes[8];
      for (int k = 0; k < 8; k++) {
        bytes[k] = (unsigned char)(size >> 8 * k);
      }
      *sum = rt_checksum(rt_checksum(*sum, name, strlen(name) + 1), bytes, sizeof bytes);
      // The sum of sizes cannot overflow before it is too large.
      all = file.size < RT_MOST_HELD && all < RT_MOST_HELD ? all + file.size : RT_MOST_HELD;
    }
    // Names and sizes of all pictures count, and the bytes of the first ones.
    if (code == RT_OK && all < RT_MOST_HELD) {
      code = rt_file_hold(&file, SIZE_MAX, 0, path, error);
      *sum = code == RT_OK ? rt_checksum(*sum, file.held, file.size) : *sum;
    }
    rt_file_close(&file);
    rt_release(path);
  }
  return code;
}
