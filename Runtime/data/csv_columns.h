// csv_columns.h - the columns of a table that feed an input.

#ifndef RT_CSV_COLUMNS_H
#define RT_CSV_COLUMNS_H

#include "../files/csv.h"
#include "class_names.h"

#ifdef __cplusplus
extern "C" {
#endif

// Tables of so many bytes are held in memory, and their numbers as well.
enum { RT_MOST_CSV_HELD = 64 << 20 };

// A column, and which of the numbers of a row it gives.
typedef struct {
  int column;
  int place;
} rt_csv_pick;

typedef struct {
  const rt_csv *csv;
  const rt_example_field *field;
  int count;
  rt_csv_pick *picks;  // sorted by column
  rt_dtype dtype;      // of the numbers: that of the input; i32 for classes
  size_t width;        // of one, in bytes
  int is_category;
  rt_class_names classes;
  unsigned char *missing;  // what stands for a missing number, for each place; or null
  unsigned char *numbers;  // of all rows, or null if they are read from the text each time
} rt_csv_columns;

// Finds the columns of a field as its recipe says. Reads all numbers if the table is held in
// memory, and collects the classes and means that are needed; sets the field's classes. To be freed
// with rt_csv_columns_close, also on failure. `csv` must stay open.
int rt_csv_columns_open(rt_csv_columns *columns, const rt_csv *csv, rt_example_field *field,
                        rt_error *error);
void rt_csv_columns_close(rt_csv_columns *columns);

// The bytes that a table and its columns hold in memory.
size_t rt_csv_held(const rt_csv *csv, const rt_csv_columns *columns, int count);

// Reads the numbers of `rows` rows from row `first` on. Several threads may do so at once.
int rt_csv_columns_read(const rt_csv_columns *columns, int64_t first, int64_t rows, void *room,
                        rt_error *error);

// In csv_cells.c: reads a row; the numbers of missing cells become `missing`, a byte for each
// number, if that is not null.
int rt_csv_read_numbers(const rt_csv_columns *columns, rt_csv_row *row, void *room, char *missing,
                        rt_error *error);

// True iff the cell says that there is no value.
int rt_csv_is_missing(const rt_csv_columns *columns, const rt_csv_cell *cell);

#ifdef __cplusplus
}
#endif

#endif
