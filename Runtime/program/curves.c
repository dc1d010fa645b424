// curves.c - a picture of how a training went.
//
// The table has a column 'epoch' or 'step', and columns of metrics, the first of which is the loss.
// Their validation has the same name after 'validation_'. The picture is plain SVG: it needs no
// font and no script, and brings its own background.

#include <math.h>
#include <string.h>

#include "curves.h"
#include "program.h"

enum { WIDTH = 800, MARGIN = 12, HEADER = 60, LONGEST_TITLE = 36 };

static const char prefix[] = "validation_";

// The panels of a picture, and the table with their numbers.
typedef struct {
  rt_curve_table table;
  rt_panels panels;
  int columns;  // of panels
  int count;
  rt_metric_curves metrics[RT_TABLE_COLUMNS];
} picture;

// True iff a column has a curve: it is neither an axis nor a clock.
static int is_metric(const char *name) {
  return strcmp(name, "epoch") != 0 && strcmp(name, "step") != 0 && strcmp(name, "seconds") != 0;
}

// True iff less of the metric is better, as far as its name tells.
static int ends_with_loss(const char *name) {
  size_t length = strlen(name);
  return length >= 4 && strcmp(name + length - 4, "loss") == 0;
}

// Adds a metric for a column, unless the column is the validation of another metric.
static void add_metric(picture *p, int column) {
  const char *name = p->table.names[column];
  const double *values = p->table.values + (size_t)column * p->table.rows;
  if (strncmp(name, prefix, sizeof prefix - 1) == 0) {
    const char *rest = name + sizeof prefix - 1;
    if (rt_curve_table_column(&p->table, rest) == NULL || !is_metric(rest)) {
      p->metrics[p->count++] = (rt_metric_curves){name, NULL, values, ends_with_loss(name),
                                                  rt_metric_is_share(name)};
    }
    return;
  }
  const double *validation = NULL;
  for (int i = 0; i < p->table.columns; i++) {
    const char *other = p->table.names[i];
    if (strncmp(other, prefix, sizeof prefix - 1) == 0 &&
        strcmp(other + sizeof prefix - 1, name) == 0) {
      validation = p->table.values + (size_t)i * p->table.rows;
    }
  }
  int is_loss = p->count == 0 || ends_with_loss(name);
  p->metrics[p->count++] =
      (rt_metric_curves){name, values, validation, is_loss, rt_metric_is_share(name)};
}

// The first row with the least number, or `rows` without numbers.
static size_t find_least(const double *x, const double *values, size_t rows) {
  size_t least = rows;
  for (size_t i = 0; values != NULL && i < rows; i++) {
    if (isfinite(x[i]) && isfinite(values[i]) && (least == rows || values[i] < values[least])) {
      least = i;
    }
  }
  return least;
}

// Decides what to draw where.
static int arrange(picture *p, const char *path, rt_error *error) {
  const rt_curve_table *table = &p->table;
  const double *epoch = rt_curve_table_column(table, "epoch");
  rt_panels *panels = &p->panels;
  *panels = (rt_panels){.rows = table->rows, .first = INFINITY, .last = -INFINITY};
  panels->x_name = epoch != NULL ? "epoch" : "step";
  panels->x = epoch != NULL ? epoch : rt_curve_table_column(table, "step");
  if (panels->x == NULL) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: line 1: expected a column 'epoch' or 'step', found none", path);
  }
  rt_extend(&panels->first, &panels->last, panels->x, table->rows);
  if (panels->first > panels->last) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: column '%s': expected numbers, found none", path,
                   panels->x_name);
  }
  for (int i = 0; i < table->columns; i++) {
    if (is_metric(table->names[i])) {
      add_metric(p, i);
    }
  }
  if (p->count == 0) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: line 1: expected a column of a metric, found none",
                   path);
  }
  panels->best = find_least(panels->x, p->metrics[0].validation, table->rows);
  p->columns = p->count > 1 ? 2 : 1;
  panels->width = (WIDTH - 2 * MARGIN) / p->columns;
  panels->height = p->count > 1 ? 230 : 320;
  return RT_OK;
}

