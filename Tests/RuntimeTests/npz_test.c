// npz_test.c - the data format npz, on what NumPy wrote to data/arrays, and malformed archives.

#include "data_sets.h"

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

int main(void) {
  check_npz();
  check_npz_malformed();
  return test_summary();
}
