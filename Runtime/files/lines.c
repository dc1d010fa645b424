// lines.c - finds the lines of a file.

#include <string.h>

#include "lines.h"

enum { BLOCK = 1 << 18 };

// What a pass over the file has found.
typedef struct {
  uint64_t *offsets;  // null: they are only counted
  int64_t most;       // lines that have room there
  int64_t lines;      // that have ended
  int64_t full;       // up to the last one that is not empty
  int has_text;       // in this line
} pass;

// Goes on with `size` bytes, which begin at `offset` of the file.
static void scan(pass *p, const unsigned char *bytes, size_t size, uint64_t offset) {
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] == '\n') {
      p->lines++;
      p->full = p->has_text ? p->lines : p->full;
      p->has_text = 0;
      if (p->offsets != NULL && p->lines <= p->most) {
        p->offsets[p->lines] = offset + i + 1;
      }
    } else if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
      p->has_text = 1;
    }
  }
}

// Reads all of the file from byte `begin` on.
static int scan_all(const rt_lines *lines, uint64_t begin, pass *p, rt_error *error) {
  const rt_file *file = &lines->file;
  if (file->held != NULL) {
    scan(p, file->held + begin, file->size - (size_t)begin, begin);
    return RT_OK;
  }
  unsigned char *block = (unsigned char *)rt_allocate(BLOCK);
  int code = block != NULL ? RT_OK : rt_fail_memory(error, BLOCK, "a part of a file");
  for (size_t at = (size_t)begin; at < file->size && code == RT_OK; at += BLOCK) {
    size_t size = file->size - at < BLOCK ? file->size - at : BLOCK;
    code = rt_file_read(file, block, at, size, lines->path, error);
    if (code == RT_OK) {
      scan(p, block, size, at);
    }
  }
  rt_release(block);
  return code;
}

int rt_lines_parse(rt_lines *lines, const char *path, rt_error *error) {
  unsigned char mark[3] = {0};
  const rt_file *file = &lines->file;
  lines->path = path;
  int code = file->size < 3 ? RT_OK : rt_file_read(file, mark, 0, 3, path, error);
  uint64_t begin = memcmp(mark, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  pass counted = {0};
  code = code == RT_OK ? scan_all(lines, begin, &counted, error) : code;
  if (code != RT_OK) {
    return code;
  }
  // The last line may have no end.
  size_t room = (size_t)counted.lines + 2;
  lines->offsets = room <= SIZE_MAX / 8 ? (uint64_t *)rt_allocate(room * 8) : NULL;
  if (lines->offsets == NULL) {
    return rt_fail_memory(error, room * 8, "the beginnings of lines");
  }
  pass found = {lines->offsets, counted.lines, 0, 0, 0};
  lines->offsets[0] = begin;
  code = scan_all(lines, begin, &found, error);
  lines->count = found.full;
  if (code == RT_OK && found.lines != counted.lines) {
    return rt_fail(error, RT_ERROR_FILE, "%s: the file was changed while it was read", path);
  }
  if (code == RT_OK && found.has_text) {
    lines->count = found.lines + 1;
    lines->offsets[lines->count] = file->size;
  }
  return code;
}

int rt_lines_open(rt_lines *lines, const char *path, size_t limit, rt_error *error) {
  *lines = (rt_lines){0};
  int code = rt_file_open(&lines->file, path, error);
  code = code == RT_OK ? rt_file_hold(&lines->file, limit, 0, path, error) : code;
  return code == RT_OK ? rt_lines_parse(lines, path, error) : code;
}

void rt_lines_close(rt_lines *lines) {
  rt_file_close(&lines->file);
  rt_release(lines->offsets);
  *lines = (rt_lines){0};
}

int rt_lines_get(const rt_lines *lines, int64_t line, const unsigned char **text, size_t *size,
                 void **block, rt_error *error) {
  uint64_t begin = lines->offsets[line];
  *size = (size_t)(lines->offsets[line + 1] - begin);
  *block = NULL;
  if (lines->file.held != NULL) {
    *text = lines->file.held + begin;
    return RT_OK;
  }
  *block = rt_allocate(*size);
  *text = (const unsigned char *)*block;
  return *block != NULL
             ? rt_file_read(&lines->file, *block, (size_t)begin, *size, lines->path, error)
             : rt_fail_memory(error, *size, "a line");
}
