// signals.h - what a signal does.

#ifndef RT_SIGNALS_H
#define RT_SIGNALS_H

#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- signals.c -------------------------------------------------------------------

// A handler, SIG_DFL or SIG_IGN.
typedef void (*rt_signal_action)(int number);

// Sets what a signal does until this is called again; calls of the system that it interrupts go on
// afterwards. Returns what it did before. A handler may call this.
rt_signal_action rt_signal_set(int number, rt_signal_action action);

#ifdef __cplusplus
}
#endif

#endif
