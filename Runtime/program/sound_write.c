// sound_write.c - writes an output as a WAV file.

#include <errno.h>

#include "../files/wav.h"
#include "outputs.h"

// The frames a second of sounds where neither the weights nor the data say how many there are.
enum { USUAL_RATE = 16000 };

int rt_sound_check(const rt_result *results, int count, const char *place, rt_error *error) {
  for (int i = 0; i < count; i++) {
    const rt_tensor *tensor = results[i].tensor;
    const int rank = tensor->rank - (results[i].has_examples && tensor->rank > 1 ? 1 : 0);
    const int channels = rank == 2 ? tensor->shape[tensor->rank - 2] : 1;
    const int is_real = tensor->dtype == RT_F32 || tensor->dtype == RT_F64 ||
                        tensor->dtype == RT_F16 || tensor->dtype == RT_BF16;
    if (!is_real || (rank != 1 && rank != 2) || !rt_wav_fits(RT_WAV_PCM16, channels, 1)) {
      char type[256];
      return rt_fail(error, RT_ERROR_USAGE,
                     "%s: expected floats [samples] or [channels, samples] for .wav, found %s",
                     place, rt_tensor_text(type, sizeof type, tensor));
    }
  }
  return RT_OK;
}

// Converts the examples so that they follow each other in time, channel by channel.
static int arrange(const rt_array *array, int64_t examples, int64_t channels, int64_t frames,
                   float *samples) {
  const size_t width = rt_dtype_size(array->dtype);
  const unsigned char *source = (const unsigned char *)array->data;
  int code = RT_OK;
  for (int64_t i = 0; i < examples; i++) {
    for (int64_t k = 0; k < channels && code == RT_OK; k++) {
      size_t bad;
      code = rt_convert(RT_F32, samples + (k * examples + i) * frames, array->dtype, source,
                        (size_t)frames, &bad);
      source += (size_t)frames * width;
    }
  }
  return code;
}

void rt_sound_put(rt_writer *writer, const rt_result *results, int count) {
  for (int n = 0; n < count; n++) {
    const rt_array *array = results[n].array;
    const int first = results[n].has_examples && array->rank > 1 ? 1 : 0;
    const int64_t examples = first ? array->shape[0] : 1;
    const int64_t channels = array->rank - first == 2 ? array->shape[first] : 1;
    const int64_t frames = array->rank > 0 ? array->shape[array->rank - 1] : 0;
    const int64_t all = examples * frames;  // each is at most the array
    float *samples = (float *)rt_allocate(array->elements * sizeof(float));
    if (samples == NULL || !rt_wav_fits(RT_WAV_PCM16, channels, all)) {
      rt_writer_note(writer, samples == NULL ? ENOMEM : EFBIG);
    } else if (arrange(array, examples, channels, frames, samples) == RT_OK) {
      const int rate = results[n].rate > 0 ? results[n].rate : USUAL_RATE;
      rt_wav_put(writer, RT_WAV_PCM16, rate, (int)channels, all, samples);
    }
    rt_release(samples);
  }
}
