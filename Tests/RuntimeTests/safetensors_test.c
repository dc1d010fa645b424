// safetensors_test.c - a round trip, and a corpus of malformed files, each with a part
// of the message that it must give.

#include "damage.h"
#include "files/files.h"
#include "test.h"

static const void *nth(void *context, int n) {
  return ((const void *const *)context)[n];
}

static void check_safetensors_round_trip(void) {
  static const int shape[] = {2, 3};
  static const float values[6] = {1, 2, 3, 4, 5, 6};
  static const uint16_t halves[3] = {0x3c00, 0x4000, 0x4200};
  static const int64_t step = 7;
  static const unsigned char flags[3] = {1, 0, 1};
  const rt_tensor tensors[] = {{"flags", RT_BOOL, 1, shape + 1},
                               {"half", RT_BF16, 1, shape + 1},
                               {"a \"quoted\\ \n name", RT_F32, 2, shape},
                               {"step", RT_I64, 0, NULL}};
  const void *data[] = {flags, halves, values, &step};
  rt_safetensors file;
  rt_error error = {0};
  CHECK(rt_safetensors_write("t.safetensors", 4, tensors, nth, data, &error) == RT_OK);
  CHECK(rt_safetensors_open(&file, "t.safetensors", &error) == RT_OK);
  CHECK(file.count == 4);
  unsigned char found[sizeof values];
  const char *path = "t.safetensors";
  const rt_stored *named = rt_safetensors_find(&file, "a \"quoted\\ \n name");
  CHECK(named != NULL && named->rank == 2 && named->shape[1] == 3);
  CHECK(rt_safetensors_read(&file, named, 0, 6, found, path, &error) == RT_OK);
  CHECK(memcmp(found, values, sizeof values) == 0 && (file.data + named->begin) % 8 == 0);
  CHECK(rt_safetensors_read(&file, named, 4, 2, found, path, &error) == RT_OK);
  CHECK(memcmp(found, values + 4, 2 * sizeof *values) == 0);
  const rt_stored *scalar = rt_safetensors_find(&file, "step");
  CHECK(scalar != NULL && scalar->rank == 0);
  CHECK(rt_safetensors_read(&file, scalar, 0, 1, found, path, &error) == RT_OK);
  CHECK(memcmp(found, &step, 8) == 0);
  const rt_stored *half = rt_safetensors_find(&file, "half");
  CHECK(half != NULL && half->dtype == RT_BF16);
  CHECK(rt_safetensors_read(&file, half, 0, 3, found, path, &error) == RT_OK);
  CHECK(memcmp(found, halves, 6) == 0);
  CHECK(rt_safetensors_find(&file, "other") == NULL);
  rt_safetensors_close(&file);
}

