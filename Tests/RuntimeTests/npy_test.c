// npy_test.c - npy: round trips, and a corpus of malformed files, each with a part of
// the message that it must give; and the conversions of elements.

#include "damage.h"
#include "files/files.h"
#include "test.h"

static void check_npy_round_trips(void) {
  for (int dtype = RT_F32; dtype <= RT_BOOL; dtype++) {
    for (int rank = 0; rank < 4; rank++) {
      unsigned char data[24 * 8];
      rt_array array = {(rt_dtype)dtype, rank, {2, 3, 4}, 1, data}, back;
      rt_error error = {0};
      for (size_t i = 0; i < sizeof data; i++) {
        data[i] = dtype == RT_BOOL ? i % 2 : (unsigned char)(i * 7 % 120);
      }
      for (int axis = 0; axis < rank; axis++) {
        array.elements *= (size_t)array.shape[axis];
      }
      CHECK(rt_npy_write("t.npy", &array, &error) == RT_OK);
      CHECK(rt_npy_read(&back, "t.npy", &error) == RT_OK);
      CHECK(back.dtype == (dtype == RT_BF16 ? RT_F32 : array.dtype));
      CHECK(back.rank == rank && back.elements == array.elements);
      if (dtype != RT_BF16) {
        CHECK(memcmp(back.data, data, back.elements * rt_dtype_size(back.dtype)) == 0);
      }
      rt_release(back.data);
    }
  }
}

// Writes a file with this header; the length in it is `length`, or right if negative.
static void make_npy(int version, const char *header, int length, int data) {
  unsigned char bytes[512] = {0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version};
  size_t begin = version == 1 ? 10 : 12, size = strlen(header);
  unsigned given = length < 0 ? (unsigned)size : (unsigned)length;
  bytes[8] = (unsigned char)given;
  bytes[9] = (unsigned char)(given >> 8);
  memcpy(bytes + begin, header, size);
  for (int i = 0; i < data; i++) {
    bytes[begin + size + (size_t)i] = (unsigned char)i;
  }
  write_bytes("t.npy", bytes, begin + size + (size_t)data);
}

static void check_npy_versions(void) {
  rt_array array;
  rt_error error = {0};
  for (int version = 1; version <= 3; version++) {
    make_npy(version, "{'shape': (2,), 'fortran_order': False, 'descr': '<i2'}  \n", -1, 4);
    CHECK(rt_npy_read(&array, "t.npy", &error) == RT_OK);
    CHECK(((int16_t *)array.data)[1] == 0x0302);
    rt_release(array.data);
  }
  make_npy(1, "{\"descr\": \">i2\", \"fortran_order\": False, \"shape\": (2)}", -1, 4);
  CHECK(rt_npy_read(&array, "t.npy", &error) == RT_OK);
  CHECK(array.rank == 1 && ((int16_t *)array.data)[1] == 0x0203);
  rt_release(array.data);
  make_npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}", -1, 0);
  CHECK(rt_npy_read(&array, "t.npy", &error) == RT_OK && array.elements == 0);
  rt_release(array.data);
}

static void check_npy_malformed(void) {
  static const struct {
    const char *header;
    int length, data;
    const char *message;
  } cases[] = {
      {"", -1, 8, "byte 0 of the header: expected '{', found its end"},
      {"{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}", -1, 8, "Fortran order"},
      {"{'descr': '<f4', 'fortran_order': None, 'shape': (2,)}", -1, 8, "True or False"},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", -1, 8, "found '<c8'"},
      {"{'descr': '|V2', 'fortran_order': False, 'shape': (1,)}", -1, 2, "found '|V2'"},
      {"{'descr': '', 'fortran_order': False, 'shape': (1,)}", -1, 2, "found ''"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", -1, 2, "found '|O'"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", -1, 4, "records"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", -1, 7,
       "expected 8 bytes for f32[2], found 7"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", -1, 9, "found 9"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 400, 8,
       "expected a header of 400 bytes"},
      {"{'descr': '<f4', 'fortran_order': False}", -1, 8, "each once"},
      {"{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}", -1, 8, "each once"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", -1, 8, "each once"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", -1, 8,
       "an extent, found '-'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2", -1, 8, "',' or ')'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", -1, 8,
       "at most 18 digits"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999)}", -1,
       8, "fewer elements"},
      {"{'descr': '<f4', 'fortran_order': False, "
       "'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}",
       -1, 4, "at most 16 axes"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", -1, 8, "nothing more"},
      {"{'descr: <f4", -1, 8, "a closing quote"},
      {"{'descr' '<f4'}", -1, 8, "':'"},
      {"{'des\\cr': '<f4'}", -1, 8, "plain string"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_array array;
    rt_error error = {0};
    make_npy(1, cases[i].header, cases[i].length, cases[i].data);
    CHECK(rt_npy_read(&array, "t.npy", &error) == RT_ERROR_FORMAT);
    CHECK_TEXT(error.message, cases[i].message);
    rt_release(array.data);
  }
  rt_array array;
  rt_error error = {0};
  make_npy(4, "{}", -1, 8);
  CHECK(rt_npy_read(&array, "t.npy", &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message, "t.npy: byte 6: expected version 1, 2 or 3, found 4");
  write_bytes("t.npy", "", 0);
  CHECK(rt_npy_read(&array, "t.npy", &error) == RT_ERROR_FORMAT);
  write_bytes("t.npy", "not an npy file at all", 22);
  CHECK(rt_npy_read(&array, "t.npy", &error) == RT_ERROR_FORMAT);
  CHECK(rt_npy_read(&array, "missing.npy", &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "cannot open 'missing.npy': No such file");
  CHECK(rt_npy_read(&array, ".", &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "cannot read '.': expected a file, found a directory");
}

static void check_conversions(void) {
  static const int64_t wide[] = {0, 1, 255, 256, -1};
  static const uint8_t bytes[] = {0, 128, 255};
  float reals[3];
  int32_t narrow[5];
  uint8_t small[5];
  size_t bad;
  CHECK(rt_convert(RT_F32, reals, RT_U8, bytes, 3, &bad) == RT_OK && reals[2] == 255.0f);
  CHECK(rt_convert(RT_I32, narrow, RT_I64, wide, 5, &bad) == RT_OK && narrow[4] == -1);
  CHECK(rt_convert(RT_U8, small, RT_I64, wide, 5, &bad) == RT_ERROR_VALUE && bad == 3);
  CHECK(rt_convert(RT_BOOL, small, RT_I64, wide, 3, &bad) == RT_ERROR_VALUE && bad == 2);
  CHECK(!rt_convertible(RT_I32, RT_F32) && rt_convertible(RT_F16, RT_F64));
  static const uint64_t huge = UINT64_MAX;
  int64_t none;
  CHECK(rt_convert(RT_I64, &none, RT_U64, &huge, 1, &bad) == RT_ERROR_VALUE);
  uint32_t word = 0x01020304;
  rt_swap_bytes(&word, 4, 1);
  CHECK(word == 0x04030201);
}

int main(void) {
  check_npy_round_trips();
  check_npy_versions();
  check_npy_malformed();
  make_npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", -1, 8);
  check_damage("t.npy", 1);
  check_conversions();
  return test_summary();
}
