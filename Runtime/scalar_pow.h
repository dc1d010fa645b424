// scalar_pow.h - pow. Included by scalar.h.

#ifndef RT_SCALAR_POW_H
#define RT_SCALAR_POW_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline uint64_t rt_bits_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double rt_from_bits_f64(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// log2 of a positive finite float, in double: x = 2^k (1 + s) / (1 - s). The
// exponent becomes a double by way of the mantissa of 2^52.
static inline double rt_log2_wide(double x) {
  uint64_t bits = rt_bits_f64(x);
  uint64_t k = (bits + UINT64_C(0x00095f619980c433)) >> 52;
  double m = rt_from_bits_f64(bits - ((k - 1023u) << 52));
  double exponent =
      rt_from_bits_f64(k | UINT64_C(0x4330000000000000)) - 4503599627371519.0;
  double s = (m - 1.0) / (m + 1.0);
  double u = s * s;
  double p = 0.2425861283013315;
  p = p * u + 0.26147258746204377;
  p = p * u + 0.320615489839041;
  p = p * u + 0.4121984148966673;
  p = p * u + 0.5770780171671921;
  p = p * u + 0.9617966939244718;
  p = p * u + 2.885390081777927;
  return exponent + s * p;
}

// 2^x as a float, for any x; rounds once, subnormal results included.
static inline float rt_exp2_wide(double x) {
  x = x > 130.0 ? 130.0 : x;
  x = x < -152.0 ? -152.0 : x;
  double shifted = x + 6755399441055744.0;
  double f = x - (shifted - 6755399441055744.0);
  double p = 1.5201917450291786e-05;
  p = p * f + 0.00015469291124434637;
  p = p * f + 0.0013333922581821444;
  p = p * f + 0.009618027253743477;
  p = p * f + 0.05550410353424435;
  p = p * f + 0.24022651198156797;
  p = p * f + 0.6931471807284546;
  p = p * f + 0.9999999999616822;
  uint64_t n = rt_bits_f64(shifted) - UINT64_C(0x4338000000000000);
  return (float)(p * rt_from_bits_f64((n + 1023u) << 52));
}

// x^y = 2^(y log2 |x|) in double, then C's rules for signs and special values.
static inline float rt_pow(float x, float y) {
  float a = fabsf(x);
  double wide = rt_log2_wide((double)a);
  wide = a == INFINITY ? (double)INFINITY : wide;
  wide = a == 0.0f ? -(double)INFINITY : wide;
  float result = rt_exp2_wide((double)y * wide);

  float half = y * 0.5f;
  int whole = truncf(y) == y;
  int odd = whole & (truncf(half) != half);
  result = (odd & (rt_bits(x) >> 31 != 0u)) ? -result : result;
  result = ((x < 0.0f) & (a != INFINITY) & !whole) ? NAN : result;
  result = ((x != x) | (y != y)) ? x + y : result;
  result = ((a == 1.0f) & (fabsf(y) == INFINITY)) ? 1.0f : result;
  return ((x == 1.0f) | (y == 0.0f)) ? 1.0f : result;
}

#ifdef __cplusplus
}
#endif

#endif
