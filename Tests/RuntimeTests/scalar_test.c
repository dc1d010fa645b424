// scalar_test.c - the errors of the f32 functions, in ULP.
//
//   scalar_test           a sample of the floats, in a second
//   scalar_test 7         every seventh, in some minutes, and prints the errors
//
// Each function runs in a plain loop, which the compiler vectorises, and is
// compared with double precision and with itself called on single numbers.

#include <stdlib.h>

#include "runtime.h"
#include "test.h"

enum { BLOCK = 4096 };

typedef struct {
  const char *name;
  void (*loop)(const float *x, float *y, int n);
  float (*one)(float x);
  double (*exact)(double x);
  double bound;
} function;

static double sigmoid_exact(double x) { return 1.0 / (1.0 + exp(-x)); }

static double softplus_exact(double x) { return x > 700.0 ? x : log1p(exp(x)); }

#define FUNCTION(name)                                                   \
  __attribute__((noinline)) static void loop_##name(                     \
      const float *restrict x, float *restrict y, int n) {               \
    for (int i = 0; i < n; i++) y[i] = rt_##name(x[i]);                  \
  }                                                                      \
  __attribute__((noinline)) static float one_##name(float x) {           \
    return rt_##name(x);                                                 \
  }

FUNCTION(exp)
FUNCTION(expm1)
FUNCTION(tanh)
FUNCTION(sigmoid)
FUNCTION(log)
FUNCTION(log1p)
FUNCTION(softplus)
FUNCTION(erf)
FUNCTION(erfinv)
FUNCTION(sin)
FUNCTION(cos)

#define ROW(name, exact, bound) {#name, loop_##name, one_##name, exact, bound}

static const function functions[] = {
    ROW(exp, exp, 1.5),
    ROW(expm1, expm1, 2.0),
    ROW(tanh, tanh, 2.0),
    ROW(sigmoid, sigmoid_exact, 2.5),
    ROW(log, log, 1.5),
    ROW(log1p, log1p, 2.0),
    ROW(softplus, softplus_exact, 2.5),
    ROW(erf, erf, 2.0),
    ROW(erfinv, rt_erfinv_f64, 3.0),
    ROW(sin, sin, 2.0),
    ROW(cos, cos, 2.0),
};

// The error of `y` in units of the last place of `exact` as a float; huge if one is
// NaN or has the wrong sign. Infinity counts as 2^128.
static double ulps(float y, double exact) {
  if (exact != exact || y != y) {
    return (exact != exact) == (y != y) ? 0.0 : 1e30;
  }
  if (!signbit(y) != !signbit(exact)) return 1e30;
  double limit = ldexp(1.0, 128);
  double given = fabs((double)y) < limit ? fabs((double)y) : limit;
  double wanted = fabs(exact) < limit ? fabs(exact) : limit;
  int exponent;
  frexp(wanted < limit ? wanted : limit / 2, &exponent);
  exponent = exponent - 24 < -149 ? -149 : exponent - 24;
  return fabs(given - wanted) / ldexp(1.0, exponent);
}

static void measure(const function *f, uint64_t stride, int show) {
  static float x[BLOCK], y[BLOCK];
  double worst = 0.0;
  float where = 0.0f;
  uint64_t differing = 0;
  for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
    int n = 0;
    for (; n < BLOCK - 3 && bits < UINT64_C(1) << 32; bits += stride) {
      x[n++] = rt_from_bits((uint32_t)bits);
    }
    f->loop(x, y, n);
    for (int i = 0; i < n; i++) {
      double error = ulps(y[i], f->exact((double)x[i]));
      if (error > worst) {
        worst = error;
        where = x[i];
      }
      float alone = f->one(x[i]);
      differing += rt_bits(alone) != rt_bits(y[i]) && alone == alone;
    }
  }
  if (show) {
    printf("  rt_%-9s %.2f ULP at %.9g\n", f->name, worst, (double)where);
  }
  if (worst > f->bound) printf("  rt_%s: %.2f ULP at %.9g\n", f->name, worst, (double)where);
  CHECK(worst <= f->bound);
  CHECK(differing == 0);
}

static void check_points(void) {
  static const float points[] = {
      0.0f,     -0.0f,     1e-45f,   -1e-45f,       1.17549435e-38f, 1e-10f,  -1e-10f,
      0.5f,     -0.5f,     1.0f,     -1.0f,         0.99999994f,     88.72f,  88.73f,
      -87.4f,   -103.9f,   -104.5f,  3.4028235e38f, -3.4028235e38f,  1e10f,   16777216.0f,
      INFINITY, -INFINITY, NAN,      3.14159274f,   1.57079637f,     2e38f,   -2.5f};
  for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
      float y = functions[f].one(points[i]);
      CHECK(ulps(y, functions[f].exact((double)points[i])) <= functions[f].bound);
    }
  }
}

