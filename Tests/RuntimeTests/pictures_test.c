// pictures_test.c - PNG, PGM and PPM: the pictures in data/pictures against what Pillow reads from
// them, scaling against exact numbers, malformed files, what is written, and grids.

#include <math.h>

#include "damage.h"
#include "files/image.h"
#include "files/inflate.h"
#include "test.h"

// ---- Reading ----

// Converts the picture to so many channels and compares it with planes of an array.
static void check_planes(const char *path, int channels, const rt_array *planes, int first) {
  rt_image image;
  rt_error error = {0};
  CHECK(rt_image_read(&image, path, &error) == RT_OK);
  CHECK_TEXT(error.message, "");
  CHECK(rt_image_convert(&image, channels, &error) == RT_OK && image.channels == channels);
  CHECK(image.height == planes->shape[1] && image.width == planes->shape[2]);
  size_t plane = (size_t)image.height * (size_t)image.width;
  const unsigned char *expected = (const unsigned char *)planes->data + (size_t)first * plane;
  test_check(memcmp(image.pixels, expected, (size_t)channels * plane) == 0, path, __FILE__,
             channels);
  rt_release(image.pixels);
}

static void check_reading(void) {
  static const struct {
    const char *name;
    int channels;
  } files[] = {
      {"pillow-l.png", 1},    {"pillow-la.png", 2},     {"pillow-rgb.png", 3},
      {"pillow-rgba.png", 4}, {"pillow-p1.png", 3},     {"pillow-p2.png", 3},
      {"pillow-p4.png", 3},   {"pillow-p8.png", 3},     {"pillow-p4t.png", 4},
      {"pillow-1.png", 1},    {"pillow-i16.png", 1},    {"grey2.png", 1},
      {"grey4.png", 1},       {"rgb16.png", 3},         {"la16.png", 2},
      {"grey1-adam7.png", 1}, {"rgba16-adam7.png", 4},  {"rgb8-adam7.png", 3},
      {"p4-adam7.png", 3},    {"one-adam7.png", 1},     {"rgb8-key.png", 4},
      {"grey4-key.png", 2},   {"p5.pgm", 1},            {"p6.ppm", 3},
      {"p2.pgm", 1},          {"p3.ppm", 3},            {"p5-deep.pgm", 1},
      {"p6-deep.ppm", 3},     {"p6-shallow.ppm", 3},
  };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[128], other[256];
    rt_array planes;
    rt_image image;
    rt_error error = {0};
    snprintf(path, sizeof path, "data/pictures/%s", files[i].name);
    snprintf(other, sizeof other, "%s.npy", path);
    CHECK(rt_npy_read(&planes, other, &error) == RT_OK);
    CHECK(rt_image_read(&image, path, &error) == RT_OK);
    CHECK(image.channels == files[i].channels && rt_is_image_name(path));
    rt_release(image.pixels);
    check_planes(path, 1, &planes, 0);
    check_planes(path, 3, &planes, 1);
    check_planes(path, 4, &planes, 4);
    rt_release(planes.data);
  }
  CHECK(!rt_is_image_name("png") && rt_is_image_name("A.PNG") && !rt_is_image_name("a.jpg"));
}

// ---- Scaling ----

