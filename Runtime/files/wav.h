// wav.h - sound in WAV files.

#ifndef RT_WAV_H
#define RT_WAV_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- wav_read.c --------------------------------------------------------------------

// What a file holds: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64.
typedef struct {
  int channels;
  int64_t rate;    // frames a second
  int64_t frames;  // a frame has a sample of each channel
  int bits;        // of a sample
  int is_float;
  size_t offset;  // of the first frame
} rt_wav;

// Finds the sound in an open file and checks that all of it is there. `path` is for messages.
int rt_wav_parse(rt_wav *wav, const rt_file *file, const char *path, rt_error *error);

// Reads `frames` frames as f32 into `room`, channel by channel: integers become -1 to below 1. With
// 1 channel that is the mean of those of the file, else the file must have as many. A longer sound
// is cut, zeros follow a shorter one.
int rt_wav_read(const rt_wav *wav, const rt_file *file, int channels, int64_t frames, float *room,
                const char *path, rt_error *error);

// ---- wav_write.c -------------------------------------------------------------------

typedef enum { RT_WAV_PCM16, RT_WAV_F32 } rt_wav_kind;

// Writes samples that lie channel by channel. As PCM they are rounded, those beyond -1 and 1
// clamped, and NaN is 0; reading PCM and writing it again changes nothing.
void rt_wav_put(rt_writer *writer, rt_wav_kind kind, int64_t rate, int channels, int64_t frames,
                const float *samples);

// True iff so much sound fits into a WAV file, which has at most 4 GB.
int rt_wav_fits(rt_wav_kind kind, int64_t channels, int64_t frames);

#ifdef __cplusplus
}
#endif

#endif
