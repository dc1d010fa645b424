// folder.h - the names in a folder.

#ifndef RT_FOLDER_H
#define RT_FOLDER_H

#include <dirent.h>

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// As opendir, whatever signals arrive.
DIR *rt_folder_open(const char *folder);

// Names in the order of their bytes, which is the same on every machine.
typedef struct {
  int64_t count;
  const char **items;  // in `text`
  char *text;
} rt_names;

// Lists what is in a folder, without names that begin with a point. To be freed with
// rt_names_clear; nothing is, on failure.
int rt_folder_list(rt_names *names, const char *folder, rt_error *error);
void rt_names_clear(rt_names *names);

#ifdef __cplusplus
}
#endif

#endif
