// rows.c - CSV files that grow by a row at a time.

#include <stdlib.h>
#include <string.h>

#include "files.h"

// The number of cells in a line.
static int count_cells(const char *line) {
  int cells = 1;
  for (; *line != '\n' && *line != '\0'; line++) {
    cells += *line == ',';
  }
  return cells;
}

// The number that a row of so many cells begins with, or -1 if it is no such row.
static int64_t number_of(const char *row, int cells) {
  char *end = NULL;
  // strtoll would skip line breaks.
  long long number = *row >= '0' && *row <= '9' ? strtoll(row, &end, 10) : -1;
  return end != NULL && (*end == ',' || *end == '\n') && count_cells(row) == cells ? number : -1;
}

// Writes the header and the whole rows of `text` whose numbers grow up to `last`.
static void write_rows(rt_writer *writer, const char *text, const char *header, int64_t last,
                       char *tail, size_t tail_size) {
  int64_t before = -1;
  int cells = count_cells(header);
  rt_write_string(writer, header);
  for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
    int64_t number = number_of(text, cells);
    if (number > before && number <= last) {
      size_t size = (size_t)(end + 1 - text);
      before = number;
      rt_write(writer, text, size);
      if (tail != NULL) {
        snprintf(tail, tail_size, "%.*s", (int)(size - 1), text);
      }
    }
  }
}

// Writes the file anew with those rows that stay.
static int trim(const char *path, const char *header, int64_t last, char *tail,
                size_t tail_size, rt_error *error) {
  rt_file file;
  int code = rt_file_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  char *text = (char *)rt_allocate(file.size + 1);
  code = text != NULL ? rt_file_read(&file, text, 0, file.size, path, error)
                      : rt_fail_memory(error, file.size, path);
  size_t length = strlen(header);
  // A header that is torn has no rows.
  int is_begun = code == RT_OK && file.size < length && strncmp(text, header, file.size) == 0;
  if (code == RT_OK && !is_begun && strncmp(text, header, length) != 0) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: line 1: expected '%.*s', found '%.*s'; move it away to begin anew", path,
                   (int)(length - 1), header, (int)strcspn(text, "\r\n"), text);
  }
  rt_writer writer;
  if (code == RT_OK) {
    code = rt_writer_begin(&writer, path, error);
  }
  if (code == RT_OK) {
    write_rows(&writer, text + (is_begun ? file.size : length), header, last, tail, tail_size);
    code = rt_writer_commit(&writer, error);
  }
  rt_release(text);
  rt_file_close(&file);
  return code;
}

int rt_rows_open(rt_writer *writer, const char *path, const char *header, int64_t last, char *tail,
                 size_t tail_size, rt_error *error) {
  *writer = (rt_writer){0};
  if (tail != NULL) {
    *tail = '\0';
  }
  if (last >= 0 && rt_is_file(path)) {
    int code = trim(path, header, last, tail, tail_size, error);
    return code == RT_OK ? rt_writer_begin_more(writer, path, error) : code;
  }
  int code = rt_writer_begin_growing(writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  rt_write_string(writer, header);
  return rt_writer_flush(writer, error);
}
