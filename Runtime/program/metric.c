// metric.c - metrics as text.

#include <string.h>

#include "program.h"

int rt_metric_is_share(const char *name) {
  static const char suffix[] = "accuracy";
  size_t length = strlen(name), end = sizeof suffix - 1;
  return length >= end && strcmp(name + length - end, suffix) == 0;
}

char *rt_metric_value_text(char text[32], const char *name, double value) {
  if (!rt_metric_is_share(name)) {
    return rt_number_text(text, value);
  }
  snprintf(text, 32, "%.1f %%", 100.0 * value);
  return text;
}

char *rt_metric_text(char *text, size_t size, const char *name, double value) {
  char number[32];
  snprintf(text, size, "%s %s", name, rt_metric_value_text(number, name, value));
  return text;
}
