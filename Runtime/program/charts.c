// charts.c - the metrics of a run for people: results.svg, and events for TensorBoard.
//
// The picture is drawn anew from results.csv, so that it shows all epochs of a run that went on.
// Events are only added; TensorBoard shows the later ones where their steps overlap.

#include <string.h>

#include "curves.h"
#include "training.h"

int rt_charts_open(rt_training *training, rt_error *error) {
  rt_training *t = training;
  return rt_events_open(&t->events, t->results.folder, t->done + 1, NULL, error);
}

// One number of an epoch, "loss/train".
static void add(rt_training *t, const char *name, const char *kind, double value) {
  char tag[RT_LONGEST_TAG];
  int is_one = t->model->phase_count == 1;
  int length = snprintf(tag, sizeof tag, "%s%s%s%s", is_one ? "" : rt_phase_name(t->recipe),
                        is_one ? "" : "/", name, kind);
  if (length > 0 && (size_t)length < sizeof tag) {
    rt_events_scalar(&t->events, tag, t->done, value);
  }
}

int rt_charts_epoch(rt_training *training, rt_error *error) {
  rt_training *t = training;
  const rt_evaluation *evaluation = &t->evaluation;
  for (int n = 0; n < t->progress.metric_count && t->progress.epoch_steps > 0; n++) {
    double mean = t->progress.sums[n] / (double)t->progress.epoch_steps;
    add(t, rt_metric(t->step.function, n)->name, "/train", mean);
  }
  for (int n = 0; n < evaluation->metric_count; n++) {
    const char *name = rt_metric(evaluation->measured.function, n)->name;
    add(t, name, "/validation", evaluation->metrics[n]);
  }
  for (int n = 0; n < rt_rates_count(&t->rates); n++) {
    add(t, rt_rates_name(&t->rates, n), "", rt_rates_value(&t->rates, n));
  }
  return rt_events_flush(&t->events, error);
}

int rt_charts_draw(const rt_training *training, rt_error *error) {
  const rt_training *t = training;
  int has_metrics = t->progress.metric_count > 0 || t->evaluation.metric_count > 0;
  if (t->epoch == 0 || !has_metrics) {
    return RT_OK;
  }
  char *table = rt_phase_path(t, "results", ".csv");
  char *picture = rt_phase_path(t, "results", ".svg");
  int code = table != NULL && picture != NULL
                 ? rt_curves_write(picture, table, t->model->name, error)
                 : rt_fail_memory(error, strlen(t->results.folder), "a path");
  rt_release(table);
  rt_release(picture);
  return code;
}
