// write_bytes.h - what a writer does with its descriptor.

#ifndef RT_WRITE_BYTES_H
#define RT_WRITE_BYTES_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// The bytes that a writer gathers.
enum { RT_WRITER_ROOM = 1 << 16 };

// Makes a writer of a descriptor, which it closes. Returns 0, or -1 and errno; the descriptor stays
// open then.
int rt_writer_open(rt_writer *writer, int descriptor);

// Writes all that was gathered, and closes the file. Both note failures in the writer.
void rt_writer_empty(rt_writer *writer);
void rt_writer_close(rt_writer *writer);

// Flushes a descriptor to the disk, if it is of something that can be. Returns 0, or -1 and errno.
int rt_synchronise(int descriptor);

#ifdef __cplusplus
}
#endif

#endif
