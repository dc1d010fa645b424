// retry.h - calls of the system that signals interrupt.

#ifndef RT_RETRY_H
#define RT_RETRY_H

#include <errno.h>

// Sets `result` to that of a call, such as open or fsync, which is repeated while a signal ended it
// before it did anything. Not for close, whose descriptor is gone after an interrupt as well, nor
// for calls that may have been done, such as rename.
#define RT_RETRY(result, call) \
  do {                         \
    (result) = (call);         \
  } while ((result) < 0 && errno == EINTR)

#endif
