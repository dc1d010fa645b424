// period.c - how often something is done, in steps or in time.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

// The units of a time, the largest first.
static const struct {
  char letter;
  int seconds;
} units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};

int rt_period_read(rt_period *period, const char *text) {
  char *end = NULL;
  errno = 0;
  long count = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;
  if (end == NULL || errno != 0 || count > INT32_MAX) {
    return 0;
  }
  if (*end == '\0') {
    *period = (rt_period){.steps = (int)count};
    return 1;
  }
  for (int i = 0; i < 3; i++) {
    if (*end == units[i].letter && end[1] == '\0' && count <= INT32_MAX / units[i].seconds) {
      *period = (rt_period){.seconds = (int)count * units[i].seconds};
      return 1;
    }
  }
  return 0;
}

char *rt_period_text(char text[32], rt_period period) {
  int i = 0;
  if (period.seconds == 0) {
    snprintf(text, 32, "%d", period.steps);
    return text;
  }
  while (period.seconds % units[i].seconds != 0) {
    i++;
  }
  snprintf(text, 32, "%d%c", period.seconds / units[i].seconds, units[i].letter);
  return text;
}

int rt_period_equals(rt_period a, rt_period b) {
  return a.steps == b.steps && a.seconds == b.seconds;
}
