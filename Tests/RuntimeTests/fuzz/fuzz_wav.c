// fuzz_wav.c - reads WAV files, all channels and their mean, cut and filled.

#include "files/wav.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy of its own, so that a read behind the end is found.
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_file file = {.size = size, .held = copy};
  rt_wav wav;
  rt_error error = {0};
  if (rt_wav_parse(&wav, &file, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    const int64_t lengths[] = {0, 1, wav.frames, wav.frames + 5};
    ALWAYS(wav.channels > 0 && wav.frames >= 0 && wav.rate > 0);
    ALWAYS(wav.offset + (size_t)wav.frames * (size_t)(wav.channels * (wav.bits / 8)) <= size);
    for (int i = 0; i < 8; i++) {
      int channels = i < 4 ? 1 : wav.channels;
      size_t count = (size_t)channels * (size_t)lengths[i % 4];
      float *room = (float *)malloc(count * sizeof *room + 1);
      ALWAYS(room != NULL);
      ALWAYS(rt_wav_read(&wav, &file, channels, lengths[i % 4], room, "f", &error) == RT_OK);
      free(room);
    }
  }
  free(copy);
  return 0;
}
