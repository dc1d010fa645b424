// fuzz_rows.c - takes up a CSV file of rows that a run that was killed left, and reads it as a
// table for the picture of the run.

#include <math.h>

#include "fuzz.h"
#include "program/curves.h"

int fsync(int file);

// Nothing needs to reach the disk.
int fsync(int file) { return file < 0; }

static const char header[] = "step,loss\n";

// Checks what is left: the header, and whole rows whose numbers grow up to `last`.
static void check_rows(long long last) {
  char text[1 << 16];
  FILE *file = fopen("f", "rb");
  ALWAYS(file != NULL);
  size_t size = fread(text, 1, sizeof text - 1, file);
  ALWAYS(fclose(file) == 0);
  text[size] = '\0';
  ALWAYS(strncmp(text, header, sizeof header - 1) == 0);
  long long before = -1;
  for (const char *row = text + sizeof header - 1; *row != '\0'; row = strchr(row, '\n') + 1) {
    long long number = strtoll(row, NULL, 10);
    ALWAYS(number > before && number <= last && strchr(row, '\n') != NULL);
    before = number;
  }
}

static void read_table(void) {
  rt_curve_table table;
  rt_error error = {0};
  if (rt_curve_table_read(&table, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    ALWAYS(table.columns > 0 && table.columns <= RT_TABLE_COLUMNS);
    for (int i = 0; i < table.columns; i++) {
      const double *column = rt_curve_table_column(&table, table.names[i]);
      for (size_t k = 0; column != NULL && k < table.rows; k++) {
        ALWAYS(isnan(column[k]) || isinf(column[k]) || fabs(column[k]) < 1e300);
      }
    }
  }
  rt_curve_table_close(&table);
}

// The first byte is the last row that stays.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char tail[32];
  rt_writer writer;
  rt_error error = {0};
  if (size == 0 || size > 4096) {
    return 0;
  }
  write_f(data + 1, size - 1);
  read_table();
  if (rt_rows_open(&writer, "f", header, data[0], tail, sizeof tail, &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    rt_writer_abandon(&writer);
    check_rows(data[0]);
    ALWAYS(strlen(tail) < sizeof tail);
  }
  return 0;
}
