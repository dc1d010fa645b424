// input_folder.c - a folder with a file for each input.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "../files/folder.h"
#include "inputs.h"
#include "program.h"

enum { MOST_NAMES = 32, LONGEST_NAME = 256 };

// Files of a folder with an ending that is known; those after MOST_NAMES are only counted.
typedef struct {
  int count;
  char items[MOST_NAMES][LONGEST_NAME];
} names;

// Orders the names that are listed in a warning.
static int by_name(const void *a, const void *b) {
  return strcmp((const char *)a, (const char *)b);
}

// The length of a file's name without its ending, if that is known; else 0.
static size_t stem_length(const char *file) {
  const rt_reader *reader = rt_reader_for(file);
  return reader != NULL ? strlen(file) - strlen(reader->ending) : 0;
}

// The source that the file `name` of the folder belongs to, or null.
static rt_source *owner(const rt_sources *sources, const char *name) {
  size_t length = stem_length(name);
  for (int i = 0; i < sources->count; i++) {
    const char *input = sources->items[i].slot.tensor->name;
    if (strlen(input) == length && memcmp(input, name, length) == 0) {
      return &sources->items[i];
    }
  }
  return NULL;
}

// Gives the file to a source that has none.
static int take(rt_source *source, const char *folder, const char *name, rt_error *error) {
  if (source->origin != RT_FROM_NOTHING && source->path == NULL) {
    return RT_OK;
  }
  if (source->path != NULL) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "%s: expected one file for the input '%s', found '%s' and '%s'", folder,
                   source->slot.tensor->name, strrchr(source->path, '/') + 1, name);
  }
  source->path = rt_path_join(folder, name);
  source->origin = RT_FROM_FILE;
  source->text = source->path;
  return source->path != NULL ? RT_OK : rt_fail_memory(error, strlen(folder), "a path");
}

// Adds the files that are no input to a message.
static void list(const names *others, const char *begin, rt_error *error) {
  int shown = others->count < MOST_NAMES ? others->count : MOST_NAMES;
  for (int i = 0; i < shown; i++) {
    rt_fail_more(error, "%s'%s'", i == 0 ? begin : ", ", others->items[i]);
  }
  if (shown < others->count) {
    rt_fail_more(error, " and %d more", others->count - shown);
  }
}

// Fails if inputs are missing; warns of files that are none.
static int check(const rt_sources *sources, const char *folder, const char *function,
                 const names *others, rt_error *warning, rt_error *error) {
  int missing = 0;
  for (int i = 0; i < sources->count; i++) {
    const rt_slot *slot = &sources->items[i].slot;
    char type[256];
    if (sources->items[i].origin == RT_FROM_NOTHING) {
      if (missing++ == 0) {
        rt_fail(error, RT_ERROR_USAGE, "--input %s: expected a file for", folder);
      }
      rt_fail_more(error, "%s %s (%s)", missing > 1 ? "," : "", slot->tensor->name,
                   rt_slot_text(type, sizeof type, slot));
    }
  }
  if (missing > 0) {
    rt_fail_more(error, others->count > 0 ? "; found only" : "; found no file with such a name");
    list(others, " ", error);
    return RT_ERROR_USAGE;
  }
  if (others->count > 0) {
    const char *also = warning->code != RT_OK ? "; " : "";
    warning->code = RT_ERROR_USAGE;
    rt_fail_more(warning, "%s%s: expected only inputs of '%s'; not read:", also, folder, function);
    list(others, " ", warning);
  }
  return RT_OK;
}

int rt_folder_find(rt_sources *sources, const char *folder, const char *function,
                   rt_error *warning, rt_error *error) {
  names others = {0};
  DIR *entries = rt_folder_open(folder);
  if (entries == NULL) {
    return rt_fail_system(error, "read", folder);
  }
  int code = RT_OK;
  for (const struct dirent *entry; code == RT_OK && (entry = readdir(entries)) != NULL;) {
    rt_source *source = owner(sources, entry->d_name);
    if (source != NULL) {
      code = take(source, folder, entry->d_name, error);
    } else if (stem_length(entry->d_name) > 0) {
      if (others.count < MOST_NAMES) {
        snprintf(others.items[others.count], LONGEST_NAME, "%s", entry->d_name);
      }
      others.count++;
    }
  }
  closedir(entries);
  // The order of a folder's entries is any.
  size_t kept = (size_t)(others.count < MOST_NAMES ? others.count : MOST_NAMES);
  qsort(others.items, kept, LONGEST_NAME, by_name);
  return code == RT_OK ? check(sources, folder, function, &others, warning, error) : code;
}
