// scalar_wide.h - logarithm and exponential in double, right to ten digits,
// for f32 functions that are to round once. Included by scalar.h.

#ifndef RT_SCALAR_WIDE_H
#define RT_SCALAR_WIDE_H

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

// 2^x, clamped to where a float is neither infinite nor 0.
static inline double rt_exp2_wide(double x) {
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
  return p * rt_from_bits_f64((n + 1023u) << 52);
}

// log x of a positive finite float, or of a double as large as one.
static inline double rt_log_wide(double x) { return 0.6931471805599453 * rt_log2_wide(x); }

// e^x, in the range of rt_exp2_wide.
static inline double rt_exp_wide(double x) { return rt_exp2_wide(1.4426950408889634 * x); }

#ifdef __cplusplus
}
#endif

#endif
