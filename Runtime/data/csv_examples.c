// csv_examples.c - a table: a row is an example, columns are its fields.
//
// Each field has its columns of the one table that is open. Numbers of a table in memory are read
// once; rows of a larger one are parsed again for each field of each example.

#include <string.h>

#include "csv_columns.h"
#include "formats.h"

typedef struct {
  rt_csv csv;
  rt_csv_columns *fields;
} table;

static void csv_close(rt_examples *examples) {
  table *t = (table *)examples->own;
  for (int i = 0; t != NULL && t->fields != NULL && i < examples->field_count; i++) {
    rt_csv_columns_close(&t->fields[i]);
  }
  if (t != NULL) {
    rt_csv_close(&t->csv);
    rt_release(t->fields);
  }
  rt_release(t);
  examples->own = NULL;
}

// An example has the shape of the input, in which columns follow each other.
static int take_shape(const rt_csv_columns *columns, rt_example_field *field, rt_error *error) {
  const rt_tensor *input = field->input;
  size_t needed = 1;
  field->dtype = columns->dtype;
  field->rank = input->rank > 0 ? input->rank - 1 : 0;
  field->elements = (size_t)columns->count;
  for (int axis = 0; axis < field->rank; axis++) {
    field->shape[axis] = input->shape[axis + 1];
    needed *= (size_t)input->shape[axis + 1];
  }
  if (needed != field->elements) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected %zu column%s for each example of the input '%s' %s, found %zu",
                   columns->csv->path, needed, needed == 1 ? "" : "s", input->name,
                   rt_tensor_text(type, sizeof type, input), field->elements);
  }
  return RT_OK;
}

// Opens the table once for all fields, and finds the columns of each.
static int csv_open(rt_examples *examples, rt_error *error) {
  table *t = (table *)rt_allocate(sizeof *t);
  size_t size = (size_t)examples->field_count * sizeof(rt_csv_columns);
  examples->own = t;
  if (t != NULL) {
    t->fields = (rt_csv_columns *)rt_allocate(size);
  }
  int code = t != NULL && t->fields != NULL
                 ? rt_csv_open(&t->csv, examples->path, RT_MOST_CSV_HELD, error)
                 : rt_fail_memory(error, size, "a table");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    rt_example_field *field = &examples->fields[i];
    code = rt_csv_columns_open(&t->fields[i], &t->csv, field, error);
    code = code == RT_OK ? take_shape(&t->fields[i], field, error) : code;
  }
  if (code == RT_OK) {
    examples->count = t->csv.count;
    examples->held = rt_csv_held(&t->csv, t->fields, examples->field_count);
  } else {
    csv_close(examples);
  }
  return code;
}

static int csv_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  const table *t = (const table *)examples->own;
  return rt_csv_columns_read(&t->fields[field], example, 1, room, error);
}

static const void *csv_all(const rt_examples *examples, int field) {
  return ((const table *)examples->own)->fields[field].numbers;
}

// A row is named by the line in which it begins, as editors show it; cells may have line breaks.
static char *csv_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  const table *t = (const table *)examples->own;
  (void)field;
  if (example < 0) {
    snprintf(text, size, "%s", examples->path);
  } else {
    snprintf(text, size, "%s: line %lld", examples->path,
             (long long)rt_csv_line(&t->csv, example));
  }
  return text;
}

static int csv_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  return rt_file_checksum(&((const table *)examples->own)->csv.file, sum, examples->path, error);
}

const rt_data_format rt_csv_data = {"csv", csv_open, csv_read, csv_all,
                                    csv_place, csv_checksum, csv_close};
