// gzip.c - reads .gz files (RFC 1952): members one after the other, each with a header, DEFLATE, a
// checksum and its size.
//
// The size at the end of a member counts modulo 2^32 and comes too late to allocate by: output
// grows as it is made, up to the limit, so that a small file cannot ask for more than it really
// has.

#include <string.h>

#include "inflate.h"

// The bytes of a file, and where the next member begins.
typedef struct {
  const unsigned char *bytes;
  size_t size, at;
  const char *path;
  rt_error *error;
} cursor;

static int fail(const cursor *c, const char *expected, const char *found) {
  return rt_fail(c->error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s", c->path, c->at,
                 expected, found);
}

static int fail_cut(const cursor *c, const char *expected) {
  return fail(c, expected, "the end; the file is cut");
}

int rt_is_gzip(const rt_file *file) {
  unsigned char begin[2];
  return file->size >= 2 && rt_file_read(file, begin, 0, 2, "", NULL) == RT_OK &&
         begin[0] == 0x1f && begin[1] == 0x8b;
}

// Skips a text of the header, up to its zero byte.
static int skip_text(cursor *c) {
  const unsigned char *end =
      (const unsigned char *)memchr(c->bytes + c->at, 0, c->size - c->at);
  if (end == NULL) {
    return fail_cut(c, "a text that ends with a zero byte");
  }
  c->at = (size_t)(end - c->bytes) + 1;
  return RT_OK;
}

// Skips the header of a member.
static int skip_header(cursor *c) {
  enum { CHECKED = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xe0 };
  if (c->size - c->at < 10) {
    return fail_cut(c, "a header of 10 bytes");
  }
  const unsigned char *header = c->bytes + c->at;
  if (header[0] != 0x1f || header[1] != 0x8b) {
    return fail(c, c->at == 0 ? "a gzip archive" : "another gzip archive or the end",
                c->at == 0 ? rt_file_kind(c->bytes, c->size) : "other contents");
  }
  if (header[2] != 8 || (header[3] & RESERVED) != 0) {
    return fail(c, "a gzip archive of method 8", header[2] != 8 ? "another" : "unknown flags");
  }
  c->at += 10;
  if ((header[3] & EXTRA) != 0) {
    size_t length = c->size - c->at < 2 ? 0 : (size_t)c->bytes[c->at] |
                                                  (size_t)c->bytes[c->at + 1] << 8;
    if (c->size - c->at < 2 || c->size - c->at - 2 < length) {
      return fail_cut(c, "an extra field");
    }
    c->at += 2 + length;
  }
  int code = (header[3] & NAME) != 0 ? skip_text(c) : RT_OK;
  if (code == RT_OK && (header[3] & COMMENT) != 0) {
    code = skip_text(c);
  }
  if (code == RT_OK && (header[3] & CHECKED) != 0) {
    c->at += 2;
  }
  return code != RT_OK || c->at <= c->size ? code : fail_cut(c, "a checksum of the header");
}

static uint32_t number_at(const unsigned char *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// Decompresses a member behind what is there.
static int read_member(cursor *c, rt_inflation *stream) {
  size_t begin = stream->written;
  int code = skip_header(c);
  if (code != RT_OK) {
    return code;
  }
  stream->bytes = c->bytes + c->at;
  stream->size = c->size - c->at;
  code = rt_inflate(stream, c->path, c->error);
  if (code != RT_OK) {
    return code;
  }
  c->at += stream->used;
  if (c->size - c->at < 8) {
    return fail_cut(c, "a checksum and a size");
  }
  size_t size = stream->written - begin;
  uint32_t sum = size > 0 ? rt_checksum(0, stream->output + begin, size) : 0;
  if (number_at(c->bytes + c->at) != sum || number_at(c->bytes + c->at + 4) != (uint32_t)size) {
    return fail(c, "the checksum and the size of what precedes", "others; the file is damaged");
  }
  c->at += 8;
  return RT_OK;
}

int rt_gzip_hold(rt_file *file, size_t limit, const char *path, rt_error *error) {
  int code = rt_file_hold(file, SIZE_MAX, 0, path, error);
  if (code != RT_OK) {
    return code;
  }
  rt_inflation stream = {.limit = limit};
  cursor c = {file->held, file->size, 0, path, error};
  do {
    code = read_member(&c, &stream);
    // Zeros may fill the last block of a tape.
    size_t rest = c.at;
    while (code == RT_OK && rest < c.size && c.bytes[rest] == 0) {
      rest++;
    }
    c.at = rest == c.size ? rest : c.at;
  } while (code == RT_OK && c.at < c.size);
  unsigned char *output = stream.output;
  if (code == RT_OK && output == NULL) {
    output = (unsigned char *)rt_allocate(0);
    code = output != NULL ? RT_OK : rt_fail_memory(error, 0, path);
  }
  if (code != RT_OK) {
    rt_release(output);
    return code;
  }
  rt_file_close(file);
  file->size = stream.written;
  file->held = output;
  file->block = output;
  return RT_OK;
}
