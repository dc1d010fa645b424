// arrays_test.c - the data formats idx and cifar, on the files in data/arrays, which follow
// formulas; and malformed ones.

#define _POSIX_C_SOURCE 200809L

#include <sys/stat.h>
#include <unistd.h>

#include "data_sets.h"

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
  refuse(&missing, "idx", "bad", "cannot open 'bad/nothing': No such file or directory; the file, "
                                 "or one whose name ends in .gz, holds the input 'x'", __LINE__);
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
  refuse(&both, "cifar", "c", "c: expected the source 'label' of CIFAR-10, or 'coarse' and 'fine' "
                              "of CIFAR-100, found both", __LINE__);
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
  refuse(&missing, "cifar", "nowhere", "cannot open 'nowhere': No such file or directory",
         __LINE__);
}

int main(void) {
  check_idx();
  check_idx_types();
  check_idx_malformed();
  check_cifar_10();
  check_cifar_100();
  check_cifar_malformed();
  return test_summary();
}
