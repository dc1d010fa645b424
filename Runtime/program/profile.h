// profile.h - how long each kernel takes, in models that were compiled with --profile.

#ifndef RT_PROFILE_H
#define RT_PROFILE_H

#include <stdint.h>
#include <stdio.h>

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- profile.c: recording --------------------------------------------------------

// What is known of a kernel before it runs.
typedef struct {
  const char *name;
  const char *lines;   // the model's lines that it comes from; may be empty
  int64_t operations;  // with floating-point numbers, in one call
  int64_t bytes;       // of the distinct elements that one call reads and writes
  rt_dtype type;       // in which most of the operations are done: RT_F32 or RT_F64
} rt_kernel;

// All calls of a kernel together.
typedef struct {
  int64_t calls;
  double seconds;
  double least;  // of one call
} rt_kernel_time;

// One call.
typedef struct {
  double start;
  float seconds;
  int kernel;
} rt_kernel_call;

// How many calls are recorded one by one; the sums cover all.
enum { RT_PROFILE_CALLS = 65536 };

// The profile inside a model that was compiled with --profile.
typedef struct rt_profile {
  int count;  // of kernels
  const rt_kernel *kernels;
  rt_kernel_time *times;  // one for each kernel
  rt_kernel_call *calls;  // the first RT_PROFILE_CALLS ones
  int64_t call_count;     // all of them
  double start;           // when recording began
  double seconds;         // from then to the end; 0 while recording
} rt_profile;

// Calls a kernel and records how long that takes. `number` is its place in the table.
#define RT_PROFILED(profile, number, call)                         \
  do {                                                             \
    const double rt_start = rt_seconds();                          \
    call;                                                          \
    rt_profile_add(&(profile), number, rt_start, rt_seconds());    \
  } while (0)

// Records a call. One model is used by one thread at a time, so is its profile.
void rt_profile_add(rt_profile *profile, int kernel, double start, double end);

// The profile of a model; null if it was compiled without.
rt_profile *rt_profile_of(const rt_model *model, void *instance);

// Forgets all calls and starts the clock, and stops it. Both accept null.
void rt_profile_begin(rt_profile *profile);
void rt_profile_end(rt_profile *profile);

// ---- profile_peak.c --------------------------------------------------------------

// The peak of this machine with OpenMP's number of threads.
typedef struct {
  int threads;
  double operations;  // in f32, a second
  double bytes;       // read from memory, a second; 0 if there was no memory for the trial
} rt_peak;

// Measures for about 0.4 s: chains of products and sums in all vector registers, and reading of
// 256 MB.
void rt_peak_measure(rt_peak *peak);

// ---- profile_table.c -------------------------------------------------------------

// Prints a table of kernels, slowest first, with shares of the peak. Does nothing if `profile` is
// null.
int rt_profile_print(const rt_profile *profile, const rt_peak *peak, FILE *stream,
                     rt_error *error);

// Ends the profile and measures the peak; prints the table; writes the trace to `path` and says so.
// Does nothing if `profile` is null.
int rt_profile_report(rt_profile *profile, const char *program, const char *path, FILE *stream,
                      rt_error *error);

// ---- profile_trace.c -------------------------------------------------------------

// Writes the recorded calls in the JSON of Chrome's trace viewer, atomically.
int rt_profile_trace(const rt_profile *profile, const char *program, const char *path,
                     rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
