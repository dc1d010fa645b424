// progress_table.c - the lines that stay: a table with a row for each epoch.

#include <string.h>

#include "program.h"

// What goes first if the terminal is narrow: metrics from the third on, the rate, the time.
enum { TIME_RANK = 5, RATE_RANK = 6, METRIC_WIDTH = 9, SHARE_WIDTH = 7, RATE_WIDTH = 6,
       TIME_WIDTH = 5, LONGEST_NAME = 40 };

// The columns of metric `n`, in training or of held-out examples.
static int metric_rank(int n, int is_held_out) {
  return 2 * n + (is_held_out ? 1 : 2) + (n > 1 ? RATE_RANK : 0);
}

// Adds the name or the value of a metric, in a column as wide as both.
static void add_metric(rt_line *l, const char *metric, int n, int is_held_out,
                       const double *value) {
  char name[LONGEST_NAME + 8], text[32];
  snprintf(name, sizeof name, "%s%.*s", is_held_out ? "val " : "", LONGEST_NAME, metric);
  int width = rt_metric_is_share(metric) ? SHARE_WIDTH : METRIC_WIDTH;
  width = (int)rt_text_width(name) > width ? (int)rt_text_width(name) : width;
  rt_line_add(l, metric_rank(n, is_held_out), width,
              value != NULL ? rt_metric_value_text(text, metric, *value) : name);
}

// The metrics, each beside that of the held-out examples. With `header` only their names.
static void add_metrics(rt_line *l, const rt_progress *p, const rt_function *step,
                        const rt_evaluation *evaluation, int header) {
  const rt_function *other = evaluation->measured.function;
  for (int n = 0; n < p->metric_count; n++) {
    const char *name = rt_metric(step, n)->name;
    double mean = p->sums[n] / (double)(p->epoch_steps > 0 ? p->epoch_steps : 1);
    add_metric(l, name, n, 0, header ? NULL : &mean);
    int m = other != NULL ? rt_find_metric(other, name) : -1;
    if (m >= 0) {
      add_metric(l, name, n, 1, header ? NULL : &evaluation->metrics[m]);
    }
  }
  for (int m = 0; m < evaluation->metric_count; m++) {
    const char *name = rt_metric(other, m)->name;
    if (rt_find_metric(step, name) < 0) {
      add_metric(l, name, m, 1, header ? NULL : &evaluation->metrics[m]);
    }
  }
}

// The number of an epoch, as wide as the last one.
static void add_epoch(rt_line *l, const rt_progress *p, int epoch, int header) {
  char text[64], most[16];
  int width = snprintf(most, sizeof most, "%d", p->epochs);
  snprintf(text, sizeof text, "%d/%s", epoch, most);
  rt_line_add(l, 0, 2 * width + 1 > 5 ? 2 * width + 1 : 5, header ? "epoch" : text);
}

// The columns, all or those that fit.
static size_t make_line(rt_line *l, const rt_progress *p, int epoch, const rt_function *step,
                        const rt_evaluation *evaluation, int header, size_t columns) {
  char text[32];
  double seconds = p->stepped - p->epoch_start;
  const char *unit = rt_rate_unit(p->batch);
  int rate_width = (int)strlen(unit) > RATE_WIDTH ? (int)strlen(unit) : RATE_WIDTH;
  double rate = (double)p->timed_steps / (seconds > 1e-9 ? seconds : 1e-9);
  l->count = 0;
  add_epoch(l, p, epoch, header);
  add_metrics(l, p, step, evaluation, header);
  rt_line_add(l, RATE_RANK, rate_width,
              header ? unit : rt_rate_text(text, rate * (p->batch > 0 ? p->batch : 1)));
  rt_line_add(l, TIME_RANK, TIME_WIDTH,
              header ? "time" : rt_duration_text(text, rt_seconds() - p->start));
  // The mark needs two more.
  return rt_line_fit(l, columns - 2);
}

char *rt_progress_row(char text[RT_LONGEST_LINE], const rt_progress *progress, int epoch,
                      const rt_function *step, const rt_evaluation *evaluation, int is_best,
                      size_t columns) {
  rt_line line;
  make_line(&line, progress, epoch, step, evaluation, 0, columns);
  rt_line_join(text, &line);
  size_t used = strlen(text);
  snprintf(text + used, RT_LONGEST_LINE - used, "%s", is_best ? " *" : "");
  return text;
}

char *rt_progress_header(char text[RT_LONGEST_LINE], const rt_progress *progress,
                         const rt_function *step, const rt_evaluation *evaluation,
                         size_t columns) {
  rt_line line;
  make_line(&line, progress, 0, step, evaluation, 1, columns);
  return rt_line_join(text, &line);
}
