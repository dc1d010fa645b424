// pace.h - how loops that call a model share the machine with other programs.
//
// Threads of OpenMP spin where they wait for each other. That is fast while each has a processor of
// its own, and slow when another program wants one: the threads that spin keep from the processor
// those that they wait for. A pace watches a loop, and when others crowd it tries other ways, holds
// the fastest, and returns to the first when the machine is free. The results are the same bits.
//
//   rt_pace pace;
//   rt_pace_begin(&pace);
//   while (...) {
//     digits_train_step(...);  // any function of a model, always the same one
//     rt_pace_step(&pace);
//   }
//   rt_pace_end(&pace);
//
// It changes the settings of OpenMP of the thread that calls it (omp_set_num_threads and, in
// libomp, kmp_set_blocktime), and rt_pace_end restores them. It never uses more threads than
// omp_get_max_threads() at the beginning. With libgomp it may add threads that only sleep, and on
// Linux it may move up to four threads to other processors, from which they can move on.
//
// It leaves their number alone if the user has set OMP_NUM_THREADS, and how they wait if
// OMP_WAIT_POLICY, GOMP_SPINCOUNT or KMP_BLOCKTIME is set.

#ifndef RT_PACE_H
#define RT_PACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- pace_policy.c: which way is the fastest, from measurements alone ----------------

// The ways to run, in the order in which they are tried.
typedef enum {
  RT_PACE_FULL,     // all threads, waiting as OpenMP does by itself
  RT_PACE_PASSIVE,  // all threads, which soon sleep when they wait
  RT_PACE_PACKED,   // the same, and they begin on one processor
  RT_PACE_FEWER,    // all threads but one
  RT_PACE_ONE       // one thread
} rt_pace_mode;

enum { RT_PACE_MODES = RT_PACE_ONE + 1 };

// What happened since the last look. `wall`, `cpu` and `switches` tell of the whole process, and
// include short breaks between steps.
typedef struct {
  double steps, seconds;  // the steps, and the time they took
  double wall;            // seconds
  double cpu;             // seconds of processors
  double switches;        // how often a thread lost its processor to another program
  double taken;           // of the processors for all threads, those that others use; < 0: unknown
} rt_pace_sample;

// What is known of a mode other than the one in use.
typedef struct {
  double speed;   // steps per second, compared with the mode that is held
  int probes;     // how often it was measured; 0: the speed is unknown
  double credit;  // seconds that may be lost with it
} rt_pace_trial;

// The mode that is held, `home`, is the fastest one known; from time to time another one is probed.
typedef struct {
  double processors;  // those for all threads
  unsigned allowed;   // a bit for each mode
  rt_pace_mode home;
  rt_pace_mode mode;       // the one to use now: home, or the one that is probed
  double steps, seconds;   // of home, lately
  double missing;          // processors that the threads did not get, lately
  double switches;         // per second, lately
  int was_free;            // others left all processors to the process, when last seen
  int was_crowded;         // they did not, in RT_PACE_FULL
  double quiet;            // seconds without a crowd
  double fund;             // credit for all modes when RT_PACE_FULL is left
  double settling;         // seconds of steps still to be ignored after a change of mode
  double probe_steps, probe_seconds;
  rt_pace_trial trials[RT_PACE_MODES];
} rt_pace_policy;

// Holds RT_PACE_FULL. `allowed` has the bits of the other modes that may be tried.
void rt_pace_policy_create(rt_pace_policy *policy, unsigned allowed, double processors);

// Takes a measurement and sets `mode`. Returns the seconds to the next look.
double rt_pace_policy_look(rt_pace_policy *policy, const rt_pace_sample *sample);

// Takes over what the policy of other steps has found: the mode to hold, and relative speeds.
void rt_pace_policy_follow(rt_pace_policy *policy, const rt_pace_policy *other);

// ---- pace_threads.c: threads of OpenMP, and how they wait ----------------------------

// The caller's settings, and those in force.
typedef struct {
  int most;                     // threads
  double processors;            // those for all of them
  rt_pace_mode mode;            // the present one
  int blocktime;                // of libomp, in milliseconds; < 0: left alone
  int can_move;                 // threads may be moved to other processors
  struct rt_pace_crowd *crowd;  // for libgomp, see pace_threads.c; null: there is none
} rt_pace_threads;

// Notes the settings; returns the modes, but for RT_PACE_FULL, that the user leaves to a pace.
unsigned rt_pace_threads_open(rt_pace_threads *threads);

// Restores the settings.
void rt_pace_threads_close(rt_pace_threads *threads);

// Takes a mode. What cannot be done is left as it is; the pace then finds it no faster.
void rt_pace_threads_set(rt_pace_threads *threads, rt_pace_mode mode);

// ---- pace_place.c --------------------------------------------------------------------

// True iff threads can be moved, which the user has not bound to processors.
int rt_pace_can_move(void);

// Moves all threads to the processor of the caller, or to a processor each. From there the system
// moves them as it likes.
void rt_pace_move(int is_apart);

// ---- pace_measure.c: the clocks of the system ----------------------------------------

// The counts of the process at the last look, and of the machine.
typedef struct {
  double wall, cpu, switches;
  double machine_wall, machine_cpu;  // the last look at the machine, at our seconds of processors
  double machine_busy;               // and at everybody's
  double machine_pause;              // seconds to the next one
  double taken;                      // what it found; < 0: nothing
} rt_pace_clocks;

// Begins to count.
void rt_pace_clocks_start(rt_pace_clocks *clocks);

// Leaves out what happened since the last call, as a break.
void rt_pace_clocks_skip(rt_pace_clocks *clocks);

// Adds to a sample what happened since the last call; with `is_machine` also looks at the machine,
// now and then. `processors` are those for all threads.
void rt_pace_clocks_read(rt_pace_clocks *clocks, double processors, int is_machine,
                         rt_pace_sample *sample);

// ---- pace.c: the calls -----------------------------------------------------------------

// The kinds of steps, such as those of training and of evaluation, which take different times.
enum { RT_PACE_KINDS = 2 };

// The steps of one kind.
typedef struct {
  rt_pace_policy policy;
  double steps, seconds;  // since the last look
  int64_t left;           // steps to the next look
  int changes;            // the number of the change of mode that it knows
} rt_pace_kind;

// A pace; its memory is the caller's. It belongs to one thread.
typedef struct {
  int64_t left;     // steps to the next look
  int64_t planned;  // what `left` was when the clock was read
  double start;     // when the clock was read
  int kind;         // of the present steps
  int changes;      // how often a policy has changed its mind
  int is_on;        // false where there is nothing to choose
  rt_pace_threads threads;
  rt_pace_clocks clocks;
  rt_pace_kind kinds[RT_PACE_KINDS];
} rt_pace;

// Begins a loop of steps of kind 0.
void rt_pace_begin(rt_pace *pace);

// Ends it and restores OpenMP's settings.
void rt_pace_end(rt_pace *pace);

// For several loops in turn, or breaks within one: between the two calls no time is counted. Steps
// of the given kind follow, whose times are compared with each other only. A null pace is allowed.
void rt_pace_pause(rt_pace *pace);
void rt_pace_resume(rt_pace *pace, int kind);

// Looks at clocks and may change the mode; called by rt_pace_step every few milliseconds.
void rt_pace_look(rt_pace *pace);

// After each step. A null pace is allowed.
static inline void rt_pace_step(rt_pace *pace) {
  if (pace != 0 && --pace->left <= 0) {
    rt_pace_look(pace);
  }
}

#ifdef __cplusplus
}
#endif

#endif
