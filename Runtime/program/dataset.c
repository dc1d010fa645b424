// dataset.c - a directory with one .npy file for each input of a step.

#include <math.h>
#include <string.h>

#include "program.h"

// The most examples: shuffling draws 32 bits for each.
#define MOST_EXAMPLES INT64_C(0xffffffff)

// Files of so many bytes are read when they are opened, larger ones row by row.
enum { MOST_HELD = 64 << 20 };

// Joins directory, name and ".npy".
static char *field_path(const char *directory, const char *name) {
  char *stem = rt_path_join(directory, name);
  if (stem == NULL) {
    return NULL;
  }
  size_t size = strlen(stem) + sizeof ".npy";
  char *path = (char *)rt_allocate(size);
  if (path != NULL) {
    snprintf(path, size, "%s.npy", stem);
  }
  rt_release(stem);
  return path;
}

// Checks that a file holds rows of the input `tensor`.
static int check_field(const rt_field *field, rt_error *error) {
  const rt_tensor *tensor = field->tensor;
  const rt_array *array = &field->npy.array;
  int same = array->rank == tensor->rank && tensor->rank > 0;
  for (int axis = 1; same && axis < tensor->rank; axis++) {
    same = array->shape[axis] == tensor->shape[axis];
  }
  if (same && rt_convertible(tensor->dtype, array->dtype)) {
    return RT_OK;
  }
  char expected[256], found[256];
  int64_t shape[RT_MAX_RANK] = {-1};
  for (int axis = 1; axis < tensor->rank && axis < RT_MAX_RANK; axis++) {
    shape[axis] = tensor->shape[axis];
  }
  rt_type_text(expected, sizeof expected, tensor->dtype, tensor->rank, shape);
  rt_type_text(found, sizeof found, array->dtype, array->rank, array->shape);
  return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected %s, found %s", field->path,
                 expected, found);
}

static int open_field(rt_field *field, const char *directory, const rt_tensor *tensor,
                      rt_error *error) {
  field->tensor = tensor;
  field->path = field_path(directory, tensor->name);
  if (field->path == NULL) {
    return rt_fail_memory(error, strlen(directory), "a path");
  }
  int code = rt_file_open(&field->file, field->path, error);
  if (code == RT_OK) {
    code = rt_npy_parse(&field->npy, &field->file, field->path, error);
  } else {
    rt_fail_more(error, "; the file holds the input '%s'", tensor->name);
  }
  if (code == RT_OK) {
    code = check_field(field, error);
  }
  return code == RT_OK
             ? rt_file_hold(&field->file, MOST_HELD, field->npy.offset, field->path, error)
             : code;
}

// Opens all files of a split, which must agree in the number of examples.
static int open_split(rt_dataset *data, rt_split split, const char *directory,
                      const rt_function *step, rt_error *error) {
  size_t size = (size_t)step->input_count * sizeof(rt_field);
  rt_field *fields = (rt_field *)rt_allocate(size);
  data->fields[split] = fields;
  if (fields == NULL) {
    return rt_fail_memory(error, size, "data fields");
  }
  int code = RT_OK;
  for (int i = 0; i < step->input_count && code == RT_OK; i++) {
    code = open_field(&fields[i], directory, &step->inputs[i], error);
    if (code == RT_OK && i > 0 &&
        fields[i].npy.array.shape[0] != fields[0].npy.array.shape[0]) {
      code = rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected %lld examples as in '%s', found %lld", fields[i].path,
                     (long long)fields[0].npy.array.shape[0], fields[0].path,
                     (long long)fields[i].npy.array.shape[0]);
    }
  }
  if (code == RT_OK && fields[0].npy.array.shape[0] > MOST_EXAMPLES) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected fewer than 2^32 examples",
                   fields[0].path);
  }
  return code;
}

