// print.h - numbers in columns of one width, for people.

#ifndef RT_PRINT_H
#define RT_PRINT_H

#include "labels.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- print_style.c ---------------------------------------------------------------

// What is known of some elements: those that are not finite are only counted.
typedef struct {
  double least, most, mean;
  size_t not_finite;
} rt_summary;

rt_summary rt_summarize(const rt_array *array, size_t first, size_t count);

// How numbers are printed: whole, with decimals, or with an exponent.
typedef struct {
  int is_whole, has_exponent, decimals;
  int width;  // of the widest
  const rt_labels *labels;  // names of the numbers, which follow them; or null
  int label_width;          // of the widest
} rt_style;

enum { RT_LONGEST_CELL = 160 };

// The style in which `count` elements from `first` on look alike.
rt_style rt_style_of(const rt_array *array, size_t first, size_t count);

// The style with one decimal less; false if it has two at most.
int rt_style_shorten(rt_style *style, const rt_array *array, size_t first, size_t count);

// Lets names follow the numbers, as in "3 horse"; of `labels` without any nothing follows.
void rt_style_name(rt_style *style, const rt_array *array, const rt_labels *labels);

// The beginning of a name that fits so many columns; returns `text`.
enum { RT_LONGEST_LABEL = 24 };
char *rt_short_label(char *text, size_t size, const char *label, int columns);

// An element, or any number, as text of the style's width.
char *rt_style_cell(char text[RT_LONGEST_CELL], const rt_style *style, const rt_array *array,
                    size_t element);

// ---- print.c -----------------------------------------------------------------------

// As rt_print_array, with the names of classes beside their numbers, or above their columns.
void rt_print_labelled(FILE *stream, const char *name, const rt_array *array,
                       const rt_labels *labels);

#ifdef __cplusplus
}
#endif

#endif
