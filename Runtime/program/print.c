// print.c - arrays for reading, in lines of 80 columns.
//
// What does not fit is left out of the middle: columns, rows, or elements. All numbers of an array
// have the same width and as many decimals, so that their sizes can be seen without reading them.

#include <string.h>

#include "../files/elements.h"
#include "line.h"
#include "print.h"
#include "program.h"

enum {
  LINE = 80,
  MOST_ROWS = 20,   // more are left out
  FIRST_ROWS = 8,   // that are shown then
  LAST_ROWS = 2,
  LABEL = 64,       // room for the label of a row
  LONGEST_HEADING = 12
};

// The heading of a column of the last axis: its index, or the name of its class.
static const char *column_name(char text[RT_LONGEST_CELL], size_t column,
                               const rt_labels *labels) {
  const char *label = rt_label(labels, (double)column);
  if (label != NULL) {
    return rt_short_label(text, RT_LONGEST_CELL, label, LONGEST_HEADING);
  }
  snprintf(text, RT_LONGEST_CELL, "%zu", column);
  return text;
}

// The columns that the longest heading takes.
static int heading_width(size_t count, const rt_labels *labels) {
  char text[RT_LONGEST_CELL];
  int width = (int)strlen(column_name(text, count - 1, NULL));
  for (size_t i = 0; labels != NULL && i < count; i++) {
    int own = (int)rt_text_width(column_name(text, i, labels));
    width = own > width ? own : width;
  }
  return width;
}

// Prints a heading, filled up on the left.
static void print_name(FILE *stream, int width, size_t column, const rt_labels *labels) {
  char text[RT_LONGEST_CELL];
  int fill = width - (int)rt_text_width(column_name(text, column, labels));
  fprintf(stream, " %*s%s", fill > 0 ? fill : 0, "", text);
}

// The indices of a row, as "[0, 2]", that has `axes` axes in front of it.
static void row_label(char text[LABEL], const rt_array *array, int axes, size_t row) {
  size_t place[RT_MAX_RANK] = {0}, used = 0;
  for (int axis = axes - 1; axis >= 0; axis--) {
    place[axis] = row % (size_t)array->shape[axis];
    row /= (size_t)array->shape[axis];
  }
  for (int axis = 0; axis < axes && used < LABEL - 24; axis++) {
    used += (size_t)snprintf(text + used, LABEL - used, "%s%zu", axis == 0 ? "[" : ", ",
                             place[axis]);
  }
  snprintf(text + used, LABEL - used, "]");
}

// True iff line `i` of `count` is shown; lines between the first and the last ones are not.
static int is_shown(size_t i, size_t count) {
  return count <= MOST_ROWS || i < FIRST_ROWS || i >= count - LAST_ROWS;
}

// Says how many lines of so many things are left out where the first of them would be.
static void print_gap(FILE *stream, size_t i, size_t count, size_t each) {
  if (i == FIRST_ROWS && !is_shown(i, count)) {
    fprintf(stream, "  ... %zu more\n", (count - FIRST_ROWS - LAST_ROWS) * each);
  }
}

// The length of the longest label, which the last row has or one with as many digits.
static int label_width(const rt_array *array, int axes, size_t rows) {
  char text[LABEL];
  size_t width = 0;
  for (size_t row = 0; row < rows; row++) {
    if (is_shown(row, rows)) {
      row_label(text, array, axes, row);
      width = strlen(text) > width ? strlen(text) : width;
    }
  }
  return (int)width;
}

// Prints a list in as many lines as it needs, each with the index of its first element.
static void print_list(FILE *stream, const rt_array *array, const rt_labels *labels) {
  rt_style style = rt_style_of(array, 0, array->elements);
  rt_style_name(&style, array, labels);
  char text[RT_LONGEST_CELL], label[LABEL];
  size_t step = (size_t)style.width + 1, fits = (LINE - 1) / step;
  size_t each = array->elements <= fits ? array->elements : 0;
  snprintf(label, sizeof label, "[%zu]", array->elements);
  int width = each > 0 ? 0 : (int)strlen(label);
  if (each == 0) {
    // Multiples of five are easier to count.
    each = (size_t)(LINE - 3 - width) / step;
    each = each > 5 ? each / 5 * 5 : each > 0 ? each : 1;
  }
  size_t count = (array->elements + each - 1) / each;
  for (size_t i = 0; i < count; i++) {
    print_gap(stream, i, count, each);
    if (!is_shown(i, count)) {
      continue;
    }
    snprintf(label, sizeof label, "[%zu]", i * each);
    if (width > 0) {
      fprintf(stream, "  %-*s", width, label);
    }
    fputc(' ', stream);
    for (size_t n = i * each; n < (i + 1) * each && n < array->elements; n++) {
      fprintf(stream, " %s", rt_style_cell(text, &style, array, n));
    }
    fputc('\n', stream);
  }
}

// Which columns are shown: the first ones, and the last one if some are left out.
typedef struct {
  size_t count, first;
  int has_gap;
} columns;

