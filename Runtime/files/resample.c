// resample.c - changes the rate of sound by a ratio: frames with zeros between them pass a filter,
// of whose output every so many are taken. Only products that are not zero are computed.

#include <math.h>

#include "resample.h"

enum { PERIODS = 10 };

// The modified Bessel function of order 0, by its series, which ends where terms no longer count.
static double bessel(double x) {
  double sum = 1.0, term = 1.0;
  for (int k = 1; term > 1e-18 * sum; k++) {
    term *= (x / 2.0 / k) * (x / 2.0 / k);
    sum += term;
  }
  return sum;
}

// The largest factor of both, by Euclid.
static int64_t common_factor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int rt_resampler_make(rt_resampler *resampler, int64_t from, int64_t to) {
  const double pi = 3.14159265358979323846, beta = 5.0;
  int64_t factor = common_factor(from, to);
  rt_resampler *r = resampler;
  *r = (rt_resampler){.up = to / factor, .down = from / factor};
  int64_t most = r->up > r->down ? r->up : r->down;
  if (most > RT_MOST_RATIO) {
    return 0;
  }
  r->half = PERIODS * most;
  r->taps = (double *)rt_allocate((size_t)(2 * r->half + 1) * sizeof(double));
  if (r->taps == NULL) {
    return 0;
  }
  double sum = 0.0;
  for (int64_t i = -r->half; i <= r->half; i++) {
    double at = (double)i / (double)most, edge = (double)i / (double)r->half;
    double sinc = i == 0 ? 1.0 : sin(pi * at) / (pi * at);
    double tap = sinc * bessel(beta * sqrt(1.0 - edge * edge)) / bessel(beta);
    r->taps[i + r->half] = tap;
    sum += tap;
  }
  // Silence stays silence, and a constant keeps its value.
  for (int64_t i = 0; i <= 2 * r->half; i++) {
    r->taps[i] *= (double)r->up / sum;
  }
  return 1;
}

void rt_resampler_clear(rt_resampler *resampler) {
  rt_release(resampler->taps);
  *resampler = (rt_resampler){0};
}

int64_t rt_resampled_count(const rt_resampler *resampler, int64_t count) {
  return (count * resampler->up + resampler->down - 1) / resampler->down;
}

int64_t rt_resampler_needs(const rt_resampler *resampler, int64_t count) {
  return count > 0 ? ((count - 1) * resampler->down + resampler->half) / resampler->up + 1 : 0;
}

void rt_resample(const rt_resampler *resampler, const float *frames, int64_t count, float *room,
                 int64_t wanted) {
  const rt_resampler *r = resampler;
  for (int64_t k = 0; k < wanted; k++) {
    // Frame n stands at n * up, and the tap for it at the distance from there to the middle.
    int64_t middle = k * r->down, first = middle - r->half, last = (middle + r->half) / r->up;
    first = first > 0 ? (first + r->up - 1) / r->up : 0;
    last = last < count ? last : count - 1;
    double sum = 0.0;
    for (int64_t n = first; n <= last; n++) {
      sum += (double)frames[n] * r->taps[middle - n * r->up + r->half];
    }
    room[k] = (float)sum;
  }
}
