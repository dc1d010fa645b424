// pace_test.c - how the policy of a pace behaves on machines that are made up.

#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "model/pace.h"
#include "test.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum {
  FULL = RT_PACE_FULL,
  PASSIVE = RT_PACE_PASSIVE,
  PACKED = RT_PACE_PACKED,
  FEWER = RT_PACE_FEWER,
  ONE = RT_PACE_ONE,
  ALL = 1 << PASSIVE | 1 << PACKED | 1 << ONE
};

// A machine at some time: the steps per second of each mode, and what clocks show.
typedef struct {
  double rates[RT_PACE_MODES];
  double missing, switches;  // while all threads run
  double taken;              // < 0: unknown
} machine;

// Two processors, with the speeds that were measured for a small network.
static const machine alone = {{700, 360, 350, 0, 400}, 0.02, 10, 0.05};
static const machine beside_one = {{200, 320, 380, 0, 430}, 0.6, 200, 1.0};
static const machine beside_six = {{7, 85, 145, 0, 105}, 1.5, 70, 1.8};

// A run: the policy, what was done, and where its time went.
typedef struct {
  rt_pace_policy policy;
  double seconds, steps;
  double in[RT_PACE_MODES];  // seconds in each mode
  double noise;              // of the speed of a look
  double next;               // to the next look
  unsigned random;
} trip;

static void begin(trip *t, unsigned allowed, double processors, double noise) {
  *t = (trip){.noise = noise, .random = 1};
  rt_pace_policy_create(&t->policy, allowed, processors);
}

// A number between -1 and 1.
static double draw(trip *t) {
  t->random = t->random * 1664525u + 1013904223u;
  return (double)(t->random >> 8) / (double)(1 << 23) - 1.0;
}

// Runs for some seconds and returns the steps per second.
static double travel(trip *t, const machine *m, double seconds) {
  double begun = t->seconds, done = t->steps;
  while (t->seconds - begun < seconds) {
    rt_pace_mode mode = t->policy.mode;
    double rate = m->rates[mode] * (1.0 + t->noise * draw(t));
    double steps = (double)(long)(t->next * rate);
    steps = steps < 1.0 ? 1.0 : steps;
    double time = steps / rate, used = t->policy.processors - m->missing;
    rt_pace_sample sample = {.steps = steps, .seconds = time, .wall = time};
    // With one thread, or threads that sleep, processors are missing for another reason.
    sample.cpu = (mode == RT_PACE_FULL ? used : 0.9) * time;
    sample.switches = m->switches * time;
    sample.taken = m->taken;
    t->in[mode] += time;
    t->seconds += time;
    t->steps += steps;
    t->next = rt_pace_policy_look(&t->policy, &sample);
  }
  CHECK(t->next > 0.0 && t->next < 0.1);
  return (t->steps - done) / (t->seconds - begun);
}

static void check_alone(void) {
  trip t;
  begin(&t, ALL, 2.0, 0.3);
  travel(&t, &alone, 60.0);
  CHECK(t.in[PASSIVE] == 0.0 && t.in[ONE] == 0.0);
  // Threads that sleep, as in a model of which little runs in parallel, are not crowded.
  machine serial = alone;
  serial.missing = 0.9;
  travel(&t, &serial, 60.0);
  CHECK(t.in[PASSIVE] == 0.0 && t.in[ONE] == 0.0);
}

// Signs of a crowd that is not there cost little.
static void check_false_alarm(void) {
  machine m = alone;
  m.missing = 0.5;
  m.switches = 100;
  for (int known = 0; known < 2; known++) {
    m.taken = known ? 0.05 : -1.0;
    trip t;
    begin(&t, ALL | 1 << FEWER, 4.0, 0.05);
    m.rates[FEWER] = 500;
    double rate = travel(&t, &m, 20.0);
    CHECK(t.policy.home == RT_PACE_FULL);
    CHECK(rate > 0.98 * m.rates[FULL]);
  }
}

