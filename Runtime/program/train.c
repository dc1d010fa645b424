// train.c - the program that trains a model.

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "training.h"

// At the end of an epoch, unless --save-every or a better result says otherwise.
static const double seconds_between_saves = 1.0;

// The signal that asked to stop: finish the step, save, stop. A second one kills. It is the only
// global state of the runtime, since a signal handler gets no argument of ours.
static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  interrupted = number;
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

// One step on batch `index` of epoch `epoch`. A loss that is not finite is an error; the
// last checkpoint stays as it is.
static int train_batch(rt_training *t, int epoch, int64_t index, rt_error *error) {
  int64_t first = index * rt_batch_extent(t->step.function);
  int code = rt_dataset_batch(&t->data, RT_TRAIN, first, &t->step, error);
  if (code == RT_OK) {
    code = rt_call_run(&t->step, t->instance, error);
  }
  if (code == RT_OK && t->log.stream != NULL) {
    rt_log_step(&t->log, t->done + 1, &t->step);
  }
  return code == RT_OK ? rt_call_check_loss(&t->step, epoch, t->done + 1, error) : code;
}

// The steps of an epoch, as far as there are steps to do. Those that `save_every` names are saved,
// but for the last one, which the end of the epoch saves.
static int train_epoch(rt_training *t, rt_error *error) {
  int code = RT_OK, every = t->options->save_every;
  rt_dataset_shuffle(&t->data, t->options->seed, (uint32_t)t->epoch);
  while (t->epoch_done < t->epoch_steps && t->done < t->total && code == RT_OK && !interrupted) {
    code = train_batch(t, t->epoch + 1, t->epoch_done, error);
    if (code == RT_OK) {
      t->done++;
      t->epoch_done++;
      rt_progress_step(&t->progress, t->epoch + 1, t->epoch_done, t->done, &t->step);
      int is_last = t->epoch_done == t->epoch_steps || t->done >= t->total;
      if (every > 0 && t->done % every == 0 && !is_last) {
        code = rt_training_save(t, error);
      }
    }
  }
  return code;
}

// Evaluates, and adds the row of the epoch.
static int evaluate_epoch(rt_training *t, rt_error *error) {
  int code = rt_evaluation_run(&t->evaluation, t->instance, &t->data, error);
  if (code == RT_OK) {
    rt_table_row(&t->table, t->epoch + 1, t->done, &t->progress, &t->evaluation);
    code = rt_charts_epoch(t, error);
  }
  if (code == RT_OK) {
    rt_progress_epoch(&t->progress, t->epoch + 1, t->step.function, &t->evaluation);
    code = rt_writer_flush(&t->table.writer, error);
  }
  return code == RT_OK ? rt_writer_flush(&t->log, error) : code;
}

// The end of a whole epoch. The checkpoint says which weights are the best, so these follow it.
static int finish_epoch(rt_training *t, rt_error *error) {
  int every = t->options->save_every;
  int code = evaluate_epoch(t, error);
  if (code != RT_OK) {
    return code;
  }
  t->epoch++;
  t->epoch_done = 0;
  int is_best = rt_results_improve(&t->results, &t->evaluation, t->epoch);
  int is_due = every > 0 ? t->done % every == 0
                         : rt_seconds() - t->results.saved_at >= seconds_between_saves;
  if (is_best || is_due || interrupted || t->done >= t->total) {
    code = rt_training_save(t, error);
  }
  return code == RT_OK && is_best
             ? rt_results_save_best(&t->results, t->model, t->instance, error)
             : code;
}

// The end of a run within an epoch, where --steps may be. The checkpoint is that before the
// evaluation, so that more steps can follow exactly; therefore only best weights of a whole epoch
// are never replaced here.
static int finish_within(rt_training *t, rt_error *error) {
  rt_results *r = &t->results;
  double lowest = r->lowest;
  int code = rt_training_save(t, error);
  if (code == RT_OK) {
    code = evaluate_epoch(t, error);
  }
  if (code == RT_OK && r->best_epoch == 0 && !r->kept &&
      rt_results_improve(r, &t->evaluation, t->epoch + 1)) {
    code = rt_results_save_best(r, t->model, t->instance, error);
    r->lowest = lowest;
  }
  return code == RT_OK ? rt_writer_synchronise(&t->table.writer, error) : code;
}

// Adds to an error what of the run is saved.
static void explain(const rt_training *t, rt_error *error) {
  if (t->saved_steps > t->epoch * t->epoch_steps) {
    rt_fail_more(error, "; the run is saved as of step %lld", (long long)t->saved_steps);
  } else {
    rt_fail_more(error, "; nothing of epoch %d was saved", t->epoch + 1);
  }
}

// Trains until the run is done or interrupted.
static int train_epochs(rt_training *t, rt_error *error) {
  int code = RT_OK;
  while (code == RT_OK && !interrupted && !t->is_done) {
    code = train_epoch(t, error);
    int is_whole = t->epoch_done == t->epoch_steps;
    if (code == RT_OK && !interrupted) {
      code = is_whole ? finish_epoch(t, error) : finish_within(t, error);
      t->is_done = t->done >= t->total;
    }
    if (code != RT_OK) {
      explain(t, error);
    }
  }
  return code;
}

