// kernel.h - what the definition of a kernel begins with. Inlined: part of runtime.h.
//
// A kernel stays a function of its own. Its pointers are 'restrict' for one call, and compilers
// that inline it go further: clang 13 to 16 take the promise for all iterations of a loop
// around the call, gcc 12 for the kernels called before and after it; and gcc 12 assumes
// vectors to be aligned that are not. A profiler names kernels, too. The call costs a few
// nanoseconds.

#ifndef RT_KERNEL_H
#define RT_KERNEL_H

#if defined(__clang__)
#define RT_KERNEL static __attribute__((noinline))
#elif defined(__GNUC__) && __GNUC__ >= 8
#define RT_KERNEL static __attribute__((noipa))
#else
#define RT_KERNEL static
#endif

// Stands before a loop that gcc must not write out. Where gcc 11 and 12 write out two elements of a
// row and take several rows at once, they mix up the conditions of the rows.
#if defined(__GNUC__) && !defined(__clang__)
#define RT_ROLLED _Pragma("GCC unroll 1")
#else
#define RT_ROLLED
#endif

#endif
