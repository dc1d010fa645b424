// scalar_log.h - log, log1p, softplus. Included by scalar.h.

#ifndef RT_SCALAR_LOG_H
#define RT_SCALAR_LOG_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// exponent * log 2 + log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2).
static inline float rt_log_sum(float exponent, float f) {
  float p = 0.06749556f;
  p = rt_mul_add(p, f, -0.11670192f);
  p = rt_mul_add(p, f, 0.118834704f);
  p = rt_mul_add(p, f, -0.124062076f);
  p = rt_mul_add(p, f, 0.14220363f);
  p = rt_mul_add(p, f, -0.1666799f);
  p = rt_mul_add(p, f, 0.20002072f);
  p = rt_mul_add(p, f, -0.2500001f);
  p = rt_mul_add(p, f, 0.33333313f);
  float square = f * f;
  float low = rt_mul_add(square * f, p, exponent * -2.12194440e-4f);
  low = rt_mul_add(square, -0.5f, low);
  return rt_mul_add(exponent, 0.693359375f, low + f);
}

// The exponent k, biased by 127, that puts x / 2^k between sqrt(1/2) and sqrt(2).
static inline uint32_t rt_log_exponent(float x) {
  return (rt_bits(x) + UINT32_C(0x004afb0d)) >> 23;
}

static inline float rt_log(float x) {
  int subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 8388608.0f : x;
  uint32_t k = rt_log_exponent(scaled);
  float m = rt_from_bits(rt_bits(scaled) - ((k - 127u) << 23));
  float exponent = (float)(int32_t)k - (subnormal ? 150.0f : 127.0f);
  float result = rt_log_sum(exponent, m - 1.0f);
  result = ((x == INFINITY) | (x != x)) ? x : result;
  result = x < 0.0f ? NAN : result;
  return x == 0.0f ? -INFINITY : result;
}

// log(u) for u = 1 + x as rounded, with the rounding error added to the mantissa. For large k,
// where 2^-k would be subnormal, nothing was lost.
static inline float rt_log1p(float x) {
  float u = 1.0f + x;
  float lost = x - (u - 1.0f);
  uint32_t k = rt_log_exponent(u);
  float m = rt_from_bits(rt_bits(u) - ((k - 127u) << 23));
  uint32_t inverse = k < 253u ? 254u - k : 1u;
  float f = rt_mul_add(lost, rt_from_bits(inverse << 23), m - 1.0f);
  float result = rt_log_sum((float)(int32_t)k - 127.0f, f);
  result = ((x == INFINITY) | (x != x) | (x == 0.0f)) ? x : result;
  result = x < -1.0f ? NAN : result;
  return x == -1.0f ? -INFINITY : result;
}

// log(1 + e^x).
static inline float rt_softplus(float x) {
  return (x > 0.0f ? x : 0.0f) + rt_log1p(rt_exp(-fabsf(x)));
}

#ifdef __cplusplus
}
#endif

#endif
