// series_examples.c - windows over time: an example is some rows that follow each other.
//
// Window k of a field has the rows from k * stride + ahead on. Windows overlap, but no row is
// stored twice: each is read from the table or the file again.

#include <string.h>

#include "csv_columns.h"
#include "formats.h"

// The rows of a table, or of an .npy file, of which one is open.
typedef struct {
  int is_table;
  rt_csv csv;
  rt_csv_columns *columns;  // of each field
  rt_file file;
  rt_npy npy;
  int64_t rows;
  int64_t width;   // of a row of the .npy file, in elements
  int64_t stride;  // in rows
} series;

static void series_close(rt_examples *examples) {
  series *s = (series *)examples->own;
  for (int i = 0; s != NULL && s->columns != NULL && i < examples->field_count; i++) {
    rt_csv_columns_close(&s->columns[i]);
  }
  if (s != NULL) {
    rt_csv_close(&s->csv);
    rt_file_close(&s->file);
    rt_release(s->columns);
  }
  rt_release(s);
  examples->own = NULL;
}

// Opens a table and the columns of all fields.
static int open_table(rt_examples *examples, series *s, rt_error *error) {
  size_t size = (size_t)examples->field_count * sizeof *s->columns;
  s->csv.file = s->file;
  s->file = (rt_file){0};
  int code = rt_file_hold(&s->csv.file, RT_MOST_CSV_HELD, 0, examples->path, error);
  code = code == RT_OK ? rt_csv_parse(&s->csv, examples->path, error) : code;
  s->rows = s->csv.count;
  s->columns = (rt_csv_columns *)rt_allocate(size);
  if (s->columns == NULL) {
    return rt_fail_memory(error, size, "the columns of a table");
  }
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_csv_columns_open(&s->columns[i], &s->csv, &examples->fields[i], error);
  }
  examples->held = rt_csv_held(&s->csv, s->columns, code == RT_OK ? examples->field_count : 0);
  return code;
}

// Opens an .npy file, all of which each field gets.
static int open_array(rt_examples *examples, series *s, rt_error *error) {
  const char *path = examples->path;
  int code = rt_npy_parse(&s->npy, &s->file, path, error);
  if (code != RT_OK) {
    return code;
  }
  const rt_array *array = &s->npy.array;
  if (array->rank != 1 && array->rank != 2) {
    char found[256];
    rt_type_text(found, sizeof found, array->dtype, array->rank, array->shape);
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected an array [time] or [time, columns], found %s", path, found);
  }
  s->rows = array->shape[0];
  s->width = array->rank == 2 ? array->shape[1] : 1;
  for (int i = 0; i < examples->field_count; i++) {
    const rt_field_recipe *recipe = examples->fields[i].recipe;
    if (recipe->source != NULL || recipe->kind != NULL) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected a .csv file, as the input '%s' takes columns by name ('%.60s'), "
                     "found an .npy file",
                     path, recipe->input, recipe->source != NULL ? recipe->source : recipe->kind);
    }
  }
  code = rt_file_hold(&s->file, RT_MOST_CSV_HELD, s->npy.offset, path, error);
  for (int i = 0; i < examples->field_count; i++) {
    examples->fields[i].is_costly = s->file.held == NULL;
  }
  examples->held = s->file.held != NULL ? s->file.size : 0;
  return code;
}

// The rows of a window; a field without a length is one row without an axis of time.
static int64_t length_of(const rt_example_field *field) {
  return field->recipe->length > 0 ? field->recipe->length : 1;
}

// Sets what an example of a field is: the axis of time, then those of the input for the columns.
static int take_type(rt_examples *examples, int index, rt_error *error) {
  const series *s = (const series *)examples->own;
  rt_example_field *field = &examples->fields[index];
  const rt_tensor *input = field->input;
  const int has_time = field->recipe->length > 0;
  int64_t columns = s->is_table ? s->columns[index].count : s->width, needed = 1;
  field->dtype = s->is_table ? s->columns[index].dtype : s->npy.array.dtype;
  field->rank = has_time;
  field->shape[0] = length_of(field);
  for (int axis = 1 + has_time; axis < input->rank; axis++) {
    needed *= input->shape[axis];
    field->shape[field->rank++] = input->shape[axis];
  }
  field->elements = (size_t)length_of(field) * (size_t)columns;
  if (needed != columns) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected %lld column%s for each element in time of the input '%s' %s, "
                   "found %lld",
                   examples->path, (long long)needed, needed == 1 ? "" : "s", input->name,
                   rt_tensor_text(type, sizeof type, input), (long long)columns);
  }
  return RT_OK;
}