static void check_crowds(void) {
  for (int known = 0; known < 2; known++) {
    for (int noisy = 0; noisy < 2; noisy++) {
      double noise = noisy ? 0.15 : 0.0;
      machine one = beside_one, six = beside_six, none = alone;
      if (!known) {
        one.taken = six.taken = none.taken = -1.0;
      }
      trip t;
      begin(&t, ALL, 2.0, noise);
      CHECK(travel(&t, &one, 8.0) > 0.95 * one.rates[ONE]);
      begin(&t, ALL, 2.0, noise);
      CHECK(travel(&t, &six, 5.0) > 0.9 * six.rates[PACKED]);
      CHECK(t.policy.home == RT_PACE_PACKED);
      CHECK(travel(&t, &six, 60.0) > 0.96 * six.rates[PACKED]);
      // Others go and come.
      travel(&t, &none, known ? 0.5 : 40.0);
      CHECK(travel(&t, &none, 5.0) > 0.98 * none.rates[FULL]);
      CHECK(t.policy.home == RT_PACE_FULL);
      travel(&t, &one, 1.0);
      CHECK(travel(&t, &one, 10.0) > 0.95 * one.rates[ONE]);
      travel(&t, &six, 8.0);
      CHECK(travel(&t, &six, 10.0) > 0.94 * six.rates[PACKED]);
    }
  }
}

// Beside 24 busy programs each loss takes so long that there are only 26 a second, as was measured,
// and a step of a millisecond takes three seconds. One that waits for a disk loses as much, but
// nothing takes its processors.
static void check_many(void) {
  machine many = {{0.3, 25, 30, 0, 28}, 1.93, 26, 1.9};
  trip t;
  begin(&t, ALL, 2.0, 0.1);
  travel(&t, &alone, 5.0);
  travel(&t, &many, 30.0);
  CHECK(t.policy.home != RT_PACE_FULL);
  CHECK(travel(&t, &many, 60.0) > 0.8 * many.rates[PASSIVE]);
  machine disk = {{10, 9, 9, 0, 9}, 1.9, 10, 0.05};
  begin(&t, ALL, 2.0, 0.1);
  travel(&t, &disk, 60.0);
  CHECK(t.policy.home == RT_PACE_FULL && t.in[PASSIVE] == 0.0 && t.in[ONE] == 0.0);
}

// Steps of a second: a probe is a step.
static void check_slow_steps(void) {
  machine m = {{0.5, 0.9, 0.7, 0.8, 1.0}, 0.6, 200, -1.0};
  trip t;
  begin(&t, ALL | 1 << FEWER, 8.0, 0.0);
  travel(&t, &m, 30.0);
  CHECK(t.policy.home == RT_PACE_ONE);
  CHECK(travel(&t, &m, 2000.0) > 0.98);
}

// Only what is allowed is tried.
static void check_allowed(void) {
  trip t;
  begin(&t, 1u << PASSIVE, 2.0, 0.1);
  travel(&t, &beside_one, 10.0);
  CHECK(t.in[ONE] == 0.0 && t.in[FEWER] == 0.0);
  CHECK(t.policy.home == RT_PACE_PASSIVE);
  begin(&t, 0, 2.0, 0.1);
  travel(&t, &beside_six, 10.0);
  CHECK(t.policy.home == RT_PACE_FULL && t.policy.mode == RT_PACE_FULL);
  // Of eight processors one is taken: all but one are the fastest.
  machine m = {{2000, 2300, 450, 3300, 500}, 0.5, 200, 1.0};
  begin(&t, ALL | 1 << FEWER, 8.0, 0.1);
  travel(&t, &m, 1.0);
  CHECK(travel(&t, &m, 10.0) > 0.97 * m.rates[FEWER]);
}

// Steps of another kind begin with what is known.
static void check_follow(void) {
  trip t, other;
  begin(&t, ALL, 2.0, 0.0);
  begin(&other, ALL, 2.0, 0.0);
  travel(&t, &beside_six, 5.0);
  rt_pace_policy_follow(&other.policy, &t.policy);
  CHECK(travel(&other, &beside_six, 5.0) > 0.95 * beside_six.rates[PACKED]);
}

