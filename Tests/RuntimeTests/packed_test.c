// packed_test.c - DEFLATE, gzip and zip: the files in data/packed, malformed ones, and what is
// compressed here.

#include <stdlib.h>

#include "damage.h"
#include "files/inflate.h"
#include "test.h"

enum { SIZE = 40000, SHORT = 1500, LONG = 70000 };

static unsigned char text[LONG];

// The text that all files hold, as make.py computes it.
static void make_text(void) {
  uint32_t x = 1;
  for (int i = 0; i < LONG; i++) {
    x = x * 1664525 + 1013904223;
    text[i] = (unsigned char)(x >> 27 == 0 ? x >> 16 : (uint32_t)('a' + i % 251 % 23));
  }
}

static void check_same(const char *found, const char *expected) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, __LINE__);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

// ---- gzip ----

static void check_gzip(void) {
  static const struct {
    const char *path;
    size_t size;
  } files[] = {{"best.gz", SIZE},   {"fast.gz", SIZE},      {"fixed.gz", SIZE},
               {"tool.gz", SIZE},   {"members.gz", SHORT}, {"header.gz", SHORT},
               {"empty.gz", 0}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[128];
    rt_file file;
    rt_error error = {0};
    snprintf(path, sizeof path, "data/packed/%s", files[i].path);
    CHECK(rt_file_open(&file, path, &error) == RT_OK && rt_is_gzip(&file));
    CHECK(rt_gzip_hold(&file, SIZE, path, &error) == RT_OK);
    check_same(error.message, "");
    CHECK(file.size == files[i].size && memcmp(file.held, text, file.size) == 0);
    rt_file_close(&file);
  }
}

// Decompresses bytes of a .gz file, which must be refused with this message.
static void refuse(const unsigned char *bytes, size_t size, size_t limit, const char *message) {
  rt_file file;
  rt_error error = {0};
  write_bytes("f", bytes, size);
  CHECK(rt_file_open(&file, "f", &error) == RT_OK);
  CHECK(rt_gzip_hold(&file, limit, "f", &error) != RT_OK);
  check_same(error.message, message);
  rt_file_close(&file);
}

