// training.c - sets up a training.

#include "training.h"

#include <string.h>

// Computes the number of steps of an epoch and of the run.
static int count_steps(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  int batch = rt_batch_extent(t->step.function);
  int64_t available = batch > 0 ? t->data.count[RT_TRAIN] / batch : 0;
  int64_t wanted = t->model->recipe->steps_per_epoch;
  t->epoch_steps = available > 0 && (wanted == 0 || wanted > available) ? available : wanted;
  t->total = t->epoch_steps * o->epochs;
  if (o->steps > 0 && o->steps < t->total) {
    t->total = o->steps;
  }
  if (t->epoch_steps == 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "the recipe has neither data nor steps");
  }
  return RT_OK;
}

// Sets all states; `warning` may be null.
static int prepare(rt_training *t, rt_error *warning, rt_error *error) {
  const rt_options *o = t->options;
  return rt_prepare(t->model, t->instance, o->seed, o->settings, o->init, warning, error);
}

// Opens the folder for the weights. A run that begins from weights in it continues the run they
// belong to, whose best weights stay until a better result.
static int open_results(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  t->trace = rt_path_join(o->out, "profile.json");
  if (t->trace == NULL) {
    return rt_fail_memory(error, strlen(o->out), "a path");
  }
  const char *trace = o->trace != NULL ? o->trace : t->trace;
  int code = rt_results_open(&t->results, o->out, o->program,
                             t->model->profile != NULL ? trace : NULL, error);
  if (code == RT_OK && o->init != NULL && rt_lies_in(o->init, o->out)) {
    code = rt_results_resume(&t->results, t->model, t->instance, o->seed, o->settings,
                             &t->evaluation, &t->data, error);
    if (code == RT_OK) {
      code = prepare(t, NULL, error);
    }
  }
  return code;
}

// Opens the data, the buffers and the model.
static int open_model(rt_training *t, rt_error *error) {
  const rt_model *model = t->model;
  const rt_function *step = rt_function_of(model, RT_TRAIN_STEP);
  if (step == NULL || model->recipe == NULL) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s' has no function that trains it", model->name);
  }
  int code =
      rt_dataset_open(&t->data, t->options->data, step, model->recipe->validation, error);
  if (code == RT_OK) {
    code = rt_dataset_limit(&t->data, model, step, error);
  }
  if (code == RT_OK) {
    code = rt_call_create(&t->step, step, error);
  }
  if (code == RT_OK) {
    code = count_steps(t, error);
  }
  if (code == RT_OK) {
    code = rt_evaluation_create(&t->evaluation, model, &t->data, error);
  }
  if (code == RT_OK) {
    t->instance = model->create();
    code = t->instance != NULL
               ? RT_OK
               : rt_fail_memory(error, model->state_bytes + model->arena_bytes, "the model");
  }
  return code;
}

int rt_training_open(rt_training *training, const rt_options *options, rt_error *error) {
  rt_training *t = training;
  *t = (rt_training){.model = options->model, .options = options};
  int code = open_model(t, error);
  if (code == RT_OK) {
    rt_error warning = {RT_OK, ""};
    code = prepare(t, &warning, error);
    rt_warn(options->program, &warning);
  }
  if (code == RT_OK && t->total > 0) {
    code = open_results(t, error);
  }
  if (code == RT_OK && t->total > 0 && options->log != NULL) {
    code = rt_log_open(&t->log, options->log, t->step.function, error);
  }
  return code;
}

void rt_training_close(rt_training *training) {
  rt_training *t = training;
  rt_progress_end(&t->progress);
  rt_evaluation_destroy(&t->evaluation);
  rt_dataset_close(&t->data);
  rt_call_destroy(&t->step);
  if (t->instance != NULL) {
    t->model->destroy(t->instance);
  }
  rt_writer_abandon(&t->log);
  rt_results_close(&t->results);
  rt_release(t->trace);
}
