// platform.c - clock, standard output and directories.

#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

double rt_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
    return 0.0;
  }
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void rt_reserve_streams(void) {
#ifdef SIGXFSZ
  signal(SIGXFSZ, SIG_IGN);  // a file that grows beyond a limit is an error of write, not the end
#endif
  // The root directory always exists, can be opened for reading, and cannot be written to.
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) {
    descriptor = open("/", O_RDONLY);
  }
  if (descriptor > STDERR_FILENO) {
    close(descriptor);
  }
}

int rt_flush_output(rt_error *error) {
  int failed = fflush(stdout) != 0 || ferror(stdout);
  return failed ? rt_fail(error, RT_ERROR_FILE, "cannot write to standard output: %s",
                          errno != 0 ? strerror(errno) : "part of it was lost")
                : RT_OK;
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

char *rt_path_real(const char *path) {
  char *real = realpath(path, NULL);
  char *copy = rt_path_join(".", real != NULL ? real : path);
  free(real);
  return copy;
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

int rt_is_file(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int rt_lies_in(const char *path, const char *directory) {
  struct stat own, other;
  char folder[4096] = "./";
  const char *slash = strrchr(path, '/');
  size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
  if (length >= sizeof folder) {
    return 0;  // longer paths do not exist
  }
  if (length > 0) {
    memcpy(folder, path, length);
    folder[length] = '\0';
  }
  return stat(folder, &own) == 0 && stat(directory, &other) == 0 &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

int rt_make_directory(const char *path, rt_error *error) {
  if (*path == '\0') {
    return rt_fail(error, RT_ERROR_FILE,
                   "cannot create directory '': expected a path, found an empty one");
  }
  char *prefix = rt_path_join(path, "");
  if (prefix == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  int code = RT_OK;
  for (char *c = prefix + 1; *prefix != '\0' && *c != '\0' && code == RT_OK; c++) {
    if (*c == '/') {
      *c = '\0';
      int made = mkdir(prefix, 0777) == 0;
      int reason = errno;
      if (!made && !rt_is_directory(prefix)) {
        errno = reason;
        code = reason == EEXIST
                   ? rt_fail(error, RT_ERROR_FILE,
                             "cannot create directory '%s': something else has this name", prefix)
                   : rt_fail_system(error, "create directory", prefix);
      }
      *c = '/';
    }
  }
  rt_release(prefix);
  return code;
}
