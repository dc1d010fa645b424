// progress.c - shows the progress of training.
//
// On a terminal one line is rewritten ten times a second; elsewhere a line is added every ten
// seconds. Each epoch leaves a row of a table, unless there are very many of them.

#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "program.h"

enum { LONGEST_BAR = 14, SHORTEST_BAR = 6, SCREEN = 20 };

// Rows of a table that would fill more than a screen follow each other no faster.
static const double seconds_between_rows = 0.1;

// An evaluation that takes longer is announced.
static const double least_evaluation = 0.3;

// The time over which the pace of steps is measured, at least.
static const double seconds_of_pace = 10.0;

int rt_progress_begin(rt_progress *progress, FILE *stream, const rt_function *step,
                      int epochs, int64_t steps, int64_t total, rt_error *error) {
  rt_progress *p = progress;
  memset(p, 0, sizeof *p);
  p->stream = stream;
  p->terminal = isatty(fileno(stream));
  p->interval = p->terminal ? 0.1 : 10.0;
  p->epochs = epochs;
  p->every = 1;
  p->steps = steps;
  p->total = total;
  p->batch = rt_batch_extent(step);
  p->metric_count = rt_metric_count(step);
  p->start = p->epoch_start = p->stepped = p->shown = rt_seconds();
  p->printed = p->start - seconds_between_rows;
  size_t bytes = (size_t)p->metric_count * sizeof(double);
  p->sums = (double *)rt_allocate(bytes);
  p->header = (char *)rt_allocate(RT_LONGEST_LINE);
  p->waiting = (char *)rt_allocate(RT_LONGEST_LINE);
  return p->sums != NULL && p->header != NULL && p->waiting != NULL
             ? RT_OK
             : rt_fail_memory(error, bytes + 2 * RT_LONGEST_LINE, "metrics");
}

void rt_progress_end(rt_progress *progress) {
  rt_release(progress->sums);
  rt_release(progress->header);
  rt_release(progress->waiting);
  memset(progress, 0, sizeof *progress);
}

