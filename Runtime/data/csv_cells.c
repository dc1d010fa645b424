// csv_cells.c - turns the cells of a row into numbers.
//
// Columns are picked in the order in which they stand in the row, so that a row is passed once;
// each number goes to the place that the recipe gives it.

#include <math.h>
#include <string.h>

#include "../files/elements.h"
#include "csv_columns.h"

// True iff the text is `word`, which is in lower case; capitals do not matter.
static int is_word(const rt_csv_cell *cell, const char *word) {
  size_t i = 0;
  for (; i < cell->size && word[i] != '\0'; i++) {
    char c = cell->text[i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != word[i]) {
      return 0;
    }
  }
  return i == cell->size && word[i] == '\0';
}

// Capitals matter among names: 'Na' is sodium.
int rt_csv_is_missing(const rt_csv_columns *columns, const rt_csv_cell *cell) {
  static const char *const words[] = {"", "NA", "NaN", "?", "null"};
  static const char *const lower[] = {"", "na", "nan", "?", "null"};
  if (cell->size > 4) {
    return 0;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (columns->is_category ? strcmp(cell->text, words[i]) == 0 : is_word(cell, lower[i])) {
      return 1;
    }
  }
  return 0;
}

// Reads a real as f64, which is rounded then; returns what was expected, or null.
static const char *read_real(rt_dtype dtype, void *target, const rt_csv_cell *cell) {
  double value = 0.0;
  const char *expected = rt_number_read(RT_F64, &value, cell->text, cell->size);
  if (expected != NULL) {
    return expected;
  }
  rt_scalar_set(dtype, target, value);
  if (isfinite(value) && !isfinite(rt_scalar_get(dtype, target))) {
    // Says which numbers fit.
    return rt_number_read(dtype, target, cell->text, cell->size);
  }
  return NULL;
}

// Says what is wrong with a cell that is no number.
static int fail_number(const rt_csv_columns *c, int64_t row, int column, const char *expected,
                       const rt_csv_cell *cell, rt_error *error) {
  enum { SHOWN = 40 };
  char comma[SHOWN + 1];
  int code = rt_csv_fail(c->csv, row, column, error, "expected %s, found '%.*s%s'", expected,
                         SHOWN, cell->text, cell->size > SHOWN ? "..." : "");
  const char *at = cell->size <= SHOWN ? strchr(cell->text, ',') : NULL;
  if (at != NULL) {
    memcpy(comma, cell->text, cell->size + 1);
    comma[at - cell->text] = '.';
    if (rt_is_number(comma, cell->size)) {
      rt_fail_more(error, "; decimals must follow a point");
    }
  }
  return code;
}

// Says that a name is none of the classes.
static int fail_class(const rt_csv_columns *c, int64_t row, int column, const rt_csv_cell *cell,
                      rt_error *error) {
  int code = rt_csv_fail(c->csv, row, column, error, "expected one of %d classes, found '%.60s'",
                         c->classes.count, cell->text);
  const char *nearest = rt_class_names_nearest(&c->classes, cell->text);
  if (nearest != NULL) {
    rt_fail_more(error, "; the nearest is '%.60s'", nearest);
  }
  return code;
}

// Says that a cell has no value and the recipe has none instead.
static int fail_missing(const rt_csv_columns *c, int64_t row, int column, const rt_csv_cell *cell,
                        rt_error *error) {
  char found[16] = "an empty cell";
  if (cell->size > 0) {
    snprintf(found, sizeof found, "'%.8s'", cell->text);
  }
  return rt_csv_fail(c->csv, row, column, error,
                     "expected a value, found %s, and the model does not say what stands for a "
                     "missing one",
                     found);
}

// Reads one cell.
static int read_cell(const rt_csv_columns *c, int64_t row, const rt_csv_pick *pick,
                     const rt_csv_cell *cell, void *target, char *missing, rt_error *error) {
  // A recipe may have a class of the name 'NA', so names come first.
  int32_t number = c->is_category ? rt_class_names_find(&c->classes, cell->text) : -1;
  if (number >= 0) {
    memcpy(target, &number, sizeof number);
    return RT_OK;
  }
  if (rt_csv_is_missing(c, cell)) {
    if (missing != NULL) {
      missing[pick->place] = 1;
      return RT_OK;
    }
    if (c->missing == NULL) {
      return fail_missing(c, row, pick->column, cell, error);
    }
    memcpy(target, c->missing + (size_t)pick->place * c->width, c->width);
    return RT_OK;
  }
  if (c->is_category) {
    return fail_class(c, row, pick->column, cell, error);
  }
  int is_real = c->dtype == RT_F32 || c->dtype == RT_F64 || c->dtype == RT_F16 ||
                c->dtype == RT_BF16;
  const char *expected = is_real ? read_real(c->dtype, target, cell)
                                 : rt_number_read(c->dtype, target, cell->text, cell->size);
  return expected == NULL ? RT_OK : fail_number(c, row, pick->column, expected, cell, error);
}

int rt_csv_read_numbers(const rt_csv_columns *columns, rt_csv_row *row, void *room, char *missing,
                        rt_error *error) {
  const rt_csv_columns *c = columns;
  rt_csv_cell cell;
  int column = -1, code = RT_OK;
  for (int i = 0; i < c->count && code == RT_OK; i++) {
    const rt_csv_pick *pick = &c->picks[i];
    int is_there = 1;
    for (; column < pick->column && is_there; column++) {
      is_there = rt_csv_row_next(row, &cell);
    }
    // The table was checked when it was opened.
    code = is_there ? read_cell(c, row->number, pick, &cell,
                                (unsigned char *)room + (size_t)pick->place * c->width, missing,
                                error)
                    : rt_fail(error, RT_ERROR_FILE, "%s: the file was changed while it was read",
                              c->csv->path);
  }
  return code;
}
