// nearest.c - finds the name that somebody may have meant.

#include <string.h>

#include "files.h"

enum { LONGEST_WORD = 64 };

// The least number of letters inserted, dropped, changed or swapped with the next one
// that makes `b` of `a`; longer words are cut.
static size_t edit_distance(const char *a, const char *b) {
  size_t rows[3][LONGEST_WORD + 1];
  size_t n = strlen(b) < LONGEST_WORD ? strlen(b) : LONGEST_WORD;
  size_t m = strlen(a) < LONGEST_WORD ? strlen(a) : LONGEST_WORD;
  for (size_t j = 0; j <= n; j++) {
    rows[0][j] = j;
  }
  for (size_t i = 1; i <= m; i++) {
    size_t *row = rows[i % 3];
    const size_t *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t least = before[j - 1] + (a[i - 1] != b[j - 1]);
      least = before[j] + 1 < least ? before[j] + 1 : least;
      least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        least = earlier[j - 2] + 1 < least ? earlier[j - 2] + 1 : least;
      }
      row[j] = least;
    }
  }
  return rows[m % 3][n];
}

const char *rt_nearest(const char *word, int count, const char *const *words) {
  const char *nearest = NULL;
  size_t least = strlen(word) / 3 + 2;
  for (int i = 0; i < count; i++) {
    size_t distance = edit_distance(word, words[i]);
    if (distance < least) {
      least = distance;
      nearest = words[i];
    }
  }
  return nearest;
}
