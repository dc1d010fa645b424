// arrays_test.c - the data formats idx, cifar, npz and images, on the files in data/arrays, which
// follow formulas; and malformed ones.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "damage.h"
#include "data/examples.h"
#include "files/image.h"
#include "test.h"

static void check_same(const char *found, const char *expected, int line) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, line);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

// ---- Data sets -------------------------------------------------------------------

// A data set of up to two fields.
typedef struct {
  rt_tensor inputs[2];
  int shapes[2][4];
  rt_field_recipe fields[2];
  rt_function step;
  rt_data_recipe recipe;
  rt_examples examples;
  rt_error error;
} set;

// Adds an input of a batch of 7 with these further extents, which end with 0.
static void add(set *s, const char *name, const char *source, const char *kind, rt_dtype dtype,
                const int *extents) {
  int i = s->recipe.field_count++, rank = 1;
  s->shapes[i][0] = 7;
  for (; *extents != 0; extents++) {
    s->shapes[i][rank++] = *extents;
  }
  s->inputs[i] = (rt_tensor){name, dtype, rank, s->shapes[i]};
  s->fields[i] = (rt_field_recipe){.input = name, .source = source, .kind = kind};
  s->step.input_count = s->recipe.field_count;
}

#define SHAPE(...) ((const int[]){__VA_ARGS__})

static int open_set(set *s, const char *format, const char *path) {
  s->step.name = "train";
  s->step.inputs = s->inputs;
  s->recipe.name = "data";
  s->recipe.format = format;
  s->recipe.fields = s->fields;
  return rt_examples_open(&s->examples, &s->recipe, path, &s->step, &s->error);
}

static int read_one(set *s, int field, int64_t example, void *room) {
  return s->examples.format->read(&s->examples, field, example, room, &s->error);
}

// The data set must be refused with this message.
static void refuse(set *s, const char *format, const char *path, const char *message, int line) {
  int code = open_set(s, format, path);
  test_check(code != RT_OK && code == s->error.code, message, __FILE__, line);
  check_same(s->error.message, message, line);
  rt_examples_close(&s->examples);
}

static unsigned char value_at(int64_t i, int64_t seed) {
  return (unsigned char)((i * i + 7 * i * seed) >> 3);
}

// ---- idx -------------------------------------------------------------------------

static void check_idx(void) {
  set s = {0};
  unsigned char image[24], label;
  float floats[24];
  uint32_t sum = 0;
  add(&s, "image", "train-images-idx3-ubyte", NULL, RT_U8, SHAPE(1, 4, 6, 0));
  add(&s, "label", "train-labels-idx1-ubyte.gz", NULL, RT_I32, SHAPE(0));
  CHECK(open_set(&s, "idx", "data/arrays/idx") == RT_OK);
  check_same(s.error.message, "", __LINE__);
  CHECK(s.examples.count == 5 && s.examples.fields[0].rank == 3 && s.examples.fields[1].rank == 0);
  for (int n = 0; n < 5; n++) {
    CHECK(read_one(&s, 0, n, image) == RT_OK && read_one(&s, 1, n, &label) == RT_OK);
    CHECK(label == value_at(n, 2) % 10);
    for (int i = 0; i < 24; i++) {
      CHECK(image[i] == value_at(24 * n + i, 1));
    }
  }
  CHECK(s.examples.format->checksum(&s.examples, &sum, &s.error) == RT_OK && sum != 0);
  rt_examples_close(&s.examples);

  set unit = {0};
  add(&unit, "image", "train-images-idx3-ubyte", "unit", RT_F32, SHAPE(4, 6, 0));
  CHECK(open_set(&unit, "idx", "data/arrays/idx/") == RT_OK);
  CHECK(read_one(&unit, 0, 3, floats) == RT_OK);
  for (int i = 0; i < 24; i++) {
    CHECK(floats[i] == (float)value_at(72 + i, 1) / 255);
  }
  rt_examples_close(&unit.examples);
}

