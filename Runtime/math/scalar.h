// scalar.h - the scalar functions of emitted kernels.
//
// The f32 functions are free of branches, so that a plain loop over them vectorises
// with gcc and clang at -O3 -ffp-contract=fast -fno-trapping-math -fno-math-errno,
// and an element's result does not depend on its place in the vector. They are
// right at zeros of both signs, subnormals, infinities, NaN and huge arguments, and
// keep the sign of zero. The f64 functions, suffix _f64, are those of libm.
//
// Their errors are in docs/math.md, and measured by Tests/RuntimeTests/accuracy_test.c.

#ifndef RT_SCALAR_H
#define RT_SCALAR_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "half.h"

// Some functions round by adding a large number, which needs assignments to round to their type;
// compilers for x87 do so only if told to.
#if !RT_ROUNDS_F32 && (defined(__cplusplus) || !defined(__STRICT_ANSI__))
#error "f32 functions need numbers rounded to f32: use -std=c11, or -msse2 -mfpmath=sse"
#endif

#ifdef __cplusplus
extern "C" {
#endif

// a * b + c in the way that is fast here. Spelled out where it matters for the error, so that
// results do not depend on what a compiler contracts.
static inline float rt_mul_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__FP_FAST_FMAF)
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

// a * b + c, rounded once; nearly so on machines without that instruction.
static inline float rt_mul_add_once(float a, float b, float c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__FP_FAST_FMAF)
  return fmaf(a, b, c);
#else
  return (float)((double)a * (double)b + (double)c);
#endif
}

static inline float rt_sqrt(float x) { return sqrtf(x); }
static inline float rt_rsqrt(float x) { return 1.0f / sqrtf(x); }
static inline float rt_abs(float x) { return fabsf(x); }
static inline float rt_floor(float x) { return floorf(x); }
static inline float rt_ceil(float x) { return ceilf(x); }
static inline float rt_trunc(float x) { return truncf(x); }
static inline int rt_is_nan(float x) { return x != x; }
static inline int rt_is_inf(float x) { return fabsf(x) == INFINITY; }
static inline int rt_is_finite(float x) { return fabsf(x) <= 3.402823466e+38f; }

// To the nearest integer, halves to the even one.
static inline float rt_round(float x) { return rintf(x); }

// NaN if either is NaN. The first choice is one instruction, which gives b if one is NaN; with both
// conditions in one choice gcc branches.
static inline float rt_min(float a, float b) {
  const float smaller = a < b ? a : b;
  return a != a ? a : smaller;
}
static inline float rt_max(float a, float b) {
  const float larger = a > b ? a : b;
  return a != a ? a : larger;
}

// NaN stays NaN.
static inline float rt_relu(float x) { return x < 0.0f ? 0.0f : x; }

// -1, 0 or 1; 0 for NaN, as in PyTorch.
static inline float rt_sign(float x) {
  return (x > 0.0f ? 1.0f : 0.0f) - (x < 0.0f ? 1.0f : 0.0f);
}

#ifdef __cplusplus
}
#endif

// The other headers need these three.
#include "scalar_wide.h"
#include "scalar_exp.h"
#include "scalar_log.h"

#include "scalar_arc.h"
#include "scalar_cast.h"
#include "scalar_divide.h"
#include "scalar_erf.h"
#include "scalar_f64.h"
#include "scalar_gamma.h"
#include "scalar_pow.h"
#include "scalar_trig.h"

#endif
