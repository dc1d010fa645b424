// pace.c - watches a loop and lets its policy choose how it runs.

#include "pace.h"
#include "support.h"

// The steps to the next look, where there is none.
static const int64_t never = INT64_MAX;

// The seconds of a break, such as to write a file, in which processors are not missed.
static const double long_break = 0.001;

void rt_pace_begin(rt_pace *pace) {
  *pace = (rt_pace){.left = never, .planned = never};
  unsigned allowed = rt_pace_threads_open(&pace->threads);
  pace->is_on = allowed != 0;
  if (pace->is_on) {
    for (int k = 0; k < RT_PACE_KINDS; k++) {
      rt_pace_policy_create(&pace->kinds[k].policy, allowed, pace->threads.processors);
      pace->kinds[k].left = 1;
    }
    rt_pace_clocks_start(&pace->clocks);
    rt_pace_resume(pace, 0);
  }
}

void rt_pace_end(rt_pace *pace) {
  rt_pace_threads_close(&pace->threads);
  pace->is_on = 0;
  pace->left = pace->planned = never;
}

// Adds the steps since the clock was read.
static void count(rt_pace *pace) {
  rt_pace_kind *kind = &pace->kinds[pace->kind];
  double now = rt_seconds();
  kind->steps += (double)(pace->planned - pace->left);
  kind->seconds += now - pace->start;
  kind->left = pace->planned = pace->left;
  pace->start = now;
}

void rt_pace_pause(rt_pace *pace) {
  if (pace != NULL && pace->is_on) {
    count(pace);
  }
}

void rt_pace_resume(rt_pace *pace, int kind) {
  if (pace == NULL || !pace->is_on) {
    return;
  }
  rt_pace_kind *now = &pace->kinds[kind], *before = &pace->kinds[pace->kind];
  if (now->changes != before->changes) {  // the other kind knows better
    rt_pace_policy_follow(&now->policy, &before->policy);
    now->changes = before->changes;
    now->steps = now->seconds = 0.0;
  }
  rt_pace_threads_set(&pace->threads, now->policy.mode);
  pace->kind = kind;
  pace->left = pace->planned = now->left;
  double start = rt_seconds();
  if (start - pace->start > long_break) {
    rt_pace_clocks_skip(&pace->clocks);
  }
  pace->start = start;
}

// The steps in so many seconds, as fast as those of the sample.
static int64_t steps_in(double seconds, const rt_pace_sample *sample) {
  double steps = seconds * sample->steps / (sample->seconds > 1e-9 ? sample->seconds : 1e-9);
  return steps < 1.0 ? 1 : steps < 1e9 ? (int64_t)steps : 1000000000;
}

void rt_pace_look(rt_pace *pace) {
  if (!pace->is_on) {
    pace->left = pace->planned = never;
    return;
  }
  count(pace);
  rt_pace_kind *kind = &pace->kinds[pace->kind];
  rt_pace_policy *policy = &kind->policy;
  rt_pace_sample sample = {.steps = kind->steps, .seconds = kind->seconds};
  rt_pace_mode home = policy->home;
  rt_pace_clocks_read(&pace->clocks, policy->processors, home != RT_PACE_FULL, &sample);
  double pause = rt_pace_policy_look(policy, &sample);
  if (policy->home != home) {
    kind->changes = ++pace->changes;
  }
  kind->steps = kind->seconds = 0.0;
  kind->left = steps_in(pause, &sample);
  if (policy->mode != pace->threads.mode) {
    rt_pace_threads_set(&pace->threads, policy->mode);
    kind->left = 1;  // the speed is not known
    pace->start = rt_seconds();
  }
  pace->left = pace->planned = kind->left;
}