static void check_idx_types(void) {
  static const struct {
    const char *name;
    rt_dtype dtype;
  } types[] = {{"i8", RT_I8}, {"i16", RT_I16}, {"i32", RT_I32}, {"f32", RT_F32}, {"f64", RT_F64}};
  for (int t = 0; t < 5; t++) {
    set s = {0};
    unsigned char room[24];
    add(&s, types[t].name, NULL, NULL, types[t].dtype, SHAPE(3, 0));
    CHECK(open_set(&s, "idx", "data/arrays/idx") == RT_OK && s.examples.count == 5);
    for (int n = 0; n < 5; n++) {
      CHECK(read_one(&s, 0, n, room) == RT_OK);
      for (int i = 0; i < 3; i++) {
        const void *at = room + (size_t)i * rt_dtype_size(types[t].dtype);
        CHECK(rt_scalar_get(types[t].dtype, at) == 3 * (3 * n + i) - 5);
      }
    }
    rt_examples_close(&s.examples);
  }
}

static void check_idx_malformed(void) {
  static const struct {
    const char *bytes;
    size_t size;
    const char *message;
  } cases[] = {
      {"", 0, "bad/x: byte 0: expected an IDX file, as those of MNIST, that begins with two zero "
              "bytes, found an empty file"},
      {"\0\0\x8", 3, "bad/x: byte 0: expected an IDX file, as those of MNIST, that begins with two "
                     "zero bytes, found fewer than 4 bytes"},
      {"\x93NUMPY", 6, "bad/x: byte 0: expected an IDX file, as those of MNIST, that begins with "
                       "two zero bytes, found an .npy file"},
      {"\0\1\x8\1", 4, "bad/x: byte 0: expected an IDX file, as those of MNIST, that begins with "
                       "two zero bytes, found other contents"},
      {"\0\0\x7\1", 4, "bad/x: byte 2: expected a type: 8, 9, 11, 12, 13 or 14, found 7"},
      {"\0\0\xa\1", 4, "bad/x: byte 2: expected a type: 8, 9, 11, 12, 13 or 14, found 10"},
      {"\0\0\x8\0", 4, "bad/x: byte 3: expected from 1 to 16 axes, found none"},
      {"\0\0\x8\x11", 4, "bad/x: byte 3: expected from 1 to 16 axes, found more"},
      {"\0\0\x8\2\0\0\0\1", 8,
       "bad/x: byte 4: expected the extents of all axes, found the end; the file is cut"},
      {"\0\0\x8\1\0\0\0\4abc", 11,
       "bad/x: byte 8: expected 4 bytes for u8[4], found 3; the file is cut"},
      {"\0\0\x8\1\0\0\0\2abc", 11, "bad/x: byte 8: expected 2 bytes for u8[2], found 3"},
      {"\0\0\xe\2\0\0\0\2\0\0\0\1abc", 15,
       "bad/x: byte 12: expected 16 bytes for f64[2, 1], found 3; the file is cut"},
      {"\0\0\x8\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16,
       "bad/x: byte 8: expected a shape of fewer elements than memory has room for, found a larger "
       "one"},
      {"\x1f\x8b\x8", 3,
       "bad/x: byte 0: expected a header of 10 bytes, found the end; the file is cut"},
      {"\0\0\x8\2\0\0\0\1\0\0\0\2ab", 14, "bad/x: expected i32[*], found u8[1, 2]"},
  };
  mkdir("bad", 0777);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    set s = {0};
    add(&s, "x", NULL, NULL, RT_I32, SHAPE(0));
    write_bytes("bad/x", cases[i].bytes, cases[i].size);
    refuse(&s, "idx", "bad", cases[i].message, __LINE__);
  }
  set missing = {0}, kind = {0}, wide = {0}, count = {0};
  add(&missing, "x", "nothing", NULL, RT_I32, SHAPE(0));
  refuse(&missing, "idx", "bad", "cannot open 'bad/nothing': No such file or directory; the file, or "
                                 "one whose name ends in .gz, holds the input 'x'", __LINE__);
  add(&kind, "x", NULL, "gauss", RT_I32, SHAPE(0));
  refuse(&kind, "idx", "bad", "bad/x: expected for the input 'x' no kind or the kind 'unit', found "
                              "'gauss'", __LINE__);
  add(&wide, "x", "i16", "unit", RT_F32, SHAPE(3, 0));
  refuse(&wide, "idx", "data/arrays/idx",
         "data/arrays/idx/i16: expected u8 for the kind 'unit', found i16", __LINE__);
  write_bytes("bad/x", "\0\0\x8\1\0\0\0\2ab", 10);
  write_bytes("bad/y", "\0\0\x8\1\0\0\0\3abc", 11);
  add(&count, "x", NULL, NULL, RT_I32, SHAPE(0));
  add(&count, "y", NULL, NULL, RT_I32, SHAPE(0));
  refuse(&count, "idx", "bad", "bad/y: expected 2 examples as in 'bad/x', found 3", __LINE__);
}

