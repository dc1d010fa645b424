// chain.h - a loop that does nothing but multiply and add, for what a machine can do at most.

#ifndef CHAIN_H
#define CHAIN_H

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float vector __attribute__((vector_size(4 * LANES)));

// Twelve sums at once hide the latency of each.
enum { CHAINS = 12 };

static float chain(long steps) {
  vector sum[CHAINS], scale = (vector){0} + 0.999f, offset = (vector){0} + 0.001f;
  for (int i = 0; i < CHAINS; i++) sum[i] = (vector){0} + (float)i;
  for (long s = 0; s < steps; s++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) sum[i] = sum[i] * scale + offset;
  }
  float total = 0;
  for (int i = 0; i < CHAINS; i++) total += sum[i][0];
  return total;
}

#endif
