// curves.h - a picture of how a training went.

#ifndef RT_CURVES_H
#define RT_CURVES_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- curves.c --------------------------------------------------------------------

// Draws the table in the file `results` as the SVG file `path`: a panel for each metric, with its
// curves of training and validation, and a mark at the epoch of the least validation loss. `title`
// is UTF-8. An error leaves the old file.
int rt_curves_write(const char *path, const char *results, const char *title, rt_error *error);

// ---- curves_table.c --------------------------------------------------------------

enum { RT_TABLE_COLUMNS = 256 };

// A CSV file of numbers under a line of names. An empty cell is NAN; one that holds NaN or an
// infinite number is INFINITY.
typedef struct {
  size_t rows;
  int columns;
  char *names[RT_TABLE_COLUMNS];
  double *values;  // column after column
  char *text;      // of the file; holds the names
} rt_curve_table;

// Reads the file; to be freed with rt_curve_table_close, also after a failure. Cells that a row
// lacks are empty.
int rt_curve_table_read(rt_curve_table *table, const char *path, rt_error *error);
void rt_curve_table_close(rt_curve_table *table);

// The values of a column, or null if there is none of that name.
const double *rt_curve_table_column(const rt_curve_table *table, const char *name);

// ---- curves_thin.c ---------------------------------------------------------------

enum { RT_CURVE_POINTS = 1000 };

// A point, or with an infinite y an interruption of the curve.
typedef struct {
  double x, y;
} rt_point;

// Takes the finite points of a curve, at most RT_CURVE_POINTS and interruptions between them.
// Of more points, the lowest and the highest stay for each of equal parts of the rows. Returns how
// many there are in `points`.
int rt_curve_thin(const double *x, const double *y, size_t rows,
                  rt_point points[2 * RT_CURVE_POINTS + 1]);

// ---- curves_axis.c ---------------------------------------------------------------

enum { RT_TICKS = 16 };

// What kind of numbers an axis is for.
typedef enum { RT_AXIS_PLAIN, RT_AXIS_WHOLE, RT_AXIS_LOG } rt_axis_kind;

typedef struct {
  rt_axis_kind kind;
  double low, high;  // the numbers at its ends; of RT_AXIS_LOG, their logarithms to base 10
  double step;       // between ticks; unused for RT_AXIS_LOG
  int most;          // about as many ticks
  double from, to;   // where the ends are in the picture
} rt_axis;

// Makes an axis for numbers from `low` to `high`, which are finite, and positive for RT_AXIS_LOG.
rt_axis rt_axis_make(rt_axis_kind kind, double low, double high, int most);

// The place of a number in the picture.
double rt_axis_place(const rt_axis *axis, double value);

// The numbers to be marked, and one of them as text. They are 1, 2 or 5 times a power of ten.
int rt_axis_ticks(const rt_axis *axis, double ticks[RT_TICKS]);
void rt_axis_text(const rt_axis *axis, double tick, char text[32]);

// ---- curves_panel.c --------------------------------------------------------------

#define RT_COLOUR_TRAINING "#0969da"
#define RT_COLOUR_VALIDATION "#bc4c00"
#define RT_COLOUR_TEXT "#1f2328"
#define RT_COLOUR_PALE "#59636e"

// One metric. Either curve may be null.
typedef struct {
  const char *name;
  const double *training, *validation;
  int is_loss, is_share;  // a share is shown in %
} rt_metric_curves;

// What panels share.
typedef struct {
  size_t rows;
  const double *x;
  const char *x_name;
  double first, last;  // the least and the greatest x
  size_t best;         // the row to mark, or `rows`
  int width, height;   // of a panel
} rt_panels;

// Draws a panel whose upper left corner is at 0, 0.
void rt_panel_write(rt_writer *writer, const rt_panels *panels, const rt_metric_curves *metric);

// Extends a range by the finite ones of some numbers; `numbers` may be null.
void rt_extend(double *low, double *high, const double *numbers, size_t count);

// ---- write_xml.c -----------------------------------------------------------------

// Escapes a text for XML and writes at most `most` characters of it, then dots if there are more.
// Writes a question mark for a character that XML does not allow.
void rt_write_xml(rt_writer *writer, const char *text, int most);

#ifdef __cplusplus
}
#endif

#endif
