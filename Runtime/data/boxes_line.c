// boxes_line.c - reads the JSON of a line.
//
// A line may have other members, of any kind and depth, which are passed over. The reader of a
// member writes straight into the room of the example, which was sized by the input: more values
// than it has room for are an error before they are written.

#include <math.h>
#include <string.h>

#include "../files/elements.h"
#include "boxes.h"

// Where a value goes.
typedef struct {
  const rt_box_field *field;
  unsigned char *room;
  char **name;
  size_t count;  // of the boxes, or of the numbers so far
  size_t within;  // of the numbers of a box
  int is_found;
} target;

// Reads the name of a class.
static int read_class(const rt_box_field *field, rt_json *json, int *number) {
  char *text = NULL;
  size_t at = json->at;
  int code = rt_json_string(json, &text);
  if (code == RT_OK) {
    *number = rt_class_names_find(&field->classes, text);
    if (*number < 0) {
      const char *nearest = rt_class_names_nearest(&field->classes, text);
      code = rt_fail(json->error, RT_ERROR_FORMAT,
                     "%s: byte %zu: expected one of %d classes, found '%.60s'", json->path, at,
                     field->classes.count, text);
      if (nearest != NULL) {
        rt_fail_more(json->error, "; the nearest is '%.60s'", nearest);
      }
    }
  }
  rt_release(text);
  return code;
}

// Reads a number, or the name of a class if the recipe has some; reals are read as f64 and rounded.
static int read_number(const rt_box_field *field, rt_json *json, rt_dtype dtype, void *room) {
  int first = rt_json_peek(json);
  size_t begin = json->at;
  if (first == '"' && field->classes.count > 0) {
    int number = 0;
    int code = read_class(field, json, &number);
    size_t bad;
    int32_t whole = number;
    return code == RT_OK && rt_convert(dtype, room, RT_I32, &whole, 1, &bad) != RT_OK
               ? rt_json_expected(json, "an input that takes the number of the class")
               : code;
  }
  if (first != '-' && first != 't' && first != 'f' && (first < '0' || first > '9')) {
    return rt_json_expected(json, "a number");
  }
  int code = rt_json_pass(json);
  if (code != RT_OK) {
    return code;
  }
  const char *text = (const char *)json->bytes + begin;
  int is_real = dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
  double value = 0.0;
  const char *expected =
      rt_number_read(is_real ? RT_F64 : dtype, is_real ? &value : room, text, json->at - begin);
  if (is_real && expected == NULL) {
    rt_scalar_set(dtype, room, value);
    expected = isfinite(rt_scalar_get(dtype, room)) ? NULL : "a number that fits";
  }
  size_t shown = json->at - begin < 40 ? json->at - begin : 40;
  return expected == NULL
             ? RT_OK
             : rt_fail(json->error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found '%.*s'",
                       json->path, begin, expected, (int)shown, text);
}

// Reads the next number of a box.
static int take_coordinate(void *context, rt_json *json, const char *key) {
  target *t = (target *)context;
  float value = 0.0f;
  (void)key;
  if (t->within == RT_BOX_NUMBERS) {
    return rt_json_expected(json, "the end of a box after 5 numbers");
  }
  int is_class = t->within == RT_BOX_NUMBERS - 1;
  size_t at = json->at;
  int code = !is_class && rt_json_peek(json) == '"' ? rt_json_expected(json, "a number")
                                                    : read_number(t->field, json, RT_F32, &value);
  if (code == RT_OK && is_class) {
    int count = t->field->classes.count;
    if (!(value >= 0.0f) || value != floorf(value) || (count > 0 && value >= (float)count)) {
      rt_fail(json->error, RT_ERROR_FORMAT,
              "%s: byte %zu: expected the number of a class, found %g", json->path, at,
              (double)value);
      if (count > 0) {
        rt_fail_more(json->error, "; the model has %d", count);
      }
      return RT_ERROR_FORMAT;
    }
  }
  size_t index = (t->count * RT_BOX_NUMBERS + t->within++) * sizeof value;
  memcpy(t->room + index, &value, sizeof value);
  return code;
}

// Reads the next box.
static int take_box(void *context, rt_json *json, const char *key) {
  target *t = (target *)context;
  (void)key;
  if ((int64_t)t->count == t->field->field->shape[0]) {
    return rt_fail(json->error, RT_ERROR_FORMAT, "%s: expected at most %zu boxes, found more",
                   json->path, t->count);
  }
  t->within = 0;
  int code = rt_json_walk_list(json, take_coordinate, t);
  if (code == RT_OK && t->within < RT_BOX_NUMBERS) {
    code = rt_fail(json->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected a box of 5 numbers [x0, y0, x1, y1, class], found %zu",
                   json->path, json->at, t->within);
  }
  t->count++;
  return code;
}

// Reads the next number of a list.
static int take_value(void *context, rt_json *json, const char *key) {
  target *t = (target *)context;
  const rt_example_field *field = t->field->field;
  (void)key;
  if (t->count == field->elements) {
    return rt_fail(json->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %zu number%s in '%s', found more", json->path, json->at,
                   t->count, t->count == 1 ? "" : "s", t->field->member);
  }
  size_t index = t->count++ * rt_dtype_size(field->dtype);
  return read_number(t->field, json, field->dtype, t->room + index);
}

// Reads the member of the field.
static int read_member(target *t, rt_json *json) {
  const rt_example_field *field = t->field->field;
  if (t->field->kind == RT_BOX_PICTURE) {
    return rt_json_string(json, t->name);
  }
  if (t->field->kind == RT_BOX_LIST) {
    int code = rt_json_walk_list(json, take_box, t);
    for (size_t i = t->count * RT_BOX_NUMBERS; i < field->elements && code == RT_OK; i++) {
      // No box is of the class -1.
      const float value = i % RT_BOX_NUMBERS == RT_BOX_NUMBERS - 1 ? -1.0f : 0.0f;
      memcpy(t->room + i * sizeof value, &value, sizeof value);
    }
    return code;
  }
  if (field->rank == 0) {
    return take_value(t, json, NULL);
  }
  int code = rt_json_walk_list(json, take_value, t);
  if (code == RT_OK && t->count < field->elements) {
    code = rt_fail(json->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %zu number%s in '%s', found %zu", json->path, json->at,
                   field->elements, field->elements == 1 ? "" : "s", t->field->member, t->count);
  }
  return code;
}

// Reads a member of the line, and passes by others.
static int take_member(void *context, rt_json *json, const char *key) {
  target *t = (target *)context;
  if (strcmp(key, t->field->member) != 0) {
    return rt_json_pass(json);
  }
  if (t->is_found) {
    return rt_fail(json->error, RT_ERROR_FORMAT, "%s: byte %zu: expected '%s' once, found it again",
                   json->path, json->at, key);
  }
  t->is_found = 1;
  return read_member(t, json);
}

int rt_box_line_read(const rt_box_field *field, rt_json *json, void *room, char **name) {
  target t = {field, (unsigned char *)room, name, 0, 0, 0};
  *name = NULL;
  int code = rt_json_walk_object(json, take_member, &t);
  rt_json_space(json);
  if (code == RT_OK && json->at < json->size) {
    code = rt_json_expected(json, "the end of the line");
  }
  if (code == RT_OK && !t.is_found) {
    code = rt_fail(json->error, RT_ERROR_FORMAT, "%s: expected '%s' for the input '%s', found none",
                   json->path, field->member, field->field->recipe->input);
  }
  if (code != RT_OK) {
    rt_release(*name);
    *name = NULL;
  }
  return code;
}
