// zlib.c - streams of zlib (RFC 1950): two bytes, DEFLATE, and the checksum Adler-32.
//
// For streams whose size is known, as the rows of a picture: they are decompressed into the room
// that the caller has made, and one byte more is an error.

#include "inflate.h"

// The checksum; sums of so many bytes fit before they are reduced.
static uint32_t adler(const unsigned char *bytes, size_t size) {
  enum { MODULUS = 65521, MOST = 5552 };
  uint32_t a = 1, b = 0;
  while (size > 0) {
    size_t part = size < MOST ? size : MOST;
    for (size_t i = 0; i < part; i++) {
      a += bytes[i];
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
    bytes += part;
    size -= part;
  }
  return b << 16 | a;
}

int rt_zlib_decode(const unsigned char *bytes, size_t size, unsigned char *output, size_t expected,
                   const char *path, rt_error *error) {
  int is_zlib = size >= 6 && (bytes[0] & 15) == 8 && bytes[0] >> 4 < 8 && (bytes[1] & 32) == 0 &&
                (bytes[0] << 8 | bytes[1]) % 31 == 0;
  if (!is_zlib) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0 of the compressed data: expected a stream of zlib, found %s", path,
                   size < 6 ? "fewer than 6 bytes" : "other contents");
  }
  rt_inflation stream = {.bytes = bytes + 2, .size = size - 6, .output = output,
                         .room = expected, .limit = expected};
  int code = rt_inflate(&stream, path, error);
  if (code == RT_OK && stream.written != expected) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected %zu bytes when it is decompressed, found %zu", path, expected,
                   stream.written);
  }
  if (code == RT_OK) {
    const unsigned char *end = bytes + 2 + stream.used;
    uint32_t sum = (uint32_t)end[0] << 24 | (uint32_t)end[1] << 16 | (uint32_t)end[2] << 8 | end[3];
    uint32_t found = adler(output, expected);
    if (sum != found) {
      code = rt_fail(error, RT_ERROR_FORMAT,
                     "%s: byte %zu of the compressed data: expected the checksum %08lx of what "
                     "precedes, found %08lx; the file is damaged",
                     path, stream.used + 2, (unsigned long)found, (unsigned long)sum);
    }
  }
  return code;
}

int rt_zlib_encode(const unsigned char *bytes, size_t size, unsigned char **packed,
                   size_t *packed_size) {
  unsigned char *output = (unsigned char *)rt_allocate(rt_deflate_most(size) + 6);
  size_t used = output != NULL ? rt_deflate(bytes, size, output + 2) : 0;
  *packed = NULL;
  if (used == 0) {
    rt_release(output);
    return RT_ERROR_MEMORY;
  }
  output[0] = 0x78;
  output[1] = 0x01;
  uint32_t sum = adler(bytes, size);
  for (int i = 0; i < 4; i++) {
    output[2 + used + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
  }
  *packed = output;
  *packed_size = used + 6;
  return RT_OK;
}