// The training loop. The first checkpoint comes before the first step, so that a run that is killed
// can be resumed from then on.
static int train(rt_training *t, rt_error *error) {
  char memory[192];
  fprintf(stderr, "memory %s\n", rt_memory_text(memory, sizeof memory, &t->memory));
  rt_profile_begin(rt_profile_of(t->model, t->instance));
  int code = rt_progress_begin(&t->progress, stderr, t->step.function, t->options->epochs,
                               t->epoch_steps, t->total, error);
  if (code == RT_OK) {
    code = t->resumed != NULL ? rt_position_sums(t, error) : rt_training_save(t, error);
  }
  if (code == RT_OK) {
    code = train_epochs(t, error);
  }
  rt_profile_end(rt_profile_of(t->model, t->instance));
  rt_progress_clear(&t->progress);
  if (code == RT_OK) {
    code = rt_charts_draw(t, error);
  }
  if (code == RT_OK && !t->is_done) {
    code = rt_training_save(t, error);
    if (code == RT_OK) {
      fprintf(stderr, "go on with: %s --resume %s\n", t->options->program, t->results.folder);
    }
  }
  return code;
}

// Without steps: evaluates the present weights.
static int evaluate(rt_training *t, rt_error *error) {
  if (t->evaluation.metric_count == 0) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "there are no steps to do, and no examples are held out to evaluate");
  }
  fprintf(stderr, "%s: no steps; the weights are evaluated, nothing is saved\n",
          t->options->program);
  return rt_evaluation_measure(&t->evaluation, t->instance, &t->data, error);
}

// Prints the validation metrics, or the last training metrics if nothing is held out.
static void print_results(const rt_training *t) {
  const rt_call *last = &t->step;
  const rt_function *evaluated = t->evaluation.step.function;
  const rt_function *function = evaluated != NULL ? evaluated : last->function;
  for (int n = 0; n < rt_metric_count(function); n++) {
    char text[128];
    double value =
        evaluated != NULL ? t->evaluation.averages[n] : rt_metric_value(last, n);
    printf("%s\n", rt_metric_text(text, sizeof text, rt_metric(function, n)->name, value));
  }
  rt_results_print(&t->results, stdout);
}

// A run that is resumed without anything left to do.
static int show_finished(const rt_training *t) {
  fprintf(stderr, "%s: '%s' is finished after %d epochs; more follow with --epochs N\n",
          t->options->program, t->results.folder, t->epoch);
  rt_results_print(&t->results, stdout);
  return RT_OK;
}

// Prints the results of the run and checks that all output was written.
static int finish(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  if (t->is_done || t->total == 0) {
    print_results(t);
  }
  int code = rt_profile_report(rt_profile_of(t->model, t->instance), o->program,
                               o->trace != NULL ? o->trace : t->trace, stdout, error);
  if (code == RT_OK && t->log.stream != NULL) {
    code = rt_writer_commit(&t->log, error);
  }
  return code;
}

// Trains as the options say. `*stopped` is the signal that ended it before its end, or 0.
static int run(rt_options *o, int *stopped, rt_error *error) {
  int code = rt_check_threads(o->threads, error);
  if (code != RT_OK) {
    return code;
  }
  rt_options_set_threads(o);
  rt_training t;
  code = rt_training_open(&t, o, error);
  if (code == RT_OK && rt_training_is_finished(&t)) {
    code = show_finished(&t);
  } else if (code == RT_OK) {
    code = t.total > 0 ? train(&t, error) : evaluate(&t, error);
    if (code == RT_OK) {
      code = finish(&t, error);
    }
    *stopped = t.is_done || t.total == 0 ? 0 : interrupted;
  }
  rt_training_close(&t);
  return code;
}

// Sets the recipe's values. The directory of data is relative to the executable; `data` is to be
// freed with rt_release.
static int set_defaults(rt_options *o, const char *argv0, char **data, rt_error *error) {
  const rt_recipe *recipe = o->model->recipe;
  *data = NULL;
  if (recipe != NULL) {
    o->epochs = recipe->epochs;
    char *home = recipe->data != NULL ? rt_executable_directory(argv0) : NULL;
    *data = home != NULL ? rt_path_join(home, recipe->data) : NULL;
    o->data = o->recipe_data = *data;
    rt_release(home);
    if (recipe->data != NULL && *data == NULL) {
      return rt_fail_memory(error, strlen(recipe->data), "a path");
    }
  }
  return RT_OK;
}

int rt_train_main(const rt_model *model, int argc, char **argv) {
  rt_error error = {RT_OK, ""};
  rt_options o;
  char *data = NULL;
  int stopped = 0;
  interrupted = 0;
  signal(SIGINT, interrupt);
  signal(SIGTERM, interrupt);
  rt_reserve_streams();
  int code = rt_options_create(&o, model, RT_TRAIN_PROGRAM, &error);
  if (code == RT_OK) {
    code = set_defaults(&o, argv[0], &data, &error);
  }
  if (code == RT_OK) {
    code = rt_check_stack(&error);
  }
  if (code == RT_OK) {
    code = rt_options_read(&o, argc, argv, &error);
  }
  if (code == RT_OK && !o.helped) {
    code = run(&o, &stopped, &error);
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  int status = code == RT_OK ? 0 : rt_report(o.program, &error);
  rt_options_destroy(&o);
  rt_release(data);
  return code == RT_OK && stopped != 0 ? 128 + stopped : status;
}
