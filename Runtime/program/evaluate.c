// evaluate.c - the results of an evaluation: the model adds them up, example by example.
//
// Whole batches go through one function, and the examples that fill none through another, one by
// one. So every example counts once, whatever the batch, and a metric that is no mean, such as F1,
// is that of the whole set: the model computes it of its sums at the end.

#include <math.h>
#include <string.h>

#include "program.h"

// Finds the function of that kind and allocates its buffers; null and RT_OK if there is none.
static int prepare(rt_call *call, const rt_model *model, int phase, rt_kind kind,
                   rt_error *error) {
  const rt_function *function = rt_function_of(model, phase, kind);
  return function != NULL ? rt_call_create(call, function, error) : RT_OK;
}

int rt_find_metric(const rt_function *function, const char *name) {
  for (int n = 0; n < rt_metric_count(function); n++) {
    if (strcmp(rt_metric(function, n)->name, name) == 0) {
      return n;
    }
  }
  return -1;
}

// Checks that the functions go together, and that there is room for `count` examples.
static int check(const rt_evaluation *e, int64_t count, rt_error *error) {
  const rt_function *step = e->step.function, *evaluated = e->evaluated.function;
  int batch = rt_batch_extent(step);
  if (e->measured.function == NULL || (batch > 1 && e->rest.function == NULL)) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s': expected a function that completes it",
                   step->name);
  }
  if (e->phase->most_held_out > 0 && count > e->phase->most_held_out) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "expected at most %d held-out examples, for which the measures of the model "
                   "have room, found %lld; raise 'most:' in the model, or hold out fewer",
                   e->phase->most_held_out, (long long)count);
  }
  for (int i = 0; evaluated != NULL && i < evaluated->input_count; i++) {
    if (rt_find_metric(e->measured.function, evaluated->inputs[i].name) < 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "'%s' expects the metric '%s', which '%s' lacks", evaluated->name,
                     evaluated->inputs[i].name, e->measured.function->name);
    }
  }
  return RT_OK;
}

int rt_evaluation_create(rt_evaluation *evaluation, const rt_model *model, int phase,
                         const rt_dataset *data, rt_split split, rt_error *error) {
  rt_evaluation *e = evaluation;
  *e = (rt_evaluation){.model = model, .split = split};
  const rt_function *step = rt_function_of(model, phase, RT_EVALUATION_STEP);
  int64_t count = data->count[split];
  if (step == NULL || (step->input_count > 0 && count == 0)) {
    return RT_OK;
  }
  e->phase = &model->phases[phase];
  int code = prepare(&e->step, model, phase, RT_EVALUATION_STEP, error);
  if (code == RT_OK) {
    code = prepare(&e->rest, model, phase, RT_EVALUATION_REST, error);
  }
  if (code == RT_OK) {
    code = prepare(&e->measured, model, phase, RT_MEASURED, error);
  }
  if (code == RT_OK) {
    code = prepare(&e->evaluated, model, phase, RT_EVALUATED, error);
  }
  if (code == RT_OK) {
    code = check(e, count, error);
  }
  if (code == RT_OK) {
    e->metric_count = rt_metric_count(e->measured.function);
    size_t bytes = (size_t)e->metric_count * sizeof(double);
    e->metrics = (double *)rt_allocate(bytes);
    code = e->metrics != NULL ? RT_OK : rt_fail_memory(error, bytes, "metrics");
  }
  if (code != RT_OK) {
    rt_evaluation_destroy(e);
  }
  return code;
}

void rt_evaluation_destroy(rt_evaluation *evaluation) {
  rt_call_destroy(&evaluation->step);
  rt_call_destroy(&evaluation->rest);
  rt_call_destroy(&evaluation->measured);
  rt_call_destroy(&evaluation->evaluated);
  rt_release(evaluation->metrics);
  *evaluation = (rt_evaluation){0};
}

int64_t rt_evaluation_size(const rt_evaluation *evaluation, const rt_dataset *data) {
  const rt_function *step = evaluation->step.function;
  return step == NULL          ? 0
         : step->input_count > 0 ? data->count[evaluation->split]
                                 : evaluation->phase->evaluation_steps;
}

// Fails if the loss of a batch from example `first` on is NaN.
static int check_loss(const rt_call *call, int64_t first, rt_error *error) {
  double loss = rt_metric_count(call->function) > 0 ? rt_metric_value(call, 0) : 0.0;
  if (!isnan(loss)) {
    return RT_OK;
  }
  rt_fail(error, RT_ERROR_VALUE, "held-out examples %lld to %lld: expected a finite %s, found %g",
          (long long)first, (long long)first + rt_batch_extent(call->function) - 1,
          rt_metric(call->function, 0)->name, rt_plain_nan(loss));
  rt_call_explain(call, error);
  return RT_ERROR_VALUE;
}

// Runs one batch from example `first` on, which the model adds to its sums.
static int add_batch(rt_evaluation *e, const rt_call *call, void *instance,
                     const rt_dataset *data, int64_t first, rt_error *error) {
  int code = rt_dataset_batch(data, e->split, first, call->function, call->inputs, error);
  if (code == RT_OK) {
    code = rt_call_run(call, instance, error);
    rt_pace_step(e->pace);
  }
  if (code == RT_OK) {
    code = check_loss(call, first, error);
    e->failed = code != RT_OK ? call : NULL;
  }
  return code;
}

// The sums of the model begin at 0.
static void clear_sums(const rt_model *model, void *instance) {
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    if (state->role == RT_MEASURE) {
      memset((unsigned char *)instance + state->offset, 0, rt_tensor_bytes(&state->tensor));
    }
  }
}

int rt_evaluation_measure(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                          rt_error *error) {
  rt_evaluation *e = evaluation;
  if (e->step.function == NULL) {
    return RT_OK;
  }
  int64_t count = rt_evaluation_size(e, data), first = 0;
  int is_fed = e->step.function->input_count > 0;
  int batch = is_fed ? rt_batch_extent(e->step.function) : 1;
  int code = RT_OK;
  clear_sums(e->model, instance);
  rt_pace_resume(e->pace, RT_VALIDATION);
  for (; first + batch <= count && code == RT_OK; first += batch) {
    code = add_batch(e, &e->step, instance, data, first, error);
  }
  for (; first < count && code == RT_OK; first++) {
    code = add_batch(e, &e->rest, instance, data, first, error);
  }
  rt_pace_pause(e->pace);
  if (code == RT_OK) {
    code = rt_call_run(&e->measured, instance, error);
  }
  // They are no part of a model that is compared with another one.
  clear_sums(e->model, instance);
  for (int n = 0; n < e->metric_count && code == RT_OK; n++) {
    e->metrics[n] = rt_metric_value(&e->measured, n);
  }
  return code;
}

int rt_evaluation_run(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                      rt_error *error) {
  rt_evaluation *e = evaluation;
  const rt_function *evaluated = e->evaluated.function;
  int code = rt_evaluation_measure(e, instance, data, error);
  if (code != RT_OK || evaluated == NULL) {
    return code;
  }
  for (int i = 0; i < evaluated->input_count; i++) {
    int n = rt_find_metric(e->measured.function, evaluated->inputs[i].name);
    rt_scalar_set(evaluated->inputs[i].dtype, e->evaluated.inputs[i], e->metrics[n]);
  }
  return rt_call_run(&e->evaluated, instance, error);
}
