// scalar_gamma.h - the logarithm of the gamma function and its derivatives.
// In double, with calls of libm and loops: loops over them do not vectorise. Included by scalar.h.

#ifndef RT_SCALAR_GAMMA_H
#define RT_SCALAR_GAMMA_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// log(gamma(x)) for positive x: Stirling's series from 8 on, below by recurrence.
static inline double rt_lgamma_positive(double x) {
  if (x == 1.0 || x == 2.0) { return 0.0; }
  double product = 1.0;
  for (; x < 8.0; x += 1.0) product *= x;
  double u = 1.0 / (x * x);
  double p = -0.0029550653594771242;
  p = p * u + 0.00064102564102564103;
  p = p * u - 0.0019175269175269175;
  p = p * u + 0.00084175084175084175;
  p = p * u - 0.00059523809523809524;
  p = p * u + 0.00079365079365079365;
  p = p * u - 0.0027777777777777778;
  p = p * u + 0.083333333333333333;
  double series = (x - 0.5) * log(x) - x + 0.91893853320467274 + p / x;
  return series - log(product);
}

// log(|gamma(x)|); infinite at 0, -1, -2 and so on.
static inline float rt_lgamma(float x) {
  if (fabsf(x) == INFINITY) { return INFINITY; }
  if (x > 0.0f || x != x) { return (float)rt_lgamma_positive((double)x); }
  if (floorf(x) == x) { return INFINITY; }
  double a = -(double)x;
  double sine = sin(3.1415926535897932 * (a - 2.0 * floor(0.5 * a)));
  return (float)(log(3.1415926535897932 / (a * fabs(sine))) - rt_lgamma_positive(a));
}

// The slope of lgamma: its asymptotic series from 10 on, below by recurrence, on the
// negative side by reflection. As in PyTorch infinite at 0 and NaN at -1, -2 and so on.
static inline double rt_digamma_f64(double x) {
  if (x == 0.0) { return copysign((double)INFINITY, -x); }
  double reflected = 0.0;
  if (x < 0.0) {
    if (floor(x) == x) { return (double)NAN; }
    reflected = 3.1415926535897932 / tan(3.1415926535897932 * (x - trunc(x)));
    x = 1.0 - x;
  }
  double sum = 0.0;
  for (; x < 10.0; x += 1.0) sum -= 1.0 / x;
  if (x == (double)INFINITY) { return x; }
  double u = 1.0 / (x * x);
  double p = 0.083333333333333333;
  p = p * u - 0.021092796092796093;
  p = p * u + 0.0075757575757575758;
  p = p * u - 0.0041666666666666667;
  p = p * u + 0.0039682539682539683;
  p = p * u - 0.0083333333333333333;
  p = p * u + 0.083333333333333333;
  return sum + log(x) - 0.5 / x - p * u - reflected;
}

static inline float rt_digamma(float x) { return (float)rt_digamma_f64((double)x); }

// The sum of (x + k)^-s for k = 0, 1, 2 ...: the first terms, then Euler and Maclaurin.
static inline double rt_hurwitz(double s, double x) {
  static const double bernoulli[] = {
      0.083333333333333333,   -0.0013888888888888889, 3.3068783068783069e-5,
      -8.2671957671957672e-7, 2.0876756987868099e-8,  -5.2841901386874932e-10,
      1.3382536530684679e-11, -3.3896802963225829e-13};
  double sum = 0.0;
  for (; x < 12.0; x += 1.0) sum += pow(x, -s);
  if (x == (double)INFINITY) { return 0.0; }
  double power = pow(x, -s);
  sum += pow(x, 1.0 - s) / (s - 1.0) + 0.5 * power;
  double factor = s * power / x;
  for (int k = 0; k < 8; k++) {
    sum += bernoulli[k] * factor;
    factor *= (s + 2.0 * k + 1.0) * (s + 2.0 * k + 2.0) / (x * x);
  }
  return sum;
}

// The n-th derivative of digamma, for n = 0, 1, 2 ...; infinite at 0, -1, -2 and so on.
static inline double rt_polygamma_f64(double n, double x) {
  if (n == 0.0) { return rt_digamma_f64(x); }
  if (!(n >= 1.0) || floor(n) != n || !(x > -(double)INFINITY)) { return (double)NAN; }
  double sign = fmod(n, 2.0) == 1.0 ? 1.0 : -1.0;
  if (x <= 0.0 && floor(x) == x) { return sign * (double)INFINITY; }
  if (n == 1.0 && x < 0.0) {
    double ratio = 3.1415926535897932 / sin(3.1415926535897932 * (x - trunc(x)));
    return ratio * ratio - rt_hurwitz(2.0, 1.0 - x);
  }
  return sign * tgamma(n + 1.0) * rt_hurwitz(n + 1.0, x);
}

static inline float rt_polygamma(float n, float x) {
  return (float)rt_polygamma_f64((double)n, (double)x);
}

#ifdef __cplusplus
}
#endif

#endif
