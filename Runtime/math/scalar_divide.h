// scalar_divide.h - whole quotients and remainders. Included by scalar.h.

#ifndef RT_SCALAR_DIVIDE_H
#define RT_SCALAR_DIVIDE_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

// The remainder of a by b with the sign of a: C's fmod.
static inline float rt_remainder(float a, float b) { return fmodf(a, b); }
static inline double rt_remainder_f64(double a, double b) { return fmod(a, b); }

// Python's a % b: the remainder with the sign of b.
static inline float rt_modulo(float a, float b) {
  float rest = fmodf(a, b);
  return ((rest != 0.0f) & ((rest < 0.0f) != (b < 0.0f))) ? rest + b : rest;
}

static inline double rt_modulo_f64(double a, double b) {
  double rest = fmod(a, b);
  return ((rest != 0.0) & ((rest < 0.0) != (b < 0.0))) ? rest + b : rest;
}

// Python's a // b: the quotient rounded down. Divides a multiple of b, so that the quotient is
// whole up to rounding.
static inline float rt_floor_divide(float a, float b) {
  float rest = fmodf(a, b);
  float below = ((rest != 0.0f) & ((rest < 0.0f) != (b < 0.0f))) ? 1.0f : 0.0f;
  float whole = rintf((a - rest) / b) - below;
  return b == 0.0f ? a / b : whole;
}

static inline double rt_floor_divide_f64(double a, double b) {
  double rest = fmod(a, b);
  double below = ((rest != 0.0) & ((rest < 0.0) != (b < 0.0))) ? 1.0 : 0.0;
  double whole = rint((a - rest) / b) - below;
  return b == 0.0 ? a / b : whole;
}

#ifdef __cplusplus
}
#endif

#endif