static void check_scaling(void) {
  static const struct {
    rt_fit fit;
    int height, width;
  } cases[] = {{RT_FIT_STRETCH, 5, 6},  {RT_FIT_STRETCH, 22, 39}, {RT_FIT_STRETCH, 7, 29},
               {RT_FIT_STRETCH, 30, 4}, {RT_FIT_STRETCH, 1, 1},   {RT_FIT_STRETCH, 11, 5},
               {RT_FIT_CROP, 5, 5},     {RT_FIT_CROP, 20, 20},    {RT_FIT_CROP, 4, 12},
               {RT_FIT_CROP, 26, 9}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char path[128];
    unsigned char pixels[3 * 22 * 39];
    rt_array expected;
    rt_file file;
    rt_error error = {0};
    int height = cases[i].height, width = cases[i].width;
    snprintf(path, sizeof path, "data/pictures/%s-%dx%d.npy",
             cases[i].fit == RT_FIT_CROP ? "crop" : "stretch", height, width);
    CHECK(rt_npy_read(&expected, path, &error) == RT_OK);
    CHECK(rt_file_open(&file, "data/pictures/pillow-rgb.png", &error) == RT_OK);
    CHECK(rt_image_read_as(pixels, 3, height, width, cases[i].fit, &file, "f", &error) == RT_OK);
    test_check(memcmp(pixels, expected.data, expected.elements) == 0, path, __FILE__, __LINE__);
    rt_release(expected.data);
    rt_file_close(&file);
  }
  unsigned char pixels[3 * 11 * 13];
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, "data/pictures/pillow-rgb.png", &error) == RT_OK);
  CHECK(rt_image_read_as(pixels, 3, 11, 13, RT_FIT_EXACT, &file, "f", &error) == RT_OK);
  CHECK(rt_image_read_as(pixels, 3, 13, 11, RT_FIT_EXACT, &file, "f", &error) != RT_OK);
  CHECK(strcmp(error.message, "f: expected a picture of 13 x 11 pixels (height, width), found "
                              "11 x 13") == 0);
  rt_file_close(&file);
  rt_image line = {0};
  CHECK(rt_image_make(&line, 1, 1, 1 << 20, "a line", &error) == RT_OK);
  CHECK(rt_image_scale(&line, pixels, 8, 8, RT_FIT_CROP, "f", &error) != RT_OK);
  CHECK(strcmp(error.message, "f: expected a picture that 8 x 8 pixels (height, width) can show, "
                              "found 1 x 1048576, which is too long") == 0);
  CHECK(rt_image_scale(&line, pixels, 3, 8, RT_FIT_STRETCH, "f", &error) == RT_OK);
  rt_release(line.pixels);
}

// ---- Malformed files ----

static unsigned char made[4096];
static size_t made_size;

static void put(const void *bytes, size_t size) {
  memcpy(made + made_size, bytes, size);
  made_size += size;
}

static void put_number(uint32_t number) {
  for (int i = 0; i < 4; i++) {
    made[made_size++] = (unsigned char)(number >> (24 - 8 * i));
  }
}

static void put_chunk(const char *name, const void *data, size_t size) {
  put_number((uint32_t)size);
  size_t begin = made_size;
  put(name, 4);
  put(data, size);
  put_number(rt_checksum(0, made + begin, made_size - begin));
}

static void begin_png(uint32_t width, uint32_t height, int depth, int kind, int interlaced) {
  unsigned char header[13] = {0};
  for (int i = 0; i < 4; i++) {
    header[i] = (unsigned char)(width >> (24 - 8 * i));
    header[4 + i] = (unsigned char)(height >> (24 - 8 * i));
  }
  header[8] = (unsigned char)depth;
  header[9] = (unsigned char)kind;
  header[12] = (unsigned char)interlaced;
  made_size = 0;
  put("\x89PNG\r\n\x1a\n", 8);
  put_chunk("IHDR", header, sizeof header);
}

// Adds compressed data and the end.
static void end_png(const char *data, size_t size) {
  unsigned char *packed;
  size_t packed_size;
  CHECK(rt_zlib_encode((const unsigned char *)data, size, &packed, &packed_size) == RT_OK);
  put_chunk("IDAT", packed, packed_size);
  put_chunk("IEND", "", 0);
  rt_release(packed);
}

static void refuse(const char *expected) {
  rt_image image;
  rt_error error = {0};
  write_bytes("f", made, made_size);
  CHECK(rt_image_read(&image, "f", &error) != RT_OK && image.pixels == NULL);
  test_check(strcmp(error.message, expected) == 0, expected, __FILE__, __LINE__);
  if (strcmp(error.message, expected) != 0) {
    printf("  found: %s\n", error.message);
  }
}

