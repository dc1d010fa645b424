// boxes_test.c - boxes, numbers and pictures in lines of JSON, and malformed lines, each with its
// message.

#include "data/boxes.h"
#include "recipe_sets.h"

static const int three[] = {8, 3, 5}, square[] = {8, 2, 2}, one[] = {8}, image[] = {8, 3, 4, 5},
                 two[] = {8, 2}, flat[] = {8, 3, 4}, small[] = {8, 3, 2, 2};
static const char *const names[] = {"cat", "dög"};

static void add_fields(data_set *set, int has_names) {
  add_field(set, "boxes", RT_F32, 3, three,
            has_names ? (rt_field_recipe){.class_count = 2, .classes = names}
                      : (rt_field_recipe){0});
  add_field(set, "sizes", RT_F64, 3, square, (rt_field_recipe){0});
  add_field(set, "y", RT_I64, 1, one, (rt_field_recipe){.source = "id"});
  add_field(set, "x", RT_U8, 4, image, (rt_field_recipe){.source = "image"});
}

static void check_files(const char *path, int has_names) {
  data_set set = {0};
  rt_error error;
  char place[256];
  add_fields(&set, has_names);
  CHECK(open_set(&set, "boxes", path, &error) == RT_OK && set.examples.count == 6);
  check_field(&set, 0, "data/boxes/boxes.npy");
  check_field(&set, 1, "data/boxes/sizes.npy");
  check_field(&set, 2, "data/boxes/id.npy");
  check_field(&set, 3, "data/boxes/pictures.npy");
  CHECK_TEXT(set.examples.format->place(&set.examples, 0, 4, place, sizeof place), ": line 5");
  uint32_t sum = 0;
  CHECK(set.examples.format->checksum(&set.examples, &sum, &error) == RT_OK && sum != 0);
  rt_examples_close(&set.examples);
}

// Floats are from 0 to 1; other sizes are an error, or both sides are scaled.
static void check_pictures(void) {
  data_set set = {0};
  rt_error error;
  float room[60];
  unsigned char bytes[60];
  add_field(&set, "image", RT_F32, 4, image, (rt_field_recipe){0});
  add_field(&set, "byte", RT_U8, 4, image, (rt_field_recipe){.source = "image"});
  add_field(&set, "tiny", RT_F32, 4, small, (rt_field_recipe){.source = "image"});
  add_field(&set, "half", RT_F32, 4, small, (rt_field_recipe){.source = "image",
                                                              .kind = "stretch"});
  CHECK(open_set(&set, "boxes", "data/boxes/numbers.jsonl", &error) == RT_OK);
  const rt_data_format *format = set.examples.format;
  CHECK(format->read(&set.examples, 0, 2, room, &error) == RT_OK);
  CHECK(format->read(&set.examples, 1, 2, bytes, &error) == RT_OK);
  CHECK(room[7] == (float)bytes[7] / 255.0f);
  CHECK(format->read(&set.examples, 2, 2, room, &error) != RT_OK);
  CHECK_TEXT(error.message, "data/boxes/pictures/2.png: ");
  CHECK(format->read(&set.examples, 3, 2, room, &error) == RT_OK);
  rt_examples_close(&set.examples);
}

// The boxes of one line, whose picture has 4 x 5 pixels (height, width) and becomes one of 2 x 2.
static void check_scaled_as(const char *fit, const char *kind, const char *line,
                            const float expected[15], const char *message) {
  data_set set = {0};
  rt_error error;
  float room[15];
  write_bytes("s.jsonl", line, strlen(line));
  add_field(&set, "boxes", RT_F32, 3, three, (rt_field_recipe){.kind = kind});
  add_field(&set, "image", RT_U8, 4, small, (rt_field_recipe){.kind = fit});
  CHECK(open_set(&set, "boxes", "s.jsonl", &error) == RT_OK);
  int code = set.examples.format->read(&set.examples, 0, 0, room, &error);
  CHECK_TEXT(error.message, message);
  CHECK(*message != '\0' ? code != RT_OK : code == RT_OK && memcmp(room, expected, 60) == 0);
  rt_examples_close(&set.examples);
}

