// pace_place.c - which processors threads run on.
//
// Threads that sleep whenever they wait do well on one processor that many programs share: one
// works while the others sleep, none of them waits for its turn on another processor, and together
// they get more of it. On two processors beside six programs that is about 1.6 times as fast as a
// thread on each. The system puts them now here, now there, and leaves them; so they begin there.

#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "pace.h"

#if defined(_OPENMP) && defined(__linux__)

#include <omp.h>
#include <sched.h>

int rt_pace_can_move(void) {
  return omp_get_proc_bind() == omp_proc_bind_false && sched_getcpu() >= 0;
}

void rt_pace_move(void) {
  int processor = sched_getcpu();
  if (processor < 0 || processor >= CPU_SETSIZE) {
    return;
  }
#pragma omp parallel
  {
    cpu_set_t all, one;
    CPU_ZERO(&one);
    CPU_SET((size_t)processor, &one);
    // Machines with more processors than a set has are left alone.
    if (sched_getaffinity(0, sizeof all, &all) == 0) {
      sched_setaffinity(0, sizeof one, &one);
      sched_setaffinity(0, sizeof all, &all);
    }
  }
}

#else

int rt_pace_can_move(void) { return 0; }

void rt_pace_move(void) {}

#endif
