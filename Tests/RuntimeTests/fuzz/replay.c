// replay.c - calls a fuzz target with stored inputs and with simple damages of each.
//
//   replay FILE          one input in hexadecimal a line; prints how many calls were made
//   replay FILE FOLDER   writes each input to a file in the folder, for libFuzzer to begin with

#include "fuzz.h"

enum { LONGEST = 1 << 16 };

// The bytes of a line; returns how many.
static size_t read_line(const char *line, uint8_t *bytes) {
  size_t size = 0;
  unsigned byte;
  while (size < LONGEST && sscanf(line + 2 * size, "%2x", &byte) == 1) {
    bytes[size++] = (uint8_t)byte;
  }
  return size;
}

// The input, each prefix of it, and it with each byte changed in three ways.
static long damage(uint8_t *bytes, size_t size) {
  long calls = 1;
  LLVMFuzzerTestOneInput(bytes, size);
  for (size_t i = 0; i < size; i++) {
    const uint8_t kept = bytes[i];
    const uint8_t changes[] = {(uint8_t)(kept ^ 1), (uint8_t)(kept ^ 0x80), '9'};
    LLVMFuzzerTestOneInput(bytes, i);
    for (size_t n = 0; n < sizeof changes; n++) {
      bytes[i] = changes[n];
      LLVMFuzzerTestOneInput(bytes, size);
    }
    bytes[i] = kept;
    calls += 4;
  }
  return calls;
}

static void write_input(const char *folder, long number, const uint8_t *bytes, size_t size) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%ld", folder, number);
  FILE *file = fopen(path, "wb");
  ALWAYS(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

int main(int argc, char **argv) {
  static char line[2 * LONGEST + 2];
  static uint8_t bytes[LONGEST];
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  long calls = 0, inputs = 0;
  ALWAYS(file != NULL);
  while (fgets(line, sizeof line, file) != NULL) {
    size_t size = read_line(line, bytes);
    if (argc > 2) {
      write_input(argv[2], inputs, bytes, size);
    } else {
      calls += damage(bytes, size);
    }
    inputs++;
  }
  fclose(file);
  printf("%ld inputs, %ld calls\n", inputs, calls);
  return inputs == 0;
}
