// fuzz_image.c - reads PNG, PGM and PPM files, converts and scales them.

#include "files/image.h"
#include "fuzz.h"

// Makes the checksums of all chunks right, as an invented one never is.
static void correct(unsigned char *bytes, size_t size) {
  for (size_t at = 8; size >= 20 && at <= size - 12;) {
    size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                    (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (length > size - at - 12) {
      return;
    }
    uint32_t sum = rt_checksum(0, bytes + at + 4, length + 4);
    for (size_t i = 0; i < 4; i++) {
      bytes[at + 8 + length + i] = (unsigned char)(sum >> (24 - 8 * i));
    }
    at += length + 12;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0)), scaled[4 * 5 * 7];
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  if (size > 0 && copy[0] == 0x89) {
    correct(copy, size);
  }
  rt_file file = {.size = size, .held = copy};
  rt_image image;
  rt_error error = {0};
  if (rt_image_read_open(&image, &file, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
    ALWAYS(image.pixels == NULL);
  } else {
    ALWAYS(image.channels >= 1 && image.channels <= 4 && image.width > 0 && image.height > 0);
    int channels = 1 + size % 4;
    ALWAYS(rt_image_convert(&image, channels, &error) == RT_OK && image.channels == channels);
    for (int fit = RT_FIT_CROP; fit <= RT_FIT_STRETCH; fit++) {
      if (rt_image_scale(&image, scaled, 5, 7, (rt_fit)fit, "f", &error) != RT_OK) {
        ALWAYS_CLEAR(error);
      }
    }
    rt_release(image.pixels);
  }
  free(copy);
  return 0;
}
