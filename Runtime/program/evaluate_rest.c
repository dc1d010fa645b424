// evaluate_rest.c - the metrics of examples that do not fill a batch.
//
// A function takes whole batches only. The batch is filled up with copies of one example, whose
// share is known from a batch of nothing but copies, and subtracted. This is right for means over
// examples, which is checked: filling up with a different example must give the same.

#include <math.h>
#include <string.h>

#include "program.h"

// Runs a batch of `count` examples from `first` on, then copies of example `filling`; stores its
// metrics, times its size.
static int run(rt_evaluation *e, void *instance, rt_dataset *data, int64_t *window, int64_t first,
               int64_t count, int64_t filling, double *sums, rt_error *error) {
  int batch = rt_batch_extent(e->step.function);
  int64_t *order = data->order[RT_VALIDATION];
  for (int n = 0; n < batch; n++) {
    window[n] = order[n < count ? first + n : filling];
  }
  data->order[RT_VALIDATION] = window;
  int code = rt_dataset_batch(data, RT_VALIDATION, 0, &e->step, error);
  data->order[RT_VALIDATION] = order;
  if (code == RT_OK) {
    code = rt_call_run(&e->step, instance, error);
  }
  for (int n = 0; n < e->metric_count && code == RT_OK; n++) {
    sums[n] = rt_metric_value(&e->step, n) * batch;
    if (isnan(sums[n])) {
      code = rt_fail(error, RT_ERROR_VALUE,
                     "the last %lld examples: expected a finite %s, found %g", (long long)count,
                     rt_metric(e->step.function, n)->name, sums[n]);
      rt_call_explain(&e->step, error);
      e->failed = &e->step;
    }
  }
  return code;
}

// The sums over the examples alone, and in `alone` those of a batch of copies.
static int measure(rt_evaluation *e, void *instance, rt_dataset *data, int64_t *window,
                   int64_t first, int64_t count, int64_t filling, double *sums, double *alone,
                   rt_error *error) {
  double batch = rt_batch_extent(e->step.function);
  int code = run(e, instance, data, window, first, count, filling, sums, error);
  if (code == RT_OK) {
    code = run(e, instance, data, window, first, 0, filling, alone, error);
  }
  for (int n = 0; n < e->metric_count && code == RT_OK; n++) {
    sums[n] -= alone[n] * (1.0 - (double)count / batch);
  }
  return code;
}

// Checks that both fillings say the same, up to rounding in f32.
static int check(const rt_evaluation *e, const double *sums, const double *others,
                 const double *alone, int64_t count, rt_error *error) {
  const rt_function *function = e->step.function;
  for (int n = 0; n < e->metric_count; n++) {
    double size = fabs(sums[n]) + fabs(alone[n]) + 1e-3;
    if (!(fabs(sums[n] - others[n]) <= 1e-4 * size)) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "the metric '%s' is no mean over examples, so that the last %lld of them "
                     "cannot be evaluated; expected a multiple of %d examples",
                     rt_metric(function, n)->name, (long long)count, rt_batch_extent(function));
    }
  }
  return RT_OK;
}

int rt_evaluation_add_rest(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                           int64_t first, int64_t count, rt_error *error) {
  rt_evaluation *e = evaluation;
  size_t metrics = (size_t)e->metric_count, batch = (size_t)rt_batch_extent(e->step.function);
  size_t bytes = 3 * metrics * sizeof(double) + batch * sizeof(int64_t);
  double *sums = (double *)rt_allocate(bytes);
  if (sums == NULL) {
    return rt_fail_memory(error, bytes, "metrics");
  }
  double *others = sums + metrics, *alone = others + metrics;
  int64_t *window = (int64_t *)(void *)(alone + metrics);
  // Only the order differs, for a moment.
  rt_dataset view = *data;
  int64_t far = first > 0 ? 0 : first + count - 1;
  int code = measure(e, instance, &view, window, first, count, first, sums, alone, error);
  if (code == RT_OK && count + first > 1) {
    code = measure(e, instance, &view, window, first, count, far, others, alone, error);
    code = code == RT_OK ? check(e, sums, others, alone, count, error) : code;
  }
  for (int n = 0; n < e->metric_count && code == RT_OK; n++) {
    e->averages[n] += sums[n];
  }
  rt_release(sums);
  return code;
}
