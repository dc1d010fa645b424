// write_text.c - text and strings for a file that is being written.
//
// None of these reports an error: the writer notes the first one, and rt_writer_commit returns it,
// so that a format is written without a check after each number.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "files.h"
#include "json.h"

void rt_write_text(rt_writer *writer, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  // Texts of users go through rt_write_string, which has no limit.
  if (length < 0 || (size_t)length >= sizeof text) {
    rt_writer_note(writer, EOVERFLOW);
  } else {
    rt_write(writer, text, (size_t)length);
  }
}

void rt_write_string(rt_writer *writer, const char *text) { rt_write(writer, text, strlen(text)); }

void rt_write_json(rt_writer *writer, const char *text) {
  rt_write_text(writer, "\"");
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    size_t length = rt_utf8_length((const unsigned char *)text, strlen(text));
    if (length != 1) {
      // A byte that is not UTF-8 would make the file unreadable.
      rt_write(writer, length > 0 ? text : "?", length > 0 ? length : 1);
      text += length > 0 ? length - 1 : 0;
    } else if (c == '"' || c == '\\') {
      rt_write_text(writer, "\\%c", c);
    } else if (c < 32) {
      rt_write_text(writer, "\\u%04x", c);
    } else {
      rt_write(writer, &c, 1);
    }
  }
  rt_write_text(writer, "\"");
}
