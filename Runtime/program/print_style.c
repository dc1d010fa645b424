// print_style.c - how many digits the numbers of an array need to be read beside each other.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../files/elements.h"
#include "line.h"
#include "print.h"

enum { FEWEST_DECIMALS = 2 };

// Where an element lies.
static const void *element(const rt_array *array, size_t i) {
  return (const unsigned char *)array->data + i * rt_dtype_size(array->dtype);
}

static int is_real(rt_dtype dtype) {
  return dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
}

rt_summary rt_summarize(const rt_array *array, size_t first, size_t count) {
  rt_summary s = {INFINITY, -INFINITY, 0.0, 0};
  for (size_t i = first; i < first + count; i++) {
    double x = rt_scalar_get(array->dtype, element(array, i));
    if (isfinite(x)) {
      s.least = x < s.least ? x : s.least;
      s.most = x > s.most ? x : s.most;
      s.mean += x;
    } else {
      s.not_finite++;
    }
  }
  s.mean /= count > s.not_finite ? (double)(count - s.not_finite) : 1.0;
  return s;
}

// Writes a finite number.
static void real_text(char text[RT_LONGEST_CELL], const rt_style *style, double x) {
  if (x == 0.0 || style->is_whole) {
    snprintf(text, RT_LONGEST_CELL, "%.0f", x == 0.0 ? 0.0 : x);
  } else if (style->has_exponent) {
    snprintf(text, RT_LONGEST_CELL, "%.3e", x);
  } else {
    snprintf(text, RT_LONGEST_CELL, "%.*f", style->decimals, x);
  }
}

char *rt_style_cell(char text[RT_LONGEST_CELL], const rt_style *style, const rt_array *array,
                    size_t i) {
  char number[RT_LONGEST_CELL];
  double x = rt_scalar_get(array->dtype, element(array, i));
  if (array->dtype == RT_BOOL) {
    snprintf(number, sizeof number, x != 0.0 ? "true" : "false");
  } else if (is_real(array->dtype) && isfinite(x)) {
    real_text(number, style, x);
  } else {
    rt_element_text(number, array->dtype, element(array, i));
  }
  if (style->labels == NULL) {
    snprintf(text, RT_LONGEST_CELL, "%*s", style->width, number);
    return text;
  }
  const char *name = rt_label(style->labels, x);
  int before = style->width - style->label_width - 1;
  int used = snprintf(text, RT_LONGEST_CELL, "%*s ", before, number);
  size_t room = RT_LONGEST_CELL - (size_t)used;
  rt_short_label(text + used, room, name != NULL ? name : "", RT_LONGEST_LABEL);
  int width = (int)rt_text_width(text);
  for (size_t end = strlen(text); width < style->width && end + 1 < RT_LONGEST_CELL; width++) {
    text[end++] = ' ';
    text[end] = '\0';
  }
  return text;
}

char *rt_short_label(char *text, size_t size, const char *label, int columns) {
  size_t used = 0;
  // A character is at most four bytes, the first of which is none that goes on.
  for (int width = 0; label[used] != '\0' && used + 1 < size; used++) {
    width += ((unsigned char)label[used] & 0xc0) != 0x80;
    if (width > columns) {
      break;
    }
    text[used] = label[used];
  }
  text[used] = '\0';
  return text;
}

void rt_style_name(rt_style *style, const rt_array *array, const rt_labels *labels) {
  if (labels == NULL || labels->count == 0 || is_real(array->dtype)) {
    return;
  }
  style->labels = labels;
  style->label_width = 1;
  for (int i = 0; i < labels->count; i++) {
    int width = (int)rt_text_width(labels->items[i]);
    width = width < RT_LONGEST_LABEL ? width : RT_LONGEST_LABEL;
    style->label_width = width > style->label_width ? width : style->label_width;
  }
  style->width += 1 + style->label_width;
}

// Sets the width, which the ends of the range decide.
static void set_width(rt_style *style, const rt_array *array, const rt_summary *s) {
  const double ends[] = {s->least, s->most};
  int width = s->not_finite > 0 ? 4 : 1;
  for (int i = 0; i < 2 && isfinite(ends[i]); i++) {
    char text[RT_LONGEST_CELL];
    real_text(text, style, ends[i]);
    width = (int)strlen(text) > width ? (int)strlen(text) : width;
  }
  style->width = array->dtype == RT_BOOL ? 5 : width;
}

rt_style rt_style_of(const rt_array *array, size_t first, size_t count) {
  rt_style style = {.is_whole = 1};
  rt_summary s = rt_summarize(array, first, count);
  double most = fmax(fabs(s.least), fabs(s.most));
  for (size_t i = first; i < first + count && style.is_whole; i++) {
    double x = rt_scalar_get(array->dtype, element(array, i));
    style.is_whole = !isfinite(x) || x == floor(x);
  }
  style.is_whole = style.is_whole && (most < 1e6 || !is_real(array->dtype));
  if (!style.is_whole && isfinite(most)) {
    // Five digits of the largest number.
    int exponent = (int)floor(log10(most));
    style.has_exponent = exponent < -3 || exponent > 5;
    style.decimals = exponent > 2 ? FEWEST_DECIMALS : exponent >= 0 ? 4 - exponent : 3 - exponent;
  }
  set_width(&style, array, &s);
  return style;
}

int rt_style_shorten(rt_style *style, const rt_array *array, size_t first, size_t count) {
  if (style->is_whole || style->has_exponent || style->decimals <= FEWEST_DECIMALS) {
    return 0;
  }
  rt_summary s = rt_summarize(array, first, count);
  style->decimals--;
  set_width(style, array, &s);
  return 1;
}
