// pattern.c - names by patterns of the shell: '*' stands for any characters, '?' for one.

#include <string.h>

#include "program.h"

enum { LONGEST = 128 };

int rt_pattern_matches(const char *pattern, const char *name) {
  // Where to go on if what follows the last star does not match: the star takes one more.
  const char *star = NULL, *taken = NULL;
  while (*name != '\0') {
    if (*pattern == '*') {
      star = ++pattern;
      taken = name;
    } else if (*pattern == *name || *pattern == '?') {
      pattern++;
      name++;
    } else if (star != NULL) {
      pattern = star;
      name = ++taken;
    } else {
      return 0;
    }
  }
  return pattern[strspn(pattern, "*")] == '\0';
}

size_t rt_pattern_distance(const char *pattern, const char *name) {
  size_t rows[2][LONGEST + 1];
  size_t n = strlen(name) < LONGEST ? strlen(name) : LONGEST, m = 0;
  for (size_t j = 0; j <= n; j++) {
    rows[0][j] = j;
  }
  for (; pattern[m] != '\0' && m < LONGEST; m++) {
    const size_t *before = rows[m % 2];
    size_t *row = rows[(m + 1) % 2];
    int is_star = pattern[m] == '*', is_any = pattern[m] == '?';
    row[0] = before[0] + !is_star;
    for (size_t j = 1; j <= n; j++) {
      size_t same = before[j - 1] + (!is_any && pattern[m] != name[j - 1]);
      size_t dropped = before[j] + !is_star, added = row[j - 1] + !is_star;
      // A star takes nothing, or one character more.
      row[j] = is_star ? dropped : same;
      row[j] = dropped < row[j] ? dropped : row[j];
      row[j] = added < row[j] ? added : row[j];
    }
  }
  return rows[m % 2][n];
}