// The width of the terminal, 80 if unknown; a file has room for everything.
static size_t width_of(const rt_progress *p) {
  struct winsize size;
  if (!p->terminal) {
    return SIZE_MAX;
  }
  int known = ioctl(fileno(p->stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  // A terminal may break the line after the last column.
  return (known && size.ws_col > 3 ? size.ws_col : 80) - (size_t)1;
}

// The seconds that are left, by the pace of this epoch and those before, and by the time between
// epochs, which evaluations take.
static double seconds_left(const rt_progress *p, int epoch) {
  double seconds = p->stepped - p->epoch_start + p->past_seconds;
  double steps = (double)p->timed_steps + p->past_steps;
  int64_t ends = (p->total + p->steps - 1) / p->steps - (epoch - 1);
  double each = p->ends > 0 ? p->between / p->ends : 0.0;
  return (double)(p->total - p->done) * seconds / steps + (double)ends * each;
}

// Sets the bar, which takes what room is left, if there is one. It does not grow again, so that it
// is steady while numbers are shorter and longer.
static void fill_bar(rt_line *l, rt_progress *p, int64_t step, size_t columns, size_t room) {
  if (l->count < 2 || l->parts[1].text[0] != '#') {
    return;
  }
  int width = SHORTEST_BAR;
  width += room < LONGEST_BAR - SHORTEST_BAR ? (int)room : LONGEST_BAR - SHORTEST_BAR;
  if (p->columns == columns && p->bar < width) {
    width = p->bar;
  }
  p->bar = width;
  p->columns = columns;
  int64_t filled = step * width / p->steps;
  for (int i = 0; i < width; i++) {
    l->parts[1].text[i] = i < filled ? '#' : '-';
  }
  l->parts[1].text[width] = '\0';
}

// Makes the line of a step; a higher rank goes first if there is no room.
static void make_line(rt_line *l, rt_progress *p, int epoch, int64_t step, const rt_call *call,
                      size_t columns) {
  enum { EPOCH, LOSS, LEFT, SHARE, METRIC, BAR = METRIC + 2, SPEED, RATE, STEPS };
  char text[RT_LONGEST_PART], number[32], most[16];
  double seconds = p->stepped - p->epoch_start;
  double speed = (double)p->timed_steps / (seconds > 1e-9 ? seconds : 1e-9);
  int width = snprintf(most, sizeof most, "%d", p->epochs);
  l->count = 0;
  snprintf(text, sizeof text, "epoch %*d/%s", width, epoch, most);
  rt_line_add(l, EPOCH, 0, text);
  if (p->terminal) {
    rt_line_add(l, BAR, 0, "######");
  }
  snprintf(text, sizeof text, "%3d%%", (int)(100 * step / p->steps));
  rt_line_add(l, SHARE, 0, text);
  snprintf(text, sizeof text, "%lld/%lld", (long long)step, (long long)p->steps);
  rt_line_add(l, STEPS, 0, text);
  for (int n = 0; n < p->metric_count; n++) {
    // Metrics from the fourth on matter less than all else.
    int rank = n == 0 ? LOSS : n < 3 ? METRIC + n - 1 : STEPS + n;
    rt_metric_text(text, sizeof text, rt_metric(call->function, n)->name,
                   rt_metric_value(call, n));
    rt_line_add(l, rank, 0, text);
  }
  // Only for people, so a failure is none of the training.
  if (p->rates != NULL && rt_rates_count(p->rates) > 0 &&
      rt_rates_update(p->rates, NULL) == RT_OK) {
    snprintf(text, sizeof text, "lr %s",
             rt_learning_rate_text(number, rt_rates_value(p->rates, 0)));
    rt_line_add(l, RATE, 0, text);
  }
  snprintf(text, sizeof text, "%s %s",
           rt_rate_text(number, speed * (p->batch > 0 ? p->batch : 1)), rt_rate_unit(p->batch));
  rt_line_add(l, SPEED, 0, text);
  snprintf(text, sizeof text, "eta %s", rt_duration_text(number, seconds_left(p, epoch)));
  rt_line_add(l, LEFT, 0, text);
  size_t used = rt_line_fit(l, columns);
  fill_bar(l, p, step, columns, used < columns ? columns - used : 0);
}

void rt_progress_clear(rt_progress *progress) {
  if (progress->terminal && progress->is_live) {
    fputs("\r\x1b[K", progress->stream);
    fflush(progress->stream);
    progress->is_live = 0;
  }
}

void rt_progress_epoch_begin(rt_progress *progress) {
  rt_progress *p = progress;
  double now = rt_seconds();
  if (p->past_steps > 0) {
    p->between += now - p->stepped;
    p->ends++;
  }
  p->epoch_start = p->stepped = now;
}

void rt_progress_step(rt_progress *progress, int epoch, int64_t step, int64_t done,
                      const rt_call *call) {
  rt_progress *p = progress;
  for (int n = 0; n < p->metric_count; n++) {
    p->sums[n] += rt_metric_value(call, n);
  }
  p->epoch_steps++;
  p->timed_steps++;
  p->done = done;
  p->stepped = rt_seconds();
  if (p->is_quiet || p->stepped - p->shown < p->interval) {
    return;
  }
  p->shown = p->stepped;
  rt_line line;
  char text[RT_LONGEST_LINE];
  make_line(&line, p, epoch, step, call, width_of(p));
  fprintf(p->stream, p->terminal ? "\r%s\x1b[K" : "%s\n", rt_line_join(text, &line));
  fflush(p->stream);
  p->is_live = 1;
}

void rt_progress_evaluate(rt_progress *progress, int epoch, int64_t examples) {
  rt_progress *p = progress;
  double now = rt_seconds();
  int is_long = p->ends > 0 && p->between / p->ends > least_evaluation;
  if (p->is_quiet || !p->terminal || p->timed_steps == 0 ||
      (!is_long && now - p->shown < p->interval)) {
    return;
  }
  rt_line line = {.count = 0};
  char text[RT_LONGEST_LINE], number[32], most[16];
  int width = snprintf(most, sizeof most, "%d", p->epochs);
  snprintf(text, sizeof text, "epoch %*d/%s", width, epoch, most);
  rt_line_add(&line, 0, 0, text);
  snprintf(text, sizeof text, "evaluates %s examples", rt_count_text(number, examples));
  rt_line_add(&line, 1, 0, text);
  snprintf(text, sizeof text, "eta %s", rt_duration_text(number, seconds_left(p, epoch)));
  rt_line_add(&line, 2, 0, text);
  rt_line_fit(&line, width_of(p));
  fprintf(p->stream, "\r%s\x1b[K", rt_line_join(text, &line));
  fflush(p->stream);
  p->shown = now;
  p->is_live = 1;
}

// Prints a row, below a header if that is another than before, or none was.
static void print_row(rt_progress *p, const char *header, const char *row) {
  rt_progress_clear(p);
  if (strcmp(p->header, header) != 0) {
    strcpy(p->header, header);
    fprintf(p->stream, "%s\n", header);
  }
  fprintf(p->stream, "%s\n", row);
  fflush(p->stream);
}

void rt_progress_epoch(rt_progress *progress, int epoch, const rt_function *step,
                       const rt_evaluation *evaluation, int is_best, int is_last) {
  rt_progress *p = progress;
  char header[RT_LONGEST_LINE], row[RT_LONGEST_LINE];
  double now = rt_seconds();
  size_t columns = width_of(p);
  int is_first = p->header[0] == '\0';
  int is_due = epoch % p->every == 0 &&
               (p->epochs <= SCREEN || now - p->printed >= seconds_between_rows);
  if (is_best || is_first || is_last || is_due) {
    rt_progress_row(row, p, epoch, step, evaluation, is_best, columns);
  }
  if (!p->is_quiet && (is_first || is_last || is_due)) {
    rt_progress_header(header, p, step, evaluation, columns);
    // The best row so far, if it is to stay, comes before this one.
    if (p->waiting[0] != '\0' && !is_best) {
      print_row(p, header, p->waiting);
    }
    p->waiting[0] = '\0';
    print_row(p, header, row);
    p->printed = p->shown = now;
  } else if (is_best) {
    strcpy(p->waiting, row);
  }
  memset(p->sums, 0, (size_t)p->metric_count * sizeof(double));
  p->past_seconds += p->stepped - p->epoch_start;
  p->past_steps += (double)p->timed_steps;
  // What is long ago matters less.
  if (p->past_seconds > seconds_of_pace) {
    p->past_seconds /= 2.0;
    p->past_steps /= 2.0;
  }
  p->epoch_steps = p->timed_steps = 0;
}

void rt_progress_finish(rt_progress *progress) {
  rt_progress *p = progress;
  if (p->waiting != NULL && p->waiting[0] != '\0' && !p->is_quiet) {
    print_row(p, p->header, p->waiting);
    p->waiting[0] = '\0';
  }
  rt_progress_clear(p);
}
