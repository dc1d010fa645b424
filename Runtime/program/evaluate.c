// evaluate.c - metrics over every held-out example.

#include <math.h>
#include <string.h>

#include "program.h"

// Finds the function of that kind and allocates its buffers; null and RT_OK if there is none.
static int prepare(rt_call *call, const rt_model *model, rt_kind kind, rt_error *error) {
  const rt_function *function = rt_function_of(model, kind);
  return function != NULL ? rt_call_create(call, function, error) : RT_OK;
}

// The number of the metric of that name, or -1.
static int find_metric(const rt_function *function, const char *name) {
  for (int n = 0; n < rt_metric_count(function); n++) {
    if (strcmp(rt_metric(function, n)->name, name) == 0) {
      return n;
    }
  }
  return -1;
}

// Checks that full batches and the rest cover `count` examples, and that each input
// of `evaluated` is a metric.
static int check(const rt_evaluation *e, int64_t count, rt_error *error) {
  int batch = rt_batch_extent(e->step.function);
  int rest = e->rest.function != NULL ? rt_batch_extent(e->rest.function) : 0;
  if (batch == 0 || (count % batch != 0 && count % batch != rest)) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "the model was compiled to evaluate batches of %d and a last one of "
                   "%d; %lld held-out examples leave %lld; compile it for this data set",
                   batch, rest, (long long)count,
                   (long long)(batch > 0 ? count % batch : count));
  }
  const rt_function *evaluated = e->evaluated.function;
  for (int i = 0; evaluated != NULL && i < evaluated->input_count; i++) {
    if (find_metric(e->step.function, evaluated->inputs[i].name) < 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "'%s' expects the metric '%s', which '%s' lacks", evaluated->name,
                     evaluated->inputs[i].name, e->step.function->name);
    }
  }
  return RT_OK;
}

int rt_evaluation_create_any(rt_evaluation *evaluation, const rt_model *model,
                             const rt_dataset *data, rt_error *error) {
  rt_evaluation *e = evaluation;
  memset(e, 0, sizeof *e);
  if (data->count[RT_VALIDATION] == 0) {
    return RT_OK;
  }
  int code = prepare(&e->step, model, RT_EVALUATION_STEP, error);
  if (code != RT_OK || e->step.function == NULL) {
    return code;
  }
  code = prepare(&e->rest, model, RT_EVALUATION_REST, error);
  if (code == RT_OK) {
    code = prepare(&e->evaluated, model, RT_EVALUATED, error);
  }
  if (code == RT_OK) {
    e->metric_count = rt_metric_count(e->step.function);
    size_t bytes = (size_t)e->metric_count * sizeof(double);
    e->averages = (double *)rt_allocate(bytes);
    code = e->averages != NULL ? RT_OK : rt_fail_memory(error, bytes, "metrics");
  }
  if (code != RT_OK) {
    rt_evaluation_destroy(e);
  }
  return code;
}

int rt_evaluation_create(rt_evaluation *evaluation, const rt_model *model,
                         const rt_dataset *data, rt_error *error) {
  int code = rt_evaluation_create_any(evaluation, model, data, error);
  if (code == RT_OK && evaluation->step.function != NULL) {
    code = check(evaluation, data->count[RT_VALIDATION], error);
  }
  if (code != RT_OK) {
    rt_evaluation_destroy(evaluation);
  }
  return code;
}

void rt_evaluation_destroy(rt_evaluation *evaluation) {
  rt_call_destroy(&evaluation->step);
  rt_call_destroy(&evaluation->rest);
  rt_call_destroy(&evaluation->evaluated);
  rt_release(evaluation->averages);
  memset(evaluation, 0, sizeof *evaluation);
}

// Fails if the loss of a batch from example `first` on is NaN.
static int check_loss(const rt_call *call, int64_t first, rt_error *error) {
  double loss = rt_metric_value(call, 0);
  if (!isnan(loss)) {
    return RT_OK;
  }
  rt_fail(error, RT_ERROR_VALUE, "held-out examples %lld to %lld: expected a finite %s, found %g",
          (long long)first, (long long)first + rt_batch_extent(call->function) - 1,
          rt_metric(call->function, 0)->name, rt_plain_nan(loss));
  rt_call_explain(call, error);
  return RT_ERROR_VALUE;
}

// Runs one batch from example `first` on and adds its metrics, times its size.
static int add_batch(rt_evaluation *e, const rt_call *call, void *instance,
                     const rt_dataset *data, int64_t first, rt_error *error) {
  int code = rt_dataset_batch(data, RT_VALIDATION, first, call, error);
  if (code == RT_OK) {
    code = rt_call_run(call, instance, error);
    rt_pace_step(e->pace);
  }
  if (code == RT_OK && e->metric_count > 0) {
    code = check_loss(call, first, error);
    e->failed = code != RT_OK ? call : NULL;
  }
  for (int n = 0; n < e->metric_count && code == RT_OK; n++) {
    e->averages[n] += rt_metric_value(call, n) * rt_batch_extent(call->function);
  }
  return code;
}

int rt_evaluation_measure(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                          rt_error *error) {
  rt_evaluation *e = evaluation;
  if (e->step.function == NULL) {
    return RT_OK;
  }
  int64_t count = data->count[RT_VALIDATION], first = 0;
  int batch = rt_batch_extent(e->step.function);
  int code = RT_OK;
  memset(e->averages, 0, (size_t)e->metric_count * sizeof(double));
  rt_pace_resume(e->pace, RT_VALIDATION);
  for (; first + batch <= count && code == RT_OK; first += batch) {
    code = add_batch(e, &e->step, instance, data, first, error);
  }
  if (first < count && code == RT_OK) {
    const rt_function *rest = e->rest.function;
    code = rest != NULL && rt_batch_extent(rest) == count - first
               ? add_batch(e, &e->rest, instance, data, first, error)
               : rt_evaluation_add_rest(e, instance, data, first, count - first, error);
  }
  rt_pace_pause(e->pace);
  for (int n = 0; n < e->metric_count; n++) {
    e->averages[n] /= (double)count;
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
    int n = find_metric(e->step.function, evaluated->inputs[i].name);
    rt_scalar_set(evaluated->inputs[i].dtype, e->evaluated.inputs[i], e->averages[n]);
  }
  return rt_call_run(&e->evaluated, instance, error);
}
