// element_read.c - reads numbers, strictly: strtod takes more than people would call a number, such
// as "0x1p3", "nan(7)" and blanks.

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../math/half.h"
#include "elements.h"

// No number needs so many characters.
enum { LONGEST = 400 };

// Integers up to this size are exact in a double.
static const double most_exact = 9007199254740992.0;

static int is_digit(char c) { return c >= '0' && c <= '9'; }

// True iff the text is `word`, which is in lower case; capitals do not matter.
static int is_word(const char *text, size_t size, const char *word) {
  if (strlen(word) != size) {
    return 0;
  }
  for (size_t i = 0; i < size; i++) {
    char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    if (c != word[i]) {
      return 0;
    }
  }
  return 1;
}

// The value of a word that stands for a number; false if it is none.
static int read_word(const char *text, size_t size, double *value) {
  int negative = size > 0 && text[0] == '-';
  size_t sign = size > 0 && (text[0] == '-' || text[0] == '+');
  const char *word = text + sign;
  size_t length = size - sign;
  if (is_word(word, length, "nan")) {
    *value = NAN;
  } else if (is_word(word, length, "inf") || is_word(word, length, "infinity")) {
    *value = negative ? -INFINITY : INFINITY;
  } else {
    return 0;
  }
  return 1;
}

// True iff the text is a sign, digits with a point, and an exponent, of which only digits must be.
static int is_decimal(const char *text, size_t size) {
  size_t at = size > 0 && (text[0] == '-' || text[0] == '+'), digits = 0;
  for (; at < size && is_digit(text[at]); at++) {
    digits++;
  }
  if (at < size && text[at] == '.') {
    for (at++; at < size && is_digit(text[at]); at++) {
      digits++;
    }
  }
  if (digits == 0 || at == size || (text[at] != 'e' && text[at] != 'E')) {
    return digits > 0 && at == size && size <= LONGEST;
  }
  at++;
  at += at < size && (text[at] == '-' || text[at] == '+');
  size_t first = at;
  while (at < size && is_digit(text[at])) {
    at++;
  }
  return at == size && at > first && size <= LONGEST;
}

int rt_is_number(const char *text, size_t size) {
  double unused;
  return is_decimal(text, size) || read_word(text, size, &unused) ||
         is_word(text, size, "true") || is_word(text, size, "false");
}

int rt_begins_number(const char *text, size_t size) {
  return size > 0 && (is_digit(text[0]) || strchr("+-.", text[0]) != NULL) && text[0] != '\0';
}

// Reads an integer and stores it; false if it is none that fits.
static int read_integer(rt_dtype dtype, void *target, const char *text, size_t size) {
  char copy[LONGEST + 1];
  memcpy(copy, text, size);
  copy[size] = '\0';
  double value = strtod(copy, NULL);
  if (fabs(value) <= most_exact) {
    int64_t whole = (int64_t)value;
    size_t bad;
    // Converts with the limits of the type.
    return (double)whole == value && rt_convert(dtype, target, RT_I64, &whole, 1, &bad) == RT_OK;
  }
  if (copy[strspn(copy, "+-0123456789")] != '\0') {
    return 0;
  }
  // Only digits, so that 64 bits can be exact.
  char sign = copy[0];
  const char *digits = copy + (sign == '+' || sign == '-');
  uint64_t whole = 0, most = dtype == RT_U64 ? UINT64_MAX : INT64_MAX;
  most += sign == '-' && dtype == RT_I64;
  if ((dtype != RT_U64 && dtype != RT_I64) || (sign == '-' && dtype == RT_U64)) {
    return 0;
  }
  for (; *digits != '\0'; digits++) {
    uint64_t digit = (uint64_t)(*digits - '0');
    if (whole > (most - digit) / 10) {
      return 0;
    }
    whole = whole * 10 + digit;
  }
  whole = sign == '-' ? UINT64_C(0) - whole : whole;
  memcpy(target, &whole, sizeof whole);
  return 1;
}

// Reads a real and stores it, rounded once; false if it is finite and too large.
static int read_real(rt_dtype dtype, void *target, const char *text, size_t size) {
  char copy[LONGEST + 1];
  double value = 0.0;
  if (read_word(text, size, &value)) {
    rt_scalar_set(dtype, target, value);
    return 1;
  }
  memcpy(copy, text, size);
  copy[size] = '\0';
  if (dtype == RT_F32) {
    *(float *)target = strtof(copy, NULL);
  } else {
    rt_scalar_set(dtype, target, strtod(copy, NULL));
  }
  return isfinite(rt_scalar_get(dtype, target));
}

// What a type takes, for messages.
static const char *expectation(rt_dtype dtype) {
  static const char *const texts[] = {
      [RT_F32] = "a number that fits into f32",
      [RT_F64] = "a number that fits into f64",
      [RT_F16] = "a number that fits into f16",
      [RT_BF16] = "a number that fits into bf16",
      [RT_I8] = "a whole number from -128 to 127",
      [RT_U8] = "a whole number from 0 to 255",
      [RT_I16] = "a whole number from -32768 to 32767",
      [RT_I32] = "a whole number from -2147483648 to 2147483647",
      [RT_I64] = "a whole number of 64 bits",
      [RT_U32] = "a whole number from 0 to 4294967295",
      [RT_U64] = "a whole number of 64 bits, 0 or more",
      [RT_BOOL] = "0, 1, true or false"};
  return texts[dtype];
}

// Reads up to 15 digits with or without a point, ten times as fast as strtod does: both the digits
// and the power of ten are exact, so the one division rounds as it must. False if it is no such
// number, or if the machine computes with more digits than f64 has.
static int read_short(const char *text, size_t size, double *value) {
#if defined(FLT_EVAL_METHOD) && \
    (FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 16)
  static const double tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  size_t negative = size > 0 && text[0] == '-', digits = 0, decimals = 0;
  int64_t whole = 0;
  if (size > 17) {
    return 0;
  }
  for (size_t at = negative, point = size; at < size; at++) {
    if (text[at] == '.' && point == size) {
      point = at;
    } else if (is_digit(text[at])) {
      whole = 10 * whole + (text[at] - '0');
      digits++;
      decimals += at > point;
    } else {
      return 0;
    }
  }
  if (digits == 0 || digits > 15) {
    return 0;
  }
  double magnitude = (double)whole / tens[decimals];
  *value = negative ? -magnitude : magnitude;
  return 1;
#else
  (void)text;
  (void)size;
  (void)value;
  return 0;
#endif
}

const char *rt_number_read(rt_dtype dtype, void *target, const char *text, size_t size) {
  double unused;
  if (dtype == RT_F64 && read_short(text, size, (double *)target)) {
    return NULL;
  }
  int is_true = is_word(text, size, "true");
  if (dtype == RT_BOOL && (is_true || is_word(text, size, "false"))) {
    *(uint8_t *)target = (uint8_t)is_true;
    return NULL;
  }
  int is_real = dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
  if (is_real && !is_decimal(text, size) && !read_word(text, size, &unused)) {
    return size > LONGEST ? "a shorter number" : "a number";
  }
  int fits = is_real ? read_real(dtype, target, text, size) || read_word(text, size, &unused)
                     : is_decimal(text, size) && read_integer(dtype, target, text, size);
  return fits ? NULL : expectation(dtype);
}
