// exact_arena.c - stands for arena.c: blocks that end where they end, so that the sanitizer sees
// a read behind them. What is fuzzed needs no alignment.

#include <stdlib.h>
#include <string.h>

#include "model/support.h"

void *rt_allocate(size_t bytes) { return calloc(1, bytes + (bytes == 0)); }

void rt_release(void *block) { free(block); }

char *rt_copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = (char *)rt_allocate(size);
  return copy != NULL ? (char *)memcpy(copy, text, size) : NULL;
}

void *rt_model_create(const rt_model *model) {
  void *memory = rt_allocate(model->bytes);
  return memory != NULL ? model->make(memory) : NULL;
}

void rt_model_destroy(void *instance) { rt_release(instance); }