// A member whose data are these bits, in their order; blanks do not count.
static size_t make_member(unsigned char *bytes, const char *bits) {
  size_t used = 0;
  memset(bytes, 0, 256);
  memcpy(bytes, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
  for (; *bits != '\0'; bits++) {
    if (*bits != ' ') {
      bytes[10 + used / 8] |= (unsigned char)((*bits - '0') << used % 8);
      used++;
    }
  }
  return 10 + (used + 7) / 8 + 8;
}

static void check_malformed_streams(void) {
  static const struct {
    const char *bits, *message;
  } cases[] = {
      {"1 11 00000 00000000 00000000 00000000",
       "f: byte 0 of the compressed data: expected a block of kind 0, 1 or 2, found kind 3"},
      {"1 00 00000 1000000000000000 1000000000000000",
       "f: byte 1 of the compressed data: expected the length of a block and its complement, found "
       "two that do not match"},
      {"1 10 10010001 0000001 00001 0000000",
       "f: byte 2 of the compressed data: expected a distance within the data, found one before "
       "their begin"},
      {"1 10 11000110",
       "f: byte 1 of the compressed data: expected a literal or a length, found no such code"},
      {"1 10 10010001 0000001 11110 0000000",
       "f: byte 2 of the compressed data: expected a distance, found no such code"},
      {"1 01 01111 00000 0000",
       "f: byte 2 of the compressed data: expected at most 286 literals and lengths and 30 "
       "distances, found more"},
      {"1 01 00000 01111 0000",
       "f: byte 2 of the compressed data: expected at most 286 literals and lengths and 30 "
       "distances, found more"},
      {"1 01 00000 00000 0000 100 100 100 100",
       "f: byte 3 of the compressed data: expected a complete prefix code, found more codes than "
       "their lengths leave room for"},
      {"1 01 00000 00000 0000 010 000 000 000",
       "f: byte 3 of the compressed data: expected a complete prefix code, found fewer codes than "
       "their lengths need"},
      {"1 01 00000 00000 0000 000 000 000 100 1",
       "f: byte 3 of the compressed data: expected the length of a code, found no such code"},
      {"1 01 00000 00000 0000 100 100 000 000 0",
       "f: byte 3 of the compressed data: expected a length before its repetition, found none"},
      {"1 01 00000 00000 0000 000 100 100 000 1 1111111 1 1111111",
       "f: byte 5 of the compressed data: expected as many lengths as there are codes, found more"},
      {"1 01 00000 00000 0000 000 100 100 000 1 1111111 1 1011011",
       "f: byte 5 of the compressed data: expected a code for the end of the block, found none"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned char bytes[300];
    size_t size = make_member(bytes, cases[i].bits);
    refuse(bytes, size, SIZE, cases[i].message);
  }
}

static void check_malformed_gzip(void) {
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, "data/packed/header.gz", &error) == RT_OK);
  CHECK(rt_file_hold(&file, SIZE, 0, "f", &error) == RT_OK);
  unsigned char *b = file.held;
  size_t size = file.size;
  refuse(b, 0, SIZE, "f: byte 0: expected a header of 10 bytes, found the end; the file is cut");
  refuse((const unsigned char *)"0123456789", 10, SIZE,
         "f: byte 0: expected a gzip archive, found text");
  refuse(b, 16, SIZE, "f: byte 10: expected an extra field, found the end; the file is cut");
  refuse(b, 19, SIZE, "f: byte 17: expected a text that ends with a zero byte, found the end; the "
                      "file is cut");
  refuse(b, 33, SIZE, "f: byte 34: expected a checksum of the header, found the end; the file is "
                      "cut");
  refuse(b, 200, SIZE, "f: byte 165 of the compressed data: expected more bytes, found the end; "
                       "the file is cut");
  refuse(b, size - 1, SIZE, "f: byte 264: expected a checksum and a size, found the end; the file "
                            "is cut");
  refuse(b, size, SHORT - 1, "f: byte 228 of the compressed data: expected 1499 bytes in all, "
                             "found more");
  b[2] = 7;
  refuse(b, size, SIZE, "f: byte 0: expected a gzip archive of method 8, found another");
  b[2] = 8;
  b[3] |= 128;
  refuse(b, size, SIZE, "f: byte 0: expected a gzip archive of method 8, found unknown flags");
  b[3] ^= 128;
  for (size_t i = 1; i <= 8; i++) {
    b[size - i]++;
    refuse(b, size, SIZE, "f: byte 264: expected the checksum and the size of what precedes, found "
                          "others; the file is damaged");
    b[size - i]--;
  }
  unsigned char *twice = (unsigned char *)malloc(size + 3);
  memcpy(twice, b, size);
  memcpy(twice + size, "\0\0x", 3);
  refuse(twice, size + 3, SIZE, "f: byte 272: expected a header of 10 bytes, found the end; the "
                                "file is cut");
  free(twice);
  rt_file_close(&file);
}

// Every prefix and every file with a changed byte is refused, or gives the same.
static void check_damaged(const char *path, size_t step) {
  rt_file whole, file;
  rt_error error = {0};
  CHECK(rt_file_open(&whole, path, &error) == RT_OK);
  CHECK(rt_file_hold(&whole, SIZE_MAX, 0, path, &error) == RT_OK);
  size_t refused = 0;
  for (size_t i = 0; i < 2 * whole.size; i += step) {
    size_t size = i < whole.size ? i : whole.size;
    whole.held[i % whole.size] ^= i < whole.size ? 0 : 1;
    file = (rt_file){.size = size, .held = (unsigned char *)malloc(size + 1)};
    memcpy(file.held, whole.held, size);
    unsigned char *copy = file.held;
    refused += rt_gzip_hold(&file, SIZE, path, &error) != RT_OK;
    CHECK(error.message[0] == '\0' || strchr(error.message, '\n') == NULL);
    whole.held[i % whole.size] ^= i < whole.size ? 0 : 1;
    free(copy);
    rt_release(file.block);
  }
  CHECK(refused > whole.size / step);
  rt_file_close(&whole);
}

