// shell_word.c - words that can be pasted into a shell.

#include <string.h>

#include "args.h"

char *rt_shell_word(const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-+./,:=@%";
  // A quote becomes four characters.
  char *text = (char *)rt_allocate(4 * strlen(word) + 3), *at = text;
  if (text == NULL) {
    return NULL;
  }
  if (*word != '\0' && word[strspn(word, plain)] == '\0') {
    memcpy(text, word, strlen(word) + 1);
    return text;
  }
  *at++ = '\'';
  for (; *word != '\0'; word++) {
    if (*word == '\'') {
      memcpy(at, "'\\''", 4);
      at += 4;
    } else {
      *at++ = *word;
    }
  }
  *at++ = '\'';
  *at = '\0';
  return text;
}
