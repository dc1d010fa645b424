// csv_parse.c - opens tables, and finds columns and lines.
//
// Opening takes one pass over the bytes, which finds where rows begin (csv_index.c). Messages need
// the number of a line, which is counted when one is written: keeping it would take as much memory
// as the offsets.

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "elements.h"
#include "json.h"

// The separator is looked for in so many bytes of the first line.
enum { LONGEST_BEGIN = 1 << 20 };

// Counts the candidates outside quotes in the first line; the first of those that are as frequent.
static char choose_separator(const char *text, size_t size) {
  static const char candidates[] = ",;\t";
  size_t counts[3] = {0};
  int is_quoted = 0, best = 0;
  for (size_t i = 0; i < size && (is_quoted || text[i] != '\n'); i++) {
    is_quoted ^= text[i] == '"';
    for (int k = 0; k < 3 && !is_quoted; k++) {
      counts[k] += text[i] == candidates[k];
    }
  }
  for (int k = 1; k < 3; k++) {
    best = counts[k] > counts[best] ? k : best;
  }
  return candidates[best];
}

// Reads the beginning of the file: chooses the separator, refuses what is no text.
static int look_at_begin(rt_csv *csv, rt_error *error) {
  size_t size = csv->file.size < LONGEST_BEGIN ? csv->file.size : LONGEST_BEGIN;
  char *text = (char *)rt_allocate(size);
  int code = text != NULL ? rt_file_read(&csv->file, text, 0, size, csv->path, error)
                          : rt_fail_memory(error, size, csv->path);
  if (code == RT_OK) {
    const char *kind = rt_file_known_kind((const unsigned char *)text, size);
    if (kind != NULL) {
      code = rt_fail(error, RT_ERROR_FORMAT,
                     "%s: expected a line with the names of columns, found %s", csv->path, kind);
    }
    csv->separator = choose_separator(text, size);
  }
  rt_release(text);
  return code;
}

static int compare_names(const void *a, const void *b) {
  const rt_csv_column *first = (const rt_csv_column *)a, *second = (const rt_csv_column *)b;
  int order = strcmp(first->name, second->name);
  return order != 0 ? order : first->number - second->number;
}

// True iff all of the text is UTF-8.
static int is_utf8(const rt_csv_cell *cell) {
  const unsigned char *text = (const unsigned char *)cell->text;
  size_t at = 0, length = 1;
  for (; at < cell->size && length > 0; at += length) {
    length = rt_utf8_length(text + at, cell->size - at);
  }
  return length > 0;
}

// Reads the names of the columns.
static int read_names(rt_csv *csv, rt_error *error) {
  size_t columns = (size_t)csv->column_count;
  size_t size = (size_t)(csv->offsets[1] - csv->offsets[0]);
  csv->names = (char *)rt_allocate(size + 1);
  csv->columns = (const char **)rt_allocate(columns * sizeof *csv->columns);
  csv->by_name = (rt_csv_column *)rt_allocate(columns * sizeof *csv->by_name);
  if (csv->names == NULL || csv->columns == NULL || csv->by_name == NULL) {
    return rt_fail_memory(error, size, "the names of columns");
  }
  int code = rt_file_read(&csv->file, csv->names, (size_t)csv->offsets[0], size, csv->path, error);
  char *at = csv->names, *end = csv->names + size;
  end -= end > at && end[-1] == '\n';
  end -= end > at && end[-1] == '\r';
  for (size_t i = 0; i < columns && code == RT_OK; i++) {
    rt_csv_cell cell = {end, 0};
    rt_csv_cut(&at, end, csv->separator, &cell);
    csv->columns[i] = cell.text;
    csv->by_name[i] = (rt_csv_column){cell.text, (int)i};
    if (!is_utf8(&cell)) {
      code = rt_fail(error, RT_ERROR_FORMAT,
                     "%s: line 1: expected names in UTF-8, found other bytes in name %zu; save "
                     "the file as UTF-8",
                     csv->path, i + 1);
    }
  }
  if (code == RT_OK) {
    qsort(csv->by_name, columns, sizeof *csv->by_name, compare_names);
  }
  return code;
}

