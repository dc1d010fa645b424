// images_test.c - the data format images, on the folders in data/arrays, and malformed ones.

#define _POSIX_C_SOURCE 200809L

#include <sys/stat.h>
#include <unistd.h>

#include "data_sets.h"
#include "files/image.h"

// ---- images ----------------------------------------------------------------------

static void check_images(void) {
  static const char *const order[] = {"ant/a.PNG", "ant/b.png", "cat/10.png", "cat/2.pgm",
                                      "dog/1.ppm"};
  static const char *const classes[] = {"ant", "cat", "dog"};
  static const int numbers[] = {0, 0, 1, 1, 2};
  set s = {0};
  add(&s, "image", NULL, "exact", RT_U8, SHAPE(3, 4, 6, 0));
  add(&s, "label", NULL, NULL, RT_I64, SHAPE(0));
  CHECK(open_set(&s, "images", "data/arrays/images") == RT_OK);
  check_same(s.error.message, "", __LINE__);
  CHECK(s.examples.count == 5 && s.examples.fields[1].class_count == 3);
  for (int i = 0; i < 3; i++) {
    check_same(s.examples.fields[1].classes[i], classes[i], __LINE__);
  }
  for (int n = 0; n < 5; n++) {
    char path[128], place[256];
    unsigned char room[72];
    int32_t number;
    rt_image image;
    snprintf(path, sizeof path, "data/arrays/images/%s", order[n]);
    CHECK(rt_image_read(&image, path, &s.error) == RT_OK);
    CHECK(rt_image_convert(&image, 3, &s.error) == RT_OK);
    CHECK(read_one(&s, 0, n, room) == RT_OK && memcmp(room, image.pixels, 72) == 0);
    CHECK(read_one(&s, 1, n, &number) == RT_OK && number == numbers[n]);
    check_same(s.examples.format->place(&s.examples, 0, n, place, sizeof place), path, __LINE__);
    rt_release(image.pixels);
  }
  uint32_t sum = 0;
  CHECK(s.examples.format->checksum(&s.examples, &sum, &s.error) == RT_OK && sum != 0);
  rt_examples_close(&s.examples);
}

static void check_images_views(void) {
  static const char *const classes[] = {"dog", "cat", "bird", "ant"};
  set s = {0}, plain = {0};
  int32_t number;
  float floats[24];
  unsigned char room[4];
  add(&s, "label", NULL, NULL, RT_I32, SHAPE(0));
  s.fields[0].class_count = 4;
  s.fields[0].classes = classes;
  CHECK(open_set(&s, "images", "data/arrays/images/") == RT_OK);
  CHECK(read_one(&s, 0, 0, &number) == RT_OK && number == 3);
  CHECK(s.examples.fields[0].class_count == 4);
  check_same(s.examples.fields[0].classes[2], "bird", __LINE__);
  rt_examples_close(&s.examples);
  add(&plain, "image", NULL, NULL, RT_F32, SHAPE(4, 6, 0));
  add(&plain, "small", "image", "stretch", RT_U8, SHAPE(1, 2, 2, 0));
  CHECK(open_set(&plain, "images", "data/arrays/plain") == RT_OK && plain.examples.count == 3);
  for (int n = 0; n < 3; n++) {
    CHECK(read_one(&plain, 0, n, floats) == RT_OK && read_one(&plain, 1, n, room) == RT_OK);
    for (int i = 0; i < 24; i++) {
      CHECK(floats[i] == (float)value_at(i, n) / 255);
    }
    for (int i = 0; i < 4; i++) {
      int total = 3;
      for (int k = 0; k < 6; k++) {
        total += value_at((i / 2 * 2 + k / 3) * 6 + i % 2 * 3 + k % 3, n);
      }
      CHECK(room[i] == total / 6);
    }
  }
  rt_examples_close(&plain.examples);
}

