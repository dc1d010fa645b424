// pace_place.c - which processors threads run on.
//
// Threads that sleep whenever they wait do well on one processor that many programs share: one
// works while the others sleep, none of them waits for its turn on another processor, and together
// they get more of it. On two processors beside six programs that is about 1.6 times as fast as a
// thread on each. Threads that spin need a processor each. The system puts them now here, now
// there, and may leave them for long; so they begin at the right place.

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

// The processor so many places after the given one among those of the set, which has that one.
static size_t processor_after(const cpu_set_t *set, size_t processor, int places) {
  while (places > 0) {
    processor = (processor + 1) % CPU_SETSIZE;
    places -= CPU_ISSET(processor, set) != 0;
  }
  return processor;
}

void rt_pace_move(int is_apart) {
  int processor = sched_getcpu();
#pragma omp parallel
  {
    cpu_set_t all, one;
    CPU_ZERO(&one);
    // Machines with more processors than a set has are left alone.
    if (processor >= 0 && processor < CPU_SETSIZE &&
        sched_getaffinity(0, sizeof all, &all) == 0 && CPU_ISSET((size_t)processor, &all)) {
      int places = is_apart ? omp_get_thread_num() : 0;
      CPU_SET(processor_after(&all, (size_t)processor, places), &one);
      sched_setaffinity(0, sizeof one, &one);
      sched_setaffinity(0, sizeof all, &all);
    }
  }
}

#else

int rt_pace_can_move(void) { return 0; }

void rt_pace_move(int is_apart) { (void)is_apart; }

#endif
