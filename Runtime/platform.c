// platform.c - clock, threads and directories.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

#ifdef _OPENMP
#include <omp.h>
#endif

double rt_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
    return 0.0;
  }
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int rt_set_threads(int count) {
#ifdef _OPENMP
  if (count > 0) {
    omp_set_num_threads(count);
  }
  return omp_get_max_threads();
#else
  (void)count;
  return 1;
#endif
}

char *rt_path_join(const char *first, const char *second) {
  size_t size = strlen(first) + strlen(second) + 2;
  char *path = (char *)rt_allocate(size);
  if (path == NULL) {
    return NULL;
  }
  if (second[0] == '/') {
    snprintf(path, size, "%s", second);
  } else {
    size_t length = strlen(first);
    const char *slash = length > 0 && first[length - 1] == '/' ? "" : "/";
    snprintf(path, size, "%s%s%s", first, slash, second);
  }
  return path;
}

char *rt_executable_directory(const char *argv0) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = '\0';
  } else {
    snprintf(path, sizeof path, "%s", argv0);
  }
  char *slash = strrchr(path, '/');
  if (slash == NULL) {
    return rt_path_join(".", "");
  }
  slash[1] = '\0';
  return rt_path_join(path, "");
}

int rt_is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int rt_make_directory(const char *path, rt_error *error) {
  char *prefix = rt_path_join(path, "");
  if (prefix == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  int code = RT_OK;
  for (char *c = prefix + 1; *prefix != '\0' && *c != '\0' && code == RT_OK; c++) {
    if (*c == '/') {
      *c = '\0';
      int made = mkdir(prefix, 0777) == 0 || rt_is_directory(prefix);
      code = made ? RT_OK : rt_fail_system(error, "create directory", prefix);
      *c = '/';
    }
  }
  rt_release(prefix);
  return code;
}
