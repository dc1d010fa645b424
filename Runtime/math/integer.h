// integer.h - the scalar functions of emitted kernels for integers; narrower types use _i32.
//
// Nothing here is undefined: sums, differences and products wrap, a quotient by zero is 0, the
// smallest number divided by -1 is itself, and a shift by a negative number, or by at least the
// width, moves all bits out.

#ifndef RT_INTEGER_H
#define RT_INTEGER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline int32_t rt_min_i32(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int64_t rt_min_i64(int64_t a, int64_t b) { return a < b ? a : b; }
static inline uint32_t rt_min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint64_t rt_min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }

static inline int32_t rt_max_i32(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int64_t rt_max_i64(int64_t a, int64_t b) { return a > b ? a : b; }
static inline uint32_t rt_max_u32(uint32_t a, uint32_t b) { return a > b ? a : b; }
static inline uint64_t rt_max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

// The smallest number has no positive counterpart and stays.
static inline int32_t rt_abs_i32(int32_t x) { return x < 0 ? (int32_t)-(uint32_t)x : x; }
static inline int64_t rt_abs_i64(int64_t x) { return x < 0 ? (int64_t)-(uint64_t)x : x; }

static inline int32_t rt_sign_i32(int32_t x) { return (x > 0) - (x < 0); }
static inline int64_t rt_sign_i64(int64_t x) { return (x > 0) - (x < 0); }
static inline uint32_t rt_sign_u32(uint32_t x) { return x > 0; }
static inline uint64_t rt_sign_u64(uint64_t x) { return x > 0; }

static inline int32_t rt_add_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}
static inline int32_t rt_subtract_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}
static inline int32_t rt_multiply_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a * (uint32_t)b);
}
static inline int32_t rt_negate_i32(int32_t x) { return (int32_t)(0u - (uint32_t)x); }

static inline int64_t rt_add_i64(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a + (uint64_t)b);
}
static inline int64_t rt_subtract_i64(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a - (uint64_t)b);
}
static inline int64_t rt_multiply_i64(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a * (uint64_t)b);
}
static inline int64_t rt_negate_i64(int64_t x) { return (int64_t)(0u - (uint64_t)x); }

// The quotient, truncated towards zero.
static inline int32_t rt_divide_i32(int32_t a, int32_t b) {
  return b == 0 ? 0 : b == -1 ? rt_negate_i32(a) : a / b;
}
static inline int64_t rt_divide_i64(int64_t a, int64_t b) {
  return b == 0 ? 0 : b == -1 ? rt_negate_i64(a) : a / b;
}
static inline uint32_t rt_divide_u32(uint32_t a, uint32_t b) { return b == 0 ? 0 : a / b; }
static inline uint64_t rt_divide_u64(uint64_t a, uint64_t b) { return b == 0 ? 0 : a / b; }

// Its remainder, with the sign of a.
static inline int32_t rt_remainder_i32(int32_t a, int32_t b) {
  return b == 0 || b == -1 ? 0 : a % b;
}
static inline int64_t rt_remainder_i64(int64_t a, int64_t b) {
  return b == 0 || b == -1 ? 0 : a % b;
}
static inline uint32_t rt_remainder_u32(uint32_t a, uint32_t b) { return b == 0 ? 0 : a % b; }
static inline uint64_t rt_remainder_u64(uint64_t a, uint64_t b) { return b == 0 ? 0 : a % b; }

// Python's a // b, the quotient rounded down, and a % b, with the sign of b.
static inline int32_t rt_modulo_i32(int32_t a, int32_t b) {
  int32_t rest = rt_remainder_i32(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
static inline int32_t rt_floor_divide_i32(int32_t a, int32_t b) {
  int32_t rest = rt_remainder_i32(a, b);
  return rt_divide_i32(a, b) - (rest != 0 && (rest < 0) != (b < 0));
}
static inline int64_t rt_modulo_i64(int64_t a, int64_t b) {
  int64_t rest = rt_remainder_i64(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
static inline int64_t rt_floor_divide_i64(int64_t a, int64_t b) {
  int64_t rest = rt_remainder_i64(a, b);
  return rt_divide_i64(a, b) - (rest != 0 && (rest < 0) != (b < 0));
}
static inline uint32_t rt_modulo_u32(uint32_t a, uint32_t b) { return rt_remainder_u32(a, b); }
static inline uint32_t rt_floor_divide_u32(uint32_t a, uint32_t b) { return rt_divide_u32(a, b); }
static inline uint64_t rt_modulo_u64(uint64_t a, uint64_t b) { return rt_remainder_u64(a, b); }
static inline uint64_t rt_floor_divide_u64(uint64_t a, uint64_t b) { return rt_divide_u64(a, b); }

// Shifts left; zeros follow.
static inline int32_t rt_shift_left_i32(int32_t a, int32_t n) {
  return (uint32_t)n < 32u ? (int32_t)((uint32_t)a << n) : 0;
}
static inline int64_t rt_shift_left_i64(int64_t a, int64_t n) {
  return (uint64_t)n < 64u ? (int64_t)((uint64_t)a << n) : 0;
}
static inline uint32_t rt_shift_left_u32(uint32_t a, uint32_t n) { return n < 32u ? a << n : 0; }
static inline uint64_t rt_shift_left_u64(uint64_t a, uint64_t n) { return n < 64u ? a << n : 0; }

// Shifts right; copies of the sign follow.
static inline int32_t rt_shift_right_i32(int32_t a, int32_t n) {
  return a >> ((uint32_t)n < 32u ? n : 31);
}
static inline int64_t rt_shift_right_i64(int64_t a, int64_t n) {
  return a >> ((uint64_t)n < 64u ? n : 63);
}
static inline uint32_t rt_shift_right_u32(uint32_t a, uint32_t n) { return n < 32u ? a >> n : 0; }
static inline uint64_t rt_shift_right_u64(uint64_t a, uint64_t n) { return n < 64u ? a >> n : 0; }

#ifdef __cplusplus
}
#endif

#endif
