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
    const char *format = a >= 0.01 && a < 1e5 ? "%s %.4f" : a < 1.0 ? "%s %.3g" : "%s %.6g";
    snprintf(text, size, format, name, value);
  }
  return text;
}
