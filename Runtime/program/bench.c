// bench.c - how long a function takes.

#include <math.h>
#include <stdlib.h>

#include "bench.h"

// Orders times, of which the one in the middle is the median.
static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Runs without a clock, then `runs` times with one; stores the times.
static int measure(const rt_call *call, void *instance, const rt_bench_plan *plan,
                   rt_profile *profile, double *times, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < plan->warm_up && code == RT_OK; i++) {
    code = rt_call_run(call, instance, error);
  }
  rt_pace pace;
  rt_pace_begin(&pace);
  rt_profile_begin(profile);
  for (int i = 0; i < plan->runs && code == RT_OK; i++) {
    double start = rt_seconds();
    code = rt_call_run(call, instance, error);
    times[i] = rt_seconds() - start;
    rt_pace_step(&pace);
  }
  rt_pace_end(&pace);
  rt_profile_end(profile);
  return code;
}

// The statistics of `count` times, which it sorts.
static void summarize(double *times, size_t count, rt_bench_times *result) {
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < count; i++) {
    sum += times[i];
  }
  result->mean = sum / (double)count;
  for (size_t i = 0; i < count; i++) {
    squares += (times[i] - result->mean) * (times[i] - result->mean);
  }
  // Of a sample, as the runs are one.
  result->deviation = count > 1 ? sqrt(squares / (double)(count - 1)) : 0.0;
  qsort(times, count, sizeof *times, by_value);
  result->median = 0.5 * (times[count / 2] + times[(count - 1) / 2]);
  result->least = times[0];
  result->most = times[count - 1];
}

int rt_bench(const rt_call *call, void *instance, const rt_bench_plan *plan, rt_profile *profile,
             rt_bench_times *times, rt_error *error) {
  size_t runs = (size_t)plan->runs, count = runs * (size_t)plan->repeats;
  double *each = (double *)rt_allocate(count * sizeof(double));
  if (each == NULL) {
    return rt_fail_memory(error, count * sizeof(double), "times");
  }
  int code = RT_OK;
  for (int i = 0; i < plan->repeats && code == RT_OK; i++) {
    code = measure(call, instance, plan, profile, each + (size_t)i * runs, error);
  }
  if (code == RT_OK) {
    summarize(each, count, times);
  }
  rt_release(each);
  return code;
}
