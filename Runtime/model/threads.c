// threads.c - the number of threads and their stacks.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/resource.h>

#include "support.h"

#ifdef _OPENMP
#include <omp.h>
#endif

int rt_check_threads(int count, rt_error *error) {
#ifdef _OPENMP
  enum { MOST_THREADS = 1024 };
  int most = omp_get_num_procs() > MOST_THREADS ? omp_get_num_procs() : MOST_THREADS;
  const char *name = count > 0 ? "--threads" : "OMP_NUM_THREADS";
  int threads = count > 0 ? count : omp_get_max_threads();
  return threads <= most ? RT_OK
                         : rt_fail(error, RT_ERROR_USAGE, "%s: expected at most %d, found %d",
                                   name, most, threads);
#else
  (void)count;
  (void)error;
  return RT_OK;
#endif
}

#ifdef _OPENMP
// The bytes in OMP_STACKSIZE, as "64k" or "1 M"; the default unit is KB. SIZE_MAX if it is not set,
// or malformed, which OpenMP reports.
static size_t asked_stack(void) {
  const char *text = getenv("OMP_STACKSIZE");
  char *end = NULL;
  unsigned long size = text != NULL ? strtoul(text, &end, 10) : 0;
  if (text == NULL || end == text || size > SIZE_MAX >> 30) {
    return SIZE_MAX;
  }
  while (*end == ' ') {
    end++;
  }
  switch (*end) {
    case 'b':
    case 'B':
      return size;
    case 'm':
    case 'M':
      return (size_t)size << 20;
    case 'g':
    case 'G':
      return (size_t)size << 30;
    default:
      return (size_t)size << 10;
  }
}
#endif

int rt_check_stack(rt_error *error) {
  enum { LEAST = 512 << 10 };
  const char *name = "ulimit -s";
  size_t size = SIZE_MAX;
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    size = limit.rlim_cur < SIZE_MAX ? (size_t)limit.rlim_cur : SIZE_MAX;
  }
#ifdef _OPENMP
  if (size >= LEAST && asked_stack() < LEAST) {
    size = asked_stack();
    name = "OMP_STACKSIZE";
  }
#endif
  return size >= LEAST ? RT_OK
                       : rt_fail(error, RT_ERROR_MEMORY,
                                 "the stack is limited to %zu KB (%s); expected at least %d KB",
                                 size >> 10, name, LEAST >> 10);
}

int rt_set_threads(int count) {
#ifdef _OPENMP
  if (count > 0) {
    omp_set_num_threads(count);
  }
  return omp_get_max_threads();
#else
  (void)count;
  return 1;
#endif
}
