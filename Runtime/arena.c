// arena.c - aligned, zeroed memory. Models and programs allocate when they start.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "support.h"

void *rt_allocate(size_t bytes) {
  void *block = NULL;
  size_t rounded = bytes / RT_ALIGNMENT * RT_ALIGNMENT + RT_ALIGNMENT;
  if (rounded < bytes || posix_memalign(&block, RT_ALIGNMENT, rounded) != 0) {
    return NULL;
  }
  return memset(block, 0, rounded);
}

void rt_release(void *block) { free(block); }