// ---- cifar -----------------------------------------------------------------------

static void check_cifar_10(void) {
  set s = {0};
  static unsigned char image[3072], label;
  static float floats[3072];
  char place[256];
  add(&s, "x", "image", NULL, RT_U8, SHAPE(3, 32, 32, 0));
  add(&s, "y", "label", NULL, RT_I64, SHAPE(0));
  CHECK(open_set(&s, "cifar", "data/arrays/cifar10") == RT_OK);
  check_same(s.error.message, "", __LINE__);
  CHECK(s.examples.count == 3 && s.examples.fields[1].class_count == 10);
  check_same(s.examples.fields[1].classes[9], "class9", __LINE__);
  for (int n = 0; n < 3; n++) {
    CHECK(read_one(&s, 0, n, image) == RT_OK && read_one(&s, 1, n, &label) == RT_OK);
    CHECK(label == (n < 2 ? 3 * n + 1 : 3));
    int same = 0;
    for (int i = 0; i < 3072; i++) {
      same += image[i] == (value_at(i, n + 1) & 0xf0);
    }
    CHECK(same == 3072);
  }
  s.examples.format->place(&s.examples, 0, 2, place, sizeof place);
  check_same(place, "data/arrays/cifar10/data_batch_2.bin: record 0", __LINE__);
  uint32_t sum = 0;
  CHECK(s.examples.format->checksum(&s.examples, &sum, &s.error) == RT_OK && sum != 0);
  rt_examples_close(&s.examples);

  set single = {0};
  add(&single, "image", NULL, NULL, RT_F32, SHAPE(3, 32, 32, 0));
  CHECK(open_set(&single, "cifar", "data/arrays/cifar10/data_batch_2.bin") == RT_OK);
  CHECK(single.examples.count == 1 && read_one(&single, 0, 0, floats) == RT_OK);
  for (int i = 0; i < 3072; i += 100) {
    CHECK(floats[i] == (float)(value_at(i, 3) & 0xf0) / 255);
  }
  rt_examples_close(&single.examples);
}

static void check_cifar_100(void) {
  set s = {0};
  unsigned char coarse, fine;
  static unsigned char image[3072];
  add(&s, "coarse", NULL, NULL, RT_I32, SHAPE(0));
  add(&s, "fine", NULL, NULL, RT_I32, SHAPE(0));
  CHECK(open_set(&s, "cifar", "data/arrays/cifar100") == RT_OK && s.examples.count == 2);
  CHECK(read_one(&s, 0, 1, &coarse) == RT_OK && read_one(&s, 1, 1, &fine) == RT_OK);
  CHECK(coarse == 7 && fine == 8 && s.examples.fields[0].class_count == 0);
  rt_examples_close(&s.examples);
  set alone = {0};
  add(&alone, "image", NULL, NULL, RT_U8, SHAPE(3, 32, 32, 0));
  CHECK(open_set(&alone, "cifar", "data/arrays/cifar100/train.bin") == RT_OK);
  CHECK(alone.examples.count == 2 && read_one(&alone, 0, 1, image) == RT_OK);
  CHECK(image[5] == (value_at(5, 5) & 0xf0));
  rt_examples_close(&alone.examples);
}

