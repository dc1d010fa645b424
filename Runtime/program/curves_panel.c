// curves_panel.c - the panel of one metric: its axes and curves.

#include <math.h>

#include "curves.h"

// Between a panel's edge and its plot, between the plot's edge and the curves.
enum { LEFT = 54, RIGHT = 14, TOP = 28, BOTTOM = 38, ROOM = 6 };

// Lines through at most as many points have dots at these, and through more they are thin.
enum { MARKED = 25, THICK = 300, LONGEST_NAME = 36 };

void rt_extend(double *low, double *high, const double *numbers, size_t count) {
  for (size_t i = 0; numbers != NULL && i < count; i++) {
    if (isfinite(numbers[i])) {
      *low = numbers[i] < *low ? numbers[i] : *low;
      *high = numbers[i] > *high ? numbers[i] : *high;
    }
  }
}

// The lines and numbers of the axis at the left, of a share in %.
static void write_vertical(rt_writer *writer, const rt_panels *panels, const rt_axis *axis,
                           int is_share) {
  double ticks[RT_TICKS], scale = is_share ? 100 : 1;
  char text[32];
  int count = rt_axis_ticks(axis, ticks);
  rt_axis shown = *axis;
  if (is_share && axis->kind != RT_AXIS_LOG) {
    shown.low *= scale;
    shown.high *= scale;
    shown.step *= scale;
  }
  for (int i = 0; i < count; i++) {
    double y = rt_axis_place(axis, ticks[i]);
    rt_axis_text(&shown, scale * ticks[i], text);
    rt_write_text(writer, "<path d=\"M%d %.1fH%d\" stroke=\"#e4e7eb\"/>\n", LEFT, y,
                  panels->width - RIGHT);
    rt_write_text(writer, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s%s</text>\n", LEFT - 6,
                  y + 4, text, is_share ? " %" : "");
  }
}

// The axis at the bottom, with its name.
static void write_horizontal(rt_writer *writer, const rt_panels *panels, const rt_axis *axis) {
  double ticks[RT_TICKS];
  char text[32];
  int bottom = panels->height - BOTTOM;
  int count = rt_axis_ticks(axis, ticks);
  for (int i = 0; i < count; i++) {
    double x = rt_axis_place(axis, ticks[i]);
    rt_axis_text(axis, ticks[i], text);
    rt_write_text(writer, "<path d=\"M%.1f %dv4\" stroke=\"#8c959f\"/>\n", x, bottom);
    rt_write_text(writer, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x,
                  bottom + 16, text);
  }
  rt_write_text(writer, "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#8c959f\"/>\n", LEFT, TOP,
                bottom, panels->width - RIGHT);
  rt_write_text(writer, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                (LEFT + panels->width - RIGHT) / 2, bottom + 31, panels->x_name);
}

// A line through `count` points, or a dot if there is only one.
static void write_line(rt_writer *writer, const rt_point *points, int count, const rt_axis *x,
                       const rt_axis *y, const char *colour) {
  if (count > 1) {
    rt_write_text(writer, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" "
                  "stroke-linejoin=\"round\" points=\"", colour, count <= THICK ? "1.5" : "1");
    for (int i = 0; i < count; i++) {
      rt_write_text(writer, i > 0 ? " %.1f,%.1f" : "%.1f,%.1f", rt_axis_place(x, points[i].x),
                    rt_axis_place(y, points[i].y));
    }
    rt_write_string(writer, "\"/>\n");
  }
  for (int i = 0; i < count && (count == 1 || count <= MARKED); i++) {
    rt_write_text(writer, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"%s\"/>\n",
                  rt_axis_place(x, points[i].x), rt_axis_place(y, points[i].y), colour);
  }
}

// A curve, which may be null, in one or several pieces.
static void write_curve(rt_writer *writer, const rt_panels *panels, const double *values,
                        const rt_axis *x, const rt_axis *y, const char *colour) {
  rt_point points[2 * RT_CURVE_POINTS + 1];
  int count = values != NULL ? rt_curve_thin(panels->x, values, panels->rows, points) : 0;
  for (int begin = 0, end; begin < count; begin = end + 1) {
    for (end = begin; end < count && isfinite(points[end].y); end++) {
    }
    write_line(writer, points + begin, end - begin, x, y, colour);
  }
}

