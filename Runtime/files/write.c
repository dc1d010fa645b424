// write.c - files to write.
//
// A regular file is written beside its name and takes it when it is whole. Anything else, such as a
// device or a pipe, is written directly.

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "retry.h"
#include "write_bytes.h"

enum { MOST_LINKS = 40, LONGEST_LINK = 4096, LONGEST_STEM = 200 };

// The beginning of the last component of a path.
static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

// The folder of `path` and behind it `name`, as rt_path_join.
static char *beside(const char *path, const char *name) {
  char *copy = rt_path_join(path, "");
  if (copy == NULL) {
    return NULL;
  }
  copy[last_name(path) - path] = '\0';
  char *joined = rt_path_join(*copy != '\0' ? copy : ".", name);
  rt_release(copy);
  return joined;
}

// Follows symbolic links from `path` to a name that is no link, which need not exist. To be freed
// with rt_release; null without memory, or if there are too many links (errno says which).
static char *follow_links(const char *path) {
  char target[LONGEST_LINK];
  char *at = rt_path_join(".", path);
  for (int i = 0; at != NULL && i < MOST_LINKS; i++) {
    ssize_t length = readlink(at, target, sizeof target - 1);
    if (length < 0) {
      return at;
    }
    target[length] = '\0';
    char *next = beside(at, target);
    rt_release(at);
    at = next;
  }
  errno = at != NULL ? ELOOP : ENOMEM;
  rt_release(at);
  return NULL;
}

// True iff the file is where standard output or standard error go.
static int is_standard_stream(const struct stat *status) {
  for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
    struct stat open_file;
    if (fstat(descriptor, &open_file) == 0 && open_file.st_dev == status->st_dev &&
        open_file.st_ino == status->st_ino) {
      return 1;
    }
  }
  return 0;
}

void rt_writer_note(rt_writer *writer, int reason) {
  if (writer->failure == 0) {
    writer->failure = reason != 0 ? reason : EIO;
  }
}

static int fail(rt_writer *writer, rt_error *error) {
  errno = writer->failure;
  return rt_fail_system(error, "write", writer->path);
}