static void check_cifar_malformed(void) {
  static unsigned char record[2 * 3073];
  static const struct {
    const char *file, *source, *message;
    size_t size;
    int label;
  } cases[] = {
      {"c/data_batch_1.bin", "label", "c/data_batch_1.bin: expected records of 3073 bytes, as in "
                                      "the binary version of CIFAR-10, found 0 bytes", 0, 0},
      {"c/data_batch_1.bin", "label", "c/data_batch_1.bin: expected records of 3073 bytes, as in "
                                      "the binary version of CIFAR-10, found 3072 bytes", 3072, 0},
      {"c/data_batch_1.bin", "image", "c/data_batch_1.bin: expected records of 3073 bytes, as in "
                                      "the binary version of CIFAR-10, found 6145 bytes", 6145, 0},
      {"c/data_batch_1.bin", "fine", "c/data_batch_1.bin: expected records of 3074 bytes, as in "
                                     "the binary version of CIFAR-100, found 3073 bytes", 3073, 0},
      {"c/data_batch_1.bin", "label",
       "c/data_batch_1.bin: byte 0: expected a label from 0 to 9, found 10", 3073, 10},
      {"c/data_batch_1.bin", "coarse",
       "c/data_batch_1.bin: byte 0: expected a label from 0 to 19, found 20", 3074, 20},
      {"c/data_batch_2.bin", "label",
       "c: expected 'data_batch_1.bin' before 'data_batch_2.bin', found none", 3073, 0},
      {"c/test_batch.bin", "label",
       "c: expected 'data_batch_1.bin' and so on, as in the binary version of CIFAR-10, or "
       "'train.bin' of CIFAR-100, found none; a path of one file reads that", 3073, 0},
      {"c/train.bin", "label", "c/train.bin: expected records of 3073 bytes, as in the binary "
                               "version of CIFAR-10, found 3074 bytes", 3074, 0},
      {"c/train.bin", "labels", "c: expected the source 'image', 'label', 'coarse' or 'fine' for "
                                "the input 'y', found 'labels'", 3073, 0},
  };
  mkdir("c", 0777);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    set s = {0};
    record[0] = (unsigned char)cases[i].label;
    write_bytes(cases[i].file, record, cases[i].size);
    add(&s, "y", cases[i].source, NULL, RT_U8, SHAPE(0));
    refuse(&s, "cifar", "c", cases[i].message, __LINE__);
    unlink(cases[i].file);
  }
  set both = {0}, shape = {0}, names = {0}, missing = {0};
  add(&both, "y", "label", NULL, RT_U8, SHAPE(0));
  add(&both, "z", "fine", NULL, RT_U8, SHAPE(0));
  refuse(&both, "cifar", "c", "c: expected the source 'label' of CIFAR-10, or 'coarse' and 'fine' of "
                              "CIFAR-100, found both", __LINE__);
  add(&shape, "image", NULL, NULL, RT_F32, SHAPE(1, 28, 28, 0));
  refuse(&shape, "cifar", "data/arrays/cifar10",
         "data/arrays/cifar10: expected f32[*, 1, 28, 28], found f32[3, 3, 32, 32]", __LINE__);
  record[0] = 0;
  write_bytes("c/data_batch_1.bin", record, 3073);
  write_bytes("c/batches.meta.txt", "a\nb\r\n\nc", 7);
  add(&names, "label", NULL, NULL, RT_U8, SHAPE(0));
  refuse(&names, "cifar", "c/data_batch_1.bin",
         "c/batches.meta.txt: expected 10 names of classes, found 3", __LINE__);
  add(&missing, "label", NULL, NULL, RT_U8, SHAPE(0));
  refuse(&missing, "cifar", "nowhere", "cannot open 'nowhere': No such file or directory", __LINE__);
}

// ---- npz -------------------------------------------------------------------------

