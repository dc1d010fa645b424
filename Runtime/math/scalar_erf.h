// scalar_erf.h - erf, 1 - erf, and the inverse of erf. Included by scalar.h.

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
  float large = 1.0f - rt_exp_inside(q);

  return copysignf(a < 1.0f ? small : large, x);
}

// 1 - erf(x): e^(-x^2) / (1 + 2 x) times a polynomial in (x - 3.75) / (x + 3.75)
// (Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x",
// 1981). From 10.1 on the result is 0.
static inline float rt_erfc(float x) {
  double a = fabs((double)x);
  a = a > 10.1 ? 10.1 : a;
  double t = (a - 3.75) / (a + 3.75);
  double p = -3.943500363296213e-06;
  p = p * t - 1.202148930953157e-05;
  p = p * t + 2.4744484665626723e-05;
  p = p * t + 5.3270873885501373e-05;
  p = p * t - 0.00029066265234397416;
  p = p * t + 0.0002929756424779286;
  p = p * t + 0.0017556001801330777;
  p = p * t - 0.009746432084109349;
  p = p * t + 0.028362299520122133;
  p = p * t - 0.058693413312297125;
  p = p * t + 0.09230431846257206;
  p = p * t - 0.10880392942672804;
  p = p * t + 0.08227673860537685;
  p = p * t + 0.003585415471597596;
  p = p * t - 0.14024059858682889;
  p = p * t + 1.2375126308378757;
  double tail = rt_exp_wide(-a * a) * p / (1.0 + 2.0 * a);
  double result = x < 0.0f ? 2.0 - tail : tail;
  return x > 10.1f ? 0.0f : (float)result;
}

// x times a polynomial in w = -log(1 - x^2), or in its root in the tails. NaN
// outside of -1 ... 1.
static inline float rt_erfinv(float x) {
  double a = fabs((double)x);
  double inside = (1.0 - a) * (1.0 + a);
  double w = -rt_log_wide(inside > 0.0 ? inside : 1.0);
  double p = -1.9768164164225085e-11;
  p = p * w + 7.16640355532595e-10;
  p = p * w - 1.0747030872123056e-08;
  p = p * w + 7.941987248549555e-08;
  p = p * w - 2.1582284956265248e-07;
  p = p * w - 6.326278892307414e-07;
  p = p * w + 1.4695698595081676e-06;
  p = p * w + 4.7144760577686926e-05;
  p = p * w - 0.00012837445425981732;
  p = p * w - 0.002334979607738534;
  p = p * w + 0.011549318786264338;
  p = p * w + 0.23201366826231398;
  p = p * w + 0.8862269254317177;

  double t = sqrt(w) - 3.0;
  double q = -8.55984089513497e-06;
  q = q * t - 1.7263758985970397e-05;
  q = q * t + 0.000172819516247971;
  q = q * t - 0.0002973609173520712;
  q = q * t - 0.0001266168758881746;
  q = q * t + 0.0014865780488524402;
  q = q * t - 0.0035653315097393706;
  q = q * t + 0.005684970662424419;
  q = q * t - 0.007643016150391473;
  q = q * t + 0.009445528942355992;
  q = q * t + 1.0016752497820447;
  q = q * t + 2.832976798581831;

  float result = (float)((double)x * (w < 5.0 ? p : q));
  result = fabsf(x) == 1.0f ? copysignf(INFINITY, x) : result;
  return fabsf(x) <= 1.0f ? result : NAN;
}

#ifdef __cplusplus
}
#endif

#endif
