// scalar_test.c - single values of the scalar functions. Their errors are measured by
// accuracy_test.c.

#include "runtime.h"
#include "test.h"

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

// What C leaves undefined.
static void check_integers(void) {
  CHECK(rt_add_i32(INT32_MAX, 1) == INT32_MIN && rt_subtract_i64(INT64_MIN, 1) == INT64_MAX);
  CHECK(rt_multiply_i32(65536, 65536) == 0 && rt_multiply_i64(INT64_MAX, 2) == -2);
  CHECK(rt_negate_i32(INT32_MIN) == INT32_MIN && rt_negate_i64(INT64_MIN) == INT64_MIN);
  CHECK(rt_divide_i32(INT32_MIN, -1) == INT32_MIN && rt_remainder_i32(INT32_MIN, -1) == 0);
  CHECK(rt_divide_i64(INT64_MIN, -1) == INT64_MIN && rt_remainder_i64(INT64_MIN, -1) == 0);
  CHECK(rt_floor_divide_i64(INT64_MIN, -1) == INT64_MIN && rt_modulo_i64(INT64_MIN, -1) == 0);
  CHECK(rt_divide_i32(5, 0) == 0 && rt_floor_divide_i32(-5, 0) == 0 && rt_modulo_i32(5, 0) == 0);
  CHECK(rt_divide_u32(5, 0) == 0 && rt_modulo_u64(5, 0) == 0 && rt_remainder_u64(5, 0) == 0);
  CHECK(rt_floor_divide_i32(-7, 3) == -3 && rt_modulo_i32(-7, 3) == 2);
  CHECK(rt_floor_divide_i32(7, -3) == -3 && rt_modulo_i32(7, -3) == -2);
  CHECK(rt_floor_divide_i32(-7, -3) == 2 && rt_modulo_i32(-7, -3) == -1);
  CHECK(rt_shift_left_i32(-1, 31) == INT32_MIN && rt_shift_left_i32(1, 32) == 0);
  CHECK(rt_shift_left_i64(1, -1) == 0 && rt_shift_left_u64(1, 63) == UINT64_C(1) << 63);
  CHECK(rt_shift_right_i32(-8, 40) == -1 && rt_shift_right_i64(-8, -1) == -1);
  CHECK(rt_shift_right_i32(8, 3) == 1 && rt_shift_right_u32(8, 32) == 0);
}

static void check_casts(void) {
  CHECK(rt_f32_to_i32(NAN) == 0 && rt_f64_to_u64((double)NAN) == 0);
  CHECK(rt_f32_to_i32(3e9f) == INT32_MAX && rt_f32_to_i32(-3e9f) == INT32_MIN);
  CHECK(rt_f32_to_u8(-1.0f) == 0 && rt_f32_to_u8(255.9f) == 255 && rt_f32_to_u8(256.0f) == 255);
  CHECK(rt_f32_to_i8(-128.9f) == -128 && rt_f32_to_i8(-0.9f) == 0);
  CHECK(rt_f64_to_i64(1e30) == INT64_MAX && rt_f64_to_i64(-INFINITY) == INT64_MIN);
  CHECK(rt_f64_to_u64(1e30) == UINT64_MAX && rt_f32_to_u32(INFINITY) == UINT32_MAX);
}

static void check_divisions(void) {
  CHECK(rt_modulo(-7.0f, 3.0f) == 2.0f && rt_remainder(-7.0f, 3.0f) == -1.0f);
  CHECK(rt_floor_divide(-7.0f, 3.0f) == -3.0f && rt_floor_divide_f64(1.0, 0.1) == 9.0);
  CHECK(rt_floor_divide(1.0f, 0.0f) == INFINITY && rt_is_nan(rt_modulo(1.0f, 0.0f)));
}

int main(void) {
  check_simple();
  check_f64();
  check_integers();
  check_casts();
  check_divisions();
  return test_summary();
}
