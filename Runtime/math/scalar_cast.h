// scalar_cast.h - floating-point numbers to integers: truncated towards zero and saturated, 0 for
// NaN. Included by scalar.h.

#ifndef RT_SCALAR_CAST_H
#define RT_SCALAR_CAST_H

#include "scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline int8_t rt_f32_to_i8(float x) {
  float inside = ((x >= -128.0f) & (x < 128.0f)) ? x : 0.0f;
  return x >= 128.0f ? INT8_MAX : x < -128.0f ? INT8_MIN : (int8_t)inside;
}

static inline uint8_t rt_f32_to_u8(float x) {
  float inside = ((x >= 0.0f) & (x < 256.0f)) ? x : 0.0f;
  return x >= 256.0f ? UINT8_MAX : (uint8_t)inside;
}

static inline int16_t rt_f32_to_i16(float x) {
  float inside = ((x >= -32768.0f) & (x < 32768.0f)) ? x : 0.0f;
  return x >= 32768.0f ? INT16_MAX : x < -32768.0f ? INT16_MIN : (int16_t)inside;
}

static inline int32_t rt_f32_to_i32(float x) {
  float inside = ((x >= -2147483648.0f) & (x < 2147483648.0f)) ? x : 0.0f;
  return x >= 2147483648.0f ? INT32_MAX : x < -2147483648.0f ? INT32_MIN : (int32_t)inside;
}

static inline int64_t rt_f32_to_i64(float x) {
  float inside = ((x >= -9.223372036854776e18f) & (x < 9.223372036854776e18f)) ? x : 0.0f;
  return x >= 9.223372036854776e18f ? INT64_MAX
         : x < -9.223372036854776e18f ? INT64_MIN : (int64_t)inside;
}

static inline uint32_t rt_f32_to_u32(float x) {
  float inside = ((x >= 0.0f) & (x < 4294967296.0f)) ? x : 0.0f;
  return x >= 4294967296.0f ? UINT32_MAX : (uint32_t)inside;
}

static inline uint64_t rt_f32_to_u64(float x) {
  float inside = ((x >= 0.0f) & (x < 1.8446744073709552e19f)) ? x : 0.0f;
  return x >= 1.8446744073709552e19f ? UINT64_MAX : (uint64_t)inside;
}

static inline int8_t rt_f64_to_i8(double x) {
  double inside = ((x >= -128.0) & (x < 128.0)) ? x : 0.0;
  return x >= 128.0 ? INT8_MAX : x < -128.0 ? INT8_MIN : (int8_t)inside;
}

static inline uint8_t rt_f64_to_u8(double x) {
  double inside = ((x >= 0.0) & (x < 256.0)) ? x : 0.0;
  return x >= 256.0 ? UINT8_MAX : (uint8_t)inside;
}

static inline int16_t rt_f64_to_i16(double x) {
  double inside = ((x >= -32768.0) & (x < 32768.0)) ? x : 0.0;
  return x >= 32768.0 ? INT16_MAX : x < -32768.0 ? INT16_MIN : (int16_t)inside;
}

static inline int32_t rt_f64_to_i32(double x) {
  double inside = ((x >= -2147483648.0) & (x < 2147483648.0)) ? x : 0.0;
  return x >= 2147483648.0 ? INT32_MAX : x < -2147483648.0 ? INT32_MIN : (int32_t)inside;
}

static inline int64_t rt_f64_to_i64(double x) {
  double inside = ((x >= -9.223372036854776e18) & (x < 9.223372036854776e18)) ? x : 0.0;
  return x >= 9.223372036854776e18 ? INT64_MAX
         : x < -9.223372036854776e18 ? INT64_MIN : (int64_t)inside;
}

static inline uint32_t rt_f64_to_u32(double x) {
  double inside = ((x >= 0.0) & (x < 4294967296.0)) ? x : 0.0;
  return x >= 4294967296.0 ? UINT32_MAX : (uint32_t)inside;
}

static inline uint64_t rt_f64_to_u64(double x) {
  double inside = ((x >= 0.0) & (x < 1.8446744073709552e19)) ? x : 0.0;
  return x >= 1.8446744073709552e19 ? UINT64_MAX : (uint64_t)inside;
}

#ifdef __cplusplus
}
#endif

#endif