static void check_scaled(void) {
  const char *pixels = "{\"image\": \"data/boxes/pictures/1.png\", \"boxes\": "
                       "[[4, 0, 5, 3, 1], [1, 1, 3, 2, 0], [2.5, 1, 5, 4, 2]]}";
  const char *parts = "{\"image\": \"data/boxes/pictures/1.png\", \"boxes\": "
                      "[[0.25, 0.1, 0.5, 0.75, 3]]}";
  // Stretched by 2 / 5 and 2 / 4.
  check_scaled_as("stretch", NULL, pixels,
                  (float[]){1.6f, 0, 2, 1.5f, 1, 0.4f, 0.5f, 1.2f, 1, 0, 1, 0.5f, 2, 2, 2}, "");
  // Scaled to 2 x 3, of which the columns 0 and 1 are left: the first box is gone.
  check_scaled_as("crop", "pixels", pixels,
                  (float[]){0.6f, 0.5f, 1.8f, 1, 0, 1.5f, 0.5f, 2, 2, 2, 0, 0, 0, 0, -1}, "");
  check_scaled_as("stretch", "fractions", parts,
                  (float[]){0.25f, 0.1f, 0.5f, 0.75f, 3, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1}, "");
  check_scaled_as("crop", "fractions", parts,
                  (float[]){0.375f, 0.1f, 0.75f, 0.75f, 3, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1}, "");
  check_scaled_as("exact", NULL, parts,
                  (float[]){0.25f, 0.1f, 0.5f, 0.75f, 3, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1}, "");
  check_scaled_as("stretch", NULL, "{\"image\": \"data/boxes/pictures/1.png\", \"boxes\": "
                                   "[[-3.4e38, 1, 3.4e38, 2, 0]]}",
                  (float[]){-1.36e38f, 0.5f, 1.36e38f, 1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1}, "");
  static const char *const messages[][2] = {
      {"none.png", "cannot open './none.png': No such file or directory"},
      {"s.jsonl", "./s.jsonl: byte 0: expected a PNG, PPM or PGM image, found"},
      {"z.ppm", "./z.ppm: byte 2: expected a width and a height from 1 to 1048576"},
      {"z.png", "./z.png: byte 16: expected a width and a height from 1 to 1048576"},
      {"data", "cannot read './data': expected a file, found a directory"},
  };
  write_bytes("z.ppm", "P6 0 3 255 ", 11);
  write_bytes("z.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\1", 24);
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
    char line[128];
    snprintf(line, sizeof line, "{\"boxes\": [], \"image\": \"%s\"}", messages[i][0]);
    check_scaled_as("stretch", NULL, line, NULL, messages[i][1]);
  }
}

// Large files are read line by line; this one is taken for one.
static void check_lines(void) {
  rt_lines held, lines;
  rt_error error = {0};
  CHECK(rt_lines_open(&held, "data/boxes/names.jsonl", SIZE_MAX, &error) == RT_OK);
  CHECK(rt_lines_open(&lines, "data/boxes/names.jsonl", 0, &error) == RT_OK);
  CHECK(held.count == 6 && lines.count == 6);
  for (int64_t i = 0; i < 6; i++) {
    const unsigned char *a, *b;
    size_t size, other;
    void *none, *block;
    CHECK(rt_lines_get(&held, i, &a, &size, &none, &error) == RT_OK && none == NULL);
    CHECK(rt_lines_get(&lines, i, &b, &other, &block, &error) == RT_OK && size == other);
    CHECK(memcmp(a, b, size) == 0 && a[0] == '{' && a[size - 1] == '\n');
    rt_release(block);
  }
  rt_lines_close(&held);
  rt_lines_close(&lines);
  write_bytes("t.jsonl", "\xef\xbb\xbf{}\n\n{}\n \r\n\n", 13);
  CHECK(rt_lines_open(&held, "t.jsonl", SIZE_MAX, &error) == RT_OK && held.count == 3);
  CHECK(held.offsets[0] == 3);
  rt_lines_close(&held);
}

