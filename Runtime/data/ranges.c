// ranges.c - checks that integer data are valid classes or rows of a model.

#include <string.h>

#include "dataset.h"

const rt_range *rt_find_range(const rt_model *model, const char *function, const char *input) {
  for (int i = 0; i < model->range_count; i++) {
    const rt_range *range = &model->ranges[i];
    if (strcmp(range->function, function) == 0 && strcmp(range->input, input) == 0) {
      return range;
    }
  }
  return NULL;
}

// True iff the number is allowed.
static int is_inside(const rt_range *range, double x) {
  int inside = x >= 0.0 && x < (double)range->count;
  for (int i = 0; i < range->other_count && !inside; i++) {
    inside = x == (double)range->others[i];
  }
  return inside;
}

size_t rt_range_find_outside(const rt_range *range, rt_dtype dtype, const void *data,
                             size_t count) {
  size_t width = rt_dtype_size(dtype);
  for (size_t i = 0; i < count; i++) {
    if (!is_inside(range, rt_scalar_get(dtype, (const unsigned char *)data + i * width))) {
      return i;
    }
  }
  return count;
}

int rt_range_fail(const rt_range *range, rt_dtype dtype, const void *data, size_t row_elements,
                  size_t element, int64_t first_row, const char *where, rt_error *error) {
  size_t per_row = row_elements > 0 ? row_elements : 1;
  const unsigned char *at = (const unsigned char *)data + element * rt_dtype_size(dtype);
  rt_fail(error, RT_ERROR_VALUE, "%s: element %zu of example %lld: expected 0 to %lld", where,
          element % per_row, (long long)first_row + (long long)(element / per_row),
          (long long)range->count - 1);
  for (int i = 0; i < range->other_count; i++) {
    rt_fail_more(error, ", or %lld", (long long)range->others[i]);
  }
  rt_fail_more(error, ", found %.17g", rt_scalar_get(dtype, at));
  return RT_ERROR_VALUE;
}

int rt_ranges_check(const rt_model *model, const rt_function *function, const rt_array *inputs,
                    rt_error *error) {
  for (int i = 0; i < function->input_count; i++) {
    const rt_range *range = rt_find_range(model, function->name, function->inputs[i].name);
    const rt_array *array = &inputs[i];
    if (range == NULL || !rt_convertible(function->inputs[i].dtype, array->dtype)) {
      continue;
    }
    size_t bad = rt_range_find_outside(range, array->dtype, array->data, array->elements);
    if (bad < array->elements) {
      size_t rows = array->rank > 0 ? (size_t)array->shape[0] : 1;
      char where[256];
      snprintf(where, sizeof where, "input '%s'", function->inputs[i].name);
      return rt_range_fail(range, array->dtype, array->data, array->elements / rows, bad, 0,
                           where, error);
    }
  }
  return RT_OK;
}

// Checks all examples of a field at once, if that costs nothing: when they are in memory one after
// the other, or are one number each. Sets `*is_done` iff it did. Where only some are chosen, others
// may be out of range; those are checked as they are read.
static int check_all(const rt_set *set, const rt_examples *files, int index, const rt_range *range,
                     int *is_done, rt_error *error) {
  const rt_example_field *field = &files->fields[index];
  const void *all = files->format->all != NULL ? files->format->all(files, index) : NULL;
  size_t elements = field->elements, width = rt_dtype_size(field->dtype);
  *is_done =
      set->recipe->chosen == NULL && (all != NULL || (elements == 1 && !field->is_costly));
  for (int64_t k = 0; *is_done && k < files->count; k++) {
    const void *example = all != NULL ? (const unsigned char *)all + (size_t)k * elements * width
                                      : set->scratch;
    int code = all != NULL ? RT_OK : files->format->read(files, index, k, set->scratch, error);
    if (code != RT_OK) {
      return code;
    }
    size_t bad = rt_range_find_outside(range, field->dtype, example, elements);
    if (bad < elements) {
      char place[512];
      return rt_range_fail(range, field->dtype, example, elements, bad, k,
                           files->format->place(files, index, k, place, sizeof place), error);
    }
  }
  return RT_OK;
}

int rt_dataset_limit(struct rt_dataset *data, const rt_model *model, const rt_function *function,
                     rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < data->feed_count && code == RT_OK; i++) {
    rt_feed *feed = &data->feeds[i];
    const rt_set *set = &data->sets[feed->set];
    const rt_range *range = rt_find_range(model, function->name, function->inputs[i].name);
    for (int split = 0; split < RT_SPLITS && range != NULL && code == RT_OK; split++) {
      const rt_examples *files = &set->files[split];
      int is_done = 1;
      if (files->format != NULL) {
        code = check_all(set, files, feed->field, range, &is_done, error);
      }
      feed->range = is_done ? feed->range : range;
    }
  }
  return code;
}
