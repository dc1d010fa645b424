// summary.c - what a training says of itself, at its beginning and at its end.

#include <math.h>
#include <string.h>

#include "curves.h"
#include "training.h"

// The numbers in all parameters.
static int64_t count_parameters(const rt_model *model) {
  int64_t count = 0;
  for (int i = 0; i < model->state_count; i++) {
    int is_one = model->states[i].role == RT_PARAMETER;
    count += is_one ? (int64_t)rt_tensor_elements(&model->states[i].tensor) : 0;
  }
  return count;
}

// True iff --steps ends the run, not --epochs.
static int ends_by_steps(const rt_training *t) {
  return t->total < t->epoch_steps * t->epochs;
}

// The examples that fill no batch at the end of an epoch; which ones they are differs.
static int64_t left_out(const rt_training *t, int batch) {
  int64_t examples = t->data.set_count > 0 && batch > 0 ? t->data.count[RT_TRAIN] : 0;
  return t->epoch_steps == examples / (batch > 0 ? batch : 1) ? examples - t->epoch_steps * batch
                                                               : 0;
}

void rt_summary_begin(const rt_training *training) {
  const rt_training *t = training;
  const rt_options *o = t->options;
  int batch = rt_batch_extent(t->step.function), threads = rt_set_threads(0);
  char a[32], b[32], text[1024];
  if (t->model->phase_count > 1) {
    rt_say(o, "%sphase %s, %d of %d\n", t->phase > 0 ? "\n" : "", rt_phase_name(t->recipe),
           t->phase + 1, t->model->phase_count);
  }
  rt_say(o, "%s: %s parameters", t->model->name,
         rt_count_text(a, count_parameters(t->model)));
  if (t->data.set_count > 0) {
    rt_say(o, ", %s examples", rt_count_text(a, t->data.count[RT_TRAIN]));
  }
  if (t->data.count[RT_VALIDATION] > 0) {
    rt_say(o, " (%s more held out%s)", rt_count_text(b, t->data.count[RT_VALIDATION]),
           t->evaluation.metric_count > 0 ? "" : ", not evaluated");
  }
  if (batch > 0) {
    rt_say(o, ", batch %d", batch);
  }
  rt_say(o, ", %d thread%s\n", threads, threads == 1 ? "" : "s");
  rt_say(o, "memory %s\n", rt_memory_text(text, sizeof text, &t->memory));
  rt_count_text(a, t->epoch_steps);
  if (ends_by_steps(t)) {
    rt_say(o, "%s step%s, %s an epoch", rt_count_text(b, t->total), t->total == 1 ? "" : "s", a);
  } else if (t->epochs == 1) {
    rt_say(o, "an epoch of %s steps", a);
  } else {
    rt_say(o, "%d epochs of %s steps", t->epochs, a);
  }
  if (t->done > 0) {
    rt_say(o, ", from step %s on", rt_count_text(b, t->done + 1));
  }
  int64_t rest = left_out(t, batch);
  if (rest > 0) {
    rt_say(o, ", %s example%s left out%s", rt_count_text(b, rest), rest == 1 ? "" : "s",
           t->epochs == 1 ? "" : " of each");
  }
  rt_say(o, ", in %s\n", t->results.quoted);
  if (t->frozen.count > 0) {
    rt_say(o, "%s\n", rt_frozen_text(text, sizeof text, o));
  }
}

// Prints the metrics of the best epoch, which stand in results.csv.
static void print_best(const rt_training *t, FILE *stream) {
  const rt_results *r = &t->results;
  const rt_function *evaluated = t->evaluation.measured.function;
  char *path = rt_phase_path(t, "results", ".csv");
  rt_curve_table table = {0};
  int is_read = path != NULL && rt_curve_table_read(&table, path, NULL) == RT_OK;
  const double *epochs = is_read ? rt_curve_table_column(&table, "epoch") : NULL;
  fprintf(stream, "best epoch %d", r->best_epoch);
  int count = 0;
  for (size_t row = 0; epochs != NULL && row < table.rows; row++) {
    for (int n = 0; epochs[row] == r->best_epoch && n < t->evaluation.metric_count; n++) {
      const char *name = rt_metric(evaluated, n)->name;
      char column[RT_LONGEST_TAG], text[RT_LONGEST_TAG];
      snprintf(column, sizeof column, "validation_%s", name);
      const double *values = rt_curve_table_column(&table, column);
      if (values != NULL && !isnan(values[row])) {
        fprintf(stream, count++ > 0 ? ", %s" : ": %s",
                rt_metric_text(text, sizeof text, name, values[row]));
      }
    }
  }
  fprintf(stream, "\n");
  rt_curve_table_close(&table);
  rt_release(path);
}

