// separate.h - kernels that stay functions of their own. Inlined: part of runtime.h.
//
// The pointers of a kernel are 'restrict', which holds for one call. Where a compiler writes the
// kernel out at its call, some take the promise further: clang 13 to 16 to all iterations of a loop
// around a kernel that reads what it wrote in an earlier one, gcc 12 to the kernels beside one that
// writes where the data say. And where gcc 12 sees by the call how arrays are aligned, it takes
// vectors of neighbouring sums for aligned that are not.

#ifndef RT_SEPARATE_H
#define RT_SEPARATE_H

#ifdef __GNUC__
#define RT_SEPARATE __attribute__((noinline))
#else
#define RT_SEPARATE
#endif

#endif
