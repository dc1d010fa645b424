// fuzz.h - what the fuzz targets share. Each target is one function that takes any bytes; libFuzzer
// calls it with what it invents, replay.c with what is stored.

#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Writes the input to the file "f" in the present folder.
static inline void write_f(const uint8_t *data, size_t size) {
  FILE *file = fopen("f", "wb");
  if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
    perror("f");
    exit(1);
  }
}

// What must hold for every input; a failure is found like any crash.
#define ALWAYS(condition)                                              \
  do {                                                                 \
    if (!(condition)) {                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);  \
      abort();                                                         \
    }                                                                  \
  } while (0)

// An error has a message of one line that begins with the name of the file.
#define ALWAYS_CLEAR(error)                                         \
  ALWAYS((error).code != 0 && strncmp((error).message, "f: ", 3) == 0 && \
         strchr((error).message, '\n') == NULL)

#endif
