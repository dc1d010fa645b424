// wav_rates.c - checks the rates of sounds, or changes them.

#include "wav_rates.h"

#include <string.h>

#include "../files/elements.h"

int rt_wav_rates_begin(rt_wav_rates *rates, const rt_field_recipe *recipe, const char *path,
                       rt_error *error) {
  static const char change[] = "resample:";
  const char *kind = recipe->kind;
  *rates = (rt_wav_rates){0};
  if (kind == NULL) {
    return RT_OK;
  }
  rates->is_stated = 1;
  rates->is_resampled = strncmp(kind, change, sizeof change - 1) == 0;
  const char *number = rates->is_resampled ? kind + sizeof change - 1 : kind;
  const char *expected = rt_number_read(RT_I64, &rates->rate, number, strlen(number));
  return expected == NULL && rates->rate > 0
             ? RT_OK
             : rt_fail(error, RT_ERROR_MISMATCH,
                       "%s: expected frames a second as the kind of '%s', as in '16000' or "
                       "'resample:16000', found '%.60s'",
                       path, recipe->input, kind);
}

void rt_wav_rates_clear(rt_wav_rates *rates) {
  for (int i = 0; i < rates->count; i++) {
    rt_resampler_clear(&rates->resamplers[i]);
  }
  *rates = (rt_wav_rates){0};
}

// The resampler for a rate, or null.
static const rt_resampler *find(const rt_wav_rates *rates, int64_t from) {
  for (int i = 0; i < rates->count; i++) {
    if (rates->from[i] == from) {
      return &rates->resamplers[i];
    }
  }
  return NULL;
}

// A filter is made once for each rate that occurs; a folder of very many different rates is a
// mistake.
int rt_wav_rates_add(rt_wav_rates *rates, const rt_wav *wav, const char *path, rt_error *error) {
  if (rates->rate == 0) {
    rates->rate = wav->rate;
    rates->first = path;
  }
  if (wav->rate == rates->rate || (rates->is_resampled && find(rates, wav->rate) != NULL)) {
    return RT_OK;
  }
  if (!rates->is_resampled) {
    rt_fail(error, RT_ERROR_MISMATCH, "%s: expected %lld frames a second as %s%s, found %lld", path,
            (long long)rates->rate, rates->is_stated ? "the model says" : "in ",
            rates->is_stated ? "" : rates->first, (long long)wav->rate);
    return RT_ERROR_MISMATCH;
  }
  if (rates->count == RT_MOST_RATES) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected at most %d different numbers of frames a second, found more", path,
                   RT_MOST_RATES);
  }
  rt_resampler *added = &rates->resamplers[rates->count];
  if (!rt_resampler_make(added, wav->rate, rates->rate)) {
    int is_odd = added->up > RT_MOST_RATIO || added->down > RT_MOST_RATIO;
    return is_odd ? rt_fail(error, RT_ERROR_MISMATCH,
                            "%s: expected frames a second that can become %lld, found %lld", path,
                            (long long)rates->rate, (long long)wav->rate)
                  : rt_fail_memory(error, 0, "a filter of sound");
  }
  rates->from[rates->count++] = wav->rate;
  return RT_OK;
}

int rt_wav_rates_read(const rt_wav_rates *rates, const rt_wav *wav, const rt_file *file,
                      int channels, int64_t frames, float *room, const char *path,
                      rt_error *error) {
  if (wav->rate == rates->rate) {
    return rt_wav_read(wav, file, channels, frames, room, path, error);
  }
  const rt_resampler *r = find(rates, wav->rate);
  if (r == NULL) {
    return rt_fail(error, RT_ERROR_FILE, "%s: the file was changed since the data were opened",
                   path);
  }
  // Only the frames that the result needs are read: of an hour of sound, one second costs no more.
  int64_t there = rt_resampled_count(r, wav->frames), wanted = there < frames ? there : frames;
  int64_t needed = rt_resampler_needs(r, wanted);
  needed = needed < wav->frames ? needed : wav->frames;
  size_t size = (size_t)channels * (size_t)needed * sizeof(float);
  float *source = (float *)rt_allocate(size);
  int code = source != NULL ? rt_wav_read(wav, file, channels, needed, source, path, error)
                            : rt_fail_memory(error, size, "a sound");
  for (int k = 0; k < channels && code == RT_OK; k++) {
    float *channel = room + (size_t)k * (size_t)frames;
    rt_resample(r, source + (size_t)k * (size_t)needed, needed, channel, wanted);
    memset(channel + wanted, 0, (size_t)(frames - wanted) * sizeof *channel);
  }
  rt_release(source);
  return code;
}
