// progress.c - shows the progress of training.
//
// On a terminal one line is rewritten ten times a second; elsewhere a line is added
// every ten seconds. Each epoch leaves one line.

#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "program.h"

enum { BAR = 14, LONGEST_LINE = 512 };

int rt_progress_begin(rt_progress *progress, FILE *stream, const rt_function *step,
                      int epochs, int64_t steps, int64_t total, rt_error *error) {
  rt_progress *p = progress;
  memset(p, 0, sizeof *p);
  p->stream = stream;
  p->terminal = isatty(fileno(stream));
  p->interval = p->terminal ? 0.1 : 10.0;
  p->epochs = epochs;
  p->steps = steps;
  p->total = total;
  p->batch = rt_batch_extent(step);
  p->metric_count = rt_metric_count(step);
  p->start = p->epoch_start = p->shown = rt_seconds();
  size_t bytes = (size_t)p->metric_count * sizeof(double);
  p->sums = (double *)rt_allocate(bytes);
  return p->sums != NULL ? RT_OK : rt_fail_memory(error, bytes, "metrics");
}

void rt_progress_end(rt_progress *progress) {
  rt_release(progress->sums);
  memset(progress, 0, sizeof *progress);
}

// Appends to the line's text; what does not fit is cut.
typedef struct {
  char text[LONGEST_LINE];
  size_t used;
} line;

static void add(line *l, const char *text) {
  for (; *text != '\0' && l->used + 1 < sizeof l->text; text++) {
    l->text[l->used++] = *text;
  }
  l->text[l->used] = '\0';
}

static void add_epoch(line *l, const rt_progress *p, int epoch) {
  char text[64], total[16];
  int width = snprintf(total, sizeof total, "%d", p->epochs);
  snprintf(text, sizeof text, "epoch %*d/%s", width, epoch, total);
  add(l, text);
}

static void add_bar(line *l, int64_t step, int64_t steps) {
  char text[64];
  int64_t filled = step * BAR / (steps > 0 ? steps : 1);
  add(l, "  ");
  for (int i = 0; i < BAR; i++) {
    add(l, i < filled ? "#" : "-");
  }
  snprintf(text, sizeof text, "  %3d%%  %lld/%lld",
           (int)(100 * step / (steps > 0 ? steps : 1)), (long long)step,
           (long long)steps);
  add(l, text);
}

static void add_metric(line *l, const char *space, const char *name, double value) {
  char text[128];
  add(l, space);
  add(l, rt_metric_text(text, sizeof text, name, value));
}

// "18.4k ex/s", or steps where a step has no examples.
static void add_rate(line *l, const rt_progress *p, double steps_per_second) {
  char text[64];
  double rate = steps_per_second * (p->batch > 0 ? p->batch : 1);
  const char *unit = p->batch > 0 ? "ex/s" : "steps/s";
  if (rate >= 1e6) {
    snprintf(text, sizeof text, "  %.2fM %s", rate * 1e-6, unit);
  } else if (rate >= 1e3) {
    snprintf(text, sizeof text, "  %.1fk %s", rate * 1e-3, unit);
  } else {
    snprintf(text, sizeof text, "  %.3g %s", rate, unit);
  }
  add(l, text);
}

// "0:07" or "1:02:03".
static void add_duration(line *l, double seconds) {
  char text[64];
  long s = seconds < 1e9 ? (long)(seconds + 0.5) : 1000000000L;
  if (s < 3600) {
    snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
  } else {
    snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  }
  add(l, text);
}

// The width of the terminal, 80 if unknown.
static size_t terminal_columns(FILE *stream) {
  struct winsize size;
  int known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void rt_progress_clear(rt_progress *progress) {
  if (progress->terminal) {
    fputs("\r\x1b[K", progress->stream);
    fflush(progress->stream);
  }
}

void rt_progress_step(rt_progress *progress, int epoch, int64_t step, int64_t done,
                      const rt_call *call) {
  rt_progress *p = progress;
  for (int n = 0; n < p->metric_count; n++) {
    p->sums[n] += rt_metric_value(call, n);
  }
  p->epoch_steps++;
  p->timed_steps++;
  double now = rt_seconds();
  if (now - p->shown < p->interval) {
    return;
  }
  p->shown = now;
  line l = {{0}, 0};
  double elapsed = now - p->epoch_start;
  double rate = (double)p->timed_steps / (elapsed > 1e-9 ? elapsed : 1e-9);
  add_epoch(&l, p, epoch);
  add_bar(&l, step, p->steps);
  for (int n = 0; n < p->metric_count; n++) {
    add_metric(&l, "  ", rt_metric(call->function, n)->name, rt_metric_value(call, n));
  }
  add_rate(&l, p, rate);
  add(&l, "  eta ");
  add_duration(&l, (double)(p->total - done) / rate);
  if (p->terminal) {
    size_t columns = terminal_columns(p->stream);
    l.text[l.used < columns ? l.used : columns - 1] = '\0';
    fprintf(p->stream, "\r%s\x1b[K", l.text);
  } else {
    fprintf(p->stream, "%s\n", l.text);
  }
  fflush(p->stream);
}

void rt_progress_epoch(rt_progress *progress, int epoch, const rt_function *step,
                       const rt_evaluation *evaluation) {
  rt_progress *p = progress;
  line l = {{0}, 0};
  double now = rt_seconds();
  add_epoch(&l, p, epoch);
  for (int n = 0; n < p->metric_count && p->epoch_steps > 0; n++) {
    add_metric(&l, "  ", rt_metric(step, n)->name, p->sums[n] / (double)p->epoch_steps);
    p->sums[n] = 0.0;
  }
  if (evaluation->step.function != NULL) {
    add(&l, "  |  validation");
    for (int n = 0; n < evaluation->metric_count; n++) {
      const char *name = rt_metric(evaluation->step.function, n)->name;
      add_metric(&l, n > 0 ? "  " : " ", name, evaluation->averages[n]);
    }
    add(&l, "  |");
  }
  double elapsed = now - p->epoch_start;
  add_rate(&l, p, (double)p->timed_steps / (elapsed > 1e-9 ? elapsed : 1e-9));
  add(&l, "  ");
  add_duration(&l, now - p->start);
  rt_progress_clear(p);
  fprintf(p->stream, "%s\n", l.text);
  fflush(p->stream);
  p->epoch_start = p->shown = rt_seconds();
  p->epoch_steps = p->timed_steps = 0;
}
