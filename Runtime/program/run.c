// run.c - the folders of trainings: runs/<model>-<number>, or any other.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../files/folder.h"
#include "../files/retry.h"
#include "training.h"

// The folder of the runs that are not named.
static const char parent[] = "runs";

enum { DIGITS = 9, MOST_RUNS = 999999999 };

// The number of a folder of the model's, or 0: "digits-12" is 12.
static int number_of(const char *name, const char *model) {
  size_t length = strlen(model);
  if (strncmp(name, model, length) != 0 || name[length] != '-') {
    return 0;
  }
  const char *digits = name + length + 1;
  size_t count = strspn(digits, "0123456789");
  return digits[count] == '\0' && count > 0 && count <= DIGITS && *digits != '0' ? atoi(digits)
                                                                                : 0;
}

// Joins the parent, the model's name and a number; null without memory.
static char *numbered(const char *model, int number) {
  size_t size = sizeof parent + strlen(model) + 16;
  char *path = (char *)rt_allocate(size);
  if (path != NULL) {
    snprintf(path, size, "%s/%s-%d", parent, model, number);
  }
  return path;
}

// Longer paths do not exist. Whether a run exists is found without allocating memory, so that none
// is taken for missing when there is no more.
enum { LONGEST_PATH = 4096 };

// True iff the folder has a file of that name; `path` is set to it.
static int has_file(const char *folder, const char *name, char path[LONGEST_PATH]) {
  int length = snprintf(path, LONGEST_PATH, "%s/%s", folder, name);
  return length > 0 && length < LONGEST_PATH && rt_is_file(path);
}

// True iff a table has a row below its header, which stands there before the first checkpoint, or
// cannot be read.
static int has_rows(const char *path) {
  char part[512];
  int file, lines = 0;
  RT_RETRY(file, open(path, O_RDONLY | O_CLOEXEC));
  ssize_t size = file >= 0 ? 1 : -1;
  while (lines < 2 && size > 0) {
    RT_RETRY(size, read(file, part, sizeof part));
    for (ssize_t i = 0; i < size; i++) {
      lines += part[i] == '\n';
    }
  }
  if (file >= 0) {
    close(file);
  }
  return lines >= 2 || size < 0;
}

int rt_run_exists(const char *folder) {
  char path[LONGEST_PATH];
  return has_file(folder, "weights/last.safetensors", path) ||
         has_file(folder, "weights/previous.safetensors", path) ||
         has_file(folder, "weights/best.safetensors", path) ||
         (has_file(folder, "results.csv", path) && has_rows(path));
}

// True iff the folder of that number has a checkpoint.
static int can_resume(const char *model, int number) {
  char folder[LONGEST_PATH], path[LONGEST_PATH];
  int length = snprintf(folder, sizeof folder, "%s/%s-%d", parent, model, number);
  return length > 0 && length < LONGEST_PATH &&
         (has_file(folder, "weights/last.safetensors", path) ||
          has_file(folder, "weights/previous.safetensors", path));
}

// Finds the highest number of the model's folders, of those that can be resumed if `resumable`; 0
// if there is none.
static int highest(const char *model, int resumable, int *number, rt_error *error) {
  *number = 0;
  DIR *folder = rt_folder_open(parent);
  if (folder == NULL) {
    return errno == ENOENT ? RT_OK : rt_fail_system(error, "read", parent);
  }
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    int found = number_of(entry->d_name, model);
    if (found > *number && (!resumable || can_resume(model, found))) {
      *number = found;
    }
  }
  closedir(folder);
  return RT_OK;
}

int rt_run_next(const char *model, char **folder, rt_error *error) {
  int number = 0;
  int code = highest(model, 0, &number, error);
  *folder = code == RT_OK ? numbered(model, number + 1) : NULL;
  return code == RT_OK && *folder == NULL ? rt_fail_memory(error, strlen(model), "a path") : code;
}

int rt_run_create(const char *model, char **folder, rt_error *error) {
  int number = 0;
  *folder = NULL;
  int code = rt_make_directory(parent, error);
  while (code == RT_OK && *folder == NULL) {
    code = highest(model, 0, &number, error);
    if (code == RT_OK && number == MOST_RUNS) {
      return rt_fail(error, RT_ERROR_FILE,
                     "'%s/%s-%d' has the highest number; name a folder: --out DIR", parent, model,
                     number);
    }
    char *path = code == RT_OK ? numbered(model, number + 1) : NULL;
    if (code == RT_OK && path == NULL) {
      code = rt_fail_memory(error, strlen(model), "a path");
    } else if (code == RT_OK && mkdir(path, 0777) == 0) {
      *folder = path;
      path = NULL;
    } else if (code == RT_OK && errno != EEXIST) {
      code = rt_fail_system(error, "create directory", path);
    }
    // Another run may have just made this folder: take the next number then.
    rt_release(path);
  }
  return code;
}

int rt_run_latest(const char *model, char **folder, rt_error *error) {
  int number = 0;
  *folder = NULL;
  int code = highest(model, 1, &number, error);
  if (code == RT_OK && number == 0) {
    return rt_fail(error, RT_ERROR_FILE,
                   "--resume: expected a run of '%s' in '%s', found none; name its folder: "
                   "--resume DIR",
                   model, parent);
  }
  if (code == RT_OK) {
    *folder = numbered(model, number);
    code = *folder != NULL ? RT_OK : rt_fail_memory(error, strlen(model), "a path");
  }
  return code;
}

void rt_run_clean(const char *folder) {
  static const char ending[] = ".partial";
  DIR *entries = rt_folder_open(folder);
  if (entries == NULL) {
    return;
  }
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    size_t length = strlen(entry->d_name);
    const char *end = entry->d_name + (length < sizeof ending ? 0 : length + 1 - sizeof ending);
    if (strcmp(end, ending) == 0) {
      char *path = rt_path_join(folder, entry->d_name);
      if (path != NULL) {
        unlink(path);
      }
      rt_release(path);
    }
  }
  closedir(entries);
}
