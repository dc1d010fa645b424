// arena.c - aligned, zeroed memory. Models and programs allocate when they start.

#include <stdint.h>
#include <stdlib.h>

#include "support.h"

void *rt_allocate(size_t bytes) {
  // calloc knows that new pages are zero and leaves them untouched. What it returns is kept
  // in front of the block.
  size_t size = bytes + RT_ALIGNMENT + sizeof(void *);
  unsigned char *memory = size < bytes ? NULL : (unsigned char *)calloc(1, size);
  if (memory == NULL) {
    return NULL;
  }
  uintptr_t end = (uintptr_t)memory + sizeof(void *);
  unsigned char *block =
      memory + sizeof(void *) + (RT_ALIGNMENT - end % RT_ALIGNMENT) % RT_ALIGNMENT;
  ((void **)(void *)block)[-1] = memory;
  return block;
}

void rt_release(void *block) {
  if (block != NULL) {
    free(((void **)block)[-1]);
  }
}
