// convert.c - between element types, and between byte orders.
//
// Elements are copied in and out, so the data need not be aligned.

#include <string.h>

#include "../math/half.h"
#include "support.h"

int rt_big_endian(void) {
  const uint16_t one = 1;
  unsigned char first;
  memcpy(&first, &one, 1);
  return first == 0;
}

void rt_swap_bytes(void *data, size_t width, size_t count) {
  unsigned char *bytes = (unsigned char *)data;
  for (size_t i = 0; i < count; i++, bytes += width) {
    for (size_t k = 0; k < width / 2; k++) {
      unsigned char byte = bytes[k];
      bytes[k] = bytes[width - 1 - k];
      bytes[width - 1 - k] = byte;
    }
  }
}

static int is_real(rt_dtype dtype) {
  return dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
}

int rt_convertible(rt_dtype to, rt_dtype from) {
  if (to == from || to == RT_F32 || to == RT_F64) {
    return 1;
  }
  if (to == RT_F16 || to == RT_BF16) {
    return from == RT_F32 || from == RT_F64;
  }
  return !is_real(from);
}

// Applies `expression` over v, an element of the source, to each element.
#define LOOP(target_type, source_type, expression)              \
  for (size_t i = 0; i < count; i++) {                          \
    source_type v;                                              \
    memcpy(&v, source + i * sizeof v, sizeof v);                \
    target_type r = (target_type)(expression);                  \
    memcpy(target + i * sizeof r, &r, sizeof r);                \
  }                                                             \
  break

// The cases of a switch over the source for a target that can hold all values.
#define REAL_CASES(type)                                        \
  case RT_F32:                                                  \
    LOOP(type, float, v);                                       \
  case RT_F64:                                                  \
    LOOP(type, double, v);                                      \
  case RT_F16:                                                  \
    LOOP(type, uint16_t, rt_f16_to_f32(v));                     \
  case RT_BF16:                                                 \
    LOOP(type, uint16_t, rt_bf16_to_f32(v));                    \
  case RT_I8:                                                   \
    LOOP(type, int8_t, v);                                      \
  case RT_U8:                                                   \
    LOOP(type, uint8_t, v);                                     \
  case RT_I16:                                                  \
    LOOP(type, int16_t, v);                                     \
  case RT_I32:                                                  \
    LOOP(type, int32_t, v);                                     \
  case RT_I64:                                                  \
    LOOP(type, int64_t, v);                                     \
  case RT_U32:                                                  \
    LOOP(type, uint32_t, v);                                    \
  case RT_U64:                                                  \
    LOOP(type, uint64_t, v);                                    \
  case RT_BOOL:                                                 \
    LOOP(type, uint8_t, v != 0)

static void to_f32(unsigned char *target, rt_dtype from, const unsigned char *source,
                   size_t count) {
  switch (from) { REAL_CASES(float); }
}

static void to_f64(unsigned char *target, rt_dtype from, const unsigned char *source,
                   size_t count) {
  switch (from) { REAL_CASES(double); }
}

static void to_half(unsigned char *target, int brain, rt_dtype from,
                    const unsigned char *source, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float x;
    to_f32((unsigned char *)&x, from, source + i * rt_dtype_size(from), 1);
    uint16_t half = brain ? rt_f32_to_bf16(x) : rt_f32_to_f16(x);
    memcpy(target + 2 * i, &half, 2);
  }
}

// The integer at `source`; false for those above INT64_MAX.
static int load_integer(rt_dtype from, const unsigned char *source, int64_t *value) {
  size_t count = 1;
  unsigned char *target = (unsigned char *)value;
  switch (from) {
    case RT_I8:
      LOOP(int64_t, int8_t, v);
    case RT_U8:
      LOOP(int64_t, uint8_t, v);
    case RT_I16:
      LOOP(int64_t, int16_t, v);
    case RT_I32:
      LOOP(int64_t, int32_t, v);
    case RT_U32:
      LOOP(int64_t, uint32_t, v);
    case RT_BOOL:
      LOOP(int64_t, uint8_t, v != 0);
    default:
      memcpy(value, source, sizeof *value);
  }
  return from != RT_U64 || *value >= 0;
}

// Stores a value; false if it does not fit.
static int store_integer(rt_dtype to, unsigned char *target, int64_t value) {
  static const struct {
    int64_t low, high;
  } limits[] = {
      [RT_I8] = {INT8_MIN, INT8_MAX},    [RT_U8] = {0, UINT8_MAX},
      [RT_I16] = {INT16_MIN, INT16_MAX}, [RT_I32] = {INT32_MIN, INT32_MAX},
      [RT_U32] = {0, UINT32_MAX},        [RT_I64] = {INT64_MIN, INT64_MAX},
      [RT_U64] = {0, INT64_MAX},         [RT_BOOL] = {0, 1},
  };
  if (value < limits[to].low || value > limits[to].high) {
    return 0;
  }
  size_t count = 1;
  const unsigned char *source = (const unsigned char *)&value;
  switch (rt_dtype_size(to)) {
    case 1:
      LOOP(uint8_t, int64_t, v);
    case 2:
      LOOP(uint16_t, int64_t, v);
    case 4:
      LOOP(uint32_t, int64_t, v);
    default:
      memcpy(target, &value, sizeof value);
  }
  return 1;
}

int rt_convert(rt_dtype to, void *target, rt_dtype from, const void *source,
               size_t count, size_t *bad) {
  unsigned char *t = (unsigned char *)target;
  const unsigned char *s = (const unsigned char *)source;
  *bad = 0;
  if (!rt_convertible(to, from)) {
    return RT_ERROR_VALUE;
  }
  if (to == from && to != RT_BOOL) {
    if (count > 0) {
      memcpy(t, s, count * rt_dtype_size(to));
    }
  } else if (to == RT_F32) {
    to_f32(t, from, s, count);
  } else if (to == RT_F64) {
    to_f64(t, from, s, count);
  } else if (to == RT_F16 || to == RT_BF16) {
    to_half(t, to == RT_BF16, from, s, count);
  } else {
    size_t width = rt_dtype_size(to), from_width = rt_dtype_size(from);
    for (size_t i = 0; i < count; i++) {
      int64_t value;
      if (!load_integer(from, s + i * from_width, &value) ||
          !store_integer(to, t + i * width, value)) {
        *bad = i;
        return RT_ERROR_VALUE;
      }
    }
  }
  return RT_OK;
}
