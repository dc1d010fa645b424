// Times each function of shapes.gir beside the largest rate of a loop that only multiplies and
// adds, on one thread or, with an argument, on that many.

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "../chain.h"
#include "shapes.h"

// The time that one thread has run, or with several threads, the time that has passed.
static clockid_t timer = CLOCK_THREAD_CPUTIME_ID;

static double now(void) {
  struct timespec t;
  clock_gettime(timer, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak(int threads) {
  const long steps = 2000000;
  static volatile float sink;
  double start = now();
#pragma omp parallel for num_threads(threads)
  for (int t = 0; t < threads; t++) sink = chain(steps);
  return (double)threads * (double)steps * CHAINS * LANES * 2 / (now() - start) * 1e-9;
}

static float *numbers(size_t count) {
  float *x = malloc(count * sizeof(float));
  for (size_t i = 0; x && i < count; i++) x[i] = (float)(i % 7) * 0.1f - 0.3f;
  return x;
}

int main(int argc, char **argv) {
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  if (threads > 1) timer = CLOCK_MONOTONIC;
#ifdef _OPENMP
  omp_set_num_threads(threads);
#endif
  shapes_t *m = shapes_create();
  if (!m) return 1;
  printf("%-28s %9s %9s %6s\n", "function", "GFLOP/s", "peak", "share");
#define SHAPE(name, flops, xs, ws, ys)                                                   \
  {                                                                                      \
    float *x = numbers(xs), *w = numbers(ws), *y = numbers(ys);                          \
    double best = 0, most = 0;                                                           \
    for (int round = 0; round < 7; round++) {                                            \
      double p = peak(threads);                                                          \
      int count = 0;                                                                     \
      double start = now(), end = start;                                                 \
      while (end - start < 0.03) {                                                       \
        shapes_##name(m, x, w, y);                                                       \
        count++;                                                                         \
        end = now();                                                                     \
      }                                                                                  \
      double rate = flops * count / (end - start) * 1e-9;                                \
      best = rate > best ? rate : best;                                                  \
      most = p > most ? p : most;                                                        \
    }                                                                                    \
    printf("%-28s %9.1f %9.1f %5.0f%%\n", #name, best, most, 100 * best / most);         \
    fflush(stdout);                                                                      \
    free(x);                                                                             \
    free(w);                                                                             \
    free(y);                                                                             \
  }
#include "shapes.inc"
#undef SHAPE
  shapes_destroy(m);
  return 0;
}
