// picture_inputs_test.c - pictures as inputs and outputs of the infer program.

#include "damage.h"
#include "files/image.h"
#include "program/inputs.h"
#include "program/outputs.h"
#include "test.h"

static void check_same(const char *found, const char *expected, int line) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, line);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

static const char *const colours = "P3 3 2 255 0 51 102 153 204 255 1 2 3 4 5 6 7 8 9 10 11 12";

// ---- Inputs ----

static void check_inputs(void) {
  static const struct {
    rt_dtype dtype;
    int rank, shape[4], has_examples;
    const char *expected;  // the type that is read, or an error
    double second;         // its second element
  } cases[] = {
      {RT_U8, 4, {8, 3, 2, 3}, 1, "u8[1, 3, 2, 3]", 153},
      {RT_F32, 4, {8, 3, 2, 3}, 1, "f32[1, 3, 2, 3]", (double)(153 / 255.0f)},
      {RT_F64, 4, {1, 1, 2, 3}, 0, "f32[1, 1, 2, 3]", (double)(195 / 255.0f)},
      {RT_I32, 4, {8, 1, 2, 3}, 1, "u8[1, 1, 2, 3]", 195},
      {RT_U8, 3, {3, 2, 3}, 0, "u8[3, 2, 3]", 153},
      {RT_U8, 3, {3, 2, 3}, 1, "u8[3, 2, 3]", 153},
      {RT_U8, 3, {8, 2, 3}, 1, "u8[1, 2, 3]", 195},
      {RT_U8, 2, {2, 3}, 0, "u8[2, 3]", 195},
      {RT_U8, 4, {1, 4, 2, 3}, 0, "u8[1, 4, 2, 3]", 153},
      {RT_U8, 4, {8, 3, 2, 2}, 1, "u8[1, 3, 2, 2]", 153},
      {RT_F32, 4, {8, 5, 2, 3}, 1, "f.ppm: expected f32[*, 5, 2, 3], found a picture; one fits "
                                   "into [N, C, H, W], [C, H, W] or [H, W] of numbers", 0},
      {RT_F32, 4, {2, 3, 2, 3}, 0, "f.ppm: expected f32[2, 3, 2, 3], found a picture; one fits "
                                   "into [N, C, H, W], [C, H, W] or [H, W] of numbers", 0},
      {RT_F32, 2, {8, 3}, 1, "f.ppm: expected f32[*, 3], found a picture; one fits into "
                             "[N, C, H, W], [C, H, W] or [H, W] of numbers", 0},
      {RT_BOOL, 2, {2, 3}, 0, "f.ppm: expected bool[2, 3], found a picture; one fits into "
                              "[N, C, H, W], [C, H, W] or [H, W] of numbers", 0},
  };
  write_bytes("f.ppm", colours, strlen(colours));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const rt_tensor tensor = {"x", cases[i].dtype, cases[i].rank, cases[i].shape};
    const rt_slot slot = {&tensor, cases[i].has_examples};
    rt_array array;
    rt_error error = {0};
    char type[256];
    if (rt_input_read(&array, "f.ppm", &slot, &error) != RT_OK) {
      check_same(error.message, cases[i].expected, __LINE__);
      continue;
    }
    rt_type_text(type, sizeof type, array.dtype, array.rank, array.shape);
    check_same(type, cases[i].expected, __LINE__);
    const unsigned char *data = (const unsigned char *)array.data;
    // A picture that is a pixel too wide loses its right column.
    CHECK(rt_scalar_get(array.dtype, data + rt_dtype_size(array.dtype)) == cases[i].second);
    rt_release(array.data);
  }
}