// A line and the message for the fields boxes [3, 5] with two classes and sizes [2].
static void check_malformed(void) {
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"", "t.jsonl: expected a JSON object in each line, found an empty file"},
      {"\n \n", "t.jsonl: expected a JSON object in each line, found only empty lines"},
      {"{\"boxes\": []}\n\n{\"boxes\": []}\n",
       "t.jsonl: line 2: byte 1: expected '{', found the end"},
      {"[1, 2]", "t.jsonl: line 1: byte 0: expected '{', found '['"},
      {"{\"boxes\": []", "t.jsonl: line 1: byte 12: expected '}', found the end"},
      {"{\"boxes\": []} {}", "t.jsonl: line 1: byte 14: expected the end of the line, found '{'"},
      {"{\"box\": []}", "t.jsonl: line 1: expected 'boxes' for the input 'boxes', found none"},
      {"{\"boxes\": [], \"boxes\": []}",
       "t.jsonl: line 1: byte 22: expected 'boxes' once, found it again"},
      {"{\"boxes\": 3}", "t.jsonl: line 1: byte 10: expected '[', found '3'"},
      {"{\"boxes\": [1, 2, 3, 4, 0]}", "t.jsonl: line 1: byte 11: expected '[', found '1'"},
      {"{\"boxes\": [[1, 2, 3, 4]]}",
       "t.jsonl: line 1: byte 23: expected a box of 5 numbers [x0, y0, x1, y1, class], found 4"},
      {"{\"boxes\": [[1, 2, 3, 4, 0, 1]]}",
       "t.jsonl: line 1: byte 26: expected the end of a box after 5 numbers, found byte 32"},
      {"{\"boxes\": [[1, 2, 3, 4, 0], [1, 2, 3, 4, 0], [1, 2, 3, 4, 0], [1, 2, 3, 4, 0]]}",
       "t.jsonl: line 1: expected at most 3 boxes, found more"},
      {"{\"boxes\": [[1, 2, \"3\", 4, 0]]}",
       "t.jsonl: line 1: byte 18: expected a number, found '\"'"},
      {"{\"boxes\": [[1, 2, null, 4, 0]]}",
       "t.jsonl: line 1: byte 18: expected a number, found 'n'"},
      {"{\"boxes\": [[1, 2, NaN, 4, 0]]}",
       "t.jsonl: line 1: byte 18: expected a number, found 'N'"},
      {"{\"boxes\": [[1, 2, 1e39, 4, 0]]}",
       "t.jsonl: line 1: byte 18: expected a number that fits, found '1e39'"},
      {"{\"boxes\": [[1, 2, 3, 4, 0.5]]}",
       "t.jsonl: line 1: byte 23: expected the number of a class, found 0.5; the model has 2"},
      {"{\"boxes\": [[1, 2, 3, 4, 2]]}",
       "t.jsonl: line 1: byte 23: expected the number of a class, found 2; the model has 2"},
      {"{\"boxes\": [[1, 2, 3, 4, \"dog\"]]}",
       "t.jsonl: line 1: byte 24: expected one of 2 classes, found 'dog'; the nearest is 'dög'"},
      {"{\"boxes\": [[1, 2, 3, 4, \"birds\"]]}",
       "t.jsonl: line 1: byte 24: expected one of 2 classes, found 'birds'"},
      {"{\"boxes\": [], \"sizes\": 1}", "t.jsonl: line 1: byte 23: expected '[', found '1'"},
      {"{\"boxes\": [], \"sizes\": [1]}",
       "t.jsonl: line 1: byte 26: expected 2 numbers in 'sizes', found 1"},
      {"{\"boxes\": [], \"sizes\": [1, 2, 3]}",
       "t.jsonl: line 1: byte 29: expected 2 numbers in 'sizes', found more"},
      {"{\"boxes\": [], \"sizes\": [1, 1.5]}",
       "t.jsonl: line 1: byte 27: expected a whole number from -128 to 127, found '1.5'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    data_set set = {0};
    write_bytes("t.jsonl", cases[i].text, strlen(cases[i].text));
    add_field(&set, "boxes", RT_F32, 3, three,
              (rt_field_recipe){.class_count = 2, .classes = names});
    add_field(&set, "sizes", RT_I8, 2, two, (rt_field_recipe){0});
    refuse_set(&set, "boxes", "t.jsonl", RT_ERROR_FORMAT, cases[i].message);
  }
}

static void check_refused(void) {
  static const struct {
    int rank;
    const int *shape;
    rt_field_recipe recipe;
    const char *message;
  } cases[] = {
      {2, two, {.source = "boxes"},
       "t.jsonl: expected the input 'x' [N, boxes, 5] for boxes, found f32[8, 2]"},
      {3, flat, {.source = "boxes"},
       "t.jsonl: expected the input 'x' [N, boxes, 5] for boxes, found f32[8, 3, 4]"},
      {2, two, {.source = "image"},
       "t.jsonl: expected pictures [N, C, H, W] of 1 to 4 channels, or [N, H, W], for the input "
       "'x', found f32[8, 2]"},
      {4, image, {.source = "image", .kind = "fill"},
       "t.jsonl: expected the kind 'exact', 'stretch' or 'crop' for the pictures of 'x', found "
       "'fill'"},
      {3, three, {.source = "boxes", .kind = "parts"},
       "t.jsonl: expected the kind 'pixels' or 'fractions' for the boxes of 'x', found 'parts'"},
  };
  write_bytes("t.jsonl", "{\"image\": \"none.png\"}\n", 22);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    data_set set = {0};
    add_field(&set, "x", RT_F32, cases[i].rank, cases[i].shape, cases[i].recipe);
    refuse_set(&set, "boxes", "t.jsonl", RT_ERROR_MISMATCH, cases[i].message);
  }
  data_set set = {0};
  rt_error error;
  float room[60];
  add_field(&set, "image", RT_F32, 4, image, (rt_field_recipe){0});
  CHECK(open_set(&set, "boxes", "t.jsonl", &error) == RT_OK);
  CHECK(set.examples.format->read(&set.examples, 0, 0, room, &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "none.png': No such file");
  rt_examples_close(&set.examples);
  refuse_set(&set, "boxes", "none.jsonl", RT_ERROR_FILE,
             "cannot open 'none.jsonl': No such file or directory");
}

int main(void) {
  check_files("data/boxes/numbers.jsonl", 0);
  check_files("data/boxes/names.jsonl", 1);
  check_pictures();
  check_scaled();
  check_lines();
  check_malformed();
  check_refused();
  return test_summary();
}
