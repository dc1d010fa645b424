// utf8.c - characters of UTF-8 and their classes in Unicode.
//
// Only the shortest form of a code point counts, and no surrogates: two spellings of one character
// would be two words.

#include "utf8.h"

#include <string.h>

#include "json.h"
#include "unicode_ranges.h"

size_t rt_utf8_read(const unsigned char *s, size_t room, uint32_t *character) {
  size_t length = rt_utf8_length(s, room);
  if (length == 0) {
    *character = RT_NO_CHARACTER;
    return 1;
  }
  uint32_t bits = length == 1 ? s[0] : s[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++) {
    bits = bits << 6 | (s[i] & 0x3fu);
  }
  *character = bits;
  return length;
}

size_t rt_utf8_write(unsigned char bytes[4], uint32_t character) {
  if (character < 0x80) {
    bytes[0] = (unsigned char)character;
    return 1;
  }
  size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--) {
    bytes[i] = (unsigned char)(0x80 | (character & 0x3f));
    character >>= 6;
  }
  bytes[0] = (unsigned char)(0xf00u >> length | character);
  return length;
}

rt_unicode_class rt_unicode_class_of(uint32_t character) {
  if (character > RT_LAST_CHARACTER) {
    return RT_UNICODE_OTHER;
  }
  // The last range that begins at the character or before; the first begins at 0.
  size_t low = 0, high = sizeof unicode_ranges / sizeof *unicode_ranges;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (unicode_ranges[middle] >> 3 <= character) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (rt_unicode_class)(unicode_ranges[low] & 7);
}

// True iff the bytes, fewer than 4, can go on to a valid character.
static int is_beginning(const unsigned char *bytes, size_t size) {
  // The lowest and the highest continuation; the first of them has bounds of its own after e0, ed,
  // f0 and f4, so both are tried.
  unsigned char low[4], high[4];
  size_t length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || size >= length) {
    return 0;
  }
  memset(low, 0x80, sizeof low);
  memset(high, 0xbf, sizeof high);
  memcpy(low, bytes, size);
  memcpy(high, bytes, size);
  return rt_utf8_length(low, length) > 0 || rt_utf8_length(high, length) > 0;
}

static void put_unknown(FILE *file) { fputs("\xef\xbf\xbd", file); }

void rt_utf8_put(rt_utf8_stream *stream, const unsigned char *bytes, size_t size, FILE *file) {
  for (size_t i = 0; i < size; i++) {
    stream->kept[stream->count++] = bytes[i];
    // A byte that does not go on with what is kept may begin a character itself, so at most twice.
    while (stream->count > 0 && !is_beginning(stream->kept, stream->count)) {
      size_t length = rt_utf8_length(stream->kept, stream->count);
      if (length > 0) {
        fwrite(stream->kept, 1, stream->count, file);
        stream->count = 0;
      } else if (stream->count > 1) {
        put_unknown(file);
        stream->kept[0] = bytes[i];
        stream->count = 1;
      } else {
        put_unknown(file);
        stream->count = 0;
      }
    }
  }
}

void rt_utf8_end(rt_utf8_stream *stream, FILE *file) {
  if (stream->count > 0) {
    put_unknown(file);
    stream->count = 0;
  }
}
