// peak.c - the least time that this machine can need: loops that do nothing but multiply and add,
// or nothing but read and write. They run between the contenders, so that each is compared with
// what the machine did in the same second.
//
//   peak THREADS LOOP AMOUNT      LOOP is one of
//
//     fma        so many floating-point operations, two for each multiply-add
//     read       adds up an array of so many bytes
//     map        reads an array of so many bytes and writes another
//     update     reads one array, and reads and writes three, of so many bytes each, as Adam does
//
//   It obeys stdin: "run N" runs N times and prints the seconds of each.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chain.h"

static double now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Keeps results from being removed.
static volatile float sink;

static void multiply_and_add(double operations, int threads) {
  long steps = (long)(operations / (2.0 * CHAINS * LANES * threads));
#pragma omp parallel for num_threads(threads)
  for (int t = 0; t < threads; t++) sink = chain(steps);
}

// Sums of 32 partial sums, so that the additions can be vectors.
static float sum_part(const float *restrict x, size_t count) {
  float sums[32] = {0}, total = 0;
  for (size_t i = 0; i + 32 <= count; i += 32) {
    for (int k = 0; k < 32; k++) sums[k] += x[i + (size_t)k];
  }
  for (int k = 0; k < 32; k++) total += sums[k];
  return total;
}

static void read_array(const float *x, size_t count, int threads) {
#pragma omp parallel for num_threads(threads)
  for (int t = 0; t < threads; t++) {
    size_t from = count * (size_t)t / (size_t)threads;
    size_t to = count * (size_t)(t + 1) / (size_t)threads;
    sink = sum_part(x + from, to - from);
  }
}

static void map_array(const float *restrict x, float *restrict y, size_t count, int threads) {
#pragma omp parallel for num_threads(threads)
  for (size_t i = 0; i < count; i++) y[i] = x[i] * 0.5f + 1.0f;
}

static void update_arrays(const float *restrict g, float *restrict p, float *restrict m,
                          float *restrict v, size_t count, int threads) {
#pragma omp parallel for num_threads(threads)
  for (size_t i = 0; i < count; i++) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    p[i] -= 0.001f * m[i];
  }
}

// An array whose pages are there.
static float *make_array(size_t bytes) {
  float *array = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (array == NULL) {
    printf("error: no memory for %zu bytes\n", bytes);
    exit(1);
  }
  memset(array, 0, bytes);
  return array;
}

int main(int argc, char **argv) {
  if (argc != 4 || atoi(argv[1]) < 1) {
    fprintf(stderr, "usage: peak THREADS fma|read|map|update AMOUNT\n");
    return 2;
  }
  const int threads = atoi(argv[1]);
  const char *loop = argv[2];
  const double amount = atof(argv[3]);
  const int is_fma = strcmp(loop, "fma") == 0, is_read = strcmp(loop, "read") == 0;
  const int is_map = strcmp(loop, "map") == 0;
  // A part of a long computation says as much, as its time is proportional.
  const double parts = is_fma && amount > 1e10 ? amount / 1e10 : 1;
  const size_t count = (size_t)amount / sizeof(float);
  float *arrays[4] = {NULL, NULL, NULL, NULL};
  for (int i = 0; i < (is_fma ? 0 : is_read ? 1 : is_map ? 2 : 4); i++) {
    arrays[i] = make_array((size_t)amount);
  }
  printf("ready\n");
  fflush(stdout);
  int times;
  while (scanf(" run %d", &times) == 1) {
    for (int i = 0; i < times; i++) {
      double start = now();
      if (is_fma) {
        multiply_and_add(amount / parts, threads);
      } else if (is_read) {
        read_array(arrays[0], count, threads);
      } else if (is_map) {
        map_array(arrays[0], arrays[1], count, threads);
      } else {
        update_arrays(arrays[0], arrays[1], arrays[2], arrays[3], count, threads);
      }
      printf("%.9g ", (now() - start) * parts);
    }
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
