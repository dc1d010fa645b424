// line.h - lines of text made of parts, of which those that matter least go if there is no room.

#ifndef RT_LINE_H
#define RT_LINE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- line.c ----------------------------------------------------------------------

enum { RT_MOST_PARTS = 64, RT_LONGEST_PART = 80, RT_LONGEST_LINE = 1024 };

// A part, and how soon it goes: the highest rank first.
typedef struct {
  int rank;
  char text[RT_LONGEST_PART];
} rt_line_part;

typedef struct {
  int count;
  rt_line_part parts[RT_MOST_PARTS];
} rt_line;

// Adds a part, filled up on the left to `width` characters. What is too much is left out.
void rt_line_add(rt_line *line, int rank, int width, const char *text);

// Removes parts until all others, with two spaces between them, fit `columns`; the first one always
// stays. Returns how many characters they have.
size_t rt_line_fit(rt_line *line, size_t columns);

// Joins the parts; returns `text`.
char *rt_line_join(char text[RT_LONGEST_LINE], const rt_line *line);

// The characters of a text in UTF-8.
size_t rt_text_width(const char *text);

#ifdef __cplusplus
}
#endif

#endif
