// fuzz_boxes.c - reads lines of JSON as boxes, numbers and the names of pictures.

#include "data/boxes.h"
#include "fuzz.h"

// Reads all lines for a field.
static void read_lines(const rt_lines *lines, const rt_box_field *field) {
  size_t size = field->field->elements * rt_dtype_size(field->field->dtype);
  for (int64_t i = 0; i < lines->count; i++) {
    rt_error error = {0};
    rt_json json = {.path = "f", .error = &error};
    void *block, *room = malloc(size);
    char *name;
    ALWAYS(room != NULL);
    ALWAYS(rt_lines_get(lines, i, &json.bytes, &json.size, &block, &error) == RT_OK);
    ALWAYS(block == NULL && json.bytes + json.size <= lines->file.held + lines->file.size);
    if (rt_box_line_read(field, &json, room, &name) != RT_OK) {
      ALWAYS_CLEAR(error);
      ALWAYS(name == NULL);
    } else {
      ALWAYS(json.at == json.size && (name != NULL) == (field->kind == RT_BOX_PICTURE));
      rt_release(name);
    }
    free(room);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int list[] = {8, 2, 5}, picture[] = {8, 2, 2}, pair[] = {8, 2}, one[] = {8};
  static const char *const names[] = {"cat", "dog"};
  static const struct {
    rt_tensor input;
    rt_field_recipe recipe;
  } fields[] = {{{"boxes", RT_F32, 3, list}, {.input = "boxes"}},
                {{"y", RT_F32, 3, list},
                 {.input = "y", .source = "boxes", .class_count = 2, .classes = names}},
                {{"image", RT_U8, 3, picture}, {.input = "image"}},
                {{"a", RT_F16, 2, pair}, {.input = "a"}},
                {{"b", RT_U8, 1, one}, {.input = "b", .class_count = 2, .classes = names}}};
  // A copy of its own, so that a read behind the end is found.
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_lines lines = {.file = {.size = size, .held = copy}};
  rt_error error = {0};
  ALWAYS(rt_lines_parse(&lines, "f", &error) == RT_OK);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    rt_example_field example = {.recipe = &fields[i].recipe, .input = &fields[i].input};
    rt_box_field field;
    ALWAYS(rt_box_field_open(&field, &example, "f", &error) == RT_OK);
    read_lines(&lines, &field);
    rt_box_field_close(&field);
    for (int k = 0; k < example.class_count; k++) {
      rt_release(example.classes[k]);
    }
    rt_release(example.classes);
  }
  rt_lines_close(&lines);
  free(copy);
  return 0;
}