// Counts the windows that have all rows of all fields.
static int count_windows(rt_examples *examples, rt_error *error) {
  series *s = (series *)examples->own;
  int64_t longest = 0;
  s->stride = 1;
  for (int i = 0; i < examples->field_count; i++) {
    const rt_field_recipe *recipe = examples->fields[i].recipe;
    int64_t length = length_of(&examples->fields[i]);
    if (recipe->length < 0 || recipe->stride < 0 || recipe->ahead < 0 ||
        recipe->ahead > INT64_MAX - length) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected a window of 0 or more elements for '%s', found length %lld, "
                     "stride %lld, ahead %lld",
                     examples->path, recipe->input, (long long)recipe->length,
                     (long long)recipe->stride, (long long)recipe->ahead);
    }
    int64_t stride = recipe->stride > 0 ? recipe->stride : 1;
    if (i > 0 && stride != s->stride) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected the stride %lld of '%s' for '%s' as well, found %lld",
                     examples->path, (long long)s->stride,
                     examples->fields[0].recipe->input, recipe->input, (long long)stride);
    }
    s->stride = stride;
    longest = length + recipe->ahead > longest ? length + recipe->ahead : longest;
  }
  if (s->rows < longest) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected at least %lld rows for a window, found %lld", examples->path,
                   (long long)longest, (long long)s->rows);
  }
  examples->count = (s->rows - longest) / s->stride + 1;
  return RT_OK;
}

// Opens an .npy file or a table, whichever the first bytes tell.
static int series_open(rt_examples *examples, rt_error *error) {
  series *s = (series *)rt_allocate(sizeof *s);
  examples->own = s;
  unsigned char begin[6] = {0};
  int code = s != NULL ? rt_file_open(&s->file, examples->path, error)
                       : rt_fail_memory(error, sizeof *s, "a series");
  if (code == RT_OK && s->file.size >= sizeof begin) {
    code = rt_file_read(&s->file, begin, 0, sizeof begin, examples->path, error);
  }
  if (code == RT_OK) {
    s->is_table = memcmp(begin, "\x93NUMPY", sizeof begin) != 0;
    code = s->is_table ? open_table(examples, s, error) : open_array(examples, s, error);
  }
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = take_type(examples, i, error);
  }
  code = code == RT_OK ? count_windows(examples, error) : code;
  if (code != RT_OK) {
    series_close(examples);
  }
  return code;
}

// The rows of a window follow each other in the file, so one read gets them all.
static int series_read(const rt_examples *examples, int field, int64_t example, void *room,
                       rt_error *error) {
  const series *s = (const series *)examples->own;
  const rt_example_field *f = &examples->fields[field];
  int64_t first = example * s->stride + f->recipe->ahead;
  if (s->is_table) {
    return rt_csv_columns_read(&s->columns[field], first, length_of(f), room, error);
  }
  size_t width = rt_dtype_size(s->npy.array.dtype);
  size_t offset = s->npy.offset + (size_t)first * (size_t)s->width * width;
  int code = rt_file_read(&s->file, room, offset, f->elements * width, examples->path, error);
  if (code == RT_OK && s->npy.swapped) {
    rt_swap_bytes(room, width, f->elements);
  }
  return code;
}

static char *series_place(const rt_examples *examples, int field, int64_t example, char *text,
                          size_t size) {
  const series *s = (const series *)examples->own;
  if (example < 0) {
    snprintf(text, size, "%s", examples->path);
    return text;
  }
  int64_t row = example * s->stride + examples->fields[field].recipe->ahead;
  snprintf(text, size, s->is_table ? "%s: line %lld" : "%s: row %lld", examples->path,
           (long long)(s->is_table ? rt_csv_line(&s->csv, row) : row));
  return text;
}

static int series_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const series *s = (const series *)examples->own;
  return rt_file_checksum(s->is_table ? &s->csv.file : &s->file, sum, examples->path, error);
}

const rt_data_format rt_series_data = {"series", series_open, series_read, NULL,
                                    series_place, series_checksum, series_close};