// Opens the files and sets `fields` and, in `total`, the examples of each split;
// `total[RT_VALIDATION]` is -1 if they are one set.
static int open_files(rt_dataset *data, const char *directory, const rt_function *step,
                      int64_t total[2], rt_error *error) {
  char *train = rt_path_join(directory, "train");
  char *validation = rt_path_join(directory, "validation");
  int code = RT_OK;
  if (train == NULL || validation == NULL) {
    code = rt_fail_memory(error, strlen(directory), "a path");
  } else if (rt_is_directory(train) && rt_is_directory(validation)) {
    code = open_split(data, RT_TRAIN, train, step, error);
    if (code == RT_OK) {
      code = open_split(data, RT_VALIDATION, validation, step, error);
    }
    if (code == RT_OK) {
      total[RT_VALIDATION] = data->fields[RT_VALIDATION][0].npy.array.shape[0];
    }
  } else {
    code = open_split(data, RT_TRAIN, directory, step, error);
    total[RT_VALIDATION] = -1;
  }
  if (code == RT_OK) {
    total[RT_TRAIN] = data->fields[RT_TRAIN][0].npy.array.shape[0];
  }
  rt_release(train);
  rt_release(validation);
  return code;
}

// Allocates and sets the orders of both splits, and room for one row.
static int make_orders(rt_dataset *data, const int64_t total[2], double validation,
                       rt_error *error) {
  int64_t held = total[RT_VALIDATION];
  int64_t train = total[RT_TRAIN];
  int is_one = held < 0;
  if (is_one) {
    held = (int64_t)floor((double)train * validation + 0.5);
    train -= held;
  }
  data->count[RT_TRAIN] = train;
  data->count[RT_VALIDATION] = held;

  size_t row = 0;
  for (int i = 0; i < data->field_count; i++) {
    for (int split = 0; split < 2; split++) {
      const rt_field *fields = data->fields[split];
      size_t width = fields != NULL ? rt_dtype_size(fields[i].npy.array.dtype) : 0;
      size_t size = rt_tensor_elements(&data->fields[0][i].tensor[0]) * width;
      row = size > row ? size : row;
    }
  }
  // One array holds base and validation, so that a single set is permuted as a whole.
  size_t count = (size_t)(train + held);
  data->base = (int64_t *)rt_allocate(count * sizeof(int64_t));
  data->order[RT_TRAIN] = (int64_t *)rt_allocate((size_t)train * sizeof(int64_t));
  data->scratch = (unsigned char *)rt_allocate(row);
  if (data->base == NULL || data->order[RT_TRAIN] == NULL || data->scratch == NULL) {
    return rt_fail_memory(error, 2 * count * sizeof(int64_t), "the examples' order");
  }
  data->order[RT_VALIDATION] = data->base + train;
  for (int64_t k = 0; k < train + held; k++) {
    data->base[k] = is_one || k < train ? k : k - train;
  }
  if (is_one) {
    rt_permute(data->base, train + held, 0, 0, RT_TAG_SPLIT);
  }
  if (train > 0) {
    memcpy(data->order[RT_TRAIN], data->base, (size_t)train * sizeof(int64_t));
  }
  return RT_OK;
}

int rt_dataset_open_any(rt_dataset *data, const char *directory, const rt_function *step,
                        double validation, rt_error *error) {
  int64_t total[2] = {0, 0};
  *data = (rt_dataset){0};
  data->field_count = step->input_count;
  if (step->input_count == 0) {
    return RT_OK;
  }
  if (directory == NULL || !rt_is_directory(directory)) {
    const char *quote = directory != NULL ? "'" : "";
    return rt_fail(error, RT_ERROR_FILE,
                   "data: expected a directory, found %s%s%s; name one with --data", quote,
                   directory != NULL ? directory : "none", quote);
  }
  int code = open_files(data, directory, step, total, error);
  if (code == RT_OK) {
    code = make_orders(data, total, validation, error);
  }
  if (code != RT_OK) {
    rt_dataset_close(data);
  }
  return code;
}

