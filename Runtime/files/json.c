// json.c - reads strings, integers and punctuation.
//
// A position in a text moves on as its parts are accepted; every function fails with the byte
// where it stopped. Nothing here allocates but strings, which are never longer than they are in
// the file.

#include "json.h"

#include <stdio.h>
#include <string.h>

int rt_json_expected(const rt_json *json, const char *expected) {
  char found[16] = "the end";
  if (json->at < json->size) {
    unsigned char byte = json->bytes[json->at];
    snprintf(found, sizeof found, byte > 32 && byte < 127 ? "'%c'" : "byte %d", byte);
  }
  return rt_fail(json->error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s",
                 json->path, json->base + json->at, expected, found);
}

void rt_json_space(rt_json *json) {
  while (json->at < json->size && json->bytes[json->at] != 0 &&
         strchr(" \t\r\n", json->bytes[json->at]) != NULL) {
    json->at++;
  }
}

int rt_json_accept(rt_json *json, char c) {
  rt_json_space(json);
  if (json->at == json->size || json->bytes[json->at] != (unsigned char)c) {
    return 0;
  }
  json->at++;
  return 1;
}

int rt_json_skip(rt_json *json, char c) {
  const char expected[] = {'\'', c, '\'', '\0'};
  return rt_json_accept(json, c) ? RT_OK : rt_json_expected(json, expected);
}

int rt_json_integer(rt_json *json, uint64_t *value) {
  *value = 0;
  rt_json_space(json);
  size_t first = json->at;
  for (; json->at < json->size; json->at++) {
    unsigned digit = json->bytes[json->at] - (unsigned)'0';
    if (digit > 9) {
      break;
    }
    if (json->at > first && json->bytes[first] == '0') {
      return rt_json_expected(json, "no digit after a leading 0");
    }
    if (*value > (UINT64_MAX - digit) / 10) {
      return rt_json_expected(json, "an integer below 2^64");
    }
    *value = *value * 10 + digit;
  }
  return json->at > first ? RT_OK : rt_json_expected(json, "an integer, 0 or more");
}

size_t rt_utf8_length(const unsigned char *s, size_t room) {
  size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
  if (s[0] > 0xf4 || length > room) {
    return 0;
  }
  for (size_t i = 1; i < length; i++) {
    if ((s[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  int bad = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
            (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90);
  return bad ? 0 : length;
}

// Reads the four hexadecimal digits after \u.
static int read_unit(rt_json *json, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, json->at++) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = NULL;
    if (json->at < json->size && json->bytes[json->at] != 0) {
      digit = strchr(digits, json->bytes[json->at]);
    }
    if (digit == NULL) {
      return rt_json_expected(json, "a hexadecimal digit");
    }
    *unit = *unit * 16 + (uint32_t)(digit - digits) % 16;
  }
  return RT_OK;
}

// Reads the code point after \u, one unit or a pair of surrogates, as UTF-8.
static int read_code_point(rt_json *json, char **out) {
  uint32_t unit;
  int code = read_unit(json, &unit);
  if (code == RT_OK && unit >= 0xd800 && unit < 0xdc00) {
    uint32_t second = 0;
    if (json->size - json->at < 2 || memcmp(json->bytes + json->at, "\\u", 2) != 0) {
      return rt_json_expected(json, "the second half of a surrogate pair");
    }
    json->at += 2;
    code = read_unit(json, &second);
    if (code == RT_OK && (second < 0xdc00 || second > 0xdfff)) {
      return rt_json_expected(json, "the second half of a surrogate pair");
    }
    unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
  }
  if (code != RT_OK) {
    return code;
  }
  if (unit == 0 || (unit >= 0xdc00 && unit < 0xe000)) {
    return rt_json_expected(json, "a character");
  }
  char *s = *out;
  if (unit < 0x80) {
    *s++ = (char)unit;
  } else if (unit < 0x800) {
    *s++ = (char)(0xc0 | unit >> 6);
  } else if (unit < 0x10000) {
    *s++ = (char)(0xe0 | unit >> 12);
    *s++ = (char)(0x80 | (unit >> 6 & 0x3f));
  } else {
    *s++ = (char)(0xf0 | unit >> 18);
    *s++ = (char)(0x80 | (unit >> 12 & 0x3f));
    *s++ = (char)(0x80 | (unit >> 6 & 0x3f));
  }
  if (unit >= 0x80) {
    *s++ = (char)(0x80 | (unit & 0x3f));
  }
  *out = s;
  return RT_OK;
}

// Reads up to the closing quote. `out` has room, as no escape is shorter than its meaning.
static int read_characters(rt_json *json, char *out) {
  while (json->at < json->size && json->bytes[json->at] != '"') {
    unsigned char byte = json->bytes[json->at];
    if (byte == '\\') {
      static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
      unsigned char next = json->at + 1 < json->size ? json->bytes[json->at + 1] : 0;
      const char *escape = next != 0 ? strchr(escapes, next) : NULL;
      if (next == 'u') {
        json->at += 2;
        int code = read_code_point(json, &out);
        if (code != RT_OK) {
          return code;
        }
      } else if (escape != NULL) {
        *out++ = meanings[escape - escapes];
        json->at += 2;
      } else {
        return rt_json_expected(json, "a valid escape");
      }
    } else {
      size_t length = rt_utf8_length(json->bytes + json->at, json->size - json->at);
      if (byte < 32 || length == 0) {
        return rt_json_expected(json, byte < 32 ? "an escape for a control character"
                                                : "a character in UTF-8");
      }
      memcpy(out, json->bytes + json->at, length);
      out += length;
      json->at += length;
    }
  }
  *out = '\0';
  return RT_OK;
}

int rt_json_string(rt_json *json, char **text) {
  *text = NULL;
  int code = rt_json_skip(json, '"');
  if (code != RT_OK) {
    return rt_json_expected(json, "a string");
  }
  size_t end = json->at;
  while (end < json->size && json->bytes[end] != '"') {
    end += json->bytes[end] == '\\' ? 2 : 1;
  }
  *text = (char *)rt_allocate(end - json->at + 3);
  if (*text == NULL) {
    return rt_fail_memory(json->error, end - json->at, "a name");
  }
  code = read_characters(json, *text);
  if (code == RT_OK) {
    code = rt_json_skip(json, '"');
  }
  if (code != RT_OK) {
    rt_release(*text);
    *text = NULL;
  }
  return code;
}
