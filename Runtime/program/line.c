// line.c - lines of text made of parts.

#include "line.h"

#include <stdio.h>
#include <string.h>

size_t rt_text_width(const char *text) {
  size_t width = 0;
  for (; *text != '\0'; text++) {
    width += ((unsigned char)*text & 0xc0) != 0x80;
  }
  return width;
}

void rt_line_add(rt_line *line, int rank, int width, const char *text) {
  int missing = width - (int)rt_text_width(text);
  if (line->count == RT_MOST_PARTS || strlen(text) >= RT_LONGEST_PART) {
    return;
  }
  rt_line_part *part = &line->parts[line->count++];
  part->rank = rank;
  snprintf(part->text, sizeof part->text, "%*s%s", missing > 0 ? missing : 0, "", text);
}

size_t rt_line_fit(rt_line *line, size_t columns) {
  for (;;) {
    size_t width = 0;
    int last = 0;
    for (int i = 0; i < line->count; i++) {
      width += rt_text_width(line->parts[i].text) + (i > 0 ? 2 : 0);
      last = line->parts[i].rank >= line->parts[last].rank ? i : last;
    }
    if (width <= columns || line->count < 2 || last == 0) {
      return width;
    }
    size_t rest = (size_t)(line->count - 1 - last);
    memmove(&line->parts[last], &line->parts[last + 1], rest * sizeof(rt_line_part));
    line->count--;
  }
}

char *rt_line_join(char text[RT_LONGEST_LINE], const rt_line *line) {
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < line->count && used < RT_LONGEST_LINE; i++) {
    int length = snprintf(text + used, RT_LONGEST_LINE - used, i > 0 ? "  %s" : "%s",
                          line->parts[i].text);
    used += length > 0 ? (size_t)length : 0;
  }
  return text;
}
