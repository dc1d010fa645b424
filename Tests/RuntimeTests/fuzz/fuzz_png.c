// fuzz_png.c - reads PNG files whose checksums are right and whose data are compressed well: the
// first 8 bytes say what kind, a palette of 9 bytes may follow, then the rows with their filters.

#include "files/image.h"
#include "files/inflate.h"
#include "fuzz.h"

static unsigned char made[1 << 16];
static size_t used;

static void put_number(uint32_t number) {
  for (int i = 0; i < 4; i++) {
    made[used++] = (unsigned char)(number >> (24 - 8 * i));
  }
}

static void put_chunk(const char *name, const void *data, size_t size) {
  put_number((uint32_t)size);
  memcpy(made + used, name, 4);
  memcpy(made + used + 4, data, size);
  used += size + 4;
  put_number(rt_checksum(0, made + used - size - 4, size + 4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 17 || size > 4096) {
    return 0;
  }
  unsigned char header[13] = {0, 0, 0, data[0], 0, 0, 0, data[1], data[2], data[3], 0, 0, data[4]};
  memcpy(made, "\x89PNG\r\n\x1a\n", used = 8);
  put_chunk("IHDR", header, sizeof header);
  if ((data[5] & 1) != 0) {
    put_chunk("PLTE", data + 8, 9);
  }
  if ((data[5] & 2) != 0) {
    put_chunk("tRNS", data + 8, data[6] % 8);
  }
  unsigned char *packed;
  size_t packed_size, first = data[7] % 16;
  ALWAYS(rt_zlib_encode(data + 17, size - 17, &packed, &packed_size) == RT_OK);
  first = first < packed_size ? first : packed_size;
  put_chunk("IDAT", packed, first);
  put_chunk("IDAT", packed + first, packed_size - first);
  put_chunk("IEND", "", 0);
  rt_release(packed);
  rt_file file = {.size = used, .held = made};
  rt_image image;
  rt_error error = {0};
  if (rt_png_read(&image, &file, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
    ALWAYS(image.pixels == NULL);
  } else {
    ALWAYS(image.height == data[1] && image.width == data[0]);
    rt_release(image.pixels);
  }
  return 0;
}