// The line at the best row; and where a validation curve crosses it, a ring and the number.
static void write_best(rt_writer *writer, const rt_panels *panels, const rt_metric_curves *metric,
                       const rt_axis *x, const rt_axis *y) {
  const double *validation = metric->validation;
  if (panels->best == panels->rows) {
    return;
  }
  double at = rt_axis_place(x, panels->x[panels->best]);
  rt_write_text(writer,
                "<path d=\"M%.1f %dV%d\" stroke=\"" RT_COLOUR_PALE
                "\" stroke-dasharray=\"4 3\"/>\n",
                at, TOP, panels->height - BOTTOM);
  double value = validation != NULL ? validation[panels->best] : NAN;
  if (isfinite(value)) {
    char text[32];
    snprintf(text, sizeof text, metric->is_share ? "%.1f %%" : "%.4g",
             metric->is_share ? 100 * value : value);
    rt_write_text(writer,
                  "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#fff\" stroke=\""
                  RT_COLOUR_VALIDATION "\" stroke-width=\"2\"/>\n",
                  at, rt_axis_place(y, value));
    rt_write_text(writer,
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"" RT_COLOUR_VALIDATION
                  "\">%s %.10g: %s</text>\n",
                  panels->width - RIGHT, TOP - 8, panels->x_name, panels->x[panels->best], text);
  }
}

// The numbers at the bottom, with room for their digits.
static rt_axis make_horizontal(const rt_panels *panels) {
  double largest = fmax(fabs(panels->first), fabs(panels->last));
  int digits = largest >= 1e15 ? 16 : largest >= 1 ? (int)log10(largest) + 1 : 1;
  int from = LEFT + ROOM, to = panels->width - RIGHT - ROOM;
  rt_axis axis =
      rt_axis_make(RT_AXIS_WHOLE, panels->first, panels->last, (to - from) / (8 * digits + 25));
  axis.from = from;
  axis.to = to;
  return axis;
}

// The numbers at the left. A loss that spans more than two decades gets a logarithmic axis.
static rt_axis make_vertical(const rt_panels *panels, int is_loss, double low, double high) {
  int is_log = is_loss && low > 0 && high / 100 > low;
  rt_axis axis = rt_axis_make(is_log ? RT_AXIS_LOG : RT_AXIS_PLAIN, low, high, 5);
  axis.from = panels->height - BOTTOM - ROOM;
  axis.to = TOP + ROOM;
  return axis;
}

void rt_panel_write(rt_writer *writer, const rt_panels *panels, const rt_metric_curves *metric) {
  double low = INFINITY, high = -INFINITY;
  rt_extend(&low, &high, metric->training, panels->rows);
  rt_extend(&low, &high, metric->validation, panels->rows);
  rt_write_text(writer, "<text x=\"%d\" y=\"%d\" font-size=\"13\" font-weight=\"bold\" fill=\""
                RT_COLOUR_TEXT "\">", LEFT, TOP - 8);
  rt_write_xml(writer, metric->name, LONGEST_NAME);
  rt_axis x = make_horizontal(panels);
  if (low > high) {
    rt_write_string(writer, "</text>\n");
    write_horizontal(writer, panels, &x);
    rt_write_text(writer, "<text x=\"%d\" y=\"%d\">no finite numbers</text>\n", LEFT + 2 * ROOM,
                  TOP + 4 * ROOM);
    return;
  }
  rt_axis y = make_vertical(panels, metric->is_loss, low, high);
  rt_write_string(writer, y.kind == RT_AXIS_LOG
                              ? "<tspan font-weight=\"normal\"> (log scale)</tspan></text>\n"
                              : "</text>\n");
  write_vertical(writer, panels, &y, metric->is_share);
  write_horizontal(writer, panels, &x);
  write_curve(writer, panels, metric->training, &x, &y, RT_COLOUR_TRAINING);
  write_curve(writer, panels, metric->validation, &x, &y, RT_COLOUR_VALIDATION);
  write_best(writer, panels, metric, &x, &y);
}
