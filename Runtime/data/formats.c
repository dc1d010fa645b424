// formats.c - the formats of data sets. A new one is a row here and a file.

#include <string.h>

#include "examples.h"
#include "formats.h"

const rt_data_format *const rt_data_formats[] = {
    &rt_npy_data, &rt_idx_data, &rt_cifar_data, &rt_npz_data, &rt_images_data,
    &rt_csv_data, &rt_wav_data, &rt_series_data, &rt_boxes_data,
    &rt_text_data,
};

const int rt_data_format_count = sizeof rt_data_formats / sizeof *rt_data_formats;

static const rt_data_format *find_format(const char *name) {
  for (int i = 0; i < rt_data_format_count; i++) {
    if (strcmp(rt_data_formats[i]->name, name) == 0) {
      return rt_data_formats[i];
    }
  }
  return NULL;
}

// The input of that name, or null.
static const rt_tensor *find_input(const rt_function *step, const char *name) {
  for (int i = 0; i < step->input_count; i++) {
    if (strcmp(step->inputs[i].name, name) == 0) {
      return &step->inputs[i];
    }
  }
  return NULL;
}

// Finds the inputs that the fields feed.
static int make_fields(rt_examples *examples, const rt_function *step, rt_error *error) {
  const rt_data_recipe *recipe = examples->recipe;
  size_t size = (size_t)recipe->field_count * sizeof(rt_example_field);
  examples->fields = (rt_example_field *)rt_allocate(size);
  if (examples->fields == NULL) {
    return rt_fail_memory(error, size, "data fields");
  }
  examples->field_count = recipe->field_count;
  for (int i = 0; i < recipe->field_count; i++) {
    rt_example_field *field = &examples->fields[i];
    field->recipe = &recipe->fields[i];
    field->input = find_input(step, field->recipe->input);
    if (field->input == NULL) {
      return rt_fail(error, RT_ERROR_MISMATCH, "function '%s' has no input '%s'", step->name,
                     field->recipe->input);
    }
  }
  return RT_OK;
}

// Extents of examples must be those of the input; the type may be another one that can be
// converted.
int rt_examples_check(const rt_examples *examples, int field_number, const char *place,
                      rt_error *error) {
  const rt_example_field *field = &examples->fields[field_number];
  const rt_tensor *input = field->input;
  int fits = input->rank == field->rank + 1;
  for (int axis = 0; fits && axis < field->rank; axis++) {
    fits = input->shape[axis + 1] == field->shape[axis];
  }
  if (fits && rt_convertible(input->dtype, field->dtype)) {
    return RT_OK;
  }
  char expected[256], found[256];
  int64_t shape[RT_MAX_RANK] = {-1};
  for (int axis = 1; axis < input->rank && axis < RT_MAX_RANK; axis++) {
    shape[axis] = input->shape[axis];
  }
  rt_type_text(expected, sizeof expected, input->dtype, input->rank, shape);
  shape[0] = examples->count;
  for (int axis = 0; axis < field->rank && axis + 1 < RT_MAX_RANK; axis++) {
    shape[axis + 1] = field->shape[axis];
  }
  rt_type_text(found, sizeof found, field->dtype, field->rank + 1, shape);
  return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected %s, found %s", place, expected, found);
}

int rt_examples_open(rt_examples *examples, const rt_data_recipe *recipe, const char *path,
                     const rt_function *step, rt_error *error) {
  return rt_examples_open_encoded(examples, recipe, path, step, NULL, error);
}

int rt_examples_open_encoded(rt_examples *examples, const rt_data_recipe *recipe, const char *path,
                             const rt_function *step, const char *tokenizer, rt_error *error) {
  *examples = (rt_examples){.tokenizer = tokenizer};
  examples->recipe = recipe;
  const rt_data_format *format = find_format(recipe->format);
  if (format == NULL) {
    return rt_fail(error, RT_ERROR_MISMATCH, "unknown format of data: '%s'", recipe->format);
  }
  examples->path = rt_copy_text(path);
  if (examples->path == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  int code = make_fields(examples, step, error);
  code = code == RT_OK ? format->open(examples, error) : code;
  if (code != RT_OK) {
    return code;
  }
  examples->format = format;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    char place[512];
    code = rt_examples_check(examples, i, format->place(examples, i, -1, place, sizeof place),
                             error);
  }
  return code;
}

void rt_examples_close(rt_examples *examples) {
  if (examples->format != NULL) {
    examples->format->close(examples);
  }
  for (int i = 0; i < examples->field_count; i++) {
    rt_example_field *field = &examples->fields[i];
    for (int k = 0; k < field->class_count; k++) {
      rt_release(field->classes[k]);
    }
    rt_release(field->classes);
  }
  rt_release(examples->fields);
  rt_release(examples->path);
  *examples = (rt_examples){0};
}
