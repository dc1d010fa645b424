// accuracy_test.c - the largest errors of the scalar functions, in ULP.
//
//   accuracy_test STRIDE    every so many of the 2^32 floats, and of the doubles
//
// Prints a line "name type error where" for each function. An f32 function runs in a
// plain loop, which the compiler vectorises, and is compared with double precision, which
// is right to 10^-8 of an ULP of f32; an f64 function is compared with 128 bits. The
// points include zeros, infinities, NaN, subnormals and the largest numbers; a result of
// another kind or sign than that of the C library counts as an infinite error. The status
// is 1 if an element's result depends on its place in a vector.

#include <quadmath.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime.h"

enum { BLOCK = 4096 };

typedef __float128 quad;

static uint64_t stride;
static int failed;

// Subnormals lose digits, so the last place is never below that of the least number.
static double ulps(quad given, quad wanted, int digits, int least, int most) {
  if (isnanq(given) || isnanq(wanted)) return isnanq(given) == isnanq(wanted) ? 0.0 : INFINITY;
  if (signbitq(given) != signbitq(wanted)) return INFINITY;
  quad limit = scalbnq(1.0Q, most);
  given = fabsq(given) < limit ? fabsq(given) : limit;
  wanted = fabsq(wanted) < limit ? fabsq(wanted) : limit;
  int exponent;
  frexpq(wanted < limit ? wanted : limit / 2, &exponent);
  exponent = exponent - digits < least ? least : exponent - digits;
  return (double)scalbnq(fabsq(given - wanted), -exponent);
}

static double ulps_f32(float given, double wanted) {
  if (given == (float)wanted && !signbit(given) == !signbit(wanted) && fabs(wanted) > 1e-37 &&
      fabs(wanted) < 1e38) {
    int exponent;
    frexp(wanted, &exponent);
    return fabs((double)given - wanted) * ldexp(1.0, 24 - exponent);
  }
  return ulps((quad)given, (quad)wanted, 24, -149, 128);
}

static double ulps_f64(double given, quad wanted) {
  return ulps((quad)given, wanted, 53, -1074, 1024);
}

// ---- What the libraries lack ----

static double ref_sigmoid(double x) {
  double e = exp(-fabs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}
static double ref_softplus(double x) { return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))); }
static double ref_rsqrt(double x) { return 1.0 / sqrt(x); }
static double ref_trigamma(double x) { return rt_polygamma_f64(1.0, x); }
static float rt_trigamma(float x) { return rt_polygamma(1.0f, x); }
static double rt_trigamma_f64(double x) { return rt_polygamma_f64(1.0, x); }
static quad exp2_quad(quad x) { return exp2q(x); }

static quad sigmoid_quad(quad x) {
  quad e = expq(-fabsq(x));
  return (x < 0 ? e : 1) / (1 + e);
}
static quad softplus_quad(quad x) { return (x > 0 ? x : 0) + log1pq(expq(-fabsq(x))); }
static quad rsqrt_quad(quad x) { return 1 / sqrtq(x); }

// Newton's method, from the result in double.
static quad erfinv_quad(quad x) {
  quad y = (quad)rt_erfinv_f64((double)x);
  if (!(fabsq(x) < 1) || x == 0) return y;
  for (int step = 0; step < 2; step++) {
    quad error = fabsq(x) < 0.5Q ? erfq(y) - x
                 : x > 0         ? (1 - x) - erfcq(y)
                                 : erfcq(-y) - (1 + x);
    y -= error * expq(y * y) * 0.886226925452758013649083741670572592Q;
  }
  return y;
}

static quad digamma_quad(quad x) {
  if (x == 0 || (x < 0 && floorq(x) == x) || !finiteq(x)) return (quad)rt_digamma_f64((double)x);
  if (x < 0) return digamma_quad(1 - x) - M_PIq / tanq(M_PIq * (x - truncq(x)));
  quad sum = 0;
  for (; x < 60; x += 1) sum -= 1 / x;
  quad u = 1 / (x * x);
  quad p = 1 / 132.0Q - u * (691 / 32760.0Q - u / 12);
  p = 1 / 12.0Q - u * (1 / 120.0Q - u * (1 / 252.0Q - u * (1 / 240.0Q - u * p)));
  return sum + logq(x) - 1 / (2 * x) - u * p;
}

static quad trigamma_quad(quad x) {
  if ((x <= 0 && floorq(x) == x) || !finiteq(x)) return (quad)rt_trigamma_f64((double)x);
  if (x < 0) {
    quad ratio = M_PIq / sinq(M_PIq * (x - truncq(x)));
    return ratio * ratio - trigamma_quad(1 - x);
  }
  quad sum = 0;
  for (; x < 60; x += 1) sum += 1 / (x * x);
  quad u = 1 / (x * x);
  quad p = 5 / 66.0Q - u * (691 / 2730.0Q - u * 7 / 6);
  p = 1 / 6.0Q - u * (1 / 30.0Q - u * (1 / 42.0Q - u * (1 / 30.0Q - u * p)));
  return sum + 1 / x + u / 2 + u / x * p;
}

