// @model@_train.c - trains '@model@'.

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "@model@.h"
#include "runtime/runtime.h"

// The command line.
typedef struct {
  int epochs, steps, threads;
  uint64_t seed;
  const char *data, *out, *init, *log, *trace;
  double *settings;  // one value for each setting of the model
} options;

// All that a run needs, made by open_run and freed by close_run.
typedef struct {
  const rt_model *model;
  void *instance;
  rt_call step;  // the function that trains, and its batch
  rt_dataset data;
  rt_evaluation evaluation;
  rt_progress progress;
  rt_results results;
  rt_writer log;
  char *trace;          // where the times of kernels go
  int64_t epoch_steps;  // steps in an epoch
  int64_t total;        // steps in the whole run
  int64_t done;         // steps that were made
} run;

// Set by the first Ctrl-C: finish the step, save, stop. The second one kills.
static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  interrupted = 1;
  signal(number, SIG_DFL);
}

// Finds out how many steps an epoch and the run have.
static int count_steps(run *r, const options *o, rt_error *error) {
  int batch = rt_batch_extent(r->step.function);
  int64_t available = batch > 0 ? r->data.count[RT_TRAIN] / batch : 0;
  int64_t wanted = r->model->recipe->steps_per_epoch;
  r->epoch_steps = available > 0 && (wanted == 0 || wanted > available) ? available : wanted;
  r->total = r->epoch_steps * o->epochs;
  if (o->steps > 0 && o->steps < r->total) {
    r->total = o->steps;
  }
  if (r->epoch_steps == 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "the recipe says neither data nor steps");
  }
  return RT_OK;
}

// Opens the folder for the weights. A run that begins from weights in it continues the run that
// they are of, whose best weights stay unless these become better.
static int open_results(run *r, const options *o, rt_error *error) {
  r->trace = rt_path_join(o->out, "profile.json");
  if (r->trace == NULL) {
    return rt_fail_memory(error, strlen(o->out), "a path");
  }
  const char *trace = o->trace != NULL ? o->trace : r->trace;
  int code = rt_results_open(&r->results, o->out, "@model@-train",
                             r->model->profile != NULL ? trace : NULL, error);
  if (code == RT_OK && o->init != NULL && rt_lies_in(o->init, o->out)) {
    code = rt_results_resume(&r->results, r->model, r->instance, o->seed, o->settings,
                             &r->evaluation, &r->data, error);
    if (code == RT_OK) {
      code = rt_prepare(r->model, r->instance, o->seed, o->settings, o->init, NULL, error);
    }
  }
  return code;
}

// Makes what is needed to compute: data, buffers, the model.
static int open_model(run *r, const options *o, rt_error *error) {
  const rt_function *step = rt_function_of(r->model, RT_TRAIN_STEP);
  if (step == NULL || r->model->recipe == NULL) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'@model@' has no function that trains it");
  }
  int code = rt_dataset_open(&r->data, o->data, step, r->model->recipe->validation, error);
  if (code == RT_OK) {
    code = rt_dataset_limit(&r->data, r->model, step, error);
  }
  if (code == RT_OK) {
    code = rt_call_create(&r->step, step, error);
  }
  if (code == RT_OK) {
    code = count_steps(r, o, error);
  }
  if (code == RT_OK) {
    code = rt_evaluation_create(&r->evaluation, r->model, &r->data, error);
  }
  if (code == RT_OK) {
    r->instance = r->model->create();
    code = r->instance != NULL
               ? RT_OK
               : rt_fail_memory(error, r->model->state_bytes + r->model->arena_bytes,
                                "the model");
  }
  return code;
}

// Makes everything before the first step, so that what can fail fails early. Without steps
// nothing will be written.
static int open_run(run *r, const options *o, rt_error *error) {
  int code = open_model(r, o, error);
  if (code == RT_OK) {
    rt_error warning = {RT_OK, ""};
    code = rt_prepare(r->model, r->instance, o->seed, o->settings, o->init, &warning, error);
    if (warning.code != RT_OK) {
      fprintf(stderr, "@model@-train: warning: %s\n", warning.message);
    }
  }
  if (code == RT_OK && r->total > 0) {
    code = open_results(r, o, error);
  }
  if (code == RT_OK && r->total > 0 && o->log != NULL) {
    code = rt_log_open(&r->log, o->log, r->step.function, error);
  }
  return code;
}