// Files without an ending are known by their first bytes.
static void check_kinds(void) {
  static const char *const paths[] = {"data/pictures/p6.ppm", "data/pictures/p5.pgm",
                                      "data/pictures/pillow-rgb.png"};
  static const int shape[] = {2, 3, 11, 13};
  const rt_tensor tensor = {"x", RT_U8, 4, shape};
  const rt_slot slot = {&tensor, 1};
  for (int i = 0; i < 3; i++) {
    rt_file file;
    rt_array array, again;
    rt_error error = {0};
    CHECK(rt_file_open(&file, paths[i], &error) == RT_OK);
    CHECK(rt_file_hold(&file, SIZE_MAX, 0, paths[i], &error) == RT_OK);
    write_bytes("picture", file.held, file.size);
    rt_file_close(&file);
    CHECK(rt_input_read(&array, paths[i], &slot, &error) == RT_OK);
    CHECK(rt_input_read(&again, "picture", &slot, &error) == RT_OK);
    CHECK(array.elements == 429 && memcmp(array.data, again.data, 429) == 0);
    rt_release(array.data);
    rt_release(again.data);
  }
}

// ---- Outputs ----

// Writes an array of bytes as an output of that type.
static void check_output(int rank, const int *shape, int has_examples, int examples, int channels,
                         int height, int width, int line) {
  unsigned char bytes[5 * 3 * 2 * 2];
  const rt_tensor tensor = {"x", RT_U8, rank, shape};
  rt_array array = {RT_U8, rank, {0}, 1, bytes};
  for (int axis = 0; axis < rank; axis++) {
    array.shape[axis] = axis == 0 && has_examples ? examples : shape[axis];
    array.elements *= (size_t)array.shape[axis];
  }
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (unsigned char)i;
  }
  const rt_result result = {.tensor = &tensor, .has_examples = has_examples, .array = &array};
  rt_writer writer;
  rt_image image;
  rt_error error = {0};
  const rt_format *format = rt_format_for("o.png");
  test_check(format->check(&result, 1, "--output x=o.png", &error) == RT_OK, "check", __FILE__,
             line);
  CHECK(rt_writer_begin(&writer, "o.png", &error) == RT_OK);
  format->write(&writer, &result, 1);
  CHECK(rt_writer_commit(&writer, &error) == RT_OK);
  CHECK(rt_image_read(&image, "o.png", &error) == RT_OK);
  test_check(image.channels == channels && image.height == height && image.width == width,
             "the size of a picture", __FILE__, line);
  int margin = height > 2 ? 2 : 0;
  test_check(image.pixels[margin * width + margin + 1] == 1, "its second pixel", __FILE__, line);
  rt_release(image.pixels);
}

static void check_outputs(void) {
  static const int nchw[] = {8, 3, 2, 2}, chw[] = {3, 2, 2}, nhw[] = {8, 2, 2}, hw[] = {2, 2};
  check_output(4, nchw, 1, 5, 3, 10, 14, __LINE__);
  check_output(4, nchw, 1, 1, 3, 2, 2, __LINE__);
  check_output(3, chw, 0, 0, 3, 2, 2, __LINE__);
  check_output(3, chw, 1, 3, 3, 2, 2, __LINE__);
  check_output(3, chw, 1, 4, 1, 10, 10, __LINE__);
  check_output(3, nhw, 1, 3, 1, 10, 10, __LINE__);
  check_output(2, hw, 0, 0, 1, 2, 2, __LINE__);
  const rt_tensor wrong[] = {{"x", RT_I32, 4, nchw}, {"x", RT_F32, 0, NULL}, {"x", RT_F32, 2, hw}};
  static const char *const found[] = {"i32[*, 3, 2, 2]", "f32[]", "f32[*, 2]"};
  for (int i = 0; i < 3; i++) {
    const rt_result result = {.tensor = &wrong[i], .has_examples = i != 1};
    rt_error error = {0};
    char message[512];
    CHECK(rt_format_for("o.png")->check(&result, 1, "--output x=o.png", &error) != RT_OK);
    snprintf(message, sizeof message, "--output x=o.png: expected pictures [N, C, H, W], "
             "[C, H, W], [N, H, W] or [H, W] of 1 or 3 channels, floats or u8, for .png, found "
             "%s; .npy takes any", found[i]);
    check_same(error.message, message, __LINE__);
  }
}

int main(void) {
  check_inputs();
  check_kinds();
  check_outputs();
  return test_summary();
}
