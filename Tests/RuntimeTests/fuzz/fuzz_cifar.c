// fuzz_cifar.c - reads files of CIFAR: two records whose bytes are invented here and there, and so
// is their size.

#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int shape[] = {1};
  static uint8_t records[2 * 3074 + 1];
  size_t record = 3073 + size % 2, total = 2 * record + (size > 0 && data[0] == 255);
  memset(records, 0, sizeof records);
  for (size_t i = 1; i < size; i++) {
    // The labels of both records, then other bytes.
    records[i < 5 ? (i - 1) / 2 * record + (i - 1) % 2 : i * 97 % total] = data[i];
  }
  read_set(records, total, "cifar", "f", size % 3 == 0 ? "fine" : "label", RT_I32, 1, shape);
  return 0;
}
