// lines.h - files of lines, of which each can be read by its number.

#ifndef RT_LINES_H
#define RT_LINES_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- lines.c -----------------------------------------------------------------------

// Of a large file nothing is held in memory but where each line begins.
typedef struct {
  rt_file file;
  const char *path;   // for messages; the caller's
  int64_t count;      // without empty lines at the end
  uint64_t *offsets;  // of each line, and of what follows the last one
} rt_lines;

// Opens a file, which is held in memory if it has at most `limit` bytes. A byte order mark is
// skipped. To be freed with rt_lines_close, also on failure; `path` must stay valid.
int rt_lines_open(rt_lines *lines, const char *path, size_t limit, rt_error *error);
void rt_lines_close(rt_lines *lines);

// The same for `lines->file`, which is open.
int rt_lines_parse(rt_lines *lines, const char *path, rt_error *error);

// Sets `*text` to a line with its end. `*block` is to be freed with rt_release, also on failure.
int rt_lines_get(const rt_lines *lines, int64_t line, const unsigned char **text, size_t *size,
                 void **block, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