// Prints the best epoch, and which files were written.
static void print_files(const rt_training *t, FILE *stream) {
  const rt_results *r = &t->results;
  if (r->best_epoch > 0) {
    print_best(t, stream);
  }
  if (r->saved || t->resumed != NULL) {
    fprintf(stream, "weights %s\n", r->last);
  }
  if (r->kept) {
    fprintf(stream, "weights %s, of an earlier run\n", r->best);
  } else if (r->best_epoch > 0) {
    fprintf(stream, "weights %s, of epoch %d\n", r->best, r->best_epoch);
  }
  if (r->folder != NULL) {
    const char *name = t->model->phase_count > 1 ? rt_phase_name(t->recipe) : "";
    const char *dash = *name != '\0' ? "-" : "";
    fprintf(stream, "results %s/results%s%s.csv, results%s%s.svg\n", r->folder, dash, name, dash,
            name);
  }
}

void rt_summary_end(const rt_training *training, FILE *stream) {
  const rt_training *t = training;
  const rt_function *evaluated = t->evaluation.measured.function;
  const rt_function *function = evaluated != NULL ? evaluated : t->step.function;
  if (t->total > 0 && rt_patience_is_over(t)) {
    int worse = t->epoch - t->results.best_epoch;
    fprintf(stderr, "no better result in %d epoch%s: the run ends after epoch %d of %d\n", worse,
            worse == 1 ? "" : "s", t->epoch, t->epochs);
  }
  // The held-out examples count, or else the last batch, if there was one.
  int count = evaluated != NULL || t->total > 0 ? rt_metric_count(function) : 0;
  for (int n = 0; n < count; n++) {
    char text[RT_LONGEST_TAG];
    double value =
        evaluated != NULL ? t->evaluation.metrics[n] : rt_metric_value(&t->step, n);
    fprintf(stream, "%s\n",
            rt_metric_text(text, sizeof text, rt_metric(function, n)->name, value));
  }
  print_files(t, stream);
}

void rt_summary_finished(const rt_training *training, FILE *stream) {
  const rt_training *t = training;
  fprintf(stderr, "%s: '%s' is finished after %d epoch%s", t->options->program, t->results.folder,
          t->epoch, t->epoch == 1 ? "" : "s");
  if (t->done < t->total) {
    fprintf(stderr, ", the last %d without a better result",
            t->epoch - t->results.best_epoch);
  }
  fprintf(stderr, "\n");
  print_files(t, stream);
}

void rt_summary_go_on(const rt_training *training) {
  const rt_training *t = training;
  const rt_options *o = t->options;
  if (t->is_done && o->quiet) {
    return;
  }
  const char *name = o->argc > 0 ? o->argv[0] : o->program;
  char *command = rt_shell_word(name), a[32], b[32];
  if (!t->is_done) {
    fprintf(stderr, "stopped after step %s of %s\n", rt_count_text(a, t->done),
            rt_count_text(b, t->total));
  }
  fprintf(stderr, "go on with: %s --resume %s", command != NULL ? command : name,
          t->results.quoted);
  rt_release(command);
  // What ended the run, twice as large, so that the line can be used as it stands.
  int is_impatient = t->done < t->total, by_steps = ends_by_steps(t);
  int most = is_impatient ? t->patience : by_steps ? o->steps : t->epochs;
  if (t->is_done) {
    fprintf(stderr, " --%s %d", is_impatient ? "patience" : by_steps ? "steps" : "epochs",
            most < INT32_MAX / 2 ? 2 * most : INT32_MAX);
  }
  fprintf(stderr, "\n");
}