static void check_npz(void) {
  static const char *const paths[] = {"data/arrays/stored.npz", "data/arrays/compressed.npz"};
  for (int k = 0; k < 2; k++) {
    set s = {0};
    unsigned char image[24];
    int64_t label;
    float big[3];
    add(&s, "x", "image", NULL, RT_U8, SHAPE(4, 6, 0));
    add(&s, "label", NULL, NULL, RT_I64, SHAPE(0));
    CHECK(open_set(&s, "npz", paths[k]) == RT_OK);
    check_same(s.error.message, "", __LINE__);
    for (int n = 0; n < 5; n++) {
      CHECK(read_one(&s, 0, n, image) == RT_OK && read_one(&s, 1, n, &label) == RT_OK);
      CHECK(label == 3 * n - 5);
      for (int i = 0; i < 24; i++) {
        CHECK(image[i] == value_at(24 * n + i, 1));
      }
    }
    uint32_t sum = 0;
    CHECK(s.examples.format->checksum(&s.examples, &sum, &s.error) == RT_OK && sum != 0);
    rt_examples_close(&s.examples);
    set swapped = {0};
    add(&swapped, "x", "big.npy", NULL, RT_F32, SHAPE(3, 0));
    CHECK(open_set(&swapped, "npz", paths[k]) == RT_OK);
    CHECK(read_one(&swapped, 0, 4, big) == RT_OK && big[0] == 31 && big[2] == 37);
    rt_examples_close(&swapped.examples);
    set fortran = {0}, scalar = {0}, missing = {0}, shape = {0};
    char message[512];
    add(&fortran, "fortran", NULL, NULL, RT_F64, SHAPE(3, 0));
    snprintf(message, sizeof message, "%s: fortran.npy: expected C order, found Fortran order; "
             "convert it with numpy.ascontiguousarray", paths[k]);
    refuse(&fortran, "npz", paths[k], message, __LINE__);
    add(&scalar, "scalar", NULL, NULL, RT_F32, SHAPE(0));
    snprintf(message, sizeof message,
             "%s: scalar.npy: expected an axis of examples, found f32[]", paths[k]);
    refuse(&scalar, "npz", paths[k], message, __LINE__);
    add(&missing, "x", "images", NULL, RT_F32, SHAPE(0));
    snprintf(message, sizeof message, "%s: expected the array 'images' for the input 'x', found "
             "'image', 'label', 'big', 'fortran', 'scalar'", paths[k]);
    refuse(&missing, "npz", paths[k], message, __LINE__);
    add(&shape, "label", NULL, NULL, RT_I64, SHAPE(2, 0));
    snprintf(message, sizeof message, "%s: label.npy: expected i64[*, 2], found i64[5]", paths[k]);
    refuse(&shape, "npz", paths[k], message, __LINE__);
  }
}

// Opens and reads an array of an archive that is damaged in one place.
static void refuse_npz(unsigned char *bytes, size_t size, size_t at, int value,
                       const char *message, int line) {
  set s = {0};
  unsigned char kept = bytes[at];
  bytes[at] = (unsigned char)value;
  write_bytes("bad.npz", bytes, size);
  bytes[at] = kept;
  add(&s, "image", NULL, NULL, RT_U8, SHAPE(4, 6, 0));
  refuse(&s, "npz", "bad.npz", message, line);
}

// The offset of a text in a file, or 0.
static size_t find(const rt_file *file, const char *text, size_t from) {
  for (size_t i = from; i + strlen(text) <= file->size; i++) {
    if (memcmp(file->held + i, text, strlen(text)) == 0) {
      return i;
    }
  }
  return 0;
}