static void check_images_malformed(void) {
  static const struct {
    const char *path, *kind, *message;
    int extents[4];
    int is_label;
  } cases[] = {
      {"nowhere", NULL, "cannot read 'nowhere': No such file or directory", {4, 6}, 0},
      {"data/arrays/plain/0.png", NULL, "cannot read 'data/arrays/plain/0.png': Not a directory",
       {4, 6}, 0},
      {"data/arrays/plain", NULL, "data/arrays/plain/0.png: expected a folder with the pictures of "
                                  "a class, found a file", {0}, 1},
      {"data/arrays/images", NULL, "data/arrays/images/ant: expected a picture that ends in .png, "
                                   ".ppm or .pgm, found a folder", {4, 6}, 0},
      {"i/empty", NULL, "i/empty: expected pictures that end in .png, .ppm or .pgm, found none",
       {4, 6}, 0},
      {"i/empty", NULL, "i/empty: expected a folder for each class, found none", {0}, 1},
      {"i/classes", NULL,
       "i/classes/a: expected pictures that end in .png, .ppm or .pgm, found none", {0}, 1},
      {"i/other", NULL, "i/other/x.jpg: expected a picture that ends in .png, .ppm or .pgm, found "
                        "a file of another kind", {4, 6}, 0},
      {"i/nested", NULL, "i/nested/a/b: expected a picture that ends in .png, .ppm or .pgm, found "
                         "a folder", {0}, 1},
      {"i/empty", "fill", "i/empty: expected the kind 'crop', 'stretch' or 'exact' for the input "
                          "'image', found 'fill'", {4, 6}, 0},
      {"i/empty", NULL, "i/empty: expected pictures [N, C, H, W] of 1 to 4 channels, or [N, H, W], "
                        "for the input 'image', found u8[7, 6]", {6}, 0},
      {"i/empty", NULL, "i/empty: expected pictures [N, C, H, W] of 1 to 4 channels, or [N, H, W], "
                        "for the input 'image', found u8[7, 5, 2, 2]", {5, 2, 2}, 0},
  };
  static const char *const folders[] = {"i", "i/empty", "i/classes", "i/classes/a", "i/other",
                                        "i/nested", "i/nested/a", "i/nested/a/b", "i/good"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    mkdir(folders[i], 0777);
  }
  write_bytes("i/other/x.jpg", "x", 1);
  write_bytes("i/other/.hidden", "x", 1);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    set s = {0};
    int is_label = cases[i].is_label;
    add(&s, is_label ? "label" : "image", NULL, cases[i].kind, RT_U8, cases[i].extents);
    refuse(&s, "images", cases[i].path, cases[i].message, __LINE__);
  }
  static const char *const classes[] = {"ant", "cat"};
  set unknown = {0}, source = {0}, s = {0};
  add(&unknown, "label", NULL, NULL, RT_I32, SHAPE(0));
  unknown.fields[0].class_count = 2;
  unknown.fields[0].classes = classes;
  refuse(&unknown, "images", "data/arrays/images",
         "data/arrays/images/dog: expected a folder named like one of the 2 classes of the input "
         "'label', found another", __LINE__);
  add(&source, "x", NULL, NULL, RT_I32, SHAPE(0));
  refuse(&source, "images", "i", "i: expected the source 'image' or 'label' for the input 'x', "
                                 "found 'x'", __LINE__);
  // What the files hold is seen when they are read.
  unsigned char room[24];
  write_bytes("i/good/1.png", "GIF89a", 6);
  write_bytes("i/good/2.pgm", "P5 1 1 255 a", 12);
  write_bytes("i/good/.x", "", 0);
  add(&s, "image", NULL, "exact", RT_U8, SHAPE(4, 6, 0));
  CHECK(open_set(&s, "images", "i/good") == RT_OK && s.examples.count == 2);
  CHECK(read_one(&s, 0, 0, room) != RT_OK);
  check_same(s.error.message, "i/good/1.png: byte 0: expected a PNG, PPM or PGM image, found text",
             __LINE__);
  CHECK(read_one(&s, 0, 1, room) != RT_OK);
  check_same(s.error.message, "i/good/2.pgm: expected a picture of 4 x 6 pixels (height, width), "
                              "found 1 x 1", __LINE__);
  // A file without blocks on the disk, which is not read into memory.
  if (sizeof(off_t) > 4 && truncate("i/good/1.png", INT64_C(1) << 40) == 0) {
    CHECK(read_one(&s, 0, 0, room) != RT_OK);
    check_same(s.error.message,
               "i/good/1.png: expected a picture of less than 2 GB, found 1099511627776 bytes",
               __LINE__);
  }
  unlink("i/good/1.png");
  CHECK(read_one(&s, 0, 0, room) != RT_OK);
  check_same(s.error.message, "cannot open 'i/good/1.png': No such file or directory", __LINE__);
  rt_examples_close(&s.examples);
}

int main(void) {
  check_images();
  check_images_views();
  check_images_malformed();
  return test_summary();
}