// ---- The functions ----

typedef struct {
  const char *name;
  void (*loop)(const float *x, float *y, int n);
  float (*one)(float x);
  double (*exact)(double x);
  double (*wide)(double x);
  quad (*exact_wide)(quad x);
} unary;

typedef struct {
  const char *name;
  void (*loop)(const float *x, const float *y, float *z, int n);
  double (*exact)(double x, double y);
  double (*wide)(double x, double y);
  quad (*exact_wide)(quad x, quad y);
} binary;

#define UNARY(name)                                                                       \
  __attribute__((noinline)) static void loop_##name(const float *restrict x,              \
                                                    float *restrict y, int n) {           \
    for (int i = 0; i < n; i++) y[i] = rt_##name(x[i]);                                   \
  }                                                                                       \
  __attribute__((noinline)) static float one_##name(float x) { return rt_##name(x); }     \
  static double wide_##name(double x) { return rt_##name##_f64(x); }

#define BINARY(name)                                                                      \
  __attribute__((noinline)) static void loop_##name(                                      \
      const float *restrict x, const float *restrict y, float *restrict z, int n) {       \
    for (int i = 0; i < n; i++) z[i] = rt_##name(x[i], y[i]);                             \
  }                                                                                       \
  static double wide_##name(double x, double y) { return rt_##name##_f64(x, y); }

#define EACH_UNARY(row)                                                                   \
  row(sqrt, sqrt, sqrtq)                                                                  \
  row(rsqrt, ref_rsqrt, rsqrt_quad)                                                       \
  row(cbrt, cbrt, cbrtq)                                                                  \
  row(exp, exp, expq)                                                                     \
  row(exp2, exp2, exp2_quad)                                                              \
  row(expm1, expm1, expm1q)                                                               \
  row(log, log, logq)                                                                     \
  row(log2, log2, log2q)                                                                  \
  row(log10, log10, log10q)                                                               \
  row(log1p, log1p, log1pq)                                                               \
  row(sigmoid, ref_sigmoid, sigmoid_quad)                                                 \
  row(softplus, ref_softplus, softplus_quad)                                              \
  row(sin, sin, sinq)                                                                     \
  row(cos, cos, cosq)                                                                     \
  row(tan, tan, tanq)                                                                     \
  row(asin, asin, asinq)                                                                  \
  row(acos, acos, acosq)                                                                  \
  row(atan, atan, atanq)                                                                  \
  row(sinh, sinh, sinhq)                                                                  \
  row(cosh, cosh, coshq)                                                                  \
  row(tanh, tanh, tanhq)                                                                  \
  row(asinh, asinh, asinhq)                                                               \
  row(acosh, acosh, acoshq)                                                               \
  row(atanh, atanh, atanhq)                                                               \
  row(erf, erf, erfq)                                                                     \
  row(erfc, erfc, erfcq)                                                                  \
  row(erfinv, rt_erfinv_f64, erfinv_quad)                                                 \
  row(lgamma, lgamma, lgammaq)                                                            \
  row(digamma, rt_digamma_f64, digamma_quad)                                              \
  row(trigamma, ref_trigamma, trigamma_quad)

#define EACH_BINARY(row)                                                                  \
  row(pow, pow, powq)                                                                     \
  row(atan2, atan2, atan2q)                                                               \
  row(hypot, hypot, hypotq)

#define DEFINE_UNARY(name, exact, wide) UNARY(name)
#define DEFINE_BINARY(name, exact, wide) BINARY(name)
EACH_UNARY(DEFINE_UNARY)
EACH_BINARY(DEFINE_BINARY)

