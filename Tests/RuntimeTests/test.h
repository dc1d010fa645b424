// test.h - checks that count. Each test program ends with `return test_summary();`,
// which prints "name: N passed, N failed".

#ifndef TEST_H
#define TEST_H

#include <stdio.h>
#include <string.h>

static int test_passed, test_failed;

#define CHECK(condition) test_check(condition, #condition, __FILE__, __LINE__)

// Checks that `text` contains `part`, and shows it if it does not.
#define CHECK_TEXT(text, part) test_text(text, part, __FILE__, __LINE__)

static inline void test_check(int ok, const char *what, const char *file, int line) {
  if (ok) {
    test_passed++;
  } else {
    test_failed++;
    printf("%s:%d: failed: %s\n", file, line, what);
  }
}

static inline void test_text(const char *text, const char *part, const char *file,
                             int line) {
  test_check(strstr(text, part) != NULL, part, file, line);
  if (strstr(text, part) == NULL) {
    printf("  found: %s\n", text);
  }
}

static inline int test_summary(void) {
  printf("  %d passed, %d failed\n", test_passed, test_failed);
  return test_failed != 0;
}

#endif