// An entry of the legend.
static void write_entry(rt_writer *writer, int x, const char *stroke, const char *text) {
  rt_write_text(writer, "<path d=\"M%d 26h20\" stroke=%s/>\n<text x=\"%d\" y=\"30\">%s</text>\n",
                x, stroke, x + 26, text);
}

// Writes what the colours mean, from right to left, without those that no panel has.
static void write_legend(rt_writer *writer, const picture *p) {
  int trains = 0, validates = 0, x = WIDTH - MARGIN;
  for (int i = 0; i < p->count; i++) {
    trains |= p->metrics[i].training != NULL;
    validates |= p->metrics[i].validation != NULL;
  }
  if (p->panels.best < p->panels.rows) {
    x -= 96;
    write_entry(writer, x, "\"" RT_COLOUR_PALE "\" stroke-dasharray=\"4 3\"",
                strcmp(p->panels.x_name, "epoch") == 0 ? "best epoch" : "best step");
  }
  if (validates) {
    x -= 94;
    write_entry(writer, x, "\"" RT_COLOUR_VALIDATION "\" stroke-width=\"2\"", "validation");
  }
  if (trains) {
    write_entry(writer, x - 84, "\"" RT_COLOUR_TRAINING "\" stroke-width=\"2\"", "training");
  }
}

// What the picture shows, in words.
static void write_summary(rt_writer *writer, const picture *p) {
  const rt_panels *panels = &p->panels;
  int is_range = panels->last > panels->first;
  rt_write_text(writer, "<text x=\"%d\" y=\"50\">%s%s %.10g", 2 * MARGIN, panels->x_name,
                is_range ? "s" : "", panels->first);
  if (is_range) {
    rt_write_text(writer, " to %.10g", panels->last);
  }
  if (panels->best < panels->rows) {
    rt_write_string(writer, ", least validation ");
    rt_write_xml(writer, p->metrics[0].name, LONGEST_TITLE);
    double scale = p->metrics[0].is_share ? 100 : 1;
    rt_write_text(writer, " %.4g%s at %s %.10g", scale * p->metrics[0].validation[panels->best],
                  p->metrics[0].is_share ? " %" : "", panels->x_name, panels->x[panels->best]);
  }
  rt_write_string(writer, "</text>\n");
}

// Writes the panels in rows of two, below a title.
static void write_picture(rt_writer *writer, const picture *p, const char *title) {
  int lines = (p->count + p->columns - 1) / p->columns;
  int height = HEADER + lines * p->panels.height + MARGIN;
  rt_write_text(writer,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "viewBox=\"0 0 %d %d\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, "
                "sans-serif\" font-size=\"11\" fill=\"" RT_COLOUR_PALE "\">\n<title>",
                WIDTH, height, WIDTH, height);
  rt_write_xml(writer, title, 200);
  rt_write_text(writer,
                "</title>\n<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" "
                "fill=\"#fff\" stroke=\"#d0d7de\"/>\n",
                WIDTH - 1, height - 1);
  rt_write_text(writer,
                "<text x=\"%d\" y=\"32\" font-size=\"17\" font-weight=\"bold\" fill=\""
                RT_COLOUR_TEXT "\">", 2 * MARGIN);
  rt_write_xml(writer, title, LONGEST_TITLE);
  rt_write_string(writer, "</text>\n");
  write_summary(writer, p);
  write_legend(writer, p);
  for (int i = 0; i < p->count; i++) {
    rt_write_text(writer, "<g transform=\"translate(%d %d)\">\n",
                  MARGIN + i % p->columns * p->panels.width,
                  HEADER + i / p->columns * p->panels.height);
    rt_panel_write(writer, &p->panels, &p->metrics[i]);
    rt_write_string(writer, "</g>\n");
  }
  rt_write_string(writer, "</svg>\n");
}

int rt_curves_write(const char *path, const char *results, const char *title, rt_error *error) {
  picture p = {0};
  rt_writer writer;
  int code = rt_curve_table_read(&p.table, results, error);
  if (code == RT_OK) {
    code = arrange(&p, results, error);
  }
  if (code == RT_OK) {
    code = rt_writer_begin(&writer, path, error);
  }
  if (code == RT_OK) {
    write_picture(&writer, &p, title);
    code = rt_writer_commit(&writer, error);
  }
  rt_curve_table_close(&p.table);
  return code;
}
