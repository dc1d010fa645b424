// csv.h - tables in text, as RFC 4180 describes them: a line of names, then a line for each row.

#ifndef RT_CSV_H
#define RT_CSV_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- csv_parse.c: tables -----------------------------------------------------------

// A column, for finding it by its name.
typedef struct {
  const char *name;
  int number;
} rt_csv_column;

// An open table. Its rows are found by number: of a large file nothing is held in memory but where
// each row begins.
typedef struct {
  rt_file file;
  const char *path;  // for messages; the caller's
  char separator;    // ',', ';' or a tab: what the first line has most of
  int column_count;
  const char **columns;    // the names, in their order
  rt_csv_column *by_name;  // sorted
  char *names;             // holds the texts
  int64_t count;           // of rows below the names
  uint64_t *offsets;       // of the names, of each row, and of what follows the last one
} rt_csv;

// Opens the file, which is held in memory if it has at most `limit` bytes, and checks that all of
// it is a table: quotes, line ends, as many cells in each row as there are names. Empty lines may
// stand only at its end. To be freed with rt_csv_close, also on failure; `path` must stay valid.
int rt_csv_open(rt_csv *csv, const char *path, size_t limit, rt_error *error);
void rt_csv_close(rt_csv *csv);

// The same for `csv->file`, which is open.
int rt_csv_parse(rt_csv *csv, const char *path, rt_error *error);

// Finds a column; an error if there is none or more than one. `purpose` ends the message.
int rt_csv_find(const rt_csv *csv, const char *name, const char *purpose, int *column,
                rt_error *error);

// The line in which a row begins, from 1. Reads what stands before it, so it is for messages.
int64_t rt_csv_line(const rt_csv *csv, int64_t row);

// Fails at a cell: "data/iris.csv: line 17, column 'petal width': ", then the text.
int rt_csv_fail(const rt_csv *csv, int64_t row, int column, rt_error *error, const char *format,
                ...) RT_PRINTF(5, 6);

// In csv_index.c: finds where rows begin, and the number of columns.
int rt_csv_index(rt_csv *csv, rt_error *error);

// ---- csv_row.c: cells ----------------------------------------------------------------

// A cell without its quotes, or without blanks around it if it has none. A zero follows.
typedef struct {
  char *text;
  size_t size;
} rt_csv_cell;

// Cuts the first cell off a text, which it changes; false if none is left, as `*at` is null then.
// A byte behind `end` must be writable.
int rt_csv_cut(char **at, char *end, char separator, rt_csv_cell *cell);

// A row that is read cell by cell.
typedef struct {
  const rt_csv *csv;
  int64_t number;
  char *at, *end;   // what is left of it
  char *block;      // for long rows, owned
  size_t room;
  char small[2048];
} rt_csv_row;

// Begin; read rows in any order; end.
void rt_csv_row_begin(rt_csv_row *row, const rt_csv *csv);
int rt_csv_row_read(rt_csv_row *row, int64_t number, rt_error *error);
void rt_csv_row_end(rt_csv_row *row);

// The next cell of the row, which stays valid until another row is read; false after the last one.
int rt_csv_row_next(rt_csv_row *row, rt_csv_cell *cell);

#ifdef __cplusplus
}
#endif

#endif
