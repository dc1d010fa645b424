// signals.c - what a signal does.
//
// Not by `signal`, which in some C libraries forgets the handler after the first signal and lets
// reads and writes fail.

#define _POSIX_C_SOURCE 200809L

#include "signals.h"

rt_signal_action rt_signal_set(int number, rt_signal_action action) {
  struct sigaction now, before;
  now.sa_handler = action;
  now.sa_flags = SA_RESTART;
  sigemptyset(&now.sa_mask);
  return sigaction(number, &now, &before) == 0 ? before.sa_handler : SIG_DFL;
}
