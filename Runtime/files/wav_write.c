// wav_write.c - writes WAV files.
//
// The sizes stand before the samples, so the number of frames must be known when writing begins.

#include <math.h>
#include <string.h>

#include "wav.h"

// The bytes before the samples, also of the larger header that floats have.
enum { PCM_HEADER = 44, FLOAT_HEADER = 58 };

static void store(unsigned char *bytes, int count, uint32_t value) {
  for (int i = 0; i < count; i++) {
    bytes[i] = (unsigned char)(value >> 8 * i);
  }
}

int rt_wav_fits(rt_wav_kind kind, int64_t channels, int64_t frames) {
  int64_t most = INT64_C(0xffffffff) - FLOAT_HEADER - 1, width = kind == RT_WAV_F32 ? 4 : 2;
  return channels > 0 && channels <= 65535 / width && frames <= most / width / channels;
}

// Writes what comes before the samples, which have `size` bytes.
static void write_header(rt_writer *writer, rt_wav_kind kind, int64_t rate, int channels,
                         uint32_t frames, uint32_t size) {
  unsigned char bytes[FLOAT_HEADER] = {0};
  const int is_float = kind == RT_WAV_F32;
  const uint32_t header = is_float ? FLOAT_HEADER : PCM_HEADER, width = is_float ? 4 : 2;
  const uint32_t frame = width * (uint32_t)channels;
  memcpy(bytes, "RIFF", 4);
  store(bytes + 4, 4, header - 8 + size + size % 2);
  memcpy(bytes + 8, "WAVEfmt ", 8);
  store(bytes + 16, 4, is_float ? 18 : 16);
  store(bytes + 20, 2, is_float ? 3 : 1);
  store(bytes + 22, 2, (uint32_t)channels);
  store(bytes + 24, 4, (uint32_t)rate);
  store(bytes + 28, 4, (uint32_t)rate * frame);
  store(bytes + 32, 2, frame);
  store(bytes + 34, 2, 8 * width);
  if (is_float) {
    // All but PCM state the number of frames.
    memcpy(bytes + 38, "fact", 4);
    store(bytes + 42, 4, 4);
    store(bytes + 46, 4, frames);
  }
  memcpy(bytes + header - 8, "data", 4);
  store(bytes + header - 4, 4, size);
  rt_write(writer, bytes, header);
}

// Stores a sample.
static void store_sample(unsigned char *bytes, rt_wav_kind kind, float sample) {
  if (kind == RT_WAV_F32) {
    uint32_t bits;
    memcpy(&bits, &sample, sizeof bits);
    store(bytes, 4, bits);
    return;
  }
  double scaled = (double)sample * 32768.0;
  // Comparisons with NaN are false.
  int whole = scaled >= 32767.0 ? 32767 : scaled <= -32768.0 ? -32768 : 0;
  if (scaled > -32768.0 && scaled < 32767.0) {
    whole = (int)floor(scaled + 0.5);
  }
  store(bytes, 2, (uint32_t)whole & 0xffff);
}

void rt_wav_put(rt_writer *writer, rt_wav_kind kind, int64_t rate, int channels, int64_t frames,
                const float *samples) {
  const uint32_t width = kind == RT_WAV_F32 ? 4 : 2;
  const uint32_t size = (uint32_t)frames * (uint32_t)channels * width;
  unsigned char block[4096];
  size_t used = 0;
  write_header(writer, kind, rate, channels, (uint32_t)frames, size);
  for (int64_t i = 0; i < frames; i++) {
    for (int k = 0; k < channels; k++) {
      store_sample(block + used, kind, samples[(size_t)k * (size_t)frames + (size_t)i]);
      used += width;
      if (used == sizeof block) {
        rt_write(writer, block, used);
        used = 0;
      }
    }
  }
  rt_write(writer, block, used);
}
