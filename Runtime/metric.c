// metric.c - metrics as text.

#include <math.h>
#include <string.h>

#include "program.h"

char *rt_metric_text(char *text, size_t size, const char *name, double value) {
  static const char suffix[] = "accuracy";
  size_t length = strlen(name), end = sizeof suffix - 1;
  if (length >= end && strcmp(name + length - end, suffix) == 0) {
    snprintf(text, size, "%s %.1f %%", name, 100.0 * value);
  } else {
    double a = fabs(value);
    const char *format = a >= 0.01 && a < 1e5 ? "%s %.4f" : "%s %.3g";
    snprintf(text, size, format, name, value);
  }
  return text;
}

void rt_log_header(FILE *stream, const rt_function *step) {
  fprintf(stream, "step");
  for (int n = 0; n < rt_metric_count(step); n++) {
    fprintf(stream, ",%s", rt_metric(step, n)->name);
  }
  fputc('\n', stream);
}

void rt_log_step(FILE *stream, int64_t done, const rt_call *call) {
  fprintf(stream, "%lld", (long long)done);
  for (int n = 0; n < rt_metric_count(call->function); n++) {
    int wide = rt_metric(call->function, n)->dtype == RT_F64;
    fprintf(stream, wide ? ",%.17g" : ",%.9g", rt_metric_value(call, n));
  }
  fputc('\n', stream);
}
