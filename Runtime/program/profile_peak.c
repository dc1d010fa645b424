// profile_peak.c - measures the peak rates of this machine.
//
// Other programs only slow a trial down, so the best of many counts.

#include "profile.h"
#include "../math/tile.h"

enum { PASSES = 20000, BLOCK = 1 << 16, BLOCKS = 1024 };  // 1024 blocks of 256 KB

// As many sums as a tile has, enough to hide the latency. Each iteration multiplies and adds once
// for each number; all tend to 2. They begin differently, or the compiler would compute equal ones
// once.
RT_INLINE float multiply_and_add(float half) {
  const rt_vector_f32 zero = {0};
  const rt_vector_f32 factor = rt_everywhere_f32(half), one = rt_everywhere_f32(2 * half);
  rt_vector_f32 sums[RT_TILE_ROWS][RT_TILE_VECTORS];
  RT_UNROLLED
  for (int r = 0; r < RT_TILE_ROWS; r++) {
    RT_UNROLLED
    for (int v = 0; v < RT_TILE_VECTORS; v++) {
      sums[r][v] = rt_everywhere_f32((float)(RT_TILE_VECTORS * r + v));
    }
  }
  RT_NOT_UNROLLED
  for (int pass = 0; pass < PASSES; pass++) {
    RT_UNROLLED
    for (int r = 0; r < RT_TILE_ROWS; r++) {
      RT_UNROLLED
      for (int v = 0; v < RT_TILE_VECTORS; v++) sums[r][v] = sums[r][v] * factor + one;
    }
  }
  rt_vector_f32 total = zero;
  for (int r = 0; r < RT_TILE_ROWS; r++) {
    for (int v = 0; v < RT_TILE_VECTORS; v++) total += sums[r][v];
  }
  return *(const float *)&total;
}

// The sum of a block.
RT_INLINE float read_block(const float *numbers) {
  enum { WIDTH = sizeof(rt_vector_f32) / sizeof(float) };
  const rt_vector_f32 zero = {0};
  rt_vector_f32 sums[8] = {zero, zero, zero, zero, zero, zero, zero, zero};
  for (int i = 0; i < BLOCK; i += 8 * WIDTH) {
    RT_UNROLLED
    for (int v = 0; v < 8; v++) sums[v] += *(const rt_vector_f32 *)(numbers + i + v * WIDTH);
  }
  const rt_vector_f32 total = sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] +
                              sums[6] + sums[7];
  return *(const float *)&total;
}

// Operations a second of one thread, while the others do the same. Trials of a few microseconds
// mostly end before another program takes the processor.
static double measure_operations(float half) {
  double least = 1;
  for (double end = rt_seconds() + 0.15; rt_seconds() < end;) {
    double start = rt_seconds();
    volatile float kept = multiply_and_add(half);  // or the compiler would drop the loop
    (void)kept;
    double seconds = rt_seconds() - start;
    least = seconds > 0 && seconds < least ? seconds : least;
  }
  double lanes = sizeof(rt_vector_f32) / sizeof(float);
  return 2.0 * PASSES * RT_TILE_ROWS * RT_TILE_VECTORS * lanes / least;
}

// The threads share the blocks; returns bytes a second.
static double try_reading(const float *numbers) {
  float sum = 0;
  double start = rt_seconds();
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int i = 0; i < BLOCKS; i++) sum += read_block(numbers + (ptrdiff_t)i * BLOCK);
  double seconds = rt_seconds() - start;
  volatile float kept = sum;
  (void)kept;
  return (double)BLOCKS * BLOCK * sizeof(float) / seconds;
}

void rt_peak_measure(rt_peak *peak) {
  volatile float half = 0.5f;  // unknown to the compiler
  const int threads = rt_set_threads(0);
  double operations = 0;
#pragma omp parallel for schedule(static) reduction(+ : operations)
  for (int i = 0; i < threads; i++) operations += measure_operations(half);
  *peak = (rt_peak){.threads = threads, .operations = operations};
  float *numbers = (float *)rt_allocate((size_t)BLOCKS * BLOCK * sizeof(float));
  for (double end = rt_seconds() + 0.2; numbers != NULL && rt_seconds() < end;) {
    double found = try_reading(numbers);
    peak->bytes = found > peak->bytes ? found : peak->bytes;
  }
  rt_release(numbers);
}
