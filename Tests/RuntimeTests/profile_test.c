// profile_test.c - times of kernels: sums, the table, and the trace.

#include <stdlib.h>

#include "program/profile.h"
#include "test.h"

static const rt_kernel kernels[] = {
    {"multiply", "model.swift:6, 7", 2000, 400, RT_F32},
    {"a_name_that_is_much_longer_than_the_column_for_it", "odd \"file\"\\.swift:1", 0, 64, RT_F64},
    {"never_called", "", 1, 1, RT_F32}};
static const rt_peak peak = {2, 1e10, 1e9};

enum { SIZE = 4096 };

// The beginning of a stream as text.
static void read_text(char *text, FILE *stream) {
  rewind(stream);
  text[fread(text, 1, SIZE - 1, stream)] = '\0';
}

// How many lines of a stream hold `part`.
static int count_lines(FILE *stream, const char *part) {
  char line[SIZE];
  int count = 0;
  rewind(stream);
  while (fgets(line, sizeof line, stream) != NULL) {
    count += strstr(line, part) != NULL;
  }
  return count;
}

static void check_table(const rt_profile *profile) {
  char text[SIZE];
  FILE *stream = tmpfile();
  CHECK(stream != NULL);
  CHECK(rt_profile_print(profile, &peak, stream, NULL) == RT_OK);
  read_text(text, stream);
  fclose(stream);
  // 2000 operations in 1 us are 2 of 10 GFLOP/s; 400 bytes 0.4 of 1 GB/s.
  CHECK_TEXT(text, "multiply                            2       0.00");
  CHECK_TEXT(text, "40% memory  model.swift:6, 7\n");
  CHECK_TEXT(text, "a_name_that_is_much_longer..        1       2.00");
  CHECK(strstr(text, "never_called") == NULL);
  CHECK(strstr(text, "a_name") < strstr(text, "multiply"));
  CHECK_TEXT(text, "\noutside kernels ");
  for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
    CHECK(strchr(line, '\n') - line <= 120);
  }
}

static void check_trace(const rt_profile *profile, int calls, int is_cut) {
  char text[SIZE];
  rt_error error = {RT_OK, ""};
  CHECK(rt_profile_trace(profile, "test \"1\"", "trace.json", &error) == RT_OK);
  FILE *stream = fopen("trace.json", "r");
  CHECK(stream != NULL);
  CHECK(count_lines(stream, "\"ph\": \"X\"") == calls);
  CHECK(count_lines(stream, "more calls were not kept") == is_cut);
  read_text(text, stream);
  fclose(stream);
  CHECK_TEXT(text, "\"test \\\"1\\\"\"");
  CHECK_TEXT(text, "\"flops\": 2000, \"bytes\": 400, \"lines\": \"model.swift:6, 7\"");
  CHECK_TEXT(text, "\"odd \\\"file\\\"\\\\.swift:1\"");
  CHECK(rt_profile_trace(profile, "test", "nowhere/trace.json", &error) == RT_ERROR_FILE);
}

int main(void) {
  rt_kernel_time times[3];
  rt_kernel_call *calls = (rt_kernel_call *)calloc(RT_PROFILE_CALLS, sizeof *calls);
  rt_profile profile = {.count = 3, .kernels = kernels, .times = times, .calls = calls};
  CHECK(calls != NULL);

  rt_profile_begin(&profile);
  double start = profile.start;
  rt_profile_add(&profile, 0, start, start + 1e-6);
  rt_profile_add(&profile, 0, start + 1e-3, start + 1e-3 + 1e-6);
  rt_profile_add(&profile, 1, start + 2e-3, start + 4e-3);
  CHECK(times[0].calls == 2 && times[1].calls == 1 && times[2].calls == 0);
  CHECK(times[0].least > 0.9e-6 && times[0].least < 1.1e-6);
  CHECK(times[1].seconds > 1.9e-3 && times[1].seconds < 2.1e-3);
  profile.seconds = 5e-3;
  rt_profile_end(&profile);  // ended already
  CHECK(profile.seconds == 5e-3);
  check_table(&profile);
  check_trace(&profile, 3, 0);

  // All calls are summed up when there is no more room to keep them.
  for (int i = 0; i < RT_PROFILE_CALLS; i++) {
    rt_profile_add(&profile, 0, start + 5e-3, start + 5e-3 + 1e-6);
  }
  CHECK(times[0].calls == RT_PROFILE_CALLS + 2);
  check_trace(&profile, RT_PROFILE_CALLS, 1);
  rt_profile_begin(&profile);
  CHECK(times[0].calls == 0 && profile.call_count == 0);

  rt_peak found;
  rt_peak_measure(&found);
  CHECK(found.threads >= 1 && found.operations > 1e6 && found.bytes > 1e6);
  CHECK(rt_profile_report(NULL, "test", "trace.json", stdout, NULL) == RT_OK);
  rt_profile_begin(NULL);
  free(calls);
  return test_summary();
}
