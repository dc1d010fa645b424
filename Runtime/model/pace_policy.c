// pace_policy.c - which way to run is the fastest, from measurements alone.
//
// While nobody else runs, the policy holds RT_PACE_FULL and does nothing. When the threads lose
// processors to others, it probes the other modes in short slices and holds the fastest. From then
// on each mode has a credit that grows by a fixed share of the time, and that the time lost in its
// probes reduces: modes that are almost as fast are compared often, slow ones rarely, and all
// probes together cost at most those shares. A speed is compared with that of the mode that was
// held just before, since the speed of a busy machine drifts.

#include <string.h>

#include "pace.h"

// Seconds between looks: while a mode is held, and while one is probed.
static const double held = 0.010, probed = 0.005;

// Seconds of a probe while nobody else may be there, and beside others, whose turns make speeds
// uneven; and of the times that say nothing: after a change of mode, and at the beginning, when
// caches are cold.
static const double slice = 0.030, long_slice = 0.050, settling = 0.006, warming = 0.020;

// The spans over which losses and the speed of the mode that is held are averaged.
static const double loss_span = 0.1, speed_span = 0.25;

// The threads are crowded if they miss so many processors, and as many are explained by losing
// them to others, for at most `turn` seconds each time. Waiting for a disk is no reason, nor is a
// program of the system that runs for an instant. While fewer are missing all threads wait for one
// of them for that share of the time, and no other mode is faster.
static const double crowded = 0.25, turn = 0.008;

// Beside very many others each loss takes longer than that, and there are fewer of them. Then the
// threads get no further than so many seconds of a processor before they lose it again.
static const double torn = 0.005;

// A probe ends early at such a speed.
static const double hopeless = 0.5;

// Seconds without a crowd after which measurements of other modes are outdated.
static const double memory = 1.0;

// Others leave the machine free if they use fewer processors.
static const double freely = 0.2;

// The credit of a mode at the beginning, in seconds. RT_PACE_FULL gets less when it is left: enough
// to make sure, if it was hardly slower.
static const double first_credit = 0.02, left_credit = 0.03;

// All modes get a further credit when RT_PACE_FULL is left, since that gains much: as much per
// second since the last time, up to the most.
static const double fund_rate = 0.005, most_fund = 0.03;

// The growth of a credit per second; that of RT_PACE_FULL, since others may have gone; and that
// back to the first credit, while nobody else runs.
static const double credit_rate = 0.003, full_rate = 0.008, quiet_rate = 0.006;

// How much faster than the mode that is held, or than RT_PACE_FULL, another one must be to take its
// place; and than RT_PACE_FULL to do so at once, not after a second probe.
static const double margin = 1.02, full_margin = 1.05, full_leap = 1.5;

static double greater(double a, double b) { return a > b ? a : b; }
static double lesser(double a, double b) { return a < b ? a : b; }

void rt_pace_policy_create(rt_pace_policy *policy, unsigned allowed, double processors) {
  memset(policy, 0, sizeof *policy);
  policy->allowed = allowed;
  policy->processors = processors;
  policy->settling = warming;
  policy->fund = most_fund;
  for (int m = 0; m < RT_PACE_MODES; m++) {
    policy->trials[m].credit = first_credit;
  }
}

void rt_pace_policy_follow(rt_pace_policy *policy, const rt_pace_policy *other) {
  policy->home = policy->mode = other->home;
  policy->steps = policy->seconds = policy->settling = policy->probe_seconds = 0.0;
  policy->was_free = other->was_free;
  for (int m = 0; m < RT_PACE_MODES; m++) {
    policy->trials[m].speed = other->trials[m].speed;
    policy->trials[m].probes = other->trials[m].probes;
  }
}

// True iff the process loses processors to others, as far as RT_PACE_FULL has shown.
static int is_crowded(const rt_pace_policy *p) {
  double used = p->processors - p->missing;
  return p->missing > crowded && (p->switches * turn > crowded || used < p->switches * torn);
}

// True iff the sample is of the first moments of a mode, which say nothing unless they hold a long
// step.
static int is_settling(rt_pace_policy *p, const rt_pace_sample *s) {
  int is = p->settling > 0.0 && s->seconds < slice;
  p->settling = is ? p->settling - s->seconds : 0.0;
  return is;
}

// Averages what the sample says about the machine, and lets credits grow.
static void watch(rt_pace_policy *p, const rt_pace_sample *s, int is_settled) {
  if (p->mode == RT_PACE_FULL && is_settled && s->wall > 0.0) {
    double old = loss_span / (loss_span + s->wall);
    double missing = p->processors - s->cpu / s->wall;
    p->missing = p->missing * old + missing * (1.0 - old);
    p->switches = p->switches * old + s->switches / s->wall * (1.0 - old);
  }
  int is_quiet = p->home == RT_PACE_FULL && p->mode == RT_PACE_FULL && !is_crowded(p);
  p->quiet = is_quiet ? p->quiet + s->seconds : 0.0;
  p->fund = lesser(p->fund + fund_rate * s->seconds, most_fund);
  for (int m = 0; m < RT_PACE_MODES; m++) {
    rt_pace_trial *trial = &p->trials[m];
    if (p->quiet > memory) {
      trial->probes = 0;
      trial->credit = lesser(trial->credit + quiet_rate * s->seconds, first_credit);
    } else {
      trial->credit += (m == RT_PACE_FULL ? full_rate : credit_rate) * s->seconds;
    }
  }
  if (p->home != RT_PACE_FULL && s->taken >= 0.0) {
    int is_free = s->taken < freely;
    if (is_free && !p->was_free) {  // a reason to try it at once
      p->trials[RT_PACE_FULL].probes = 0;
      p->trials[RT_PACE_FULL].credit = greater(p->trials[RT_PACE_FULL].credit, slice);
    }
    p->was_free = is_free;
  }
}