static void check_malformed_headers(void) {
  made_size = 0;
  refuse("f: byte 0: expected a PNG, PPM or PGM image, found an empty file");
  put("\xff\xd8\xff\xe0", 4);
  refuse("f: byte 0: expected a PNG, PPM or PGM image, found other contents");
  made_size = 0;
  put("\x89PNG\n\n\x1a\n", 8);
  refuse("f: byte 0: expected a PNG image, found a PNG image");
  begin_png(2, 2, 8, 0, 0);
  refuse("f: byte 33: expected a chunk, up to one named IEND, found the end; the file is cut");
  put("\0\0\0\5ID@T\0\0\0\0", 12);
  refuse("f: byte 37: expected a chunk's name of four letters, found other contents");
  begin_png(2, 2, 8, 0, 0);
  put("\0\0\0\5IDAT\0\0\0\0", 12);
  refuse("f: byte 41: expected 5 bytes of the chunk IDAT, found 0; the file is cut");
  begin_png(2, 2, 8, 0, 0);
  made[20]++;
  refuse("f: byte 29: expected the checksum 40a646bb of the chunk IHDR, found 57dd52f8; the file "
         "is damaged");
  made_size = 0;
  put("\x89PNG\r\n\x1a\n", 8);
  put_chunk("IDAT", "", 0);
  refuse("f: byte 8: expected the chunk IHDR of 13 bytes, found another");
  begin_png(0, 2, 8, 0, 0);
  refuse("f: byte 16: expected a width and a height from 1 to 1048576 and at most 268435456 "
         "pixels, found 0 x 2");
  begin_png(1 << 20, 1 << 20, 8, 0, 0);
  refuse("f: byte 16: expected a width and a height from 1 to 1048576 and at most 268435456 "
         "pixels, found 1048576 x 1048576");
  begin_png(2, 2, 4, 2, 0);
  refuse("f: byte 24: expected a kind of picture that PNG has, found kind 2 with 4 bits");
  begin_png(2, 2, 8, 9, 0);
  refuse("f: byte 24: expected a kind of picture that PNG has, found kind 9 with 8 bits");
  begin_png(2, 2, 8, 0, 2);
  refuse("f: byte 26: expected methods that PNG has: 0, 0, and 0 or 1, found others");
}

static void check_malformed_chunks(void) {
  begin_png(2, 2, 8, 3, 0);
  end_png("\0\0\0\0\0\0", 6);
  refuse("f: byte 33: expected a palette before the picture, found none");
  begin_png(2, 2, 1, 3, 0);
  put_chunk("PLTE", "abcdefghi", 9);
  refuse("f: byte 41: expected one palette before the picture, with no more colours than the bits "
         "tell, found another");
  begin_png(2, 2, 8, 2, 0);
  put_chunk("tRNS", "ab", 2);
  refuse("f: byte 41: expected one list of transparent colours, between the palette and the "
         "picture, found another");
  begin_png(2, 2, 8, 0, 0);
  put_chunk("ABCD", "", 0);
  refuse("f: byte 33: expected chunks of PNG that are known, found another");
  begin_png(2, 2, 8, 0, 0);
  put_chunk("IEND", "", 0);
  refuse("f: byte 33: expected a chunk IDAT before the end, found none");
  begin_png(2, 2, 8, 0, 0);
  put_chunk("IDAT", "", 0);
  put_chunk("tEXt", "", 0);
  put_chunk("IDAT", "", 0);
  refuse("f: byte 57: expected all chunks IDAT in a row, found another one");
  begin_png(1 << 14, 1 << 14, 8, 0, 0);
  end_png("\0\0\0\0\0\0", 6);
  refuse("f: byte 41: expected the data of 16384 x 16384 pixels, found only 10 bytes");
  begin_png(2, 2, 8, 0, 0);
  put_chunk("IDAT", "abcdefghi", 9);
  put_chunk("IEND", "", 0);
  refuse("f: byte 0 of the compressed data: expected a stream of zlib, found other contents");
  begin_png(2, 2, 8, 0, 0);
  end_png("\0\0\0\0\0", 5);
  refuse("f: expected 6 bytes when it is decompressed, found 5");
  begin_png(2, 2, 8, 0, 0);
  end_png("\0\0\0\0\0\0\0", 7);
  refuse("f: byte 2 of the compressed data: expected 6 bytes in all, found more");
  begin_png(2, 2, 8, 0, 0);
  end_png("\0\1\2\5\1\2", 6);
  refuse("f: row 1: expected a filter from 0 to 4, found 5");
  begin_png(2, 2, 8, 3, 0);
  put_chunk("PLTE", "abcdef", 6);
  end_png("\0\0\1\0\0\2", 6);
  refuse("f: row 1, column 1: expected one of the 2 colours of the palette, found another");
}

