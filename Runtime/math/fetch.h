// fetch.h - prefetches memory. It changes no result.

#ifndef RT_FETCH_H
#define RT_FETCH_H

#ifdef __cplusplus
extern "C" {
#endif

// Prefetches bytes from an address on, a line of 64 bytes at a time. A kernel that reads a row
// several times leaves memory idle after the first; meanwhile the next row can be fetched.
static inline void rt_fetch(const void *address, int bytes) {
#if defined(__GNUC__)
  for (int i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)address + i);
#else
  (void)address;
  (void)bytes;
#endif
}

#ifdef __cplusplus
}
#endif

#endif
