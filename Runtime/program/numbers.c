// numbers.c - numbers, times and sizes as short texts for people.

#include <math.h>
#include <string.h>

#include "program.h"

enum { NUMBER_WIDTH = 9 };

char *rt_number_text(char text[32], double value) {
  double a = fabs(value);
  // Digits after the point, of a number in plain notation; else after the first digit.
  int is_plain = (a >= 1e-4 && a < 1e6) || isinf(value);
  int digits = 3;
  if (is_plain) {
    digits = a < 0.01 ? 7 : a < 10 ? 5 : a < 100 ? 4 : a < 1e3 ? 3 : a < 1e5 ? 2 : 1;
  }
  if (a == 0.0 || isnan(value)) {
    return strcpy(text, isnan(value) ? "nan" : "0");
  }
  do {
    snprintf(text, 32, is_plain ? "%.*f" : "%.*e", digits, value);
    digits--;
  } while (strlen(text) > NUMBER_WIDTH && digits >= 0);
  return text;
}

char *rt_count_text(char text[32], int64_t count) {
  char plain[32];
  snprintf(plain, sizeof plain, "%lld", (long long)count);
  size_t length = strlen(plain), used = 0;
  for (size_t i = 0; i < length; i++) {
    text[used++] = plain[i];
    size_t left = length - 1 - i;
    if (left > 0 && left % 3 == 0 && plain[i] != '-') {
      text[used++] = ',';
    }
  }
  text[used] = '\0';
  return text;
}

char *rt_duration_text(char text[32], double seconds) {
  long s = seconds < 1e9 ? (long)(seconds + 0.5) : 1000000000L;
  if (s < 3600) {
    snprintf(text, 32, "%ld:%02ld", s / 60, s % 60);
  } else {
    snprintf(text, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  }
  return text;
}

char *rt_time_text(char text[32], double seconds) {
  if (seconds < 1e-3) {
    snprintf(text, 32, "%.3g us", seconds * 1e6);
  } else if (seconds < 1.0) {
    snprintf(text, 32, "%.3g ms", seconds * 1e3);
  } else {
    snprintf(text, 32, "%.3g s", seconds);
  }
  return text;
}

char *rt_bytes_text(char text[32], double bytes) {
  static const char *const units[] = {"KB", "MB", "GB", "TB"};
  int unit = 0;
  if (bytes < 1024) {
    snprintf(text, 32, "%.0f B", bytes);
    return text;
  }
  for (bytes /= 1024; bytes >= 1023.95 && unit < 3; unit++) {
    bytes /= 1024;
  }
  snprintf(text, 32, "%.1f %s", bytes, units[unit]);
  return text;
}

char *rt_rate_text(char text[32], double rate) {
  if (rate >= 999950) {
    snprintf(text, 32, "%.2fM", rate * 1e-6);
  } else if (rate >= 999.5) {
    snprintf(text, 32, "%.1fk", rate * 1e-3);
  } else {
    snprintf(text, 32, "%.3g", rate);
  }
  return text;
}

const char *rt_rate_unit(int batch) { return batch > 0 ? "ex/s" : "steps/s"; }