static void check_npz_malformed(void) {
  rt_file file;
  rt_error error = {0};
  set folder = {0};
  CHECK(rt_file_open(&file, "data/arrays/stored.npz", &error) == RT_OK);
  CHECK(rt_file_hold(&file, SIZE_MAX, 0, "f", &error) == RT_OK);
  unsigned char *b = file.held;
  size_t size = file.size, header = find(&file, "NUMPY", 0) - 1;
  size_t entry = find(&file, "PK\1\2", 0), end = find(&file, "PK\5\6", 0);
  refuse_npz(b, size, header + 1, 'n', "bad.npz: image.npy: byte 0: expected an .npy file, found "
             "other contents; numpy.save(FILE, array) writes one", __LINE__);
  refuse_npz(b, size, header + 6, 9,
             "bad.npz: image.npy: byte 6: expected version 1, 2 or 3, found 9", __LINE__);
  refuse_npz(b, size, header + 9, 9, "bad.npz: image.npy: byte 8: expected a header of 2422 bytes, "
             "found 238", __LINE__);
  refuse_npz(b, size, find(&file, "(5, 4", 0) + 1, '9', "bad.npz: image.npy: byte 128: expected "
             "216 bytes for u8[9, 4, 6], found 120; the file is cut", __LINE__);
  refuse_npz(b, size, header + 130, 9, "bad.npz: image.npy: expected the checksum 06833a2f, found "
             "18dc18d5; the file is damaged", __LINE__);
  refuse_npz(b, size, entry + 10, 12, "bad.npz: image.npy: expected a file that is stored or "
             "deflated, found method 12", __LINE__);
  refuse_npz(b, size, entry + 8, 1, "bad.npz: byte 1280: expected files without a password, found "
             "an encrypted one; numpy.savez(FILE, name=array) writes one", __LINE__);
  refuse_npz(b, size, entry + 42, 1,
             "bad.npz: byte 1: expected the file 'image.npy', found other contents", __LINE__);
  refuse_npz(b, size, entry + 46, 'x', "bad.npz: expected the array 'image' for the input 'image', "
             "found 'xmage', 'label', 'big', 'fortran', 'scalar'", __LINE__);
  refuse_npz(b, size, end + 18, 1, "bad.npz: byte 1556: expected a directory before this byte, "
             "found another place; the file is damaged; numpy.savez(FILE, name=array) writes one",
             __LINE__);
  refuse_npz(b, size - 1, 0, 'P', "bad.npz: byte 1577: expected the directory of a zip archive, "
             "found the end; the file is cut; numpy.savez(FILE, name=array) writes one", __LINE__);
  refuse_npz(b, 0, 0, 0, "bad.npz: byte 0: expected the directory of a zip archive, found an empty "
             "file; numpy.savez(FILE, name=array) writes one", __LINE__);
  refuse_npz(b + header, 128, 0, 0x93, "bad.npz: byte 0: expected the directory of a zip archive, "
             "found an .npy file; numpy.savez(FILE, name=array) writes one", __LINE__);
  rt_file_close(&file);
  add(&folder, "image", NULL, NULL, RT_U8, SHAPE(4, 6, 0));
  refuse(&folder, "npz", "data/arrays",
         "cannot read 'data/arrays': expected a file, found a directory", __LINE__);
}

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
      {"data/arrays/plain", NULL, "data/arrays/plain/0.png: expected a folder with the pictures of a "
                                  "class, found a file", {0}, 1},
      {"data/arrays/images", NULL, "data/arrays/images/ant: expected a picture that ends in .png, "
                                   ".ppm or .pgm, found a folder", {4, 6}, 0},
      {"i/empty", NULL, "i/empty: expected pictures that end in .png, .ppm or .pgm, found none",
       {4, 6}, 0},
      {"i/empty", NULL, "i/empty: expected a folder for each class, found none", {0}, 1},
      {"i/classes", NULL,
       "i/classes/a: expected pictures that end in .png, .ppm or .pgm, found none", {0}, 1},
      {"i/other", NULL, "i/other/x.jpg: expected a picture that ends in .png, .ppm or .pgm, found a "
                        "file of another kind", {4, 6}, 0},
      {"i/nested", NULL, "i/nested/a/b: expected a picture that ends in .png, .ppm or .pgm, found a "
                         "folder", {0}, 1},
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
  refuse(&source, "images", "i", "i: expected the source 'image' or 'label' for the input 'x', found "
                                 "'x'", __LINE__);
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
  unlink("i/good/1.png");
  CHECK(read_one(&s, 0, 0, room) != RT_OK);
  check_same(s.error.message, "cannot open 'i/good/1.png': No such file or directory", __LINE__);
  rt_examples_close(&s.examples);
}

int main(void) {
  check_idx();
  check_idx_types();
  check_idx_malformed();
  check_cifar_10();
  check_cifar_100();
  check_cifar_malformed();
  check_npz();
  check_npz_malformed();
  check_images();
  check_images_views();
  check_images_malformed();
  return test_summary();
}
