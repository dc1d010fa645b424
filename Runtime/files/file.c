// file.c - files to read.
//
// Nothing is mapped into memory, as truncating a mapped file kills its reader. Reads are checked
// against the size that the file had when it was opened.

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "retry.h"

// What a path names.
static const char *kind_of(mode_t mode) {
  return S_ISFIFO(mode)   ? "a pipe"
         : S_ISSOCK(mode) ? "a socket"
         : S_ISDIR(mode)  ? "a directory"
                          : "a device";
}

int rt_file_open(rt_file *file, const char *path, rt_error *error) {
  *file = (rt_file){0};
  // A pipe without a writer would wait for one; O_NONBLOCK changes nothing for files.
  int descriptor;
  RT_RETRY(descriptor, open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status;
  if (descriptor < 0) {
    return rt_fail_system(error, "open", path);
  }
  int code = RT_OK;
  if (fstat(descriptor, &status) != 0) {
    code = rt_fail_system(error, "read", path);
  } else if (!S_ISREG(status.st_mode)) {
    code = rt_fail(error, RT_ERROR_FILE, "cannot read '%s': expected a file, found %s", path,
                   kind_of(status.st_mode));
  } else if ((uintmax_t)status.st_size > SIZE_MAX) {
    code = rt_fail(error, RT_ERROR_FILE, "cannot read '%s': it is too large for this machine",
                   path);
  }
  if (code != RT_OK) {
    close(descriptor);
    return code;
  }
  file->size = (size_t)status.st_size;
  file->is_open = 1;
  file->descriptor = descriptor;
  return RT_OK;
}

void rt_file_close(rt_file *file) {
  if (file->is_open) {
    close(file->descriptor);
  }
  rt_release(file->block);
  *file = (rt_file){0};
}

// Reads all of a part; returns 0, the number of the error, or -1 if the file ends before.
static int read_part(int descriptor, unsigned char *target, size_t offset, size_t bytes) {
  while (bytes > 0) {
    ssize_t count;
    RT_RETRY(count, pread(descriptor, target, bytes, (off_t)offset));
    if (count < 0) {
      return errno;
    }
    if (count == 0) {
      return -1;
    }
    target += count;
    offset += (size_t)count;
    bytes -= (size_t)count;
  }
  return 0;
}

// Reads with all threads, which is twice as fast for large parts.
static int read_parts(int descriptor, unsigned char *target, size_t offset, size_t bytes) {
  enum { PART = 1 << 20 };
  int64_t parts = (int64_t)((bytes + PART - 1) / PART);
  int failure = 0, is_cut = 0;
#pragma omp parallel for schedule(static) if (parts > 1) reduction(max : failure, is_cut)
  for (int64_t i = 0; i < parts; i++) {
    size_t at = (size_t)i * PART;
    size_t size = bytes - at < PART ? bytes - at : PART;
    int reason = read_part(descriptor, target + at, offset + at, size);
    failure = reason > failure ? reason : failure;
    is_cut = reason < 0 ? 1 : is_cut;
  }
  return failure > 0 ? failure : -is_cut;
}

int rt_file_read(const rt_file *file, void *target, size_t offset, size_t bytes,
                 const char *path, rt_error *error) {
  if (offset > file->size || bytes > file->size - offset) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %zu bytes, found %zu", path,
                   offset, bytes, offset < file->size ? file->size - offset : 0);
  }
  if (file->held != NULL) {
    memcpy(target, file->held + offset, bytes);
    return RT_OK;
  }
  int reason = read_parts(file->descriptor, (unsigned char *)target, file->begin + offset, bytes);
  if (reason < 0) {
    return rt_fail(error, RT_ERROR_FILE,
                   "%s: expected %zu bytes, found fewer; the file was truncated while it was read",
                   path, file->size);
  }
  errno = reason;
  return reason == 0 ? RT_OK : rt_fail_system(error, "read", path);
}

int rt_file_hold(rt_file *file, size_t limit, size_t aligned, const char *path, rt_error *error) {
  if (file->held != NULL || file->size > limit) {
    return RT_OK;
  }
  size_t shift = (RT_ALIGNMENT - aligned % RT_ALIGNMENT) % RT_ALIGNMENT;
  unsigned char *block = (unsigned char *)rt_allocate(shift + file->size);
  if (block == NULL) {
    return rt_fail_memory(error, file->size, path);
  }
  unsigned char *held = block + shift;
  int code = rt_file_read(file, held, 0, file->size, path, error);
  if (code != RT_OK) {
    rt_release(block);
    return code;
  }
  if (file->is_open) {
    close(file->descriptor);
  }
  file->is_open = 0;
  file->held = held;
  file->block = block;
  return RT_OK;
}
