// scalar_trig.h - sin, cos and tan. Included by scalar.h.

#ifndef RT_SCALAR_TRIG_H
#define RT_SCALAR_TRIG_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// The n-th of four words, by masks: gcc makes branches of conditions here, and then
// does not vectorise.
static inline uint32_t rt_pick(uint32_t n, uint32_t a, uint32_t b, uint32_t c,
                               uint32_t d) {
  uint32_t is_a = 0u - (uint32_t)(n == 0u);
  uint32_t is_b = 0u - (uint32_t)(n == 1u);
  uint32_t is_c = 0u - (uint32_t)(n == 2u);
  uint32_t is_d = 0u - (uint32_t)(n == 3u);
  return (a & is_a) | (b & is_b) | (c & is_c) | (d & is_d);
}

// The upper word of (high, low) shifted left by 0 to 32 bits.
static inline uint32_t rt_funnel(uint32_t high, uint32_t low, uint32_t shift) {
  return (uint32_t)(((uint64_t)high << 32 | low) << shift >> 32);
}

// Exact, by way of the mantissa of 2^52.
static inline double rt_word_to_double(uint32_t word) {
  uint64_t bits = UINT64_C(0x4330000000000000) | word;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x - 4503599627370496.0;
}

// |x| = quadrant * pi / 2 + r with |r| <= pi / 4 for every finite x (Payne and
// Hanek, "Radian reduction for trigonometric functions", 1983).
//
// The bits of 1 / (2 pi), preceded by 32 zeros, are w0 w1 w2 ... Those before bit
// exponent - 126 would contribute whole turns to the product with |x|, which is an
// integer times 2^(exponent - 158), and are left out; the next 128 are enough.
static inline double rt_reduce_trig(float x, uint32_t *quadrant) {
  float a = fabsf(x);
  uint32_t bits = rt_bits(a);
  uint32_t exponent = bits >> 23;
  uint32_t m = bits << 8 | UINT32_C(0x80000000);
  uint32_t start = exponent < 126u ? 0u : exponent - 126u;
  uint32_t word = (start >> 5) - (start >> 7);
  uint32_t shift = start - word * 32u;

  uint32_t w0 = rt_pick(word, 0u, 0x28be60dbu, 0x9391054au, 0x7f09d5f4u);
  uint32_t w1 = rt_pick(word, 0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u);
  uint32_t w2 = rt_pick(word, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u, 0x36d8a566u);
  uint32_t w3 = rt_pick(word, 0x7f09d5f4u, 0x7d4d3770u, 0x36d8a566u, 0x4f10e410u);
  uint32_t w4 = rt_pick(word, 0x7d4d3770u, 0x36d8a566u, 0x4f10e410u, 0x7f9458eau);
  uint64_t t0 = rt_funnel(w0, w1, shift);
  uint64_t t1 = rt_funnel(w1, w2, shift);
  uint64_t t2 = rt_funnel(w2, w3, shift);
  uint64_t t3 = rt_funnel(w3, w4, shift);
  uint64_t tail = m * t2 + (m * t3 >> 32);
  uint64_t turns = (m * t0 << 32) + m * t1 + (tail >> 32);

  uint64_t nearest = (turns + (UINT64_C(1) << 61)) >> 62;
  uint64_t rest = turns - (nearest << 62);
  double high = (double)(int32_t)(uint32_t)(rest >> 32);
  double low = rt_word_to_double((uint32_t)rest);
  double last = rt_word_to_double((uint32_t)tail);
  low += last * 2.3283064365386963e-10;
  double r = high * 1.4629180792671596e-09 + low * 3.4061215800865546e-19;
  int small = a < 0.78539816f;
  *quadrant = small ? 0u : (uint32_t)nearest;
  return small ? (double)a : r;
}

// sin(r + quadrant * pi / 2), NaN where x is infinite or NaN.
static inline float rt_sin_quadrant(float r, uint32_t quadrant, float x) {
  float u = r * r;
  float p = 2.8326801e-06f;
  p = rt_mul_add(p, u, -0.00019853072f);
  p = rt_mul_add(p, u, 0.008333379f);
  p = rt_mul_add(p, u, -0.16666667f);
  float sine = rt_mul_add(p * u, r, r);

  float q = -2.8974165e-07f;
  q = rt_mul_add(q, u, 2.4822968e-05f);
  q = rt_mul_add(q, u, -0.0013888982f);
  q = rt_mul_add(q, u, 0.041666668f);
  float cosine = rt_mul_add(q, u * u, rt_mul_add(u, -0.5f, 1.0f));

  float result = quadrant & 1u ? cosine : sine;
  result = rt_from_bits(rt_bits(result) ^ (quadrant & 2u) << 30);
  return fabsf(x) < INFINITY ? result : x - x;
}

static inline float rt_sin(float x) {
  uint32_t quadrant;
  float r = (float)rt_reduce_trig(x, &quadrant);
  float result = rt_sin_quadrant(r, quadrant, x);
  return x < 0.0f ? -result : x == 0.0f ? x : result;
}

static inline float rt_cos(float x) {
  uint32_t quadrant;
  float r = (float)rt_reduce_trig(x, &quadrant);
  return rt_sin_quadrant(r, quadrant + 1u, x);
}

// A polynomial near zero; a quarter turn on, -1 / tan.
static inline float rt_tan(float x) {
  uint32_t quadrant;
  double r = rt_reduce_trig(x, &quadrant);
  double u = r * r;
  double p = 0.0009535201785149493;
  p = p * u - 0.0005791697725925269;
  p = p * u + 0.0023971774201557343;
  p = p * u + 0.003155604010599727;
  p = p * u + 0.008985107403047645;
  p = p * u + 0.02184921733010067;
  p = p * u + 0.05397014422044961;
  p = p * u + 0.13333324747771746;
  p = p * u + 0.3333333346693481;
  double tangent = r + r * u * p;
  double turned = -1.0 / tangent;
  float result = (float)(quadrant & 1u ? turned : tangent);
  result = x < 0.0f ? -result : result;
  result = fabsf(x) < INFINITY ? result : x - x;
  return x == 0.0f ? x : result;
}

#ifdef __cplusplus
}
#endif

#endif
