// profile.c - records how long each call of a kernel takes.

#include "profile.h"

#include <string.h>

void rt_profile_add(rt_profile *profile, int kernel, double start, double end) {
  rt_kernel_time *time = &profile->times[kernel];
  time->least = time->calls == 0 || end - start < time->least ? end - start : time->least;
  time->calls++;
  time->seconds += end - start;
  if (profile->call_count < RT_PROFILE_CALLS) {
    profile->calls[profile->call_count] = (rt_kernel_call){start, (float)(end - start), kernel};
  }
  profile->call_count++;
}

rt_profile *rt_profile_of(const rt_model *model, void *instance) {
  return model->profile != NULL ? model->profile(instance) : NULL;
}

void rt_profile_begin(rt_profile *profile) {
  if (profile != NULL) {
    memset(profile->times, 0, (size_t)profile->count * sizeof *profile->times);
    profile->call_count = 0;
    profile->seconds = 0;
    profile->start = rt_seconds();
  }
}

void rt_profile_end(rt_profile *profile) {
  if (profile != NULL && profile->seconds == 0) {
    profile->seconds = rt_seconds() - profile->start;
  }
}
