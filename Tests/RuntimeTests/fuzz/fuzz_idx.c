// fuzz_idx.c - reads an IDX file.

#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int shape[] = {1, 1, 2, 3};
  read_set(data, size, "idx", ".", "f", RT_F32, 4, shape);
  return 0;
}
