// write_xml.c - text for XML.

#include "curves.h"

// The number of bytes of the character of UTF-8 at `text`, or 0 if it is none that XML takes.
static int character_size(const unsigned char *text) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (text[0] < 0x80) {
    return text[0] >= 32 || text[0] == '\t' || text[0] == '\n' ? 1 : 0;
  }
  int size = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : text[0] >= 0xc0 ? 2 : 0;
  if (size == 0 || text[0] >= 0xf8) {
    return 0;
  }
  uint32_t value = text[0] & (0x7fu >> size);
  for (int i = 1; i < size; i++) {
    if ((text[i] & 0xc0) != 0x80) {
      return 0;
    }
    value = value << 6 | (text[i] & 0x3fu);
  }
  int is_surrogate = value >= 0xd800 && value < 0xe000;
  int is_taken = value >= least[size] && value <= 0x10ffff && (value | 1) != 0xffff;
  return is_taken && !is_surrogate ? size : 0;
}

void rt_write_xml(rt_writer *writer, const char *text, int most) {
  const unsigned char *at = (const unsigned char *)text;
  for (int i = 0; *at != '\0'; i++) {
    if (i == most) {
      rt_write_string(writer, "...");
      return;
    }
    int size = character_size(at);
    if (size == 0) {
      rt_write_string(writer, "?");
    } else if (*at == '<') {
      rt_write_string(writer, "&lt;");
    } else if (*at == '>') {
      rt_write_string(writer, "&gt;");
    } else if (*at == '&') {
      rt_write_string(writer, "&amp;");
    } else if (*at == '"') {
      rt_write_string(writer, "&quot;");
    } else {
      rt_write(writer, at, (size_t)size);
    }
    at += size > 0 ? size : 1;
  }
}
