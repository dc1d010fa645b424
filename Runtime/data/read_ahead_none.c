// read_ahead_none.c - without OpenMP there is no thread: batches are read when they are needed.

#include "read_ahead.h"

#ifndef _OPENMP

int rt_may_read_ahead(void) { return 0; }

rt_ahead *rt_ahead_open(const rt_function *step, size_t scratch) {
  (void)step;
  (void)scratch;
  return NULL;
}

size_t rt_ahead_bytes(const rt_ahead *reader) {
  (void)reader;
  return 0;
}

int rt_ahead_is_ready(rt_ahead *reader, const rt_function *function) {
  (void)reader;
  (void)function;
  return 0;
}

void rt_ahead_close(rt_ahead *reader) { (void)reader; }

void rt_ahead_halt(rt_ahead *reader) { (void)reader; }

int rt_ahead_take(rt_ahead *reader, const rt_dataset *data, rt_split split, int64_t first,
                   const rt_function *function, void *const *inputs, rt_error *error) {
  (void)reader;
  (void)inputs;
  (void)data;
  (void)split;
  (void)first;
  (void)function;
  return rt_fail(error, RT_ERROR_MEMORY, "no threads");
}

#endif
