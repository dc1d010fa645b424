// processor.c - the best instructions that a processor has.

#include "processor.h"

#include <stdlib.h>
#include <string.h>

static const char variable[] = "GCOMP_PROCESSOR";

#ifdef RT_PROCESSORS

static const char *const names[] = {"baseline", "avx2", "avx512"};

enum { KINDS = sizeof names / sizeof names[0], UNKNOWN = -1 };

// The number of the kind that has a name, or UNKNOWN.
static int kind_named(const char *name) {
  for (int kind = 0; kind < KINDS; kind++) {
    if (strcmp(name, names[kind]) == 0) {
      return kind;
    }
  }
  return UNKNOWN;
}

// The best kind that the processor is, if the system saves its registers.
static int best_here(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2")) {
    return RT_BASELINE;
  }
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512cd") ||
      !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl")) {
    return RT_AVX2;
  }
  return RT_AVX512;
}

int rt_processor_runs(const char *name) {
  const int kind = kind_named(name);
  return kind != UNKNOWN && kind <= best_here();
}

rt_processor rt_best_processor(void) {
  // One more than the kind, or 0 before it is known. Threads that come at once find the same.
  static int known;
  int kind = __atomic_load_n(&known, __ATOMIC_RELAXED) - 1;
  if (kind < 0) {
    const char *name = getenv(variable);
    kind = name != NULL && rt_processor_runs(name) ? kind_named(name) : best_here();
    __atomic_store_n(&known, kind + 1, __ATOMIC_RELAXED);
  }
  return (rt_processor)kind;
}

const char *rt_processor_name(void) { return names[rt_best_processor()]; }

int rt_check_processor(rt_error *error) {
  const char *name = getenv(variable);
  if (name == NULL || rt_processor_runs(name)) {
    return RT_OK;
  }
  if (kind_named(name) == UNKNOWN) {
    return rt_fail(error, RT_ERROR_USAGE, "%s: expected %s, %s or %s, found '%s'", variable,
                   names[RT_BASELINE], names[RT_AVX2], names[RT_AVX512], name);
  }
  return rt_fail(error, RT_ERROR_USAGE,
                 "%s: expected what this processor can run, %s at best, found %s", variable,
                 names[best_here()], name);
}

#else

const char *rt_processor_name(void) {
#if defined(__AVX512F__)
  return "avx512";
#elif defined(__AVX2__)
  return "avx2";
#elif defined(__ARM_NEON)
  return "neon";
#else
  return "baseline";
#endif
}

int rt_check_processor(rt_error *error) {
  const char *name = getenv(variable);
  if (name == NULL || strcmp(name, rt_processor_name()) == 0) {
    return RT_OK;
  }
  return rt_fail(error, RT_ERROR_USAGE,
                 "%s: expected %s, for which alone this program is built, found '%s'; a build with "
                 "TARGET=portable has others",
                 variable, rt_processor_name(), name);
}

#endif
