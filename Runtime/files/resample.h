// resample.h - sound with another number of frames a second.

#ifndef RT_RESAMPLE_H
#define RT_RESAMPLE_H

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// The largest part of a ratio of rates.
enum { RT_MOST_RATIO = 65536 };

// Makes `up` frames of `down`, after a low-pass filter.
typedef struct {
  int64_t up, down;  // without a common factor
  int64_t half;      // taps on each side of the middle one
  double *taps;
} rt_resampler;

// Computes the filter: a sinc of ten periods on each side under a Kaiser window of 5, as
// scipy.signal.resample_poly has it. False without memory, or if the ratio of the rates is not made
// of numbers up to RT_MOST_RATIO. To be freed with rt_resampler_clear.
int rt_resampler_make(rt_resampler *resampler, int64_t from, int64_t to);
void rt_resampler_clear(rt_resampler *resampler);

// The frames that there will be of `count`, and those that the first `count` of them are made of.
int64_t rt_resampled_count(const rt_resampler *resampler, int64_t count);
int64_t rt_resampler_needs(const rt_resampler *resampler, int64_t count);

// Makes the first `wanted` frames of the `count` frames of a channel.
void rt_resample(const rt_resampler *resampler, const float *frames, int64_t count, float *room,
                 int64_t wanted);

#ifdef __cplusplus
}
#endif

#endif
