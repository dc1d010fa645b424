// input_values.c - numbers on the command line, as in --input x=0.5,1,2.

#include <string.h>

#include "../files/elements.h"
#include "inputs.h"

// Cuts the next number off a list, without blanks around it.
static const char *next_value(const char **text, size_t *size) {
  const char *begin = *text + strspn(*text, " ");
  const char *end = begin + strcspn(begin, ",");
  *text = *end == ',' ? end + 1 : NULL;
  while (end > begin && end[-1] == ' ') {
    end--;
  }
  *size = (size_t)(end - begin);
  return begin;
}

int rt_is_values(const char *text) {
  size_t size;
  const char *first = next_value(&text, &size);
  return rt_is_number(first, size);
}

// Checks that `count` numbers fill the slot, and sets the shape.
static int set_shape(rt_array *array, size_t count, const rt_slot *slot, const char *what,
                     rt_error *error) {
  const rt_tensor *tensor = slot->tensor;
  size_t all = rt_tensor_elements(tensor);
  size_t batch = slot->has_examples ? (size_t)tensor->shape[0] : 1;
  size_t row = batch > 0 ? all / batch : all;
  for (int axis = 0; axis < tensor->rank && axis < RT_MAX_RANK; axis++) {
    array->shape[axis] = tensor->shape[axis];
  }
  array->elements = count;
  int fits = slot->has_examples ? row > 0 && count % row == 0 : count == all;
  if (fits && slot->has_examples) {
    array->shape[0] = (int64_t)(count / row);
  }
  if (fits) {
    return RT_OK;
  }
  char type[256];
  return rt_fail(error, RT_ERROR_USAGE, "%s: expected %zu number%s for %s%s, found %zu", what, row,
                 row == 1 ? "" : "s", slot->has_examples ? "each example of " : "",
                 rt_slot_text(type, sizeof type, slot), count);
}

int rt_values_read(rt_array *array, const char *text, const rt_slot *slot, const char *what,
                   rt_error *error) {
  size_t count = 1, width = rt_dtype_size(slot->tensor->dtype);
  for (const char *c = text; *c != '\0'; c++) {
    count += *c == ',';
  }
  *array = (rt_array){.dtype = slot->tensor->dtype, .rank = slot->tensor->rank};
  unsigned char *data = (unsigned char *)rt_allocate(count * width);
  if (data == NULL) {
    return rt_fail_memory(error, count * width, slot->tensor->name);
  }
  int code = RT_OK;
  for (size_t i = 0; i < count && code == RT_OK; i++) {
    size_t size;
    const char *value = next_value(&text, &size);
    const char *expected = rt_number_read(array->dtype, data + i * width, value, size);
    if (expected != NULL) {
      code = rt_fail(error, RT_ERROR_USAGE, "%s: number %zu: expected %s, found '%.*s'", what,
                     i + 1, expected, (int)(size < 40 ? size : 40), value);
    }
  }
  code = code == RT_OK ? set_shape(array, count, slot, what, error) : code;
  if (code == RT_OK) {
    array->data = data;
  } else {
    rt_release(data);
  }
  return code;
}
