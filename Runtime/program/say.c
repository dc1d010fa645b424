// say.c - what a program says while it works, unless it is to be quiet.

#include <stdarg.h>

#include "options.h"

void rt_say(const rt_options *options, const char *format, ...) {
  if (!options->quiet) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
  }
}
