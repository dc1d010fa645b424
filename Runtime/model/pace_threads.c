// pace_threads.c - changes the number of OpenMP's threads and how they wait, while a program runs.

#define _POSIX_C_SOURCE 200809L

#include "pace.h"

#ifdef _OPENMP

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#include "support.h"

// libomp's calls; null pointers in a program that runs with another library.
#if defined(__ELF__) && defined(__GNUC__)
extern void kmp_set_blocktime(int milliseconds) __attribute__((weak));
extern int kmp_get_blocktime(void) __attribute__((weak));
static int has_blocktime(void) { return kmp_set_blocktime != NULL && kmp_get_blocktime != NULL; }
static int get_blocktime(void) { return kmp_get_blocktime(); }
static void set_blocktime(int milliseconds) { kmp_set_blocktime(milliseconds); }
#else
static int has_blocktime(void) { return 0; }
static int get_blocktime(void) { return 0; }
static void set_blocktime(int milliseconds) { (void)milliseconds; }
#endif

typedef enum { ABSENT, STARTING, PRESENT, LEAVING } crowd_state;

// Threads of libgomp spin for a few milliseconds before they sleep, but only for microseconds while
// the process has more of them than processors. A thread of ours that has once run a parallel
// region and waits adds the threads of that region to the count; when it ends, the count falls
// again. All of them sleep.
struct rt_pace_crowd {
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int threads;  // of the region
  crowd_state state;
};

// The threads of a crowd at most, and those that may be packed.
enum { MOST_CROWD = 16, MOST_PACKED = 4 };

static void crowd_enter(struct rt_pace_crowd *crowd, crowd_state state) {
  pthread_mutex_lock(&crowd->mutex);
  crowd->state = state;
  pthread_cond_broadcast(&crowd->changed);
  pthread_mutex_unlock(&crowd->mutex);
}

// Waits until the crowd is no longer in a state.
static void crowd_await(struct rt_pace_crowd *crowd, crowd_state state) {
  pthread_mutex_lock(&crowd->mutex);
  while (crowd->state == state) {
    pthread_cond_wait(&crowd->changed, &crowd->mutex);
  }
  pthread_mutex_unlock(&crowd->mutex);
}

// The thread of a crowd.
static void *crowd_run(void *argument) {
  struct rt_pace_crowd *crowd = argument;
  omp_set_dynamic(0);
#pragma omp parallel num_threads(crowd->threads)
  {
#pragma omp master
    crowd_enter(crowd, PRESENT);
  }
  crowd_await(crowd, PRESENT);
  return NULL;
}

// Makes a crowd that is absent; null without memory.
static struct rt_pace_crowd *crowd_create(int threads) {
  struct rt_pace_crowd *crowd = rt_allocate(sizeof *crowd);
  if (crowd == NULL) {
    return NULL;
  }
  crowd->threads = threads;
  if (pthread_mutex_init(&crowd->mutex, NULL) != 0) {
    rt_release(crowd);
    return NULL;
  }
  if (pthread_cond_init(&crowd->changed, NULL) != 0) {
    pthread_mutex_destroy(&crowd->mutex);
    rt_release(crowd);
    return NULL;
  }
  return crowd;
}

// Tells the crowd to leave, without waiting for it.
static void crowd_dismiss(struct rt_pace_crowd *crowd) {
  if (crowd->state == PRESENT) {
    crowd_enter(crowd, LEAVING);
  }
}

// Waits until the crowd has left.
static void crowd_join(struct rt_pace_crowd *crowd) {
  crowd_dismiss(crowd);
  if (crowd->state == LEAVING) {
    pthread_join(crowd->thread, NULL);
    crowd->state = ABSENT;
  }
}

// Lets the crowd come, and waits for it. Without another thread nothing changes.
static void crowd_call(struct rt_pace_crowd *crowd) {
  if (crowd->state == PRESENT) {
    return;
  }
  crowd_join(crowd);
  crowd->state = STARTING;
  if (pthread_create(&crowd->thread, NULL, crowd_run, crowd) != 0) {
    crowd->state = ABSENT;
    return;
  }
  crowd_await(crowd, STARTING);
}

