// scalar_exp.h - exp, expm1, tanh, sigmoid, sinh, cosh. Included by scalar.h.

#ifndef RT_SCALAR_EXP_H
#define RT_SCALAR_EXP_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// x = n log 2 + r with |r| <= log(2) / 2. Adding 1.5 * 2^23 rounds to an integer,
// which is then in the low bits, too. Stores n as a wrapped unsigned number.
static inline float rt_reduce_exp(float x, uint32_t *n) {
  float shifted = rt_mul_add(x, 1.442695041f, 12582912.0f);
  float whole = shifted - 12582912.0f;
  *n = rt_bits(shifted) - UINT32_C(0x4b400000);
  float r = rt_mul_add(whole, -0.693359375f, x);
  return rt_mul_add(whole, 2.12194440e-4f, r);
}

// e^r, for |r| <= log(2) / 2.
static inline float rt_exp_reduced(float r) {
  float p = 0.0013820136f;
  p = rt_mul_add(p, r, 0.008368686f);
  p = rt_mul_add(p, r, 0.041668274f);
  p = rt_mul_add(p, r, 0.16666521f);
  p = rt_mul_add(p, r, 0.49999994f);
  return rt_mul_add(p, r * r, r) + 1.0f;
}

// e^x. 2^n is applied as two factors, so that subnormal results round once.
static inline float rt_exp(float x) {
  uint32_t n;
  float p = rt_exp_reduced(rt_reduce_exp(x > 89.0f ? 89.0f : x, &n));
  uint32_t both = n + 254u;
  uint32_t half = both >> 1;
  float result = p * rt_from_bits(half << 23) * rt_from_bits((both - half) << 23);
  return x < -104.0f ? 0.0f : result;
}

// e^x for -87 < x < 88, where neither x nor the result needs care.
static inline float rt_exp_inside(float x) {
  uint32_t n;
  float p = rt_exp_reduced(rt_reduce_exp(x, &n));
  return p * rt_from_bits((n + 127u) << 23);
}

// e^x - 1 = 2^n (e^r - 1) + (2^n - 1), with 2^(n - 1) so that n = 128 has room.
static inline float rt_expm1(float x) {
  float y = x > 89.0f ? 89.0f : x;
  y = y < -20.0f ? -20.0f : y;
  uint32_t n;
  float r = rt_reduce_exp(y, &n);
  float p = 0.00019763397f;
  p = rt_mul_add(p, r, 0.0013932342f);
  p = rt_mul_add(p, r, 0.008333544f);
  p = rt_mul_add(p, r, 0.041666493f);
  p = rt_mul_add(p, r, 0.16666666f);
  p = rt_mul_add(p, r, 0.5f);
  p = rt_mul_add(p, r * r, r);
  float half = rt_from_bits((n + 126u) << 23);
  float result = 2.0f * rt_mul_add(half, p, half - 0.5f);
  return fabsf(x) < 2.9802322e-8f ? x : result;
}

// Near zero a polynomial, elsewhere 1 - 2 / (e^2x + 1), which is 1 from 10 on.
static inline float rt_tanh(float x) {
  float a = fabsf(x);
  float u = a * a;
  float p = -0.005697346f;
  p = rt_mul_add(p, u, 0.020631723f);
  p = rt_mul_add(p, u, -0.053737268f);
  p = rt_mul_add(p, u, 0.1333141f);
  p = rt_mul_add(p, u, -0.3333328f);
  float small = rt_mul_add(p * u, a, a);
  float bounded = a > 10.0f ? 10.0f : a;
  float large = 1.0f - 2.0f / (rt_exp_inside(2.0f * bounded) + 1.0f);
  return copysignf(a < 0.625f ? small : large, x);
}

// 1 / (1 + e^-x), using exponentials of non-positive numbers only. The rounding errors of the sum
// and of the product with the reciprocal are corrected.
static inline float rt_sigmoid(float x) {
  float e = rt_exp(-fabsf(x));
  float sum = 1.0f + e;
  float lost = e - (sum - 1.0f);
  float share = x < 0.0f ? e : 1.0f;
  float inverse = 1.0f / sum;
  float result = share * inverse;
  float error = rt_mul_add(-result, lost, rt_mul_add_once(-result, sum, share));
  return rt_mul_add(error, inverse, result);
}

// Near zero a polynomial times x, elsewhere (e^x - e^-x) / 2.
static inline float rt_sinh(float x) {
  double a = fabs((double)x);
  double u = a * a;
  double p = 2.5535012366845143e-08;
  p = p * u + 2.755191438684262e-06;
  p = p * u + 0.00019841297624338463;
  p = p * u + 0.008333333269006059;
  p = p * u + 0.16666666667208815;
  p = p * u + 0.9999999999999265;
  double e = rt_exp_wide(a);
  double large = 0.5 * (e - 1.0 / e);
  return copysignf((float)(a < 1.0 ? a * p : large), x);
}

static inline float rt_cosh(float x) {
  double e = rt_exp_wide(fabs((double)x));
  return (float)(0.5 * (e + 1.0 / e));
}

#ifdef __cplusplus
}
#endif

#endif