// The calls, with or without OpenMP: each step counts, and a pace can be used again.
static void check_calls(void) {
  rt_pace pace;
  for (int n = 0; n < 2; n++) {
    int is_ahead = 1;
    rt_pace_begin(&pace);
    for (int i = 0; i < 100000; i++) {
      rt_pace_resume(&pace, i / 1000 % RT_PACE_KINDS);
      rt_pace_step(&pace);
      is_ahead &= pace.left > 0;
      rt_pace_pause(&pace);
    }
    CHECK(is_ahead);
    rt_pace_end(&pace);
    rt_pace_step(&pace);
  }
  rt_pace_step(NULL);
  rt_pace_pause(NULL);
  rt_pace_resume(NULL, 1);
}

#ifdef _OPENMP
// Each mode has its number of threads, whatever came before, and the caller's comes back.
static void check_threads(int most) {
  omp_set_num_threads(most);
  rt_pace_threads threads;
  unsigned allowed = rt_pace_threads_open(&threads);
  CHECK(threads.most == most && threads.mode == RT_PACE_FULL);
  for (int n = 0; n < 4 * RT_PACE_MODES * RT_PACE_MODES; n++) {
    int mode = n * (n / RT_PACE_MODES + 1) % RT_PACE_MODES, found = 0;
    rt_pace_threads_set(&threads, (rt_pace_mode)mode);
#pragma omp parallel
    {
#pragma omp master
      found = omp_get_num_threads();
    }
    CHECK(found == (mode == RT_PACE_ONE ? 1 : mode == RT_PACE_FEWER ? most - 1 : most));
  }
  rt_pace_threads_set(&threads, RT_PACE_ONE);
  rt_pace_threads_close(&threads);
  CHECK(omp_get_max_threads() == most);
  // With one thread there is nothing to choose.
  CHECK((allowed & 1u << RT_PACE_FULL) == 0);
  omp_set_num_threads(1);
  CHECK(rt_pace_threads_open(&threads) == 0);
  rt_pace_threads_close(&threads);
  CHECK(omp_get_max_threads() == 1);
}
#endif

// ---- What a pace costs ----

// The seconds of a processor that this thread has used: other programs do not change it.
static double used(void) {
  struct timespec time;
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// While nobody else runs a pace changes nothing (check_alone), so all that it costs is a call after
// each step, a look every 10 ms, and two calls at each end of an epoch.
static void check_cost(void) {
  enum { STEPS = 10000000, LOOKS = 2000, BREAKS = 20000 };
  rt_pace pace;
  rt_pace_begin(&pace);
  int is_on = pace.is_on;
  double begin = used();
  for (int i = 0; i < STEPS; i++) {
    rt_pace_step(&pace);
    __asm__ volatile("" ::: "memory");
  }
  double step = (used() - begin) / STEPS;
  begin = used();
  for (int i = 0; i < LOOKS; i++) {
    rt_pace_look(&pace);
  }
  double look = (used() - begin) / LOOKS;
  begin = used();
  for (int i = 0; i < BREAKS; i++) {
    rt_pace_pause(&pace);
    rt_pace_resume(&pace, 0);
  }
  double pause = (used() - begin) / BREAKS;
  rt_pace_end(&pace);
  printf("  a pace%s: %.2f ns a step, %.2f us a look, %.2f us a break\n",
         is_on ? "" : " with nothing to choose", 1e9 * step, 1e6 * look, 1e6 * pause);
  // Hundreds of times what they take; a look is a thousandth of its 10 ms at most.
  CHECK(step < 100e-9 && look < 10e-6 && pause < 10e-6);
}

int main(void) {
  check_alone();
  check_false_alarm();
  check_crowds();
  check_many();
  check_slow_steps();
  check_allowed();
  check_follow();
  check_calls();
  check_cost();
#ifdef _OPENMP
  check_threads(3);
  check_threads(omp_get_num_procs() > 1 ? omp_get_num_procs() : 2);
#endif
  return test_summary();
}
