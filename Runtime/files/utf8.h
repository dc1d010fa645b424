// utf8.h - characters of UTF-8 and their classes in Unicode.

#ifndef RT_UTF8_H
#define RT_UTF8_H

#include <stdio.h>

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- utf8.c ----------------------------------------------------------------------

// What stands for a byte that is not UTF-8, and the highest code point.
#define RT_NO_CHARACTER UINT32_C(0xffffffff)
enum { RT_LAST_CHARACTER = 0x10ffff };

// Reads the character at `s`, where `room` bytes are, at least one. Returns its length; for a byte
// that begins no valid sequence, 1 and RT_NO_CHARACTER.
size_t rt_utf8_read(const unsigned char *s, size_t room, uint32_t *character);

// Writes a code point, up to RT_LAST_CHARACTER; returns its length.
size_t rt_utf8_write(unsigned char bytes[4], uint32_t character);

// General categories L, N and M of Unicode 16.0, and its property White_Space.
typedef enum {
  RT_UNICODE_OTHER,
  RT_UNICODE_LETTER,
  RT_UNICODE_NUMBER,
  RT_UNICODE_SPACE,
  RT_UNICODE_MARK
} rt_unicode_class;

// The class of a code point; of RT_NO_CHARACTER, RT_UNICODE_OTHER.
rt_unicode_class rt_unicode_class_of(uint32_t character);

// Text that comes in pieces which may end within a character. Begins as {0}.
typedef struct {
  unsigned char kept[4];
  size_t count;
} rt_utf8_stream;

// Writes the characters that are complete, and keeps the rest for the next call. Bytes that are not
// UTF-8 become U+FFFD. At the end, what is kept is written as one.
void rt_utf8_put(rt_utf8_stream *stream, const unsigned char *bytes, size_t size, FILE *file);
void rt_utf8_end(rt_utf8_stream *stream, FILE *file);

#ifdef __cplusplus
}
#endif

#endif
