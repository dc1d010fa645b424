// fuzz_npz.c - reads .npz archives.

#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int shape[] = {1, 2};
  read_set(data, size, "npz", "f", "a", RT_F32, 2, shape);
  return 0;
}
