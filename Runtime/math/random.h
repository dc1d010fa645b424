// random.h - Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1,
// 2, 3", 2011): random bits as a pure function of key and counter.

#ifndef RT_RANDOM_H
#define RT_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The four words of counter (c0, c1, c2, c3) under key (k0, k1).
static inline void rt_philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3,
                             uint32_t k0, uint32_t k1, uint32_t words[4]) {
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = UINT64_C(0xd2511f53) * c0;
    uint64_t p1 = UINT64_C(0xcd9e8d57) * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += UINT32_C(0x9e3779b9);
    k1 += UINT32_C(0xbb67ae85);
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

// The random bits of one element of a tensor. The key is a state of the model; the counter
// identifies the call of a random operation: the step, the ordinal of the call in the program, and
// the index of the enclosing loop.
//
// Element i takes word (i / 16) % 4 of block (i / 64) * 16 + i % 16, so that 16
// neighbours take the same word of 16 neighbouring blocks, and a loop over 64
// elements can use all four words of each block.
static inline uint32_t rt_random_bits(uint32_t key0, uint32_t key1, uint32_t step,
                                      uint32_t ordinal, uint32_t scan,
                                      uint64_t element) {
  uint32_t words[4];
  uint32_t block = (uint32_t)(element / 64 * 16 + element % 16);
  rt_philox(block, ordinal, step, scan, key0, key1, words);
  uint32_t word = (uint32_t)(element / 16 % 4);
  uint32_t low = word & 1u ? words[1] : words[0];
  uint32_t high = word & 1u ? words[3] : words[2];
  return word & 2u ? high : low;
}

// Writes the bits of elements 64 * group ... 64 * group + 63.
static inline void rt_random_group(uint32_t key0, uint32_t key1, uint32_t step,
                                   uint32_t ordinal, uint32_t scan, uint32_t group,
                                   uint32_t bits[64]) {
  for (uint32_t lane = 0; lane < 16; lane++) {
    uint32_t words[4];
    rt_philox(group * 16 + lane, ordinal, step, scan, key0, key1, words);
    bits[lane] = words[0];
    bits[lane + 16] = words[1];
    bits[lane + 32] = words[2];
    bits[lane + 48] = words[3];
  }
}

#ifdef __cplusplus
}
#endif

#endif
