// trace.h - reports the kernels of a model to a checker, as 'gcomp verify' needs it.

#ifndef RT_TRACE_H
#define RT_TRACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// An observer of each call of a kernel, before and after it: gets the kernel's number and its
// arrays, in the order of the parameters.
typedef struct {
  void (*before)(void *observer, int kernel, const void *const *arrays);
  void (*after)(void *observer, int kernel, const void *const *arrays);
  void *observer;
} rt_trace;

// Calls a kernel on the given arrays and reports it to `trace`, which may be null.
#define RT_TRACED(trace, kernel, call, ...)                                       \
  do {                                                                            \
    const void *const rt_arrays[] = {__VA_ARGS__};                                \
    if ((trace) != NULL) (trace)->before((trace)->observer, (kernel), rt_arrays); \
    call;                                                                         \
    if ((trace) != NULL) (trace)->after((trace)->observer, (kernel), rt_arrays);  \
  } while (0)

#ifdef __cplusplus
}
#endif

#endif