#define ROW_UNARY(name, exact, quads) \
  {#name, loop_##name, one_##name, exact, wide_##name, quads},
#define ROW_BINARY(name, exact, quads) {#name, loop_##name, exact, wide_##name, quads},
static const unary unaries[] = {EACH_UNARY(ROW_UNARY)};
static const binary binaries[] = {EACH_BINARY(ROW_BINARY)};

static const float special[] = {
    0.0f,   -0.0f,         INFINITY,       -INFINITY,     NAN,      1e-45f, -1e-45f, 1.1754944e-38f,
    1.0f,   -1.0f,         3.4028235e38f,  -3.4028235e38f, 0.5f,    -0.5f,  2.0f,    -2.0f,
    88.72f, 88.73f,        -87.4f,         -103.9f,       -104.5f,  1e10f,  3.0f,    16777216.0f,
    1e30f,  1.17549435e-38f, 3.14159274f, 1.57079637f,   2e38f,    -2.5f,  1e-10f,  0.99999994f};
enum { SPECIALS = sizeof special / sizeof *special };

static void measure_unary(const unary *f) {
  static float x[BLOCK], y[BLOCK];
  double worst = 0.0;
  float where = 0.0f;
  for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
    int n = 0;
    if (bits == 0) {
      for (; n < SPECIALS; n++) x[n] = special[n];
    }
    for (; n < BLOCK - 3 && bits < UINT64_C(1) << 32; bits += stride) {
      x[n++] = rt_from_bits((uint32_t)bits);
    }
    f->loop(x, y, n);
    for (int i = 0; i < n; i++) {
      double error = ulps_f32(y[i], f->exact((double)x[i]));
      if (error > worst) {
        worst = error;
        where = x[i];
      }
    }
    for (int i = 0; i < n; i += 7) {
      float alone = f->one(x[i]);
      if (rt_bits(alone) != rt_bits(y[i]) && alone == alone) {
        printf("rt_%s(%.9g) depends on its place: %.9g, %.9g\n", f->name, (double)x[i],
               (double)alone, (double)y[i]);
        failed = 1;
      }
    }
  }
  printf("%s f32 %.3f %.9g\n", f->name, worst, (double)where);

  worst = 0.0;
  double place = 0.0;
  for (uint64_t i = 0; i < SPECIALS + UINT64_C(0x40000000) / stride / 20; i++) {
    // A different mantissa each time, and exponents mostly where something happens.
    uint64_t bits = i * stride * 20u * UINT64_C(0x100000001b3d) * 4u;
    double at = i < SPECIALS ? (double)special[i] : rt_from_bits_f64(bits);
    if (i >= SPECIALS && i % 2 == 0) at = ldexp(at, -ilogb(at) - 6 + (int)(i / 2 % 15));
    double error = ulps_f64(f->wide(at), f->exact_wide((quad)at));
    if (error > worst) {
      worst = error;
      place = at;
    }
  }
  printf("%s f64 %.3f %.17g\n", f->name, worst, place);
}

static void measure_binary(const binary *f) {
  static float x[BLOCK], y[BLOCK], z[BLOCK];
  double worst = 0.0, worst_wide = 0.0;
  double place[4] = {0.0};
  int is_power = strcmp(f->name, "pow") == 0;
  for (uint32_t round = 0; round < UINT64_C(0x1000000) / stride / 16 + 1; round++) {
    for (int i = 0; i < BLOCK; i++) {
      uint32_t r[4];
      rt_philox((uint32_t)i, round, 0, 0, 1, 2, r);
      x[i] = rt_from_bits(is_power ? r[0] & 0x7fffffffu : r[0]);
      // A power that neither overflows nor vanishes, or two numbers of similar size.
      float log_x = x[i] > 0.0f && x[i] < INFINITY ? fabsf(log2f(x[i])) + 1e-3f : 1.0f;
      float unit = (float)r[1] * 4.6566129e-10f - 1.0f;
      y[i] = is_power     ? unit * 150.0f / log_x
             : i % 4 == 0 ? rt_from_bits(r[1])
                          : x[i] * unit * 4.0f;
      if (round == 0 && i < SPECIALS * SPECIALS) {
        x[i] = special[i / SPECIALS];
        y[i] = special[i % SPECIALS];
      }
    }
    f->loop(x, y, z, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      double error = ulps_f32(z[i], f->exact((double)x[i], (double)y[i]));
      if (error > worst) {
        worst = error;
        place[0] = (double)x[i];
        place[1] = (double)y[i];
      }
      if (i % 16 != 0 && round != 0) continue;
      // The lower half of a double's digits, from the other operand.
      double a = (double)x[i] + (double)x[i] * 1e-9 * (double)(i % 97);
      double b = (double)y[i] + (double)y[i] * 1e-9 * (double)(i % 89);
      error = ulps_f64(f->wide(a, b), f->exact_wide((quad)a, (quad)b));
      if (error > worst_wide) {
        worst_wide = error;
        place[2] = a;
        place[3] = b;
      }
    }
  }
  printf("%s f32 %.3f %.9g, %.9g\n", f->name, worst, place[0], place[1]);
  printf("%s f64 %.3f %.17g, %.17g\n", f->name, worst_wide, place[2], place[3]);
}

int main(int argc, char **argv) {
  stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 9973;
  for (size_t i = 0; i < sizeof unaries / sizeof *unaries; i++) measure_unary(&unaries[i]);
  for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) measure_binary(&binaries[i]);
  return failed;
}
