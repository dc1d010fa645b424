// scalar_erf.h - erf and its inverse. Included by scalar.h.

#ifndef RT_SCALAR_ERF_H
#define RT_SCALAR_ERF_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// Below 1 a polynomial, above 1 - erfc(x) with a polynomial for log(erfc(x)). From
// 4 on the result is 1.
static inline float rt_erf(float x) {
  float a = fabsf(x);
  float u = a * a;
  float p = 7.806903e-05f;
  p = rt_mul_add(p, u, -0.0007997853f);
  p = rt_mul_add(p, u, 0.005187162f);
  p = rt_mul_add(p, u, -0.026853347f);
  p = rt_mul_add(p, u, 0.11283579f);
  p = rt_mul_add(p, u, -0.37612626f);
  p = rt_mul_add(p, u, 0.12837917f);
  float small = rt_mul_add(p, a, a);

  float t = (a > 4.0f ? 4.0f : a) - 1.0f;
  float q = 0.00014618525f;
  q = rt_mul_add(q, t, -0.00052241277f);
  q = rt_mul_add(q, t, -0.00055024034f);
  q = rt_mul_add(q, t, 0.008817093f);
  q = rt_mul_add(q, t, -0.041066706f);
  q = rt_mul_add(q, t, -0.8431959f);
  q = rt_mul_add(q, t, -2.638962f);
  q = rt_mul_add(q, t, -1.8496056f);
  float large = 1.0f - rt_exp(q);

  return copysignf(a < 1.0f ? small : large, x);
}

// x times a polynomial in w = -log(1 - x^2), or in its root in the tails. NaN
// outside of -1 ... 1.
static inline float rt_erfinv(float x) {
  float a = fabsf(x);
  float w = -rt_log((1.0f - a) * (1.0f + a));
  float p = -5.597965e-09f;
  p = rt_mul_add(p, w, 1.5124036e-07f);
  p = rt_mul_add(p, w, -1.3433979e-06f);
  p = rt_mul_add(p, w, 9.0141526e-07f);
  p = rt_mul_add(p, w, 5.3257372e-05f);
  p = rt_mul_add(p, w, -0.00014177669f);
  p = rt_mul_add(p, w, -0.0023212137f);
  p = rt_mul_add(p, w, 0.011542729f);
  p = rt_mul_add(p, w, 0.23201483f);
  p = rt_mul_add(p, w, 0.8862269f);

  float t = sqrtf(w) - 3.0f;
  float q = -0.00019767409f;
  q = rt_mul_add(q, t, 9.845492e-05f);
  q = rt_mul_add(q, t, 0.0013499433f);
  q = rt_mul_add(q, t, -0.0036713032f);
  q = rt_mul_add(q, t, 0.005736363f);
  q = rt_mul_add(q, t, -0.0076230625f);
  q = rt_mul_add(q, t, 0.009440138f);
  q = rt_mul_add(q, t, 1.0016742f);
  q = rt_mul_add(q, t, 2.8329768f);

  float result = x * (w < 5.0f ? p : q);
  return a == 1.0f ? copysignf(INFINITY, x) : result;
}

#ifdef __cplusplus
}
#endif

#endif
