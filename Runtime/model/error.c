// error.c - one message that says what went wrong.

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

// Replaces control characters, which a file or a command line may contain, by question marks.
static void show_control(char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 32 || *text == 127) {
      *text = '?';
    }
  }
}

int rt_fail(rt_error *error, int code, const char *format, ...) {
  if (error != NULL) {
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    show_control(error->message);
    va_end(arguments);
  }
  return code;
}

void rt_fail_more(rt_error *error, const char *format, ...) {
  if (error != NULL) {
    size_t used = strlen(error->message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message + used, sizeof error->message - used, format, arguments);
    show_control(error->message + used + (error->message[used] == '\n'));
    va_end(arguments);
  }
}

int rt_fail_memory(rt_error *error, size_t bytes, const char *what) {
  return bytes > 0 ? rt_fail(error, RT_ERROR_MEMORY, "no memory for %zu bytes of %s", bytes, what)
                   : rt_fail(error, RT_ERROR_MEMORY, "no memory for %s", what);
}

int rt_fail_system(rt_error *error, const char *action, const char *path) {
  return rt_fail(error, RT_ERROR_FILE, "cannot %s '%s': %s", action, path,
                 strerror(errno));
}

const char *rt_error_text(int code) {
  static const char *const texts[] = {
      "success",
      "out of memory",
      "the system refused to open, read or write a file",
      "a file is malformed",
      "a file is not what the model needs",
      "a number is out of range or not finite",
      "a mistake in the command line",
  };
  int is_known = code >= RT_OK && code <= RT_ERROR_USAGE;
  return is_known ? texts[code] : "an unknown error";
}

int rt_report(const char *program, const rt_error *error) {
  fprintf(stderr, "%s: error: %s\n", program, error->message);
  if (error->code == RT_ERROR_USAGE) {
    fprintf(stderr, "'%s --help' lists all flags\n", program);
    return 2;
  }
  return 1;
}

void rt_warn(const char *program, const rt_error *warning) {
  if (warning->code != RT_OK) {
    fprintf(stderr, "%s: warning: %s\n", program, warning->message);
  }
}
