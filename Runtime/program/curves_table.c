// curves_table.c - reads a CSV file of numbers under a line of names.
//
// The whole file is one text, into which the names point. Numbers lie column by column, as curves
// are drawn that way; a cell without a number is NaN.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curves.h"

static int is_end(char c) { return c == ',' || c == '\n' || c == '\r' || c == '\0'; }

// Reads the whole file, and ends it with a zero.
static int read_text(rt_curve_table *table, size_t *size, const char *path, rt_error *error) {
  rt_file file;
  int code = rt_file_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  *size = file.size;
  table->text = file.size < SIZE_MAX ? (char *)rt_allocate(file.size + 1) : NULL;
  code = table->text != NULL ? rt_file_read(&file, table->text, 0, file.size, path, error)
                             : rt_fail_memory(error, file.size, path);
  rt_file_close(&file);
  return code;
}

// Ends the name at *at with a zero, takes quotes off, and moves *at behind the comma or to the end
// of the line. Returns true iff another name follows.
static int take_name(char **at, char **name) {
  char *read = *at, *write = *at;
  int is_quoted = *read == '"';
  *name = write;
  if (is_quoted) {
    for (read++; *read != '\0' && (*read != '"' || read[1] == '"'); read++) {
      read += *read == '"';
      *write++ = *read;
    }
    read += *read == '"';
  }
  while (!is_end(*read)) {
    *write++ = *read++;
  }
  char end = *read;
  if (end == '\r' && read[1] == '\n') {
    read++;
  }
  *at = end == '\0' ? read : read + 1;
  *write = '\0';
  return end == ',';
}

// Reads the line of names, which point into the text.
static int read_names(rt_curve_table *table, char **at, const char *path, rt_error *error) {
  int follows = 1;
  while (follows) {
    if (table->columns == RT_TABLE_COLUMNS) {
      return rt_fail(error, RT_ERROR_FORMAT, "%s: line 1: expected at most %d names, found more",
                     path, RT_TABLE_COLUMNS);
    }
    follows = take_name(at, &table->names[table->columns++]);
  }
  return RT_OK;
}

// Reads a cell, up to what ends it. Returns 0 if it is no number.
static int read_cell(char **at, double *value) {
  *at += strspn(*at, " \t");
  *value = NAN;
  if (!is_end(**at)) {
    char *end;
    double number = strtod(*at, &end);
    if (end == *at || !is_end(end[strspn(end, " \t")])) {
      return 0;
    }
    *at = end + strspn(end, " \t");
    // Sums of larger numbers, and quotients of smaller ones, could overflow.
    *value = !(fabs(number) < 1e300) ? INFINITY : fabs(number) < 1e-300 ? 0 : number;
  }
  return 1;
}

// Reads a row, with the end of its line.
static int read_row(rt_curve_table *table, size_t capacity, char **at, size_t line,
                    const char *path, rt_error *error) {
  int column = 0;
  for (int follows = 1; follows; column++) {
    double value;
    char *cell = *at;
    if (column == table->columns) {
      return rt_fail(error, RT_ERROR_FORMAT, "%s: line %zu: expected %d cells, found more", path,
                     line, column);
    }
    if (!read_cell(at, &value)) {
      size_t length = strcspn(cell, ",\r\n");
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: line %zu: column '%s': expected a number, found '%.*s'", path, line,
                     table->names[column], length < 64 ? (int)length : 64, cell);
    }
    table->values[(size_t)column * capacity + table->rows] = value;
    follows = **at == ',';
    *at += follows;
  }
  for (; column < table->columns; column++) {
    table->values[(size_t)column * capacity + table->rows] = NAN;
  }
  *at += **at == '\r';
  *at += **at == '\n';
  table->rows++;
  return RT_OK;
}

// Moves the columns together, as fewer rows were found than there was room for.
static void close_gaps(rt_curve_table *table, size_t capacity) {
  for (int column = 1; column < table->columns; column++) {
    memmove(table->values + (size_t)column * table->rows,
            table->values + (size_t)column * capacity, table->rows * sizeof(double));
  }
}

// Reads all rows, column by column, into one block that has room for as many as there are lines.
static int read_rows(rt_curve_table *table, char *at, const char *end, const char *path,
                     rt_error *error) {
  size_t capacity = 1;
  for (const char *c = at; c < end; c++) {
    capacity += *c == '\n' || *c == '\r';
  }
  size_t columns = (size_t)table->columns;
  int fits = capacity <= SIZE_MAX / sizeof(double) / columns;
  table->values = fits ? (double *)rt_allocate(capacity * columns * sizeof(double)) : NULL;
  if (table->values == NULL) {
    return rt_fail_memory(error, fits ? capacity * columns * sizeof(double) : SIZE_MAX, path);
  }
  int code = RT_OK;
  for (size_t line = 2; code == RT_OK && at < end; line++) {
    if (*at == '\n' || *at == '\r') {
      at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
    } else if (*at == '\0') {
      code = rt_fail(error, RT_ERROR_FORMAT, "%s: line %zu: expected text, found a zero byte",
                     path, line);
    } else {
      code = read_row(table, capacity, &at, line, path, error);
    }
  }
  close_gaps(table, capacity);
  return code;
}

int rt_curve_table_read(rt_curve_table *table, const char *path, rt_error *error) {
  size_t size = 0;
  *table = (rt_curve_table){0};
  int code = read_text(table, &size, path, error);
  char *at = table->text;
  if (code == RT_OK) {
    code = read_names(table, &at, path, error);
  }
  if (code == RT_OK) {
    code = read_rows(table, at, table->text + size, path, error);
  }
  if (code == RT_OK && table->rows == 0) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected rows under a line of names, found none",
                   path);
  }
  return code;
}

void rt_curve_table_close(rt_curve_table *table) {
  rt_release(table->values);
  rt_release(table->text);
  *table = (rt_curve_table){0};
}

const double *rt_curve_table_column(const rt_curve_table *table, const char *name) {
  for (int i = 0; i < table->columns; i++) {
    if (strcmp(table->names[i], name) == 0) {
      return table->values + (size_t)i * table->rows;
    }
  }
  return NULL;
}