int rt_csv_parse(rt_csv *csv, const char *path, rt_error *error) {
  csv->path = path;
  int code = look_at_begin(csv, error);
  code = code == RT_OK ? rt_csv_index(csv, error) : code;
  return code == RT_OK ? read_names(csv, error) : code;
}

int rt_csv_open(rt_csv *csv, const char *path, size_t limit, rt_error *error) {
  *csv = (rt_csv){0};
  int code = rt_file_open(&csv->file, path, error);
  code = code == RT_OK ? rt_file_hold(&csv->file, limit, 0, path, error) : code;
  return code == RT_OK ? rt_csv_parse(csv, path, error) : code;
}

void rt_csv_close(rt_csv *csv) {
  rt_file_close(&csv->file);
  rt_release(csv->columns);
  rt_release(csv->by_name);
  rt_release(csv->names);
  rt_release(csv->offsets);
  *csv = (rt_csv){0};
}

// Says which columns there are.
static int fail_unknown(const rt_csv *csv, const char *name, const char *purpose,
                        rt_error *error) {
  enum { SHOWN = 12 };
  size_t numbers = 0;
  rt_fail(error, RT_ERROR_MISMATCH, "%s: line 1: expected a column '%.200s'%s, found", csv->path,
          name, purpose);
  for (int i = 0; i < csv->column_count; i++) {
    numbers += (size_t)rt_is_number(csv->columns[i], strlen(csv->columns[i]));
    if (i < SHOWN) {
      rt_fail_more(error, "%s '%.40s'", i > 0 ? "," : "", csv->columns[i]);
    }
  }
  if (csv->column_count > SHOWN) {
    rt_fail_more(error, " and %d more", csv->column_count - SHOWN);
  }
  const char *nearest = rt_nearest(name, csv->column_count, csv->columns);
  if (numbers == (size_t)csv->column_count) {
    rt_fail_more(error, "; the first line must hold the names of the columns");
  } else if (nearest != NULL) {
    rt_fail_more(error, "; did you mean '%.200s'?", nearest);
  }
  return RT_ERROR_MISMATCH;
}

int rt_csv_find(const rt_csv *csv, const char *name, const char *purpose, int *column,
                rt_error *error) {
  // The first one of that name.
  int low = 0, high = csv->column_count;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (strcmp(csv->by_name[middle].name, name) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == csv->column_count || strcmp(csv->by_name[low].name, name) != 0) {
    return fail_unknown(csv, name, purpose, error);
  }
  *column = csv->by_name[low].number;
  if (low + 1 < csv->column_count && strcmp(csv->by_name[low + 1].name, name) == 0) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: line 1: expected one column '%.200s'%s, found two: the columns %d and %d",
                   csv->path, name, purpose, *column + 1, csv->by_name[low + 1].number + 1);
  }
  return RT_OK;
}

int64_t rt_csv_line(const rt_csv *csv, int64_t row) {
  char block[4096];
  int64_t line = 1;
  size_t end = (size_t)csv->offsets[row + 1];
  for (size_t at = 0; at < end; at += sizeof block) {
    size_t size = end - at < sizeof block ? end - at : sizeof block;
    if (rt_file_read(&csv->file, block, at, size, csv->path, NULL) != RT_OK) {
      break;
    }
    for (size_t i = 0; i < size; i++) {
      line += block[i] == '\n';
    }
  }
  return line;
}

int rt_csv_fail(const rt_csv *csv, int64_t row, int column, rt_error *error, const char *format,
                ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return rt_fail(error, RT_ERROR_FORMAT, "%s: line %lld, column '%.200s': %s", csv->path,
                 (long long)rt_csv_line(csv, row), csv->columns[column], text);
}