static void close_run(run *r) {
  rt_progress_end(&r->progress);
  rt_evaluation_destroy(&r->evaluation);
  rt_dataset_close(&r->data);
  rt_call_destroy(&r->step);
  if (r->instance != NULL) {
    r->model->destroy(r->instance);
  }
  rt_writer_abandon(&r->log);
  rt_results_close(&r->results);
  rt_release(r->trace);
}

// One step on batch `index` of epoch `epoch`. A loss that is not finite is an error; the
// last checkpoint stays as it is.
static int train_step(run *r, int epoch, int64_t index, rt_error *error) {
  int64_t first = index * rt_batch_extent(r->step.function);
  int code = rt_dataset_batch(&r->data, RT_TRAIN, first, &r->step, error);
  if (code == RT_OK) {
    code = rt_call_run(&r->step, r->instance, error);
  }
  if (code == RT_OK && r->log.stream != NULL) {
    rt_log_step(&r->log, r->done + 1, &r->step);
  }
  return code == RT_OK ? rt_call_check_loss(&r->step, epoch, r->done + 1, error) : code;
}

// One pass over the training data, as far as there are steps to do.
static int train_epoch(run *r, const options *o, int epoch, rt_error *error) {
  int code = RT_OK;
  rt_dataset_shuffle(&r->data, o->seed, (uint32_t)epoch - 1);
  for (int64_t step = 0; step < r->epoch_steps && r->done < r->total && code == RT_OK &&
                         !interrupted;
       step++) {
    code = train_step(r, epoch, step, error);
    if (code == RT_OK) {
      r->done++;
      rt_progress_step(&r->progress, epoch, step + 1, r->done, &r->step);
    }
  }
  return code;
}

// The training loop.
static int train(run *r, const options *o, rt_error *error) {
  rt_profile_begin(rt_profile_of(r->model, r->instance));
  int code = rt_progress_begin(&r->progress, stderr, r->step.function, o->epochs,
                               r->epoch_steps, r->total, error);
  for (int epoch = 1; r->done < r->total && !interrupted && code == RT_OK; epoch++) {
    code = train_epoch(r, o, epoch, error);
    if (code == RT_OK) {
      code = rt_evaluation_run(&r->evaluation, r->instance, &r->data, error);
    }
    if (code != RT_OK) {
      rt_fail_more(error, "; nothing was saved of epoch %d", epoch);
      break;
    }
    rt_progress_epoch(&r->progress, epoch, r->step.function, &r->evaluation);
    code = rt_results_save(&r->results, r->model, r->instance, &r->evaluation, epoch, error);
    if (code == RT_OK) {
      code = rt_writer_flush(&r->log, error);
    }
  }
  rt_profile_end(rt_profile_of(r->model, r->instance));
  rt_progress_clear(&r->progress);
  return code;
}

// Without steps: the metrics of the weights as they are.
static int evaluate(run *r, rt_error *error) {
  if (r->evaluation.metric_count == 0) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "there are no steps to do, and no examples are held out to evaluate");
  }
  fprintf(stderr, "@model@-train: no steps; the weights are evaluated, nothing is saved\n");
  return rt_evaluation_measure(&r->evaluation, r->instance, &r->data, error);
}

// Prints the validation metrics, or the last training metrics if nothing is held out.
static void print_results(const run *r) {
  const rt_call *last = &r->step;
  const rt_function *evaluated = r->evaluation.step.function;
  const rt_function *function = evaluated != NULL ? evaluated : last->function;
  if (r->done == 0 && r->total > 0) {
    fprintf(stderr, "@model@-train: stopped before the first step; nothing was saved\n");
    return;
  }
  for (int n = 0; n < rt_metric_count(function); n++) {
    char text[128];
    double value =
        evaluated != NULL ? r->evaluation.averages[n] : rt_metric_value(last, n);
    printf("%s\n", rt_metric_text(text, sizeof text, rt_metric(function, n)->name, value));
  }
  rt_results_print(&r->results, stdout);
}