// Creates a file beside `writer->target` under a name that no other process uses.
static int create_temporary(rt_writer *writer, mode_t mode) {
  char name[LONGEST_STEM + 64];
  int descriptor = -1;
  for (int i = 0; descriptor < 0; i++) {
    snprintf(name, sizeof name, "%.*s.%ld-%d.partial", LONGEST_STEM,
             last_name(writer->target), (long)getpid(), i);
    rt_release(writer->temporary);
    writer->temporary = beside(writer->target, name);
    if (writer->temporary == NULL) {
      errno = ENOMEM;
      return -1;
    }
    RT_RETRY(descriptor, open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (descriptor < 0 && errno != EEXIST) {
      int reason = errno;
      rt_release(writer->temporary);
      writer->temporary = NULL;
      errno = reason;
      return -1;
    }
  }
  return descriptor;
}

// Checks that a file of the target's name can be made, and creates the one that will take it.
static int open_beside(rt_writer *writer, const char *path, const struct stat *status) {
  writer->target = follow_links(path);
  if (writer->target == NULL) {
    return -1;
  }
  struct stat unused;
  // Fails with ENAMETOOLONG even where the temporary name is short enough.
  if (status == NULL && lstat(writer->target, &unused) != 0 && errno != ENOENT) {
    return -1;
  }
  if (status == NULL && *last_name(writer->target) == '\0') {
    errno = EISDIR;
    return -1;
  }
  int descriptor = create_temporary(writer, 0666);
  if (descriptor >= 0 && status != NULL) {
    // The new file gets the permissions of the old one. Some file systems have none.
    mode_t mode = status->st_mode & 0777;
    if (fchmod(descriptor, mode) != 0 && errno != EPERM && errno != ENOTSUP) {
      int reason = errno;
      close(descriptor);
      errno = reason;
      return -1;
    }
  }
  return descriptor;
}

// Frees what a closed writer holds.
static void clear(rt_writer *writer) {
  rt_release(writer->buffer);
  rt_release(writer->path);
  rt_release(writer->target);
  rt_release(writer->temporary);
  *writer = (rt_writer){0};
}

// Begins a file; `grows` is O_TRUNC or O_APPEND iff it is visible while it is written.
static int begin(rt_writer *writer, const char *path, int grows, rt_error *error) {
  *writer = (rt_writer){0};
  if (*path == '\0') {
    return rt_fail(error, RT_ERROR_FILE, "cannot write '': expected a path, found an empty one");
  }
  size_t size = strlen(path) + 1;
  writer->path = (char *)rt_allocate(size);
  if (writer->path == NULL) {
    return rt_fail_memory(error, size, "a path");
  }
  memcpy(writer->path, path, size);
  struct stat status;
  int exists = stat(path, &status) == 0;
  int descriptor;
  if (exists && S_ISDIR(status.st_mode)) {
    descriptor = -1;
    errno = EISDIR;
  } else if (exists && (!S_ISREG(status.st_mode) || is_standard_stream(&status))) {
    RT_RETRY(descriptor, open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
  } else if (grows != 0) {
    RT_RETRY(descriptor, open(path, O_WRONLY | O_CREAT | grows | O_CLOEXEC, 0666));
  } else {
    descriptor = open_beside(writer, path, exists ? &status : NULL);
  }
  if (descriptor < 0 || rt_writer_open(writer, descriptor) != 0) {
    rt_writer_note(writer, errno);
    int code = fail(writer, error);
    if (descriptor >= 0) {
      close(descriptor);
    }
    rt_writer_abandon(writer);
    return code;
  }
  return RT_OK;
}

int rt_writer_begin(rt_writer *writer, const char *path, rt_error *error) {
  return begin(writer, path, 0, error);
}

int rt_writer_begin_growing(rt_writer *writer, const char *path, rt_error *error) {
  return begin(writer, path, O_TRUNC, error);
}

int rt_writer_begin_more(rt_writer *writer, const char *path, rt_error *error) {
  return begin(writer, path, O_APPEND, error);
}

int rt_writer_flush(rt_writer *writer, rt_error *error) {
  rt_writer_empty(writer);
  return writer->failure == 0 ? RT_OK : fail(writer, error);
}

void rt_writer_abandon(rt_writer *writer) {
  // A file that is visible keeps what it was to have; of another one nothing stays.
  if (writer->temporary == NULL) {
    rt_writer_empty(writer);
  }
  rt_writer_close(writer);
  if (writer->temporary != NULL) {
    remove(writer->temporary);
  }
  clear(writer);
}

int rt_writer_synchronise(rt_writer *writer, rt_error *error) {
  int code = rt_writer_flush(writer, error);
  if (code == RT_OK && writer->is_open && rt_synchronise(writer->descriptor) != 0) {
    rt_writer_note(writer, errno);
    code = fail(writer, error);
  }
  return code;
}

// Makes the new name durable.
static int synchronise_folder(const char *path) {
  char *folder = beside(path, ".");
  if (folder == NULL) {
    errno = ENOMEM;
    return -1;
  }
  int descriptor;
  RT_RETRY(descriptor, open(folder, O_RDONLY | O_CLOEXEC));
  rt_release(folder);
  if (descriptor < 0) {
    return errno == EACCES ? 0 : -1;  // a folder may be writable but not readable
  }
  int result = rt_synchronise(descriptor);
  int reason = errno;
  close(descriptor);
  errno = reason;
  return result;
}

int rt_writer_commit(rt_writer *writer, rt_error *error) {
  rt_writer *w = writer;
  rt_writer_synchronise(w, NULL);
  rt_writer_close(w);
  if (w->failure == 0 && w->temporary != NULL) {
    if ((w->previous != NULL && rt_keep_file(w->target, w->previous) != 0) ||
        rename(w->temporary, w->target) != 0) {
      rt_writer_note(w, errno);
    } else {
      rt_release(w->temporary);
      w->temporary = NULL;
      if (synchronise_folder(w->target) != 0) {
        rt_writer_note(w, errno);
      }
    }
  }
  int code = w->failure == 0 ? RT_OK : fail(w, error);
  rt_writer_abandon(w);
  return code;
}

int rt_writer_check(const char *path, rt_error *error) {
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    // Opening a pipe would wait for its reader.
    return access(path, W_OK) == 0 ? RT_OK : rt_fail_system(error, "write", path);
  }
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code == RT_OK) {
    rt_writer_abandon(&writer);
  }
  return code;
}
