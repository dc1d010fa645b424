// file.c - reading whole files, and replacing them all at once.

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Maps an open file of known size.
static int map_file(rt_file *file, int descriptor, const char *path, rt_error *error) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    return rt_fail_system(error, "read", path);
  }
  if (!S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return rt_fail_system(error, "read", path);
  }
  file->size = (size_t)status.st_size;
  if (file->size == 0) {
    return RT_OK;
  }
  void *bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) {
    file->size = 0;
    return rt_fail_system(error, "read", path);
  }
  file->bytes = (const unsigned char *)bytes;
  return RT_OK;
}

int rt_file_open(rt_file *file, const char *path, rt_error *error) {
  *file = (rt_file){NULL, 0, -1};
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) {
    return rt_fail_system(error, "open", path);
  }
  int code = map_file(file, descriptor, path, error);
  if (file->bytes != NULL) {
    file->descriptor = descriptor;
  } else {
    close(descriptor);
  }
  return code;
}

void rt_file_close(rt_file *file) {
  if (file->bytes != NULL) {
    munmap((void *)(uintptr_t)file->bytes, file->size);
    close(file->descriptor);
  }
  *file = (rt_file){NULL, 0, -1};
}

// Reads all of a part; returns 0, or the number of the error.
static int read_part(int descriptor, unsigned char *target, size_t offset, size_t bytes) {
  while (bytes > 0) {
    ssize_t count = pread(descriptor, target, bytes, (off_t)offset);
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count == 0) {
      return EIO;  // somebody has cut the file since it was opened
    }
    size_t done = count > 0 ? (size_t)count : 0;
    target += done;
    offset += done;
    bytes -= done;
  }
  return 0;
}

int rt_file_copy(const rt_file *file, void *target, size_t offset, size_t bytes) {
  enum { PART = 1 << 20 };
  int parts = (int)((bytes + PART - 1) / PART), failure = 0;
#pragma omp parallel for schedule(static) if (parts > 1) reduction(max : failure)
  for (int i = 0; i < parts; i++) {
    size_t at = (size_t)i * PART;
    size_t size = bytes - at < PART ? bytes - at : PART;
    int reason = read_part(file->descriptor, (unsigned char *)target + at, offset + at, size);
    failure = reason > failure ? reason : failure;
  }
  errno = failure;
  return failure == 0 ? RT_OK : RT_ERROR_FILE;
}

// Frees the strings.
static void clear(rt_writer *writer) {
  rt_release(writer->path);
  rt_release(writer->temporary);
  *writer = (rt_writer){NULL, NULL, NULL};
}

int rt_writer_begin(rt_writer *writer, const char *path, rt_error *error) {
  size_t size = strlen(path) + sizeof ".partial";
  *writer = (rt_writer){NULL, (char *)rt_allocate(size), (char *)rt_allocate(size)};
  if (writer->path == NULL || writer->temporary == NULL) {
    clear(writer);
    return rt_fail_memory(error, size, "a path");
  }
  snprintf(writer->path, size, "%s", path);
  snprintf(writer->temporary, size, "%s.partial", path);
  writer->stream = fopen(writer->temporary, "wb");
  if (writer->stream == NULL) {
    int code = rt_fail_system(error, "write", writer->temporary);
    clear(writer);
    return code;
  }
  return RT_OK;
}

void rt_writer_abandon(rt_writer *writer) {
  if (writer->stream != NULL) {
    fclose(writer->stream);
  }
  if (writer->temporary != NULL) {
    remove(writer->temporary);
  }
  clear(writer);
}

// Makes the rename durable. Some file systems cannot sync a directory and say
// EINVAL; there is nothing more to do there.
static int sync_directory(const char *path) {
  char *copy = rt_path_join(".", path);
  if (copy == NULL) {
    errno = ENOMEM;
    return -1;
  }
  char *slash = strrchr(copy, '/');
  slash[1] = '\0';
  int descriptor = open(copy, O_RDONLY);
  rt_release(copy);
  if (descriptor < 0) {
    return -1;
  }
  int result = fsync(descriptor) == 0 || errno == EINVAL ? 0 : -1;
  int reason = errno;
  close(descriptor);
  errno = reason;
  return result;
}

int rt_writer_commit(rt_writer *writer, rt_error *error) {
  FILE *stream = writer->stream;
  int ok = !ferror(stream) && fflush(stream) == 0 && fsync(fileno(stream)) == 0;
  int reason = errno != 0 ? errno : EIO;
  writer->stream = NULL;
  if (fclose(stream) != 0 && ok) {
    ok = 0;
    reason = errno;
  }
  if (ok && rename(writer->temporary, writer->path) != 0) {
    ok = 0;
    reason = errno;
  }
  int code = RT_OK;
  if (!ok) {
    errno = reason;
    code = rt_fail_system(error, "write", writer->path);
    remove(writer->temporary);
  } else if (sync_directory(writer->path) != 0) {
    code = rt_fail_system(error, "write", writer->path);
  }
  clear(writer);
  return code;
}
