// csv_index.c - one pass over a table: checks its quotes and line ends, and finds its rows.
//
// A byte decides the next state by the present one alone, so blocks of any size can be scanned one
// after the other. All mistakes of form are found here: what reads rows later relies on quotes
// that match and on the number of cells.

#include <string.h>

#include "csv.h"

// A row of more cells is rather a file of another kind.
enum { MOST_COLUMNS = 1 << 20, BLOCK = 1 << 18 };

// What stands before a byte: the beginning of a cell, a part of one without quotes, or of one in
// quotes, a quote that closes or is the first of two, a carriage return.
typedef enum { BEGIN, PLAIN, QUOTED, CLOSED, RETURNED } place;

typedef struct {
  rt_csv *csv;
  rt_error *error;
  size_t room;  // of the offsets
  int64_t rows;
  place before;
  uint64_t begin;      // of the row
  int cells;           // that have ended in it
  int64_t line;        // of the byte, from 1
  int64_t row_line;    // where the row begins
  int64_t quote_line;  // where the last quote opened
  int64_t empty_line;  // the first of the empty ones at the end so far, or 0
} scan;

static int fail(const scan *s, int64_t line, const char *expected, const char *found) {
  return rt_fail(s->error, RT_ERROR_FORMAT, "%s: line %lld: expected %s, found %s", s->csv->path,
                 (long long)line, expected, found);
}

// Adds an offset.
static int add(scan *s, uint64_t offset) {
  size_t used = (size_t)s->rows;
  if (used + 1 >= s->room) {
    size_t more = s->room == 0 ? 64 : 2 * s->room;
    uint64_t *larger =
        more < SIZE_MAX / sizeof *larger ? (uint64_t *)rt_allocate(more * sizeof *larger) : NULL;
    if (larger == NULL) {
      return rt_fail_memory(s->error, more * sizeof *larger, "the beginnings of rows");
    }
    if (used > 0) {
      memcpy(larger, s->csv->offsets, used * sizeof *larger);
    }
    rt_release(s->csv->offsets);
    s->csv->offsets = larger;
    s->room = more;
  }
  s->csv->offsets[s->rows++] = offset;
  return RT_OK;
}

// Ends a row of so many bytes without the line end; `next` is what follows.
static int end_row(scan *s, uint64_t size, uint64_t next) {
  int cells = s->cells + 1, columns = s->csv->column_count, code = RT_OK;
  char expected[64], found[64];
  snprintf(expected, sizeof expected, "%d cell%s, as many as there are names", columns,
           columns == 1 ? "" : "s");
  snprintf(found, sizeof found, "%d", cells);
  if (size == 0) {
    s->empty_line = s->empty_line > 0 ? s->empty_line : s->row_line;
  } else if (s->empty_line > 0) {
    return fail(s, s->empty_line, s->rows == 0 ? "the names of columns" : expected,
                "an empty line");
  } else if (s->rows > 0 && cells != columns) {
    return fail(s, s->row_line, expected, found);
  } else {
    s->csv->column_count = cells;
    code = add(s, s->begin);
    if (code == RT_OK) {
      s->csv->offsets[s->rows] = next;  // in case it is the last one
    }
  }
  s->begin = next;
  s->line++;
  s->row_line = s->line;
  s->cells = 0;
  s->before = BEGIN;
  return code;
}

// Fails at a byte that cannot stand where it stands.
static int refuse(const scan *s, unsigned char c) {
  char found[32];
  snprintf(found, sizeof found, c >= 32 && c < 127 ? "'%c'" : "byte %d", c);
  if (c == 0) {
    return fail(s, s->line, "text", "a zero byte; the file must be UTF-8");
  }
  if (s->before == RETURNED) {
    return fail(s, s->line, "a line feed after a carriage return", found);
  }
  return s->before == CLOSED
             ? fail(s, s->line, "a separator after a closing quote", found)
             : fail(s, s->line, "quotes only around a whole cell, and two for one within it",
                    "a quote in a cell without");
}

// Goes on with `size` bytes, which begin at `offset` of the file.
static int scan_bytes(scan *s, const unsigned char *bytes, size_t size, uint64_t offset) {
  const unsigned char separator = (unsigned char)s->csv->separator;
  int code = RT_OK;
  for (size_t i = 0; i < size && code == RT_OK; i++) {
    const unsigned char c = bytes[i];
    const place before = s->before;
    if (c == 0) {
      code = refuse(s, c);
    } else if (before == QUOTED) {
      s->before = c == '"' ? CLOSED : QUOTED;
      s->line += c == '\n';
    } else if (c == '\n') {
      uint64_t end = offset + i;
      code = end_row(s, end - s->begin - (before == RETURNED), end + 1);
    } else if (before == RETURNED) {
      code = refuse(s, c);
    } else if (c == separator) {
      s->before = BEGIN;
      code = ++s->cells < MOST_COLUMNS ? RT_OK
                                       : fail(s, s->line, "at most 1048576 cells", "more");
    } else if (c == '\r') {
      s->before = RETURNED;
    } else if (c == '"' && before != PLAIN) {
      s->quote_line = before == BEGIN ? s->line : s->quote_line;
      s->before = QUOTED;
    } else if (c == '"' || before == CLOSED) {
      code = refuse(s, c);
    } else {
      s->before = PLAIN;
    }
  }
  return code;
}

// Scans a file that is not held in memory.
static int scan_blocks(scan *s) {
  const rt_file *file = &s->csv->file;
  unsigned char *block = (unsigned char *)rt_allocate(BLOCK);
  int code = block != NULL ? RT_OK : rt_fail_memory(s->error, BLOCK, "a part of a table");
  for (size_t at = (size_t)s->begin; at < file->size && code == RT_OK; at += BLOCK) {
    size_t size = file->size - at < BLOCK ? file->size - at : BLOCK;
    code = rt_file_read(file, block, at, size, s->csv->path, s->error);
    code = code == RT_OK ? scan_bytes(s, block, size, at) : code;
  }
  rt_release(block);
  return code;
}

int rt_csv_index(rt_csv *csv, rt_error *error) {
  scan s = {.csv = csv, .error = error, .line = 1, .row_line = 1};
  const rt_file *file = &csv->file;
  unsigned char mark[3] = {0};
  int code = file->size < 3 ? RT_OK : rt_file_read(file, mark, 0, 3, csv->path, error);
  if (code != RT_OK) {
    return code;
  }
  s.begin = memcmp(mark, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  csv->column_count = 0;
  code = file->held != NULL ? scan_bytes(&s, file->held + s.begin, file->size - (size_t)s.begin,
                                         s.begin)
                            : scan_blocks(&s);
  if (code == RT_OK && s.before == QUOTED) {
    code = fail(&s, s.quote_line, "a quote that closes the one here", "the end of the file");
  }
  if (code == RT_OK && s.begin < file->size) {
    // A last line without an end.
    code = end_row(&s, file->size - s.begin - (s.before == RETURNED), file->size);
  }
  if (code == RT_OK && s.rows == 0) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected a line with the names of columns, found %s", csv->path,
                   file->size == 0 ? "an empty file" : "only empty lines");
  }
  csv->count = s.rows - 1;
  return code;
}
