// separate.h - kernels that stay functions of their own. Inlined: part of runtime.h.
//
// A kernel in a loop may read what it wrote in an earlier pass. Its pointers are 'restrict', which
// holds for one call; clang 13 to 16 take it to hold for all passes once the kernel is written out
// inside the loop, and compute several passes at once.

#ifndef RT_SEPARATE_H
#define RT_SEPARATE_H

#ifdef __clang__
#define RT_SEPARATE __attribute__((noinline))
#else
#define RT_SEPARATE
#endif

#endif
