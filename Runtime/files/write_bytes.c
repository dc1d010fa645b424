// write_bytes.c - bytes on their way to a file.
//
// They are gathered here and not in a FILE: that one loses what it holds when a signal interrupts
// it, and nobody can tell how much of it is in the file.

#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <unistd.h>

#include "files.h"
#include "retry.h"
#include "write_bytes.h"

int rt_writer_open(rt_writer *writer, int descriptor) {
  writer->buffer = (unsigned char *)rt_allocate(RT_WRITER_ROOM);
  if (writer->buffer == NULL) {
    errno = ENOMEM;
    return -1;
  }
  writer->is_open = 1;
  writer->descriptor = descriptor;
  return 0;
}

// Writes all of the bytes, in as many calls as the system takes for it. After a failure nothing
// more is written, so that the file ends where it happened.
static void write_through(rt_writer *writer, const unsigned char *bytes, size_t size) {
  enum { MOST = 1 << 30 };  // in one call
  while (size > 0 && writer->failure == 0) {
    ssize_t count;
    RT_RETRY(count, write(writer->descriptor, bytes, size < MOST ? size : MOST));
    if (count <= 0) {
      rt_writer_note(writer, count < 0 ? errno : EIO);
      return;
    }
    bytes += count;
    size -= (size_t)count;
  }
}

// Writes what was gathered.
static void empty(rt_writer *writer) {
  write_through(writer, writer->buffer, writer->buffered);
  writer->buffered = 0;
}

void rt_write(rt_writer *writer, const void *bytes, size_t size) {
  rt_writer *w = writer;
  w->written += size;
  if (w->is_summed) {
    w->checksum = rt_checksum(w->checksum, bytes, size);
  }
  if (w->failure != 0 || size == 0) {
    return;
  }
  if (w->stream != NULL) {
    if (fwrite(bytes, 1, size, w->stream) != size) {
      rt_writer_note(w, errno);
    }
    return;
  }
  if (!w->is_open) {
    return;
  }
  if (size > RT_WRITER_ROOM - w->buffered) {
    empty(w);
  }
  // Large parts, such as the elements of a tensor, need not be copied.
  if (size >= RT_WRITER_ROOM) {
    write_through(w, (const unsigned char *)bytes, size);
  } else {
    memcpy(w->buffer + w->buffered, bytes, size);
    w->buffered += size;
  }
}

void rt_writer_empty(rt_writer *writer) {
  if (writer->stream != NULL && fflush(writer->stream) != 0) {
    rt_writer_note(writer, errno);
  }
  if (writer->is_open) {
    empty(writer);
  }
}

int rt_synchronise(int descriptor) {
  int result;
  RT_RETRY(result, fsync(descriptor));
  // Pipes, devices and some folders cannot be flushed.
  return result != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS ? -1 : 0;
}

void rt_writer_close(rt_writer *writer) {
  if (writer->is_open && close(writer->descriptor) != 0 && errno != EINTR) {
    rt_writer_note(writer, errno);
  }
  writer->is_open = 0;
}
