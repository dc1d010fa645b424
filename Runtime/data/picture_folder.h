// picture_folder.h - the pictures in a folder, or in a folder for each class.

#ifndef RT_PICTURE_FOLDER_H
#define RT_PICTURE_FOLDER_H

#include "../files/folder.h"
#include "../files/image.h"
#include "examples.h"

// Pictures of one folder, in the order of their names.
typedef struct {
  const char *name;  // of the folder in the whole one; "" if it is that itself
  int32_t number;    // of the class
  int64_t first;     // of its examples
  rt_names files;
} rt_picture_group;

typedef struct {
  char *path;
  int64_t count;    // of all pictures
  rt_names names;   // of the folders
  int group_count;
  rt_picture_group *groups;
} rt_picture_folder;

// Lists the pictures in a folder; none, and anything else in it, is an error.
int rt_picture_folder_open(rt_picture_folder *folder, const char *path, rt_error *error);

// The same for a folder with a folder for each class. Classes have their numbers by the recipe of
// the field, which knows all of them, or by their order; the field gets their names.
int rt_picture_folder_classes(rt_picture_folder *folder, const char *path, rt_example_field *field,
                              rt_error *error);
void rt_picture_folder_close(rt_picture_folder *folder);

// The path of an example, to be freed with rt_release; null without memory. And its class.
char *rt_picture_path(const rt_picture_folder *folder, int64_t example);
int32_t rt_picture_class(const rt_picture_folder *folder, int64_t example);

// Adds all names and sizes to a checksum, and the bytes if there are not many.
int rt_picture_folder_checksum(const rt_picture_folder *folder, uint32_t *sum, rt_error *error);

#endif