// As many columns as fit, each of so many characters; the last one is shown if others are left out.
static columns fit_columns(size_t count, size_t room, size_t step) {
  if (count * step <= room) {
    return (columns){count, count, 0};
  }
  size_t fits = room > step + 4 ? (room - 4) / step : 1;
  return (columns){count, fits > 1 ? fits - 1 : 1, count > 2};
}

// Prints the numbers of the columns.
static void print_heading(FILE *stream, columns c, int label, int width,
                          const rt_labels *labels) {
  fprintf(stream, "  %*s", label, "");
  for (size_t i = 0; i < c.first; i++) {
    print_name(stream, width, i, labels);
  }
  if (c.first < c.count) {
    fprintf(stream, "%s", c.has_gap ? " ..." : "");
    print_name(stream, width, c.count - 1, labels);
  }
  fputc('\n', stream);
}

// Prints rows along the last axis, each with its indices. The labels are those of whole numbers, or
// of the last axis of others.
static void print_rows(FILE *stream, const rt_array *array, const rt_labels *labels) {
  size_t extent = (size_t)array->shape[array->rank - 1], rows = array->elements / extent;
  int axes = array->rank - 1, label = label_width(array, axes, rows);
  size_t room = (size_t)(LINE - 2 - label);
  rt_style whole = rt_style_of(array, 0, array->elements);
  rt_style_name(&whole, array, labels);
  rt_style style = whole;
  const rt_labels *names = whole.labels == NULL && labels != NULL &&
                                   (size_t)labels->count == extent ? labels : NULL;
  size_t step = (size_t)style.width + 1;
  while (extent * step > room && rt_style_shorten(&style, array, 0, array->elements)) {
    step = (size_t)style.width + 1;
  }
  if (extent * step > room) {
    style = whole;
    step = (size_t)style.width + 1;
  }
  char heading[LABEL], text[RT_LONGEST_CELL];
  int name = heading_width(extent, names);
  style.width = name > style.width ? name : style.width;
  columns c = fit_columns(extent, room, (size_t)style.width + 1);
  if (array->rank == 2 && extent > 1) {
    print_heading(stream, c, label, style.width, names);
  }
  for (size_t row = 0; row < rows; row++) {
    print_gap(stream, row, rows, 1);
    if (!is_shown(row, rows)) {
      continue;
    }
    row_label(heading, array, axes, row);
    fprintf(stream, "  %-*s", label, heading);
    for (size_t i = 0; i < c.first; i++) {
      fprintf(stream, " %s", rt_style_cell(text, &style, array, row * extent + i));
    }
    if (c.first < c.count) {
      fprintf(stream, "%s %s", c.has_gap ? " ..." : "",
              rt_style_cell(text, &style, array, (row + 1) * extent - 1));
    }
    fputc('\n', stream);
  }
}

// Ends a line, with the number of elements that are not finite if there are any.
static void print_not_finite(FILE *stream, const rt_summary *summary) {
  if (summary->not_finite > 0) {
    fprintf(stream, "  not finite: %zu", summary->not_finite);
  }
  fputc('\n', stream);
}

// Prints the range of each example of a large array.
static void print_summaries(FILE *stream, const rt_array *array) {
  size_t rows = (size_t)array->shape[0], elements = array->elements / rows;
  int label = label_width(array, 1, rows);
  fprintf(stream, "  %*s %12s %12s %12s\n", label, "", "min", "max", "mean");
  for (size_t row = 0; row < rows; row++) {
    print_gap(stream, row, rows, 1);
    if (is_shown(row, rows)) {
      char text[LABEL];
      rt_summary s = rt_summarize(array, row * elements, elements);
      row_label(text, array, 1, row);
      fprintf(stream, "  %-*s %12.5g %12.5g %12.5g", label, text, s.least, s.most, s.mean);
      print_not_finite(stream, &s);
    }
  }
}

void rt_print_array(FILE *stream, const char *name, const rt_array *array) {
  rt_print_labelled(stream, name, array, NULL);
}

void rt_print_labelled(FILE *stream, const char *name, const rt_array *array,
                       const rt_labels *labels) {
  char type[256];
  if (array->rank == 0) {
    char text[RT_LONGEST_NUMBER];
    int is_true = array->dtype == RT_BOOL && *(const uint8_t *)array->data != 0;
    fprintf(stream, "%s %s\n", name,
            array->dtype != RT_BOOL ? rt_element_text(text, array->dtype, array->data)
            : is_true               ? "true"
                                    : "false");
    return;
  }
  rt_type_text(type, sizeof type, array->dtype, array->rank, array->shape);
  rt_summary s = rt_summarize(array, 0, array->elements);
  fprintf(stream, "%s %s", name, type);
  print_not_finite(stream, &s);
  if (array->elements == 0) {
    return;
  }
  if (array->rank == 1) {
    print_list(stream, array, labels);
  } else if (array->rank > 2 &&
             array->elements / (size_t)array->shape[array->rank - 1] > MOST_ROWS) {
    print_summaries(stream, array);
  } else {
    print_rows(stream, array, labels);
  }
}
