// class_files.h - files in a folder, or in subfolders that are named after classes.

#ifndef RT_CLASS_FILES_H
#define RT_CLASS_FILES_H

#include "class_names.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  char *path;  // owned
  int label;   // the number of the class; 0 without classes
} rt_class_file;

typedef struct {
  int64_t count;
  rt_class_file *items;
} rt_class_files;

// Finds the files in `folder` whose names end in `ending`, in the order of their names. With a
// `label` they lie in subfolders; its classes are those of its recipe, which others may not be, or
// the names of the subfolders, which it gets. Hidden files do not count. None at all is an error.
// To be freed with rt_class_files_clear, also on failure.
int rt_class_files_find(rt_class_files *files, const char *folder, const char *ending,
                        rt_example_field *label, rt_error *error);
void rt_class_files_clear(rt_class_files *files);

#ifdef __cplusplus
}
#endif

#endif