static void check_malformed_pnm(void) {
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"P4\n1 1\n1", "f: byte 0: expected a PGM or PPM image, of kind P2, P3, P5 or P6, found "
                     "another kind"},
      {"P5x", "f: byte 0: expected a PGM or PPM image, of kind P2, P3, P5 or P6, found another "
              "kind"},
      {"P5", "f: byte 0: expected a PGM or PPM image, of kind P2, P3, P5 or P6, found text"},
      {"P5\n", "f: byte 3: expected a width from 0 to 2147483647, found the end; the file is cut"},
      {"P5\n2 -1\n",
       "f: byte 5: expected a height from 0 to 2147483647, found another character"},
      {"P5\n99999999999 1\n255\n",
       "f: byte 3: expected a width from 0 to 2147483647, found a larger number"},
      {"P5\n0 1\n255\n", "f: byte 2: expected a width and a height from 1 to 1048576 and at most "
                         "268435456 pixels, found 0 x 1"},
      {"P5\n2000000 1\n255\n", "f: byte 2: expected a width and a height from 1 to 1048576 and at "
                               "most 268435456 pixels, found 2000000 x 1"},
      {"P5\n1 1\n0\n", "f: byte 7: expected the largest sample from 1 to 65535, found 0"},
      {"P5\n1 1\n65536\n",
       "f: byte 7: expected the largest sample from 0 to 65535, found a larger number"},
      {"P5\n1 1\n255", "f: byte 10: expected white space before the samples, found the end"},
      {"P5\n1 1\n255x",
       "f: byte 10: expected white space before the samples, found another character"},
      {"P6\n2 1\n255\nabcde",
       "f: byte 11: expected 6 bytes of samples, found 5; the file is cut"},
      {"P5\n2 1\n255\nabc", "f: byte 11: expected 2 bytes of samples, found 3"},
      {"P5\n2 1\n300\nabcd", "f: byte 11: expected a sample from 0 to 300, found 24930"},
      {"P5\n2 1\n80\na@", "f: byte 10: expected a sample from 0 to 80, found 97"},
      {"P2\n2 1\n80\n 81 3", "f: byte 11: expected a sample from 0 to 80, found a larger number"},
      {"P2\n2 1\n80\n 8", "f: byte 9: expected at least 4 bytes of samples, found 3; the file is "
                          "cut"},
      {"P2\n2 1\n80\n 78 ", "f: byte 14: expected a sample from 0 to 80, found the end; the file "
                            "is cut"},
      {"P2\n2 1\n80\n 7 8 9", "f: byte 15: expected the end, found more"},
      {"P3\n1 1\n80\n 7 8 x", "f: byte 15: expected a sample from 0 to 80, found another "
                              "character"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    made_size = 0;
    put(cases[i].text, strlen(cases[i].text));
    refuse(cases[i].message);
  }
}

// Every prefix is refused, and every file with a byte changed read or refused.
static void check_damaged(const char *path, int all_refused) {
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, path, &error) == RT_OK);
  CHECK(rt_file_hold(&file, SIZE_MAX, 0, path, &error) == RT_OK);
  size_t refused = 0, size = file.size;
  for (size_t i = 0; i < 2 * size; i++) {
    rt_image image;
    made_size = 0;
    put(file.held, i < size ? i : size);
    made[i % size] ^= i < size ? 0 : 16;
    write_bytes("damaged", made, made_size);
    refused += rt_image_read(&image, "damaged", &error) != RT_OK;
    rt_release(image.pixels);
  }
  CHECK(all_refused ? refused == 2 * size : refused >= size);
  rt_file_close(&file);
}

// ---- Writing ----