// ---- zip ----

static void check_zip(void) {
  static const struct {
    const char *name;
    size_t size;
  } members[] = {{"stored", SHORT}, {"empty", 0}, {"folder/deflated", SIZE}};
  for (int held = 0; held < 2; held++) {
    rt_file file, part;
    rt_zip zip;
    rt_error error = {0};
    CHECK(rt_file_open(&file, "data/packed/archive.zip", &error) == RT_OK);
    CHECK(!held || rt_file_hold(&file, SIZE_MAX, 0, "f", &error) == RT_OK);
    CHECK(rt_zip_open(&zip, &file, "f", &error) == RT_OK && zip.count == 3);
    for (int i = 0; i < 3; i++) {
      const rt_zip_member *m = rt_zip_find(&zip, members[i].name);
      CHECK(m == &zip.members[i] && m->size == members[i].size);
      CHECK(rt_zip_member_open(&zip, m, &part, &error) == RT_OK && part.size == m->size);
      unsigned char byte = 0;
      CHECK(i == 1 || (rt_file_read(&part, &byte, 1200, 1, "f", &error) == RT_OK &&
                       byte == text[1200]));
      CHECK(rt_file_read(&part, &byte, m->size, 1, "f", &error) != RT_OK);
      CHECK(rt_file_hold(&part, SIZE_MAX, 0, "f", &error) == RT_OK);
      CHECK(memcmp(part.held, text, m->size) == 0);
      CHECK(rt_zip_member_check(&zip, m, &part, &error) == RT_OK);
      rt_file_close(&part);
    }
    CHECK(rt_zip_find(&zip, "deflated") == NULL);
    rt_zip_close(&zip);
    rt_file_close(&file);
  }
}

// Opens an archive and all its members; the message of the first error, or "".
static const char *open_all(const unsigned char *bytes, size_t size, rt_error *error) {
  rt_file part;
  unsigned char *copy = (unsigned char *)malloc(size + 1);
  memcpy(copy, bytes, size);
  rt_file file = {.size = size, .held = copy};
  rt_zip zip;
  *error = (rt_error){0};
  int code = rt_zip_open(&zip, &file, "f", error);
  for (int i = 0; i < zip.count && code == RT_OK; i++) {
    code = rt_zip_member_open(&zip, &zip.members[i], &part, error);
    if (code == RT_OK) {
      code = rt_zip_member_check(&zip, &zip.members[i], &part, error);
      rt_file_close(&part);
    }
  }
  rt_zip_close(&zip);
  free(copy);
  return error->message;
}

