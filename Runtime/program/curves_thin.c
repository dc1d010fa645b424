// curves_thin.c - fewer points of a curve.

#include <math.h>

#include "curves.h"

// A part of the rows: its lowest and highest points, and whether a number in it is not finite.
typedef struct {
  int is_empty, is_interrupted;
  size_t lowest, highest;
} part;

// Where the least and the largest number of a part are, whether it has any, and whether infinite
// ones interrupt it.
static part survey(const double *x, const double *y, size_t begin, size_t end) {
  part p = {.is_empty = 1};
  for (size_t i = begin; i < end; i++) {
    if (!isfinite(x[i]) || !isfinite(y[i])) {
      p.is_interrupted |= isinf(y[i]) != 0;
    } else {
      p.lowest = p.is_empty || y[i] < y[p.lowest] ? i : p.lowest;
      p.highest = p.is_empty || y[i] > y[p.highest] ? i : p.highest;
      p.is_empty = 0;
    }
  }
  return p;
}

// The points that can be drawn.
static size_t count_points(const double *x, const double *y, size_t rows) {
  size_t count = 0;
  for (size_t i = 0; i < rows; i++) {
    count += isfinite(x[i]) && isfinite(y[i]);
  }
  return count;
}

int rt_curve_thin(const double *x, const double *y, size_t rows,
                  rt_point points[2 * RT_CURVE_POINTS + 1]) {
  // A part is a row, or rows that lie within half a pixel.
  int is_long = count_points(x, y, rows) > RT_CURVE_POINTS;
  size_t parts = is_long ? RT_CURVE_POINTS / 2 : rows;
  int count = 0;
  for (size_t i = 0; i < parts; i++) {
    size_t begin = is_long ? (size_t)((double)rows * (double)i / (double)parts) : i;
    size_t end = is_long ? (size_t)((double)rows * (double)(i + 1) / (double)parts) : i + 1;
    part p = survey(x, y, begin, end);
    if (!p.is_empty) {
      size_t first = p.lowest < p.highest ? p.lowest : p.highest;
      size_t second = p.lowest < p.highest ? p.highest : p.lowest;
      points[count++] = (rt_point){x[first], y[first]};
      if (second != first) {
        points[count++] = (rt_point){x[second], y[second]};
      }
    } else if (p.is_interrupted && count > 0 && isfinite(points[count - 1].y)) {
      points[count++] = (rt_point){0, INFINITY};
    }
  }
  return count;
}
