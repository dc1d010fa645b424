// keep.c - keeps the old file when a new one takes its name.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

// Puts a second name of `path` in place of `previous`, by way of the name `between`.
static int replace(const char *path, const char *previous, const char *between) {
  // A file that was left there would be in the way.
  if (unlink(between) != 0 && errno != ENOENT) {
    return -1;
  }
  if (link(path, between) != 0) {
    // A file system without links: the old file moves, and a run goes on from there if it ends now.
    int has_links = errno != EPERM && errno != ENOTSUP && errno != ENOSYS && errno != EMLINK;
    return has_links ? -1 : rename(path, previous);
  }
  if (rename(between, previous) != 0) {
    int reason = errno;
    unlink(between);
    errno = reason;
    return -1;
  }
  // If both were one file already, the name is still there.
  return unlink(between) == 0 || errno == ENOENT ? 0 : -1;
}

int rt_keep_file(const char *path, const char *previous) {
  static const char ending[] = ".partial";
  struct stat status;
  if (lstat(path, &status) != 0) {
    return errno == ENOENT ? 0 : -1;
  }
  if (!S_ISREG(status.st_mode)) {
    return 0;
  }
  size_t size = strlen(previous) + sizeof ending;
  char *between = (char *)rt_allocate(size);
  if (between == NULL) {
    errno = ENOMEM;
    return -1;
  }
  snprintf(between, size, "%s%s", previous, ending);
  int result = replace(path, previous, between);
  int reason = errno;
  rt_release(between);
  errno = reason;
  return result;
}
