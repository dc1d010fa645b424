// arena.c - aligned, zeroed memory. Models and programs allocate when they start.

#define _DEFAULT_SOURCE

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

// Blocks of at least so many bytes begin at a large page.
enum { LARGE_PAGE = 1 << 21, LARGE_BLOCK = 8 * LARGE_PAGE };

// Asks for pages of 2 MB under a block that is still untouched, as they cost fewer page faults and
// TLB misses. If the system has none, nothing is lost.
static void prefer_large_pages(void *block, size_t bytes) {
#ifdef MADV_HUGEPAGE
  madvise(block, bytes, MADV_HUGEPAGE);
#else
  (void)block;
  (void)bytes;
#endif
}

void *rt_allocate(size_t bytes) {
  // calloc knows that new pages are zero and leaves them untouched. Its pointer is stored before
  // the block.
  const size_t alignment = bytes >= LARGE_BLOCK ? LARGE_PAGE : RT_ALIGNMENT;
  size_t size = bytes + alignment + sizeof(void *);
  unsigned char *memory = size < bytes ? NULL : (unsigned char *)calloc(1, size);
  if (memory == NULL) {
    return NULL;
  }
  uintptr_t end = (uintptr_t)memory + sizeof(void *);
  unsigned char *block = memory + sizeof(void *) + (alignment - end % alignment) % alignment;
  ((void **)(void *)block)[-1] = memory;
  if (bytes >= LARGE_BLOCK) prefer_large_pages(block, bytes);
  return block;
}

void rt_release(void *block) {
  if (block != NULL) {
    free(((void **)block)[-1]);
  }
}

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
