// scalar_pow.h - powers, roots, and logarithms and exponentials of other bases.
// Included by scalar.h.

#ifndef RT_SCALAR_POW_H
#define RT_SCALAR_POW_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// 2^x.
static inline float rt_exp2(float x) { return (float)rt_exp2_wide((double)x); }

// The logarithm of what is negative is NaN, of zero -infinity.
static inline double rt_log2_any(float x) {
  double result = rt_log2_wide((double)x);
  result = ((x == INFINITY) | (x != x)) ? (double)x : result;
  result = x < 0.0f ? (double)NAN : result;
  return x == 0.0f ? -(double)INFINITY : result;
}

static inline float rt_log2(float x) { return (float)rt_log2_any(x); }
static inline float rt_log10(float x) { return (float)(0.30102999566398120 * rt_log2_any(x)); }

static inline float rt_cbrt(float x) {
  double root = rt_exp2_wide(0.33333333333333333 * rt_log2_wide(fabs((double)x)));
  float result = copysignf((float)root, x);
  return ((x == 0.0f) | !(fabsf(x) < INFINITY)) ? x : result;
}

// sqrt(x^2 + y^2); infinite if either is, whatever the other.
static inline float rt_hypot(float x, float y) {
  double squares = (double)x * (double)x + (double)y * (double)y;
  int infinite = (fabsf(x) == INFINITY) | (fabsf(y) == INFINITY);
  return infinite ? INFINITY : (float)sqrt(squares);
}

// x^y = 2^(y log2 |x|) in double, then C's rules for signs and special values.
static inline float rt_pow(float x, float y) {
  float a = fabsf(x);
  double wide = rt_log2_wide((double)a);
  wide = a == INFINITY ? (double)INFINITY : wide;
  wide = a == 0.0f ? -(double)INFINITY : wide;
  float result = (float)rt_exp2_wide((double)y * wide);

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
