// json.h - the part of JSON that the header of a safetensors file needs. Strict: anything that RFC
// 8259 forbids is an error.

#ifndef RT_JSON_H
#define RT_JSON_H

#include "../model/support.h"

// A text being read. Errors name `path` and the byte, counted from `base`.
typedef struct {
  const unsigned char *bytes;
  size_t size, at;
  size_t base;
  const char *path;
  rt_error *error;
} rt_json;

// Fails with what was expected at the current byte and what was found.
int rt_json_expected(const rt_json *json, const char *expected);

// Skips white space.
void rt_json_space(rt_json *json);

// Skips white space, then `c` if it stands next; true iff it did.
int rt_json_accept(rt_json *json, char c);

// The same, but anything else is an error.
int rt_json_skip(rt_json *json, char c);

// Reads a string, UTF-8 with escapes resolved, to be freed with rt_release.
int rt_json_string(rt_json *json, char **text);

// The length of the UTF-8 sequence at `s`, which has `room` bytes; 0 if it is not valid.
size_t rt_utf8_length(const unsigned char *s, size_t room);

// Reads an integer that is not negative.
int rt_json_integer(rt_json *json, uint64_t *value);

#endif
