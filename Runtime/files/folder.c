// folder.c - lists the names in a folder.
//
// All names stand one after the other in one block, which grows by doubling; pointers to them are
// made when it has its size.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Adds a name with its zero byte to the text, which grows.
static int add(rt_names *names, size_t *used, size_t *room, const char *name) {
  size_t size = strlen(name) + 1;
  if (size > *room - *used) {
    size_t more = 2 * (*room + size);
    char *text = (char *)rt_allocate(more);
    if (text == NULL) {
      return RT_ERROR_MEMORY;
    }
    if (*used > 0) {
      memcpy(text, names->text, *used);
    }
    rt_release(names->text);
    names->text = text;
    *room = more;
  }
  memcpy(names->text + *used, name, size);
  *used += size;
  names->count++;
  return RT_OK;
}

DIR *rt_folder_open(const char *folder) {
  DIR *entries;
  do {
    entries = opendir(folder);
  } while (entries == NULL && errno == EINTR);
  return entries;
}

int rt_folder_list(rt_names *names, const char *folder, rt_error *error) {
  size_t used = 0, room = 0;
  *names = (rt_names){0};
  DIR *entries = rt_folder_open(folder);
  if (entries == NULL) {
    return rt_fail_system(error, "read", folder);
  }
  int code = RT_OK;
  for (int is_over = 0; code == RT_OK && !is_over;) {
    errno = 0;
    const struct dirent *entry = readdir(entries);
    is_over = entry == NULL;
    if (is_over && errno != 0) {
      code = rt_fail_system(error, "read", folder);
    } else if (!is_over && entry->d_name[0] != '.') {
      code = add(names, &used, &room, entry->d_name);
    }
  }
  closedir(entries);
  if (code == RT_OK) {
    names->items = (const char **)rt_allocate((size_t)names->count * sizeof(char *));
    code = names->items != NULL ? RT_OK : RT_ERROR_MEMORY;
  }
  if (code != RT_OK) {
    rt_names_clear(names);
    return code == RT_ERROR_MEMORY ? rt_fail_memory(error, 2 * room, folder) : code;
  }
  const char *at = names->text;
  for (int64_t i = 0; i < names->count; i++) {
    names->items[i] = at;
    at += strlen(at) + 1;
  }
  qsort(names->items, (size_t)names->count, sizeof(char *), by_bytes);
  return RT_OK;
}

void rt_names_clear(rt_names *names) {
  rt_release(names->items);
  rt_release(names->text);
  *names = (rt_names){0};
}
