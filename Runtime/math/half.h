// half.h - f16 and bf16 are storage types: uint16_t in memory, f32 in registers.
//
// All four functions are free of branches, so that loops over them vectorise.
// Rounding is to nearest even; NaNs stay NaNs (quiet), with their sign.

#ifndef RT_HALF_H
#define RT_HALF_H

#include <float.h>
#include <stdint.h>
#include <string.h>

// True iff results of f32 are rounded to f32, as x87 does not by itself. With 16, as of gcc where
// -march has instructions for f16, only those of 16 bits differ.
#define RT_ROUNDS_F32 (FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16)

#ifdef __cplusplus
extern "C" {
#endif

// The bits of a float, and the float of some bits.
static inline uint32_t rt_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float rt_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// bf16 is the upper half of an f32.
static inline float rt_bf16_to_f32(uint16_t x) {
  return rt_from_bits((uint32_t)x << 16);
}

static inline uint16_t rt_f32_to_bf16(float x) {
  uint32_t bits = rt_bits(x);
  uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  uint32_t nan = bits | 0x400000u;
  return (uint16_t)((x != x ? nan : rounded) >> 16);
}

// The 15 bits below the sign, moved to f32's places, are the value times 2^-112
// (5.19e33 is 2^112), subnormals included; infinity and NaN keep the largest exponent.
static inline float rt_f16_to_f32(uint16_t x) {
  uint32_t bits = (uint32_t)(x & 0x7fff) << 13;
  uint32_t sign = (uint32_t)(x & 0x8000) << 16;
  float finite = rt_from_bits(bits) * 5.1922968585348276e33f;
  uint32_t special = bits | 0x7f800000u | (bits & 0x7fffffu ? 0x400000u : 0u);
  uint32_t value = bits >= 0x0f800000u ? special : rt_bits(finite);
  return rt_from_bits(value | sign);
}

// Normal results round in the integers. Below 2^-14, adding 0.5 makes the addition itself round at
// f16's last place, 2^-24, and leaves the result in the low bits.
static inline uint16_t rt_f32_to_f16(float x) {
  uint32_t bits = rt_bits(x);
  uint32_t sign = bits >> 16 & 0x8000u;
  uint32_t size = bits & 0x7fffffffu;
  uint32_t normal = (size + 0xfffu + (size >> 13 & 1u) - 0x38000000u) >> 13;
  uint32_t small = rt_bits(rt_from_bits(size) + 0.5f) - 0x3f000000u;
  uint32_t result = size < 0x38800000u ? small : normal;
  result = size >= 0x477ff000u ? 0x7c00u : result;
  result = size > 0x7f800000u ? (size >> 13 & 0x3ffu) | 0x7e00u : result;
  return (uint16_t)(result | sign);
}

#ifdef __cplusplus
}
#endif

#endif
