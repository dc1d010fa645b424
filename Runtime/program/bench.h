// bench.h - how long a function takes.

#ifndef RT_BENCH_H
#define RT_BENCH_H

#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- bench.c, bench_print.c --------------------------------------------------------

// How a function is measured: `runs` times, after `warm_up` runs without a clock, and all of that
// `repeats` times.
typedef struct {
  int runs, warm_up, repeats;
} rt_bench_plan;

// Times of a configuration, in seconds, over all runs.
typedef struct {
  int threads;
  double mean, deviation, median, least, most;
} rt_bench_times;

typedef enum { RT_BENCH_TEXT, RT_BENCH_MARKDOWN, RT_BENCH_CSV, RT_BENCH_JSON } rt_bench_format;

// Runs a function on its present inputs. `profile`, which may be null, then holds the runs of the
// last repeat.
int rt_bench(const rt_call *call, void *instance, const rt_bench_plan *plan, rt_profile *profile,
             rt_bench_times *times, rt_error *error);

// Reads the name of a format.
int rt_bench_format_read(const char *name, rt_bench_format *format, rt_error *error);

// Prints a table with a line for each configuration.
void rt_bench_print(FILE *stream, rt_bench_format format, const rt_model *model,
                    const rt_function *function, const rt_bench_plan *plan, int count,
                    const rt_bench_times *times);

#ifdef __cplusplus
}
#endif

#endif
