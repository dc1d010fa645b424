// wav_rates.h - the rate that all sounds of a set have, or get.

#ifndef RT_WAV_RATES_H
#define RT_WAV_RATES_H

#include "../files/resample.h"
#include "../files/wav.h"
#include "examples.h"

// Sets have few different rates.
enum { RT_MOST_RATES = 16 };

typedef struct {
  int64_t rate;      // frames a second; 0 until it is known
  int is_stated;     // by the recipe
  int is_resampled;  // sounds of another rate get this one
  const char *first;  // the file that the rate is that of, if it is not stated
  int count;
  int64_t from[RT_MOST_RATES];
  rt_resampler resamplers[RT_MOST_RATES];
} rt_wav_rates;

// Reads the kind of the field with the sound: "16000", "resample:16000", or none. To be freed with
// rt_wav_rates_clear.
int rt_wav_rates_begin(rt_wav_rates *rates, const rt_field_recipe *recipe, const char *path,
                       rt_error *error);
void rt_wav_rates_clear(rt_wav_rates *rates);

// Adds the rate of a file, which must be the one of all, or is to be changed into that.
int rt_wav_rates_add(rt_wav_rates *rates, const rt_wav *wav, const char *path, rt_error *error);

// Reads a sound as rt_wav_read does, at the rate of all.
int rt_wav_rates_read(const rt_wav_rates *rates, const rt_wav *wav, const rt_file *file,
                      int channels, int64_t frames, float *room, const char *path,
                      rt_error *error);

#endif