static void check_malformed_zip(void) {
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, "data/packed/archive.zip", &error) == RT_OK);
  CHECK(rt_file_hold(&file, SIZE_MAX, 0, "f", &error) == RT_OK);
  unsigned char *b = file.held;
  size_t size = file.size, end = size - 22 - 9;
  size_t directory = (size_t)b[end + 16] | (size_t)b[end + 17] << 8;
  check_same(open_all(b, size, &error), "");
  check_same(open_all(b, 0, &error),
             "f: byte 0: expected the directory of a zip archive, found an empty file");
  check_same(open_all((const unsigned char *)"PKzip", 5, &error),
             "f: byte 0: expected the directory of a zip archive, found text");
  check_same(open_all(b, 2000, &error), "f: byte 2000: expected the directory of a zip archive, "
                                        "found the end; the file is cut");
  const struct {
    size_t at;
    int value, bytes;
    const char *message;
  } cases[] = {
      {end, 0, 1, "f: byte 5906: expected the directory of a zip archive, found the end; the file "
                  "is cut"},
      {end + 4, 1, 1, "f: byte 5875: expected an archive in one file, found a part of several"},
      {end + 8, 2, 1, "f: byte 5875: expected an archive in one file, found a part of several"},
      {end + 10, 255, 2, "f: byte 5875: expected an archive of less than 4 GB and 65535 files, "
                         "found one of the kind zip64"},
      {end + 16, 255, 4, "f: byte 5875: expected an archive of less than 4 GB and 65535 files, "
                         "found one of the kind zip64"},
      {end + 19, 1, 1, "f: byte 5875: expected a directory before this byte, found another place; "
                       "the file is damaged"},
      {end + 12, 1, 2, "f: byte 5875: expected a directory before this byte, found another place; "
                       "the file is damaged"},
      {directory, 0, 1, "f: byte 5711: expected a file of the directory, found other contents"},
      {directory + 8, 1, 1,
       "f: byte 5711: expected files without a password, found an encrypted one"},
      {directory + 24, 255, 4, "f: byte 5711: expected an archive of less than 4 GB and 65535 "
                               "files, found one of the kind zip64"},
      {directory + 46, 0, 1,
       "f: byte 5711: expected the name of a file, found more bytes than there are, or zeros"},
      {directory + 29, 1, 1,
       "f: byte 5711: expected the name of a file, found more bytes than there are, or zeros"},
      {directory + 10, 12, 1,
       "f: stored: expected a file that is stored or deflated, found method 12"},
      {directory + 16, 0, 1, "f: stored: expected the checksum 1bcfd100, found 1bcfd188; the file "
                             "is damaged"},
      {directory + 42, 1, 1, "f: byte 1: expected the file 'stored', found other contents"},
      {directory + 43, 255, 2, "f: byte 16776960: expected the file 'stored', found the end"},
      {directory + 22, 1, 1,
       "f: byte 36: expected 67036 bytes of the file 'stored', found 5870"},
      {40, 0, 1, "f: stored: expected the checksum 1bcfd188, found 4485d080; the file is damaged"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned char kept[4];
    memcpy(kept, b + cases[i].at, 4);
    memset(b + cases[i].at, cases[i].value, (size_t)cases[i].bytes);
    check_same(open_all(b, size, &error), cases[i].message);
    memcpy(b + cases[i].at, kept, 4);
  }
  for (size_t i = 0; i < size; i += i < directory - 100 ? 37 : 1) {
    CHECK(open_all(b, i, &error)[0] != '\0');
    b[i] ^= 4;
    open_all(b, size, &error);
    b[i] ^= 4;
  }
  rt_file_close(&file);
}

// ---- What is compressed here ----

static void check_round_trips(void) {
  static unsigned char noise[LONG], back[LONG];
  static const size_t sizes[] = {0, 1, 2, 3, 4, 257, 258, 259, 1000, 32768, 65535, 65536, LONG};
  uint32_t x = 5;
  for (int i = 0; i < LONG; i++) {
    x = x * 1664525 + 1013904223;
    noise[i] = (unsigned char)(x >> 24);
  }
  const unsigned char *sources[] = {text, noise};
  for (int k = 0; k < 2; k++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      unsigned char *packed;
      size_t size;
      rt_error error = {0};
      CHECK(rt_zlib_encode(sources[k], sizes[i], &packed, &size) == RT_OK);
      CHECK(rt_zlib_decode(packed, size, back, sizes[i], "f", &error) == RT_OK);
      check_same(error.message, "");
      CHECK(memcmp(back, sources[k], sizes[i]) == 0 && size < sizes[i] + 40);
      CHECK(k == 1 || sizes[i] < 1000 || size < sizes[i] / 2);
      packed[size - 1]++;
      CHECK(rt_zlib_decode(packed, size, back, sizes[i], "f", &error) != RT_OK);
      CHECK_TEXT(error.message, "of what precedes");
      rt_release(packed);
    }
  }
}

int main(void) {
  make_text();
  check_gzip();
  check_malformed_streams();
  check_malformed_gzip();
  check_damaged("data/packed/header.gz", 1);
  check_damaged("data/packed/members.gz", 1);
  check_damaged("data/packed/best.gz", 11);
  check_zip();
  check_malformed_zip();
  check_round_trips();
  return test_summary();
}
