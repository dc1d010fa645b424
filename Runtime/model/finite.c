// finite.c - finds numbers that are not finite.

#include <math.h>
#include <string.h>

#include "../math/half.h"
#include "support.h"

// True iff a number in a block has all bits of the exponent set, as infinity and NaN have. Without
// branches, so that it is as fast as memory.
#define ANY_ODD(type, exponent)                                \
  type any = 0;                                                \
  for (size_t i = 0; i < count; i++) {                         \
    type bits;                                                 \
    memcpy(&bits, bytes + i * sizeof bits, sizeof bits);       \
    any |= (type)((bits & (exponent)) == (exponent));          \
  }                                                            \
  return any != 0

static int any_odd_64(const unsigned char *bytes, size_t count) {
  ANY_ODD(uint64_t, UINT64_C(0x7ff0000000000000));
}

static int any_odd_32(const unsigned char *bytes, size_t count) {
  ANY_ODD(uint32_t, UINT32_C(0x7f800000));
}

static int any_odd_16(const unsigned char *bytes, size_t count, uint16_t exponent) {
  ANY_ODD(uint16_t, exponent);
}

// True iff one of the numbers is infinite or NaN.
static int any_odd(rt_dtype dtype, const unsigned char *bytes, size_t count) {
  switch (dtype) {
    case RT_F64:
      return any_odd_64(bytes, count);
    case RT_F32:
      return any_odd_32(bytes, count);
    case RT_F16:
      return any_odd_16(bytes, count, 0x7c00);
    case RT_BF16:
      return any_odd_16(bytes, count, 0x7f80);
    default:
      return 0;
  }
}

size_t rt_find_not_finite(rt_dtype dtype, const void *data, size_t count, int nan_only) {
  enum { BLOCK = 4096 };
  const unsigned char *bytes = (const unsigned char *)data;
  size_t width = rt_dtype_size(dtype);
  for (size_t at = 0; at < count; at += BLOCK) {
    size_t size = count - at < BLOCK ? count - at : BLOCK;
    if (!any_odd(dtype, bytes + at * width, size)) {
      continue;
    }
    for (size_t i = at; i < at + size; i++) {
      double x = rt_scalar_get(dtype, bytes + i * width);
      if (nan_only ? isnan(x) : !isfinite(x)) {
        return i;
      }
    }
  }
  return count;
}
