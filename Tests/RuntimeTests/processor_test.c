// processor_test.c - which kernels a program for any processor takes.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__) && defined(__x86_64__)
// A copy as such programs have it, beside that of the other objects.
#define RT_PROCESSORS
#define rt_processor_name own_name
#define rt_check_processor own_check
#include "model/processor.c"
#undef rt_processor_name
#undef rt_check_processor
#endif

#include "model/support.h"
#include "test.h"

#ifdef RT_PROCESSORS

static void check_refusal(const char *value, const char *message) {
  rt_error error = {RT_OK, ""};
  setenv("GCOMP_PROCESSOR", value, 1);
  CHECK(own_check(&error) == RT_ERROR_USAGE);
  CHECK_TEXT(error.message, message);
}

static int baseline_half(int x) { return x / 2; }
#define rt_baseline_half baseline_half
static int other_half(int x) { return 1000 + x; }
#define rt_avx2_half other_half
#define rt_avx512_half other_half

int main(void) {
  rt_error error = {RT_OK, ""};
  unsetenv("GCOMP_PROCESSOR");
  CHECK(own_check(&error) == RT_OK);
  CHECK(rt_processor_runs("baseline"));
  CHECK(rt_processor_runs("avx2") || !rt_processor_runs("avx512"));
  CHECK(!rt_processor_runs("AVX2") && !rt_processor_runs(""));
  check_refusal("avx3", "GCOMP_PROCESSOR: expected baseline, avx2 or avx512, found 'avx3'");
  check_refusal("", "GCOMP_PROCESSOR: expected baseline, avx2 or avx512, found ''");
  if (!rt_processor_runs("avx512")) {
    check_refusal("avx512", "GCOMP_PROCESSOR: expected what this processor can run, ");
  }
  setenv("GCOMP_PROCESSOR", "baseline", 1);
  CHECK(own_check(&error) == RT_OK);
  CHECK(rt_best_processor() == RT_BASELINE);
  CHECK(strcmp(own_name(), "baseline") == 0);
  CHECK(RT_CALL_BEST(half, (8)) == 4);
  // It stays what it was at first.
  unsetenv("GCOMP_PROCESSOR");
  CHECK(rt_best_processor() == RT_BASELINE);
  return test_summary();
}

#else

int main(void) { return test_summary(); }

#endif
