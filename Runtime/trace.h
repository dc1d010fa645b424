// trace.h - shows the kernels of a model to someone who checks them: 'gcomp verify' compiles models
// so.

#ifndef RT_TRACE_H
#define RT_TRACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Someone who looks at each call of a kernel, before and after it: is told the kernel's number and
// the arrays that it works on, in the order of its parameters.
typedef struct {
  void (*before)(void *observer, int kernel, const void *const *arrays);
  void (*after)(void *observer, int kernel, const void *const *arrays);
  void *observer;
} rt_trace;

// Calls a kernel on the arrays that follow, and shows it to `trace`, which may be null.
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
