// integer.h - the scalar functions of emitted kernels for integers; narrower types use _i32.

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

// The smallest number has no positive partner and stays.
static inline int32_t rt_abs_i32(int32_t x) { return x < 0 ? (int32_t)-(uint32_t)x : x; }
static inline int64_t rt_abs_i64(int64_t x) { return x < 0 ? (int64_t)-(uint64_t)x : x; }

static inline int32_t rt_sign_i32(int32_t x) { return (x > 0) - (x < 0); }
static inline int64_t rt_sign_i64(int64_t x) { return (x > 0) - (x < 0); }
static inline uint32_t rt_sign_u32(uint32_t x) { return x > 0; }
static inline uint64_t rt_sign_u64(uint64_t x) { return x > 0; }

#ifdef __cplusplus
}
#endif

#endif
