// lock.c - one process at a time in a folder.
//
// It is a lock of the system on the file '.lock', so it ends with its process, however that ends.
// The file names its holder for the message to the next process.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../files/retry.h"
#include "program.h"

enum { LONGEST_HOLDER = 256 };

// Takes the lock of an open file. Returns 1, 0 if another process has it, or -1.
static int take(int descriptor) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int result;
  RT_RETRY(result, fcntl(descriptor, F_SETLK, &whole));
  if (result == 0) {
    return 1;
  }
  if (errno == EACCES || errno == EAGAIN) {
    return 0;
  }
  // A file system without locks: files are still written atomically, but nothing is refused.
  return errno == ENOLCK || errno == ENOTSUP || errno == EINVAL || errno == ENOSYS ? 1 : -1;
}

// True iff the name still belongs to the open file.
static int is_current(int descriptor, const char *path) {
  struct stat opened, named;
  return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Writes our name into the lock file. It serves a message only, so a full disk is no failure.
static void sign(int descriptor, const char *program) {
  char text[LONGEST_HOLDER], host[64] = "";
  if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') {
    snprintf(host, sizeof host, "this machine");
  }
  int length = snprintf(text, sizeof text, "%.100s, process %ld on %s", program,
                        (long)getpid(), host);
  if (ftruncate(descriptor, 0) != 0 || write(descriptor, text, (size_t)length) != length) {
    return;
  }
}

// Fails, and names the holder of the lock if known.
static int refuse(int descriptor, const char *folder, rt_error *error) {
  char holder[LONGEST_HOLDER];
  ssize_t length;
  RT_RETRY(length, pread(descriptor, holder, sizeof holder - 1, 0));
  holder[length > 0 ? length : 0] = '\0';
  holder[strcspn(holder, "\n\r\x1b")] = '\0';
  return rt_fail(error, RT_ERROR_FILE,
                 "'%s' is in use by %s; wait until it ends, or name another folder with --out",
                 folder, *holder != '\0' ? holder : "another process");
}

int rt_lock_take(rt_lock *lock, const char *folder, const char *program, rt_error *error) {
  *lock = (rt_lock){-1, rt_path_join(folder, ".lock")};
  if (lock->path == NULL) {
    return rt_fail_memory(error, strlen(folder), "a path");
  }
  int code = RT_OK;
  while (code == RT_OK && lock->descriptor < 0) {
    int descriptor;
    RT_RETRY(descriptor, open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    int taken = descriptor >= 0 ? take(descriptor) : -1;
    if (taken < 0) {
      code = rt_fail_system(error, "write", lock->path);
    } else if (taken == 0) {
      code = refuse(descriptor, folder, error);
    } else if (is_current(descriptor, lock->path)) {
      lock->descriptor = descriptor;
      sign(descriptor, program);
      continue;
    }
    // If the lock was taken but the file was replaced, its holder has just removed it: try again.
    if (descriptor >= 0) {
      close(descriptor);
    }
  }
  if (code != RT_OK) {
    rt_lock_release(lock);
  }
  return code;
}

void rt_lock_release(rt_lock *lock) {
  if (lock->path != NULL && lock->descriptor >= 0) {
    unlink(lock->path);
    close(lock->descriptor);
  }
  rt_release(lock->path);
  *lock = (rt_lock){-1, NULL};
}
