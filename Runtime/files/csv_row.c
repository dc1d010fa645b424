// csv_row.c - rows of tables, cell by cell.
//
// A row is copied and cut in place: closing quotes and separators become zero bytes, doubled
// quotes move together. No cell is allocated on its own.

#include <string.h>

#include "csv.h"

static int is_blank(char c) { return c == ' ' || c == '\t'; }

// Moves the text between quotes to where the opening one is; returns what follows the closing one.
static char *cut_quoted(char *at, char *end, rt_csv_cell *cell) {
  char *out = at;
  cell->text = at++;
  while (at < end && (*at != '"' || (at + 1 < end && at[1] == '"'))) {
    at += *at == '"';
    *out++ = *at++;
  }
  cell->size = (size_t)(out - cell->text);
  return at < end ? at + 1 : end;
}

int rt_csv_cut(char **at, char *end, char separator, rt_csv_cell *cell) {
  char *begin = *at;
  if (begin == NULL) {
    return 0;
  }
  int is_quoted = begin < end && *begin == '"';
  char *rest = is_quoted ? cut_quoted(begin, end, cell) : begin;
  char *stop = rest;
  while (stop < end && *stop != separator) {
    stop++;
  }
  char *next = stop < end ? stop : NULL;
  if (!is_quoted) {
    while (begin < stop && is_blank(*begin)) {
      begin++;
    }
    while (stop > begin && is_blank(stop[-1])) {
      stop--;
    }
    *cell = (rt_csv_cell){begin, (size_t)(stop - begin)};
  }
  cell->text[cell->size] = '\0';
  *at = next != NULL ? next + 1 : NULL;
  return 1;
}

void rt_csv_row_begin(rt_csv_row *row, const rt_csv *csv) {
  row->csv = csv;
  row->number = -1;
  row->at = row->end = row->block = NULL;
  row->room = sizeof row->small;
}

void rt_csv_row_end(rt_csv_row *row) {
  rt_release(row->block);
  row->block = NULL;
}

int rt_csv_row_read(rt_csv_row *row, int64_t number, rt_error *error) {
  const rt_csv *csv = row->csv;
  uint64_t begin = csv->offsets[number + 1];
  size_t size = (size_t)(csv->offsets[number + 2] - begin);
  row->number = number;
  row->at = row->end = NULL;
  if (size >= row->room) {
    rt_release(row->block);
    row->block = (char *)rt_allocate(2 * size + 1);
    row->room = row->block != NULL ? 2 * size + 1 : sizeof row->small;
    if (row->block == NULL) {
      return rt_fail_memory(error, 2 * size + 1, "a row");
    }
  }
  char *text = row->block != NULL ? row->block : row->small;
  int code = rt_file_read(&csv->file, text, (size_t)begin, size, csv->path, error);
  if (code != RT_OK) {
    return code;
  }
  size -= size > 0 && text[size - 1] == '\n';
  size -= size > 0 && text[size - 1] == '\r';
  row->at = text;
  row->end = text + size;
  return RT_OK;
}

int rt_csv_row_next(rt_csv_row *row, rt_csv_cell *cell) {
  return rt_csv_cut(&row->at, row->end, row->csv->separator, cell);
}
