// texts.h - whole files, and texts that must be the same.

#ifndef TEXTS_H
#define TEXTS_H

#include <stdlib.h>

#include "runtime/files/files.h"
#include "test.h"

// A whole file with a null behind it, to be freed with free.
static inline unsigned char *read_all(const char *path, size_t *size) {
  rt_file file;
  rt_error error = {0};
  CHECK(rt_file_open(&file, path, &error) == RT_OK);
  unsigned char *bytes = (unsigned char *)malloc(file.size + 1);
  CHECK(bytes != NULL && rt_file_read(&file, bytes, 0, file.size, path, &error) == RT_OK);
  bytes[file.size] = '\0';
  *size = file.size;
  rt_file_close(&file);
  return bytes;
}

// Checks that a text is as expected, and shows both if it is not.
static inline void check_same(const char *found, const char *expected) {
  CHECK(strcmp(found, expected) == 0);
  if (strcmp(found, expected) != 0) {
    printf("  found:    %s\n  expected: %s\n", found, expected);
  }
}

// The text with the first `old` in it replaced; to be freed with free.
static inline char *replace(const char *text, const char *old, const char *other) {
  const char *at = strstr(text, old);
  char *result = (char *)malloc(strlen(text) + strlen(other) + 1);
  CHECK(at != NULL && result != NULL);
  if (at == NULL) {
    printf("  not in the text: %s\n", old);
    at = text;
    old = "";
  }
  sprintf(result, "%.*s%s%s", (int)(at - text), text, other, at + strlen(old));
  return result;
}

#endif
