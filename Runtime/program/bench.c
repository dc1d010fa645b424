// bench.c - how long a function takes.

#include <stdlib.h>

#include "program.h"

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int rt_bench(const rt_call *call, void *instance, int count, rt_profile *profile,
             FILE *stream, rt_error *error) {
  size_t bytes = (size_t)count * sizeof(double);
  double *times = (double *)rt_allocate(bytes);
  if (times == NULL) {
    return rt_fail_memory(error, bytes, "times");
  }
  int code = rt_call_run(call, instance, error);  // warms up
  rt_pace pace;
  rt_pace_begin(&pace);
  rt_profile_begin(profile);
  for (int i = 0; i < count && code == RT_OK; i++) {
    double start = rt_seconds();
    code = rt_call_run(call, instance, error);
    times[i] = rt_seconds() - start;
    rt_pace_step(&pace);
  }
  rt_pace_end(&pace);
  rt_profile_end(profile);
  if (code == RT_OK) {
    int batch = rt_batch_extent(call->function);
    qsort(times, (size_t)count, sizeof *times, by_value);
    double median = 0.5 * (times[count / 2] + times[(count - 1) / 2]);
    fprintf(stream, "%s, %d runs: median %.4g ms, min %.4g ms", call->function->name,
            count, 1e3 * median, 1e3 * times[0]);
    if (batch > 0) {
      fprintf(stream, ", %.4g us per example (batch %d)", 1e6 * median / batch, batch);
    }
    fputc('\n', stream);
  }
  rt_release(times);
  return code;
}