int rt_dataset_open(rt_dataset *data, const char *directory, const rt_function *step,
                    double validation, rt_error *error) {
  int code = rt_dataset_open_any(data, directory, step, validation, error);
  if (code == RT_OK && step->input_count > 0 && data->count[RT_TRAIN] < rt_batch_extent(step)) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected at least one batch of %d examples to train on, found %lld",
                   directory, rt_batch_extent(step), (long long)data->count[RT_TRAIN]);
    rt_dataset_close(data);
  }
  return code;
}

void rt_dataset_close(rt_dataset *data) {
  for (int split = 0; split < 2; split++) {
    rt_field *fields = data->fields[split];
    for (int i = 0; fields != NULL && i < data->field_count; i++) {
      rt_file_close(&fields[i].file);
      rt_release(fields[i].path);
    }
    rt_release(fields);
  }
  rt_release(data->order[RT_TRAIN]);
  rt_release(data->base);
  rt_release(data->scratch);
  *data = (rt_dataset){0};
}

// Checks a field whose file is in memory, in this machine's order.
static int check_held(const rt_field *field, const rt_range *range, rt_error *error) {
  const rt_array *array = &field->npy.array;
  const unsigned char *elements = field->file.held + field->npy.offset;
  size_t row = rt_tensor_elements(field->tensor) / (size_t)field->tensor->shape[0];
  size_t bad = rt_range_find_outside(range, array->dtype, elements, array->elements);
  return bad == array->elements ? RT_OK
                                : rt_range_fail(range, array->dtype, elements, row, bad, 0,
                                                field->path, error);
}

int rt_dataset_limit(rt_dataset *data, const rt_model *model, const rt_function *function,
                     rt_error *error) {
  int code = RT_OK;
  for (int split = 0; split < 2; split++) {
    rt_field *fields = data->fields[split];
    for (int i = 0; fields != NULL && i < data->field_count && code == RT_OK; i++) {
      const rt_range *range = rt_find_range(model, function->name, fields[i].tensor->name);
      int is_held = fields[i].file.held != NULL && !fields[i].npy.swapped;
      if (range != NULL && is_held) {
        code = check_held(&fields[i], range, error);
      } else {
        fields[i].range = range;
      }
    }
  }
  return code;
}

// Copies row `row` of a field to `target`.
static int copy_row(const rt_dataset *data, const rt_field *field, int64_t row,
                    size_t elements, unsigned char *target, rt_error *error) {
  const rt_array *array = &field->npy.array;
  const void *source = NULL;
  size_t bad = 0;
  int code = rt_field_rows(field, row, elements, data->scratch, &source, error);
  if (code != RT_OK) {
    return code;
  }
  rt_dtype dtype = field->tensor->dtype;
  if (rt_convert(dtype, target, array->dtype, source, elements, &bad) != RT_OK) {
    return rt_fail(error, RT_ERROR_VALUE,
                   "%s: element %zu of example %lld does not fit into %s", field->path,
                   bad, (long long)row, rt_dtype_name(dtype));
  }
  if (field->range != NULL) {
    bad = rt_range_find_outside(field->range, dtype, target, elements);
    return bad == elements ? RT_OK
                           : rt_range_fail(field->range, dtype, target, elements, bad, row,
                                           field->path, error);
  }
  return RT_OK;
}

int rt_dataset_batch(const rt_dataset *data, rt_split split, int64_t first,
                     const rt_call *call, rt_error *error) {
  const rt_field *fields = data->fields[split];
  fields = fields != NULL ? fields : data->fields[RT_TRAIN];
  for (int i = 0; i < data->field_count; i++) {
    const rt_tensor *input = &call->function->inputs[i];
    int batch = input->shape[0];
    size_t elements = rt_tensor_elements(input) / (size_t)batch;
    unsigned char *target = (unsigned char *)call->inputs[i];
    for (int n = 0; n < batch; n++) {
      int64_t row = data->order[split][first + n];
      int code = copy_row(data, &fields[i], row, elements, target, error);
      if (code != RT_OK) {
        return code;
      }
      target += elements * rt_dtype_size(input->dtype);
    }
  }
  return RT_OK;
}