static void crowd_destroy(struct rt_pace_crowd *crowd) {
  crowd_join(crowd);
  pthread_cond_destroy(&crowd->changed);
  pthread_mutex_destroy(&crowd->mutex);
  rt_release(crowd);
}

// True iff the user has set the variable of the environment.
static int is_set(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0';
}

unsigned rt_pace_threads_open(rt_pace_threads *threads) {
  int processors = omp_get_num_procs(), most = omp_get_max_threads();
  double used = most < processors ? most : processors;
  *threads = (rt_pace_threads){most, used, RT_PACE_FULL, -1, 0, NULL};
  unsigned modes = 0;
  if (most <= 1 || omp_in_parallel()) {
    return modes;
  }
  if (!is_set("OMP_NUM_THREADS") && !omp_get_dynamic()) {
    modes |= 1u << RT_PACE_ONE | (most > 2 ? 1u << RT_PACE_FEWER : 0u);
  }
  if (is_set("OMP_WAIT_POLICY") || is_set("GOMP_SPINCOUNT") || is_set("KMP_BLOCKTIME")) {
    return modes;
  }
  // The caller's thread and those of the region are one more than there are processors.
  int crowd = processors - most + 2;
  if (has_blocktime()) {
    threads->blocktime = get_blocktime();
  } else if (crowd >= 2 && crowd <= MOST_CROWD) {
    threads->crowd = crowd_create(crowd);
  }
  if (threads->blocktime >= 0 || threads->crowd != NULL) {
    threads->can_move = most <= MOST_PACKED && rt_pace_can_move();
    modes |= 1u << RT_PACE_PASSIVE | (threads->can_move ? 1u << RT_PACE_PACKED : 0u);
  }
  return modes;
}

// Lets all threads notice how they are to wait. They otherwise do so in the next region that they
// take part in: those of libomp would spin for 200 ms beside a loop that runs in one thread.
static void tell_threads(void) {
#pragma omp parallel
  {
#pragma omp barrier
  }
}

// True iff threads soon sleep in a mode when they wait.
static int is_passive(rt_pace_mode mode) {
  return mode == RT_PACE_PASSIVE || mode == RT_PACE_PACKED || mode == RT_PACE_ONE;
}

void rt_pace_threads_set(rt_pace_threads *threads, rt_pace_mode mode) {
  rt_pace_threads *t = threads;
  if (mode == t->mode) {
    return;
  }
  int is_awake = is_passive(t->mode) && !is_passive(mode);
  if (t->blocktime >= 0 && is_passive(mode) != is_passive(t->mode)) {
    set_blocktime(is_passive(mode) ? 0 : t->blocktime);
    if (mode == RT_PACE_ONE) {
      tell_threads();
    }
  }
  t->mode = mode;
  if (t->crowd != NULL && !is_passive(mode)) {
    crowd_dismiss(t->crowd);
  } else if (t->crowd != NULL && mode != RT_PACE_ONE) {
    crowd_call(t->crowd);
  }
  int count = mode == RT_PACE_ONE ? 1 : mode == RT_PACE_FEWER ? t->most - 1 : t->most;
  omp_set_num_threads(count);
  if (t->can_move && (is_awake || mode == RT_PACE_PACKED)) {
    rt_pace_move(is_awake);
  }
}

void rt_pace_threads_close(rt_pace_threads *threads) {
  rt_pace_threads_set(threads, RT_PACE_FULL);
  if (threads->crowd != NULL) {
    crowd_destroy(threads->crowd);
    threads->crowd = NULL;
  }
}

#else

unsigned rt_pace_threads_open(rt_pace_threads *threads) {
  *threads = (rt_pace_threads){1, 1.0, RT_PACE_FULL, -1, 0, 0};
  return 0;
}

void rt_pace_threads_set(rt_pace_threads *threads, rt_pace_mode mode) { threads->mode = mode; }

void rt_pace_threads_close(rt_pace_threads *threads) { threads->mode = RT_PACE_FULL; }

#endif