// Prints what came of the run, and makes sure that nothing of it is lost.
static int finish(run *r, const options *o, rt_error *error) {
  print_results(r);
  int code = rt_profile_report(rt_profile_of(r->model, r->instance), "@model@-train",
                               o->trace != NULL ? o->trace : r->trace, stdout, error);
  if (code == RT_OK && r->log.stream != NULL) {
    code = rt_writer_commit(&r->log, error);
  }
  return code;
}

// Fills `o` from defaults and command line. True in `*done` if help was printed.
static int read_options(options *o, int argc, char **argv, int *done, rt_error *error) {
  const rt_model *model = &@model@_model;
  const rt_flag flags[] = {
      {"epochs", RT_FLAG_COUNT, "N", "passes over the training data", &o->epochs},
      {"steps", RT_FLAG_COUNT, "N", "stop after N steps in total", &o->steps},
      {"seed", RT_FLAG_SEED, "N", "for initial weights, order and noise", &o->seed},
      {"threads", RT_FLAG_COUNT, "N", "threads; without it, as many as OpenMP likes",
       &o->threads},
      {"data", RT_FLAG_TEXT, "DIR", "directory with one .npy file for each input",
       &o->data},
      {"out", RT_FLAG_TEXT, "DIR", "where last.safetensors and best.safetensors go", &o->out},
      {"init", RT_FLAG_TEXT, "FILE", "start from these weights (.safetensors)", &o->init},
      {"log", RT_FLAG_TEXT, "FILE", "write the metrics of each step as CSV", &o->log},
      // The last one, as only a model with a profile has it.
      {"profile-trace", RT_FLAG_TEXT, "FILE",
       "where the times of kernels go; without it, to profile.json beside the weights",
       &o->trace}};
  rt_args args = {.program = "@model@-train",
                  .summary = "Trains the model '@model@'.",
                  .flag_count = (int)(sizeof flags / sizeof *flags) - (model->profile == NULL),
                  .flags = flags,
                  .setting_count = model->setting_count,
                  .settings = model->settings,
                  .setting_values = o->settings};
  for (int i = 0; i < model->setting_count; i++) {
    o->settings[i] = model->settings[i].value;
  }
  if (rt_args_help_wanted(argc, argv)) {
    rt_args_help(&args, stdout);
    *done = 1;
    return RT_OK;
  }
  return rt_args_parse(&args, argc, argv, error);
}

// Reads the command line, then trains. What it leaves is freed by main.
static int start(run *r, options *o, int argc, char **argv, rt_error *error) {
  int helped = 0;
  int code = read_options(o, argc, argv, &helped, error);
  if (code == RT_OK && !helped) {
    code = rt_check_threads(o->threads, error);
  }
  if (code != RT_OK || helped) {
    return code;
  }
  int threads = rt_set_threads(o->threads);
  if (o->threads > threads) {
    fprintf(stderr, "@model@-train: warning: --threads %d: built without OpenMP, using 1\n",
            o->threads);
  }
  code = open_run(r, o, error);
  if (code == RT_OK) {
    code = r->total > 0 ? train(r, o, error) : evaluate(r, error);
  }
  return code == RT_OK ? finish(r, o, error) : code;
}

int main(int argc, char **argv) {
  const rt_model *model = &@model@_model;
  const rt_recipe *recipe = model->recipe;
  rt_error error = {RT_OK, ""};
  run r = {.model = model};
  char *home = rt_executable_directory(argv[0]);
  char *data = home != NULL && recipe != NULL && recipe->data != NULL
                   ? rt_path_join(home, recipe->data)
                   : NULL;
  options o = {.data = data, .out = "run"};
  o.settings = (double *)rt_allocate((size_t)model->setting_count * sizeof(double));
  if (recipe != NULL) {
    o.epochs = recipe->epochs;
  }
  signal(SIGINT, interrupt);

  rt_reserve_streams();
  int code = rt_check_stack(&error);
  if (code == RT_OK) {
    code = o.settings != NULL ? start(&r, &o, argc, argv, &error)
                              : rt_fail_memory(&error, sizeof(double), "the settings");
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  int status = code == RT_OK ? 0 : rt_report("@model@-train", &error);
  if (code == RT_OK && interrupted) {
    status = 130;
  }
  close_run(&r);
  rt_release(o.settings);
  rt_release(data);
  rt_release(home);
  return status;
}
