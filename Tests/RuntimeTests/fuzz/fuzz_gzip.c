// fuzz_gzip.c - decompresses .gz files.

#include "files/inflate.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { LIMIT = 1 << 18 };
  // A copy of its own, so that a read behind the end is found. Its checksums are right, as an
  // invented one never is: what is decompressed first says which.
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_error error = {0};
  if (size >= 18 && copy[0] == 0x1f && copy[1] == 0x8b && copy[3] == 0) {
    rt_inflation stream = {.bytes = copy + 10, .size = size - 10, .limit = LIMIT};
    int code = rt_inflate(&stream, "f", &error);
    ALWAYS(stream.written <= stream.room && stream.room <= LIMIT && stream.used <= size - 10);
    if (code != RT_OK) {
      ALWAYS_CLEAR(error);
    } else if (size - 10 - stream.used >= 8) {
      uint32_t sum = stream.written > 0 ? rt_checksum(0, stream.output, stream.written) : 0;
      for (int i = 0; i < 4; i++) {
        copy[10 + stream.used + (size_t)i] = (unsigned char)(sum >> 8 * i);
        copy[14 + stream.used + (size_t)i] = (unsigned char)((uint32_t)stream.written >> 8 * i);
      }
    }
    rt_release(stream.output);
  }
  rt_file file = {.size = size, .held = copy};
  error = (rt_error){0};
  if (rt_gzip_hold(&file, LIMIT, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    ALWAYS(file.size <= LIMIT && file.held != copy);
    rt_file_close(&file);
  }
  free(copy);
  return 0;
}