static void check_written(const char *path, int channels, int height, int width) {
  rt_image image, back;
  rt_error error = {0};
  CHECK(rt_image_make(&image, channels, height, width, "a picture", &error) == RT_OK);
  size_t bytes = (size_t)channels * (size_t)height * (size_t)width;
  uint32_t noise = 1;
  for (size_t i = 0; i < bytes; i++) {
    noise = noise * 1664525 + 1013904223;
    int is_noise = i % (size_t)width * 3 > (size_t)width;
    image.pixels[i] = (unsigned char)(is_noise ? noise >> 24 : i / 7);
  }
  CHECK((strstr(path, "png") != NULL ? rt_png_write : rt_pnm_write)(path, &image, &error) == RT_OK);
  CHECK(rt_image_read(&back, path, &error) == RT_OK);
  CHECK(back.channels == channels && back.height == height && back.width == width);
  CHECK(memcmp(image.pixels, back.pixels, bytes) == 0);
  rt_release(image.pixels);
  rt_release(back.pixels);
}

static void check_writing(void) {
  static const int sizes[][2] = {{1, 1}, {11, 13}, {1, 700}, {200, 333}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    check_written("w.png", 1, sizes[i][0], sizes[i][1]);
    check_written("w.png", 3, sizes[i][0], sizes[i][1]);
    check_written("w.pgm", 1, sizes[i][0], sizes[i][1]);
    check_written("w.ppm", 3, sizes[i][0], sizes[i][1]);
  }
}

// ---- Grids ----

static void check_grids(void) {
  float floats[5 * 3 * 2] = {0};
  rt_array array = {RT_F32, 3, {5, 3, 2}, 30, floats};
  rt_image grid;
  rt_error error = {0};
  for (int i = 0; i < 30; i++) {
    floats[i] = (float)(i - 5) / 20;
  }
  floats[1] = NAN;
  CHECK(rt_image_grid(&grid, &array, 3, 0, "f", &error) == RT_OK);
  CHECK(grid.channels == 1 && grid.height == 2 * 5 + 2 && grid.width == 3 * 4 + 2);
  for (int y = 0, i = 0; y < 12; y++) {
    for (int x = 0; x < 14; x++) {
      int n = (y / 5) * 3 + x / 4, row = y % 5 - 2, column = x % 4 - 2;
      double value = 255;
      if (row >= 0 && column >= 0 && n < 5 && x < 13 && y < 12 && x / 4 < 3) {
        value = floats[n * 6 + row * 2 + column];
        value = value > 0 ? (value < 1 ? value : 1) * 255 + 0.5 : 0;
        i++;
      }
      CHECK(grid.pixels[y * 14 + x] == (int)value);
    }
    CHECK(y < 11 || i == 30);
  }
  rt_release(grid.pixels);
  CHECK(rt_image_grid(&grid, &array, 0, -1, "f", &error) == RT_OK);
  CHECK(grid.width == 14 && grid.height == 12 && grid.pixels[2 * 14 + 2] == 96);
  rt_release(grid.pixels);
  unsigned char bytes[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255};
  rt_array single = {RT_U8, 4, {1, 3, 2, 2}, 12, bytes};
  CHECK(rt_image_grid(&grid, &single, 0, 0, "f", &error) == RT_OK);
  CHECK(grid.channels == 3 && grid.height == 2 && memcmp(grid.pixels, bytes, 12) == 0);
  rt_release(grid.pixels);
  single.shape[1] = 2;
  CHECK(rt_image_grid(&grid, &single, 0, 0, "f", &error) != RT_OK);
  CHECK(strcmp(error.message, "f: expected pictures [N, C, H, W] or [N, H, W] of 1 or 3 channels, "
                              "found u8[1, 2, 2, 2]") == 0);
}

int main(void) {
  check_reading();
  check_scaling();
  check_malformed_headers();
  check_malformed_chunks();
  check_malformed_pnm();
  check_damaged("data/pictures/p4-adam7.png", 1);
  check_damaged("data/pictures/rgb8-key.png", 1);
  check_damaged("data/pictures/p5-deep.pgm", 0);
  check_damaged("data/pictures/p2.pgm", 0);
  check_writing();
  check_grids();
  return test_summary();
}