// The seconds of a probe.
static double span(const rt_pace_policy *p) {
  return p->home == RT_PACE_FULL ? slice : long_slice;
}

// The seconds that a probe of a mode of known speed will lose, and a little more, so that no mode
// is probed all the time.
static double expected_loss(const rt_pace_policy *p, const rt_pace_trial *trial) {
  double step = p->seconds / p->steps / greater(trial->speed, 1e-6);
  return greater(greater(span(p), step) * (1.0 - trial->speed), 0.05 * span(p));
}

// The mode to probe now, or home. Unknown ones come first.
static rt_pace_mode choose(const rt_pace_policy *p) {
  rt_pace_mode best = p->home;
  double most = 0.0;
  if (p->steps <= 0.0 || (p->home == RT_PACE_FULL && !is_crowded(p))) {
    return best;
  }
  for (int m = 0; m < RT_PACE_MODES; m++) {
    const rt_pace_trial *trial = &p->trials[m];
    int is_allowed = m == RT_PACE_FULL || (p->allowed >> m & 1) != 0;
    if (m == (int)p->home || !is_allowed) {
      continue;
    }
    if (trial->probes == 0 && trial->credit > 0.0) {
      return (rt_pace_mode)m;
    }
    double rest = trial->credit - expected_loss(p, trial);
    if (trial->probes > 0 && rest > most) {
      most = rest;
      best = (rt_pace_mode)m;
    }
  }
  return best;
}

// Begins to probe a mode, or returns home.
static void change(rt_pace_policy *p, rt_pace_mode mode) {
  p->mode = mode;
  p->settling = settling;
  p->probe_steps = p->probe_seconds = 0.0;
}

// The mode that is probed becomes home.
static void move_home(rt_pace_policy *p) {
  double speed = p->trials[p->mode].speed;
  for (int m = 0; m < RT_PACE_MODES; m++) {
    p->trials[m].speed /= speed;
  }
  rt_pace_trial *left = &p->trials[p->home];
  left->speed = 1.0 / speed;
  left->probes = 1;
  left->credit = lesser(left->credit, first_credit);
  if (p->home == RT_PACE_FULL) {
    for (int m = 0; m < RT_PACE_MODES; m++) {
      p->trials[m].credit += p->fund;
    }
    p->fund = 0.0;
    left->credit = left_credit;
  }
  p->was_free = 0;
  p->home = p->mode;
  p->steps = p->probe_steps;
  p->seconds = p->probe_seconds;
}

// True iff a mode that was just probed is to take the place of the one that is held.
static int is_better(const rt_pace_policy *p, const rt_pace_trial *trial) {
  if (p->home != RT_PACE_FULL) {
    return trial->speed > margin;
  }
  return trial->speed > full_leap || (trial->speed > full_margin && trial->probes > 1);
}

// A sample of the mode that is probed.
static void probe(rt_pace_policy *p, const rt_pace_sample *s, int is_settled) {
  rt_pace_trial *trial = &p->trials[p->mode];
  double pace = p->steps / p->seconds;
  trial->credit -= greater(s->seconds - s->steps / pace, 0.0);
  if (!is_settled) {
    return;
  }
  p->probe_steps += s->steps;
  p->probe_seconds += s->seconds;
  double speed = p->probe_steps / p->probe_seconds / pace;
  if (p->probe_seconds < span(p) && (speed > hopeless || p->probe_seconds < slice / 3.0)) {
    return;
  }
  trial->probes++;
  trial->speed += (speed - trial->speed) * greater(1.0 / trial->probes, 0.3);
  if (is_better(p, trial)) {
    move_home(p);
    change(p, p->home);
    p->settling = 0.0;
  } else {
    change(p, p->home);
  }
}

// A sample of the mode that is held.
static void hold(rt_pace_policy *p, const rt_pace_sample *s) {
  int was_crowded = p->was_crowded;
  p->was_crowded = p->home == RT_PACE_FULL && is_crowded(p);
  if (p->was_crowded && !was_crowded) {  // only its speed beside others counts
    p->steps = p->seconds = p->probe_seconds = 0.0;
  }
  double old = speed_span / (speed_span + s->seconds);
  p->steps = p->steps * old + s->steps;
  p->seconds = p->seconds * old + s->seconds;
  p->probe_seconds += s->seconds;
  // As much time as for a probe, so that the two can be compared.
  rt_pace_mode mode = p->probe_seconds >= span(p) ? choose(p) : p->home;
  if (mode != p->home) {
    change(p, mode);
  }
}

double rt_pace_policy_look(rt_pace_policy *policy, const rt_pace_sample *sample) {
  int is_settled = !is_settling(policy, sample);
  watch(policy, sample, is_settled);
  if (sample->steps > 0.0 && sample->seconds > 0.0) {
    if (policy->mode != policy->home) {
      probe(policy, sample, is_settled);
    } else if (is_settled) {
      hold(policy, sample);
    }
  }
  return policy->mode == policy->home ? held : probed;
}
