// scalar_arc.h - the inverse functions of sin, cos, tan, sinh, cosh and tanh. Included by scalar.h.

#ifndef RT_SCALAR_ARC_H
#define RT_SCALAR_ARC_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// The angle of (x, y), by way of the arctangent of the smaller over the larger of the two.
static inline double rt_atan2_wide(double y, double x) {
  double a = fabs(y);
  double b = fabs(x);
  int steep = a > b;
  double low = steep ? b : a;
  double high = steep ? a : b;
  double t = low / high;
  t = low == high ? 1.0 : t;
  t = high == 0.0 ? 0.0 : t;
  double u = t * t;
  double p = -0.0006847837101100159;
  p = p * u + 0.004850886137940126;
  p = p * u - 0.016111569044883395;
  p = p * u + 0.03420946019248789;
  p = p * u - 0.0542789848904615;
  p = p * u + 0.07245711760155796;
  p = p * u - 0.0898023683269711;
  p = p * u + 0.11093240764483825;
  p = p * u - 0.14283980695479948;
  p = p * u + 0.19999912047145424;
  p = p * u - 0.33333331571098385;
  p = p * u + 0.9999999999412299;
  double angle = t * p;
  angle = steep ? 1.5707963267948966 - angle : angle;
  angle = rt_bits_f64(x) >> 63 != 0u ? 3.1415926535897932 - angle : angle;
  return ((x != x) | (y != y)) ? x + y : copysign(angle, y);
}

static inline float rt_atan2(float y, float x) {
  return (float)rt_atan2_wide((double)y, (double)x);
}

static inline float rt_atan(float x) { return (float)rt_atan2_wide((double)x, 1.0); }

// The other side of a triangle with hypotenuse 1; NaN outside of -1 ... 1.
static inline double rt_other_side(double x) { return sqrt((1.0 - x) * (1.0 + x)); }

static inline float rt_asin(float x) {
  return (float)rt_atan2_wide((double)x, rt_other_side((double)x));
}

static inline float rt_acos(float x) {
  return (float)rt_atan2_wide(rt_other_side((double)x), (double)x);
}

// log(x + sqrt(x^2 + 1)); near zero, the first terms of its series.
static inline float rt_asinh(float x) {
  double a = fabs((double)x);
  double u = a * a;
  double small = a - a * u * (0.16666666666666667 - 0.075 * u);
  double large = rt_log_wide(a + sqrt(u + 1.0));
  float result = copysignf((float)(a < 0.01 ? small : large), x);
  return fabsf(x) < INFINITY ? result : x;
}

// log(x + sqrt(x^2 - 1)); NaN below 1.
static inline float rt_acosh(float x) {
  double wide = (double)x;
  double result = rt_log_wide(wide + sqrt((wide - 1.0) * (wide + 1.0)));
  result = x < 1.0f ? (double)NAN : result;
  return x < INFINITY ? (float)result : x;
}

// log((1 + x) / (1 - x)) / 2; near zero, the first terms of its series.
static inline float rt_atanh(float x) {
  double a = fabs((double)x);
  double u = a * a;
  double small = a + a * u * (0.33333333333333333 + 0.2 * u);
  double large = 0.5 * rt_log_wide((1.0 + a) / (1.0 - a));
  float result = copysignf((float)(a < 0.01 ? small : large), x);
  result = fabsf(x) == 1.0f ? copysignf(INFINITY, x) : result;
  return fabsf(x) <= 1.0f ? result : NAN;
}

#ifdef __cplusplus
}
#endif

#endif
