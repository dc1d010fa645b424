// scalar_f64.h - the scalar functions for double, which are those of libm.
// Included by scalar.h.

#ifndef RT_SCALAR_F64_H
#define RT_SCALAR_F64_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline double rt_exp_f64(double x) { return exp(x); }
static inline double rt_expm1_f64(double x) { return expm1(x); }
static inline double rt_log_f64(double x) { return log(x); }
static inline double rt_log1p_f64(double x) { return log1p(x); }
static inline double rt_tanh_f64(double x) { return tanh(x); }
static inline double rt_erf_f64(double x) { return erf(x); }
static inline double rt_sin_f64(double x) { return sin(x); }
static inline double rt_cos_f64(double x) { return cos(x); }
static inline double rt_pow_f64(double x, double y) { return pow(x, y); }
static inline double rt_exp2_f64(double x) { return exp2(x); }
static inline double rt_log2_f64(double x) { return log2(x); }
static inline double rt_log10_f64(double x) { return log10(x); }
static inline double rt_cbrt_f64(double x) { return cbrt(x); }
static inline double rt_hypot_f64(double x, double y) { return hypot(x, y); }
static inline double rt_tan_f64(double x) { return tan(x); }
static inline double rt_asin_f64(double x) { return asin(x); }
static inline double rt_acos_f64(double x) { return acos(x); }
static inline double rt_atan_f64(double x) { return atan(x); }
static inline double rt_atan2_f64(double y, double x) { return atan2(y, x); }
static inline double rt_sinh_f64(double x) { return sinh(x); }
static inline double rt_cosh_f64(double x) { return cosh(x); }
static inline double rt_asinh_f64(double x) { return asinh(x); }
static inline double rt_acosh_f64(double x) { return acosh(x); }
static inline double rt_atanh_f64(double x) { return atanh(x); }
static inline double rt_erfc_f64(double x) { return erfc(x); }
static inline double rt_lgamma_f64(double x) { return lgamma(x); }
static inline double rt_sqrt_f64(double x) { return sqrt(x); }
static inline double rt_rsqrt_f64(double x) { return 1.0 / sqrt(x); }
static inline double rt_abs_f64(double x) { return fabs(x); }
static inline double rt_floor_f64(double x) { return floor(x); }
static inline double rt_ceil_f64(double x) { return ceil(x); }
static inline double rt_trunc_f64(double x) { return trunc(x); }
static inline double rt_round_f64(double x) { return rint(x); }
static inline int rt_is_nan_f64(double x) { return x != x; }
static inline int rt_is_inf_f64(double x) { return fabs(x) == (double)INFINITY; }
static inline int rt_is_finite_f64(double x) { return fabs(x) < (double)INFINITY; }

static inline double rt_sigmoid_f64(double x) {
  double e = exp(-fabs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

static inline double rt_softplus_f64(double x) {
  return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
}

static inline double rt_min_f64(double a, double b) {
  const double smaller = a < b ? a : b;
  return a != a ? a : smaller;
}

static inline double rt_relu_f64(double x) { return x < 0.0 ? 0.0 : x; }
static inline double rt_max_f64(double a, double b) {
  const double larger = a > b ? a : b;
  return a != a ? a : larger;
}

static inline double rt_sign_f64(double x) {
  return (x > 0.0 ? 1.0 : 0.0) - (x < 0.0 ? 1.0 : 0.0);
}

// Winitzki's approximation, right to 0.2 %, then Halley's steps, which triple the
// number of digits each. The tails solve erfc(z) = 1 - |x|, which is exact.
static inline double rt_erfinv_f64(double x) {
  double a = fabs(x);
  if (!(a < 1.0)) {
    return a == 1.0 ? copysign((double)INFINITY, x) : (double)NAN;
  }
  double w = log1p(-a * a);
  double b = 4.3307467508 + 0.5 * w;
  double z = sqrt(fmax(sqrt(b * b - w * 6.8027210884) - b, 0.0));
  z = a < 1e-4 ? a * 0.88622692545275801 : z;
  for (int step = 0; step < 3; step++) {
    double error = a < 0.5 ? erf(z) - a : (1.0 - a) - erfc(z);
    double newton = error * 0.88622692545275801 * exp(z * z);
    z -= newton / (1.0 + z * newton);
  }
  return copysign(z, x);
}

#ifdef __cplusplus
}
#endif

#endif