// Texts in the header, and the checksum of the file.
static void check_notes(void) {
  static const float values[3] = {1, 2, 3};
  static const int shape[] = {3};
  const rt_tensor tensor = {"checksum", RT_F32, 1, shape};
  const void *data[] = {values};
  const char *path = "t.safetensors";
  rt_notes notes = {0};
  rt_safetensors file;
  rt_error error = {0};
  uint64_t whole = 0;
  double numbers[3];
  CHECK(rt_checksum(0, "123456789", 9) == 0xcbf43926);
  CHECK(rt_checksum(rt_checksum(0, "1234567890123", 13), "456", 3) ==
        rt_checksum(0, "1234567890123456", 16));
  CHECK(rt_notes_add(&notes, "a \"key\"", &error, "%s", "\"checksum\":\"00000000\xff") == RT_OK);
  CHECK(rt_notes_add(&notes, "whole", &error, "%d", 7) == RT_OK);
  CHECK(rt_notes_add(&notes, "numbers", &error, "%g %g", 0.5, -1e300) == RT_OK);
  CHECK(rt_safetensors_write_noted(path, NULL, &notes, 1, &tensor, nth, data, &error) == RT_OK);
  rt_notes_clear(&notes);
  CHECK(rt_safetensors_open(&file, path, &error) == RT_OK);
  CHECK(rt_safetensors_verify(&file, path, &error) == RT_OK);
  CHECK_TEXT(rt_notes_find(&file.notes, "a \"key\""), "\"checksum\":\"00000000?");
  CHECK(rt_notes_whole(&file.notes, "whole", 7, &whole, path, &error) == RT_OK && whole == 7);
  CHECK(rt_notes_numbers(&file.notes, "numbers", 2, numbers, path, &error) == RT_OK);
  CHECK(numbers[0] == 0.5 && numbers[1] == -1e300);
  CHECK(rt_notes_whole(&file.notes, "whole", 6, &whole, path, &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message,
             "t.safetensors: __metadata__ 'whole': expected a whole number, 0 to 6, found '7'");
  CHECK(rt_notes_whole(&file.notes, "none", 6, &whole, path, &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message, "__metadata__ 'none': expected a whole number, 0 to 6, found none");
  CHECK(rt_notes_numbers(&file.notes, "numbers", 1, numbers, path, &error) == RT_ERROR_FORMAT);
  CHECK(rt_notes_numbers(&file.notes, "numbers", 3, numbers, path, &error) == RT_ERROR_FORMAT);
  CHECK(rt_notes_numbers(&file.notes, "format", 1, numbers, path, &error) == RT_ERROR_FORMAT);
  rt_safetensors_close(&file);
}

// Writes a file with this header and this many bytes of data.
static void make_safetensors(const char *header, int64_t length, size_t data) {
  unsigned char bytes[1024] = {0};
  size_t size = strlen(header);
  uint64_t given = length < 0 ? size : (uint64_t)length;
  for (int i = 0; i < 8; i++) {
    bytes[i] = (unsigned char)(given >> 8 * i);
  }
  memcpy(bytes + 8, header, size);
  write_bytes("t.safetensors", bytes, 8 + size + data);
}

static void check_safetensors_good(void) {
  static const struct {
    const char *header;
    size_t data;
    int count;
  } cases[] = {
      {"{}", 0, 0},
      {"{ }   ", 0, 0},
      {"{\"__metadata__\":{\"a\":\"b\",\"c\":\"\"}}", 0, 0},
      {" {\"a\" : {\"shape\" : [ 2 ] , \"dtype\":\"F32\", \"data_offsets\":[0, 8]} }  ", 8, 1},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[0,0]},"
       "\"b\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}",
       1, 2},
      {"{\"\\u00e9\\ud83d\\ude00\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", 1, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_safetensors file;
    rt_error error = {0};
    make_safetensors(cases[i].header, -1, cases[i].data);
    CHECK(rt_safetensors_open(&file, "t.safetensors", &error) == RT_OK);
    CHECK(file.count == cases[i].count);
    if (i == 5) {
      CHECK(rt_safetensors_find(&file, "\xc3\xa9\xf0\x9f\x98\x80") != NULL);
    }
    rt_safetensors_close(&file);
  }
}

#define ENTRY(name, type, shape, offsets) \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void check_safetensors_malformed(void) {
  static const struct {
    const char *header;
    int64_t length;
    size_t data;
    const char *message;
  } cases[] = {
      {"", -1, 0, "byte 8: expected '{', found the end"},
      {"[]", -1, 0, "byte 8: expected '{', found '['"},
      {"{", -1, 0, "a string"},
      {"{}x", -1, 0, "byte 10: expected the end, found 'x'"},
      {"{}", 1000, 0, "byte 0: expected a header of 1000 bytes, found 2"},
      {"{}", INT64_MAX, 0, "byte 0: expected a safetensors file, found other contents"},
      {"{}", -1, 4, "expected 0 bytes of data, found 4"},
      {"{" ENTRY("a", "F32", "[2]", "[0,8]") "}", -1, 7, "expected 8 bytes of data, found 7"},
      {"{" ENTRY("a", "F32", "[2]", "[0,4]") "}", -1, 4, "expected 8 bytes for f32[2]"},
      {"{" ENTRY("a", "F32", "[2]", "[8,0]") "}", -1, 8, "found offsets 8 ... 0"},
      {"{" ENTRY("a", "F32", "[2]", "[4,12]") "}", -1, 12, "begin at 0"},
      {"{" ENTRY("a", "U8", "[2]", "[0,2]") "," ENTRY("b", "U8", "[2]", "[1,3]") "}", -1, 3,
       "'b': expected to begin at 2, where the tensor before it ends, found 1"},
      {"{" ENTRY("a", "U8", "[2]", "[0,2]") "," ENTRY("a", "U8", "[2]", "[2,4]") "}", -1, 4,
       "'a': expected each name once"},
      {"{" ENTRY("a", "C64", "[2]", "[0,16]") "}", -1, 16, "found 'C64'"},
      {"{" ENTRY("a", "U8", "[-1]", "[0,1]") "}", -1, 1, "an integer, 0 or more, found '-'"},
      {"{" ENTRY("a", "U8", "[1.5]", "[0,1]") "}", -1, 1, "']'"},
      {"{" ENTRY("a", "U8", "[01]", "[0,1]") "}", -1, 1, "leading 0"},
      {"{" ENTRY("a", "U8", "[99999999999999999999]", "[0,1]") "}", -1, 1, "below 2^64"},
      {"{" ENTRY("a", "F32", "[4294967296,4294967296]", "[0,0]") "}", -1, 0, "2^63"},
      {"{" ENTRY("a", "F32", "[0,18446744073709551615,2]", "[0,0]") "}", -1, 0, NULL},
      {"{" ENTRY("a", "U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]") "}", -1, 1,
       "at most 16 extents"},
      {"{" ENTRY("a", "U8", "[1]", "[0]") "}", -1, 1, "two offsets"},
      {"{" ENTRY("a", "U8", "[1]", "[0,1,2]") "}", -1, 1, "two offsets"},
      {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", -1, 1, "each once"},
      {"{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1]}}", -1, 1, "each once"},
      {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"more\":1}}", -1, 1, "each once"},
      {"{\"a\":{\"dtype\":5}}", -1, 1, "a string, found '5'"},
      {"{\"a\":5}", -1, 1, "'{', found '5'"},
      {"{\"a\"}", -1, 1, "':'"},
      {"{" ENTRY("a", "U8", "[1]", "[0,1]") ",}", -1, 1, "a string, found '}'"},
      {"{\"a", -1, 1, "found the end"},
      {"{\"a\\", -1, 1, "a valid escape"},
      {"{\"a\\x\":1}", -1, 1, "a valid escape"},
      {"{\"\\u12g4\":1}", -1, 1, "a hexadecimal digit, found 'g'"},
      {"{\"\\ud800\":1}", -1, 1, "surrogate"},
      {"{\"\\udc00\":1}", -1, 1, "a character"},
      {"{\"\\u0000\":1}", -1, 1, "a character"},
      {"{\"\xff\":1}", -1, 1, "UTF-8"},
      {"{\"\xc3\":1}", -1, 1, "UTF-8"},
      {"{\"a\tb\":1}", -1, 1, "an escape"},
      {"{\"__metadata__\":{\"a\":1}}", -1, 0, "a string, found '1'"},
      {"{\"__metadata__\":[]}", -1, 0, "'{'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_safetensors file;
    rt_error error = {0};
    make_safetensors(cases[i].header, cases[i].length, cases[i].data);
    int code = rt_safetensors_open(&file, "t.safetensors", &error);
    CHECK(code == (cases[i].message != NULL ? RT_ERROR_FORMAT : RT_OK));
    if (cases[i].message != NULL) {
      CHECK_TEXT(error.message, cases[i].message);
      CHECK_TEXT(error.message, "t.safetensors: ");
    }
    if (code == RT_OK) {
      rt_safetensors_close(&file);
    }
  }
  rt_safetensors file;
  rt_error error = {0};
  write_bytes("t.safetensors", "short", 5);
  CHECK(rt_safetensors_open(&file, "t.safetensors", &error) == RT_ERROR_FORMAT);
}

// Very many notes would take hours to be told apart.
static void check_many_notes(void) {
  enum { COUNT = 10001, LONGEST = 20 };
  char *header = (char *)malloc(COUNT * LONGEST + 64);
  int used = 8 + sprintf(header + 8, "{\"__metadata__\":{");
  for (int i = 0; i < COUNT; i++) {
    used += sprintf(header + used, "%s\"n%d\":\"\"", i > 0 ? "," : "", i);
  }
  used += sprintf(header + used, "}}");
  for (int i = 0; i < 8; i++) {
    header[i] = (char)((uint64_t)(used - 8) >> 8 * i);
  }
  rt_safetensors file;
  rt_error error = {0};
  write_bytes("t.safetensors", header, (size_t)used);
  CHECK(rt_safetensors_open(&file, "t.safetensors", &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message,
             "t.safetensors: __metadata__: expected at most 10000 texts, found more");
  free(header);
}

int main(void) {
  check_safetensors_round_trip();
  check_damage("t.safetensors", 0);
  check_safetensors_good();
  check_safetensors_malformed();
  check_notes();
  check_many_notes();
  return test_summary();
}