__attribute__((noinline)) static void loop_pow(const float *restrict x,
                                               const float *restrict y,
                                               float *restrict z, int n) {
  for (int i = 0; i < n; i++) z[i] = rt_pow(x[i], y[i]);
}

static void measure_pow(int rounds, int show) {
  static float x[BLOCK], y[BLOCK], z[BLOCK];
  static const float special[] = {0.0f,      -0.0f, 1.0f,  -1.0f, 2.0f, -2.0f,         3.0f,
                                  0.5f,      -0.5f, 1e30f, 1e-30f, 1e-45f, INFINITY,
                                  -INFINITY, NAN,   -3.0f, 16777217.0f, 2147483648.0f, 1e10f};
  enum { SPECIALS = sizeof special / sizeof *special };
  for (int i = 0; i < SPECIALS * SPECIALS; i++) {
    x[i] = special[i / SPECIALS];
    y[i] = special[i % SPECIALS];
  }
  loop_pow(x, y, z, SPECIALS * SPECIALS);
  for (int i = 0; i < SPECIALS * SPECIALS; i++) {
    int ok = ulps(z[i], pow((double)x[i], (double)y[i])) <= 1.0;
    if (!ok) printf("  pow(%g, %g) = %g\n", (double)x[i], (double)y[i], (double)z[i]);
    CHECK(ok);
  }
  double worst = 0.0;
  float worst_x = 0.0f, worst_y = 0.0f;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < BLOCK; i++) {
      uint32_t r[4];
      rt_philox((uint32_t)i, (uint32_t)round, 0, 0, 1, 2, r);
      x[i] = rt_from_bits(r[0] & 0x7fffffffu);
      // A power that neither overflows nor vanishes, most of the time.
      float log_x = x[i] > 0.0f && x[i] < INFINITY ? fabsf(log2f(x[i])) + 1e-3f : 1.0f;
      y[i] = ((float)r[1] * 4.6566129e-10f - 1.0f) * 150.0f / log_x;
    }
    loop_pow(x, y, z, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      double error = ulps(z[i], pow((double)x[i], (double)y[i]));
      if (error > worst) {
        worst = error;
        worst_x = x[i];
        worst_y = y[i];
      }
    }
  }
  if (show || worst > 1.0) {
    printf("  rt_pow       %.2f ULP at %.9g, %.9g\n", worst, (double)worst_x, (double)worst_y);
  }
  CHECK(worst <= 1.0);
}

// erfinv of double against erf, and the rest against what C promises.
static void check_f64(void) {
  double worst = 0.0;
  for (int i = 1; i < 4000; i++) {
    double z = i / 1000.0;
    double x = erf(z);
    if (x < 1.0) {
      double slope = 1.1283791670955126 * exp(-z * z);
      double error = fabs(rt_erfinv_f64(x) - z) / (2.3e-16 * (z + x / slope));
      worst = error > worst ? error : worst;
    }
  }
  CHECK(worst < 4.0);
  CHECK(fabs(rt_erfinv_f64(1e-300) / 1e-300 - 0.886226925452758) < 1e-15);
  CHECK(rt_erfinv_f64(1.0) == INFINITY && rt_erfinv_f64(-1.0) == -INFINITY);
  CHECK(rt_is_nan_f64(rt_erfinv_f64(1.5)) && signbit(rt_erfinv_f64(-0.0)));
  CHECK(rt_sigmoid_f64(-800.0) == 0.0 && rt_softplus_f64(800.0) == 800.0);
}

static void check_simple(void) {
  CHECK(rt_round(2.5f) == 2.0f && rt_round(3.5f) == 4.0f && rt_round(-0.5f) == 0.0f);
  CHECK(rt_round_f64(2.5) == 2.0 && rt_trunc(-1.5f) == -1.0f);
  CHECK(rt_is_nan(rt_min(NAN, 1.0f)) && rt_is_nan(rt_min(1.0f, NAN)));
  CHECK(rt_is_nan(rt_max(NAN, 1.0f)) && rt_is_nan(rt_max(1.0f, NAN)));
  CHECK(rt_min(1.0f, 2.0f) == 1.0f && rt_max(1.0f, 2.0f) == 2.0f);
  CHECK(rt_is_nan_f64(rt_min_f64(1.0, NAN)) && rt_is_nan_f64(rt_max_f64(NAN, 1.0)));
  CHECK(rt_sign(-3.0f) == -1.0f && rt_sign(0.0f) == 0.0f && rt_sign(NAN) == 0.0f);
}

int main(int argc, char **argv) {
  uint64_t stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
  check_simple();
  check_f64();
  check_points();
  for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
    measure(&functions[f], stride > 0 ? stride : 4999, stride > 0);
  }
  measure_pow(stride > 0 ? 25000 : 100, stride > 0);
  return test_summary();
}
