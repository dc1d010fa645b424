// separate.h - kernels that stay functions of their own. Inlined: part of runtime.h.
//
// The pointers of a kernel are 'restrict' for one call. Compilers that inline it go further:
// clang 13 to 16 take the promise for all iterations of a loop around it, though a later one reads
// what an earlier one wrote; gcc 12 takes it for neighbouring kernels, though this one writes where
// the data say. And gcc 12, which then knows how the arrays are aligned, loads vectors of
// neighbouring sums as aligned that are not.

#ifndef RT_SEPARATE_H
#define RT_SEPARATE_H

#ifdef __GNUC__
#define RT_SEPARATE __attribute__((noinline))
#else
#define RT_SEPARATE
#endif

#endif
