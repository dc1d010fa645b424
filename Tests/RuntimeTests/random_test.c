// random_test.c - Philox against the known answers that Random123 publishes, the
// order of elements, the permutation, and the conversions of f16 and bf16.

#include "program/program.h"
#include "runtime.h"
#include "test.h"

static void check_known_answers(void) {
  static const uint32_t cases[][10] = {
      {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
      {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
       0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
       0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  for (int i = 0; i < 3; i++) {
    const uint32_t *c = cases[i];
    uint32_t words[4];
    rt_philox(c[0], c[1], c[2], c[3], c[4], c[5], words);
    CHECK(memcmp(words, c + 6, sizeof words) == 0);
  }
}

// Element i takes word (i / 16) % 4 of block (i / 64) * 16 + i % 16.
static void check_elements(void) {
  int ok = 1;
  for (uint32_t i = 0; i < 300; i++) {
    uint32_t words[4], group[64];
    rt_philox(i / 64 * 16 + i % 16, 7, 5, 3, 1, 2, words);
    rt_random_group(1, 2, 5, 7, 3, i / 64, group);
    uint32_t bits = rt_random_bits(1, 2, 5, 7, 3, i);
    ok = ok && bits == words[i / 16 % 4] && bits == group[i % 64];
  }
  CHECK(ok);
}

static void check_permutation(void) {
  enum { N = 1001 };
  int64_t order[N], again[N];
  char seen[N] = {0};
  int count = 0, fixed = 0;
  for (int i = 0; i < N; i++) {
    order[i] = again[i] = i;
  }
  rt_permute(order, N, 42, 3, RT_TAG_SHUFFLE);
  for (int i = 0; i < N; i++) {
    count += !seen[order[i]];
    seen[order[i]] = 1;
    fixed += order[i] == i;
  }
  CHECK(count == N && fixed < 10);
  // By the letter of shuffle.c.
  for (int64_t i = N - 1; i > 0; i--) {
    uint32_t words[4];
    rt_philox((uint32_t)(i / 4), 3, RT_TAG_SHUFFLE, 0, 42, 0, words);
    int64_t j = (int64_t)((uint64_t)words[i % 4] * (uint64_t)(i + 1) >> 32);
    int64_t moved = again[i];
    again[i] = again[j];
    again[j] = moved;
  }
  CHECK(memcmp(order, again, sizeof order) == 0);
}

// All of f16 there and back, and rounding against arithmetic.
static void check_half(void) {
  int round_trips = 0, rounded = 0;
  for (uint32_t bits = 0; bits < 65536; bits++) {
    uint16_t half = (uint16_t)bits;
    float x = rt_f16_to_f32(half), y = rt_bf16_to_f32(half);
    uint16_t back = rt_f32_to_f16(x);
    round_trips += back == half || (x != x && (back & 0x7c00) == 0x7c00 && (back & 0x3ff));
    back = rt_f32_to_bf16(y);
    round_trips += back == half || (y != y && (back & 0x7f80) == 0x7f80 && (back & 0x7f));
    // Between neighbours: the nearer one, at the middle the even one.
    if ((bits & 0x7fff) < 0x7bff) {
      float next = rt_f16_to_f32((uint16_t)(half + 1)), middle = x + (next - x) / 2;
      uint16_t even = (uint16_t)(half + (half & 1));
      float above = nextafterf(middle, next), below = nextafterf(middle, x);
      rounded += rt_f32_to_f16(middle) == even && rt_f32_to_f16(above) == half + 1 &&
                 rt_f32_to_f16(below) == half;
    }
  }
  CHECK(round_trips == 2 * 65536);
  CHECK(rounded == 2 * 0x7bff);
  CHECK(rt_f16_to_f32(0x3c00) == 1.0f && rt_f16_to_f32(0x0001) == 5.9604645e-8f);
  CHECK(rt_f32_to_f16(65519.0f) == 0x7bff && rt_f32_to_f16(65520.0f) == 0x7c00);
  CHECK(rt_f32_to_f16(2.9802322e-8f) == 0 && rt_f32_to_f16(3e-8f) == 1);
  CHECK(rt_f32_to_bf16(1.00390625f) == 0x3f80 && rt_f32_to_bf16(1.01171875f) == 0x3f82);
  CHECK(rt_f32_to_bf16(3.4e38f) == 0x7f80);
}

int main(void) {
  check_known_answers();
  check_elements();
  check_permutation();
  check_half();
  return test_summary();
}
