// train.c - the program that trains a model.

#include <signal.h>
#include <stdio.h>

#include "training.h"

// Set by the first Ctrl-C: finish the step, save, stop. The second one kills. It is the only global
// state of the runtime, since a signal handler gets no argument of ours.
static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  interrupted = 1;
  signal(number, SIG_DFL);
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

// One epoch, as far as there are steps to do.
static int train_epoch(rt_training *t, int epoch, rt_error *error) {
  int code = RT_OK;
  rt_dataset_shuffle(&t->data, t->options->seed, (uint32_t)epoch - 1);
  for (int64_t step = 0; step < t->epoch_steps && t->done < t->total && code == RT_OK &&
                         !interrupted;
       step++) {
    code = train_batch(t, epoch, step, error);
    if (code == RT_OK) {
      t->done++;
      rt_progress_step(&t->progress, epoch, step + 1, t->done, &t->step);
    }
  }
  return code;
}

// The training loop.
static int train(rt_training *t, rt_error *error) {
  rt_profile_begin(rt_profile_of(t->model, t->instance));
  int code = rt_progress_begin(&t->progress, stderr, t->step.function, t->options->epochs,
                               t->epoch_steps, t->total, error);
  for (int epoch = 1; t->done < t->total && !interrupted && code == RT_OK; epoch++) {
    code = train_epoch(t, epoch, error);
    if (code == RT_OK) {
      code = rt_evaluation_run(&t->evaluation, t->instance, &t->data, error);
    }
    if (code != RT_OK) {
      rt_fail_more(error, "; nothing of epoch %d was saved", epoch);
      break;
    }
    rt_progress_epoch(&t->progress, epoch, t->step.function, &t->evaluation);
    code = rt_results_save(&t->results, t->model, t->instance, &t->evaluation, epoch, error);
    if (code == RT_OK) {
      code = rt_writer_flush(&t->log, error);
    }
  }
  rt_profile_end(rt_profile_of(t->model, t->instance));
  rt_progress_clear(&t->progress);
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
  if (t->done == 0 && t->total > 0) {
    fprintf(stderr, "%s: stopped before the first step; nothing was saved\n",
            t->options->program);
    return;
  }
  for (int n = 0; n < rt_metric_count(function); n++) {
    char text[128];
    double value =
        evaluated != NULL ? t->evaluation.averages[n] : rt_metric_value(last, n);
    printf("%s\n", rt_metric_text(text, sizeof text, rt_metric(function, n)->name, value));
  }
  rt_results_print(&t->results, stdout);
}

// Prints the results of the run and checks that all output was written.
static int finish(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  print_results(t);
  int code = rt_profile_report(rt_profile_of(t->model, t->instance), o->program,
                               o->trace != NULL ? o->trace : t->trace, stdout, error);
  if (code == RT_OK && t->log.stream != NULL) {
    code = rt_writer_commit(&t->log, error);
  }
  return code;
}

// Trains as the options say.
static int run(const rt_options *o, rt_error *error) {
  int code = rt_check_threads(o->threads, error);
  if (code != RT_OK) {
    return code;
  }
  rt_options_set_threads(o);
  rt_training t;
  code = rt_training_open(&t, o, error);
  if (code == RT_OK) {
    code = t.total > 0 ? train(&t, error) : evaluate(&t, error);
  }
  if (code == RT_OK) {
    code = finish(&t, error);
  }
  rt_training_close(&t);
  return code;
}

// Sets the recipe's values. The directory of data is relative to the executable; `data` is to be
// freed with rt_release.
static void set_defaults(rt_options *o, const char *argv0, char **data) {
  const rt_recipe *recipe = o->model->recipe;
  o->out = "run";
  *data = NULL;
  if (recipe != NULL) {
    o->epochs = recipe->epochs;
    char *home = recipe->data != NULL ? rt_executable_directory(argv0) : NULL;
    *data = home != NULL ? rt_path_join(home, recipe->data) : NULL;
    o->data = *data;
    rt_release(home);
  }
}

int rt_train_main(const rt_model *model, int argc, char **argv) {
  rt_error error = {RT_OK, ""};
  rt_options o;
  char *data = NULL;
  interrupted = 0;
  signal(SIGINT, interrupt);
  rt_reserve_streams();
  int code = rt_options_create(&o, model, RT_TRAIN_PROGRAM, &error);
  if (code == RT_OK) {
    set_defaults(&o, argv[0], &data);
    code = rt_check_stack(&error);
  }
  if (code == RT_OK) {
    code = rt_options_read(&o, argc, argv, &error);
  }
  if (code == RT_OK && !o.helped) {
    code = run(&o, &error);
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  int status = code == RT_OK ? 0 : rt_report(o.program, &error);
  rt_options_destroy(&o);
  rt_release(data);
  return code == RT_OK && interrupted ? 130 : status;
}
