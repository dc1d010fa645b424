// call.c - buffers for calling a function of a model.

#include <math.h>
#include <string.h>

#include "program.h"

// The bytes up to the next buffer.
static size_t aligned(size_t bytes) {
  return (bytes + RT_ALIGNMENT - 1) / RT_ALIGNMENT * RT_ALIGNMENT;
}

// Places `count` tensors one after the other from `at`, which it returns advanced.
// With a null block only counts.
static size_t place(void **pointers, const rt_tensor *tensors, int count,
                    unsigned char *block, size_t at) {
  for (int i = 0; i < count; i++) {
    if (block != NULL) {
      pointers[i] = block + at;
    }
    at += aligned(rt_tensor_bytes(&tensors[i]));
  }
  return at;
}

size_t rt_call_bytes(const rt_function *function) {
  size_t size = aligned((size_t)function->input_count * sizeof(void *)) +
                aligned((size_t)function->output_count * sizeof(void *));
  size = place(NULL, function->inputs, function->input_count, NULL, size);
  return place(NULL, function->outputs, function->output_count, NULL, size);
}

int rt_call_create(rt_call *call, const rt_function *function, rt_error *error) {
  size_t inputs = aligned((size_t)function->input_count * sizeof(void *));
  size_t outputs = aligned((size_t)function->output_count * sizeof(void *));
  size_t size = rt_call_bytes(function);
  unsigned char *block = (unsigned char *)rt_allocate(size);
  *call = (rt_call){function, NULL, NULL, block};
  if (block == NULL) {
    return rt_fail_memory(error, size, function->name);
  }
  call->inputs = (void **)(void *)block;
  call->outputs = (void **)(void *)(block + inputs);
  size_t at = inputs + outputs;
  at = place(call->inputs, function->inputs, function->input_count, block, at);
  place(call->outputs, function->outputs, function->output_count, block, at);
  return RT_OK;
}

void rt_call_destroy(rt_call *call) {
  rt_release(call->block);
  *call = (rt_call){NULL, NULL, NULL, NULL};
}

int rt_call_run(const rt_call *call, void *model, rt_error *error) {
  int code = call->function->run(model, (const void *const *)call->inputs,
                                 (void *const *)call->outputs);
  return code == RT_OK
             ? RT_OK
             : rt_fail(error, code, "'%s' failed with code %d", call->function->name, code);
}

rt_array rt_call_output(const rt_call *call, int n) {
  const rt_tensor *output = &call->function->outputs[n];
  rt_array array = {output->dtype, output->rank, {0}, rt_tensor_elements(output),
                    call->outputs[n]};
  for (int axis = 0; axis < output->rank && axis < RT_MAX_RANK; axis++) {
    array.shape[axis] = output->shape[axis];
  }
  return array;
}

int rt_metric_count(const rt_function *function) {
  int count = 0;
  for (int i = 0; i < function->output_count; i++) {
    count += function->outputs[i].rank == 0;
  }
  return count;
}

// The number of the output that is the n-th metric.
static int metric_output(const rt_function *function, int n) {
  int i = 0;
  while (function->outputs[i].rank != 0 || n-- > 0) {
    i++;
  }
  return i;
}

const rt_tensor *rt_metric(const rt_function *function, int n) {
  return &function->outputs[metric_output(function, n)];
}

double rt_metric_value(const rt_call *call, int n) {
  int i = metric_output(call->function, n);
  double value = rt_scalar_get(call->function->outputs[i].dtype, call->outputs[i]);
  // Some instructions make NaN with a sign, which people need not see.
  return isnan(value) ? fabs(value) : value;
}

void rt_metric_set(const rt_call *call, int n, double value) {
  int i = metric_output(call->function, n);
  rt_scalar_set(call->function->outputs[i].dtype, call->outputs[i], value);
}

double rt_plain_nan(double x) { return isnan(x) ? (double)NAN : x; }

int rt_batch_extent(const rt_function *function) {
  int is_batch = function->input_count > 0 && function->inputs[0].rank > 0;
  return is_batch ? function->inputs[0].shape[0] : 0;
}

void rt_call_explain(const rt_call *call, rt_error *error) {
  const rt_function *function = call->function;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    size_t elements = rt_tensor_elements(input);
    size_t bad = rt_find_not_finite(input->dtype, call->inputs[i], elements, 0);
    if (bad < elements) {
      size_t width = rt_dtype_size(input->dtype);
      double x = rt_scalar_get(input->dtype, (unsigned char *)call->inputs[i] + bad * width);
      rt_fail_more(error, "; '%s' holds %g at element %zu of this batch", input->name, x, bad);
      return;
    }
  }
}

int rt_call_check_loss(const rt_call *call, int epoch, int64_t step, rt_error *error) {
  if (rt_metric_count(call->function) == 0 || isfinite(rt_metric_value(call, 0))) {
    return RT_OK;
  }
  rt_fail(error, RT_ERROR_VALUE, "epoch %d, step %lld: expected a finite %s, found %g", epoch,
          (long long)step, rt_metric(call->function, 0)->name,
          rt_plain_nan(rt_metric_value(call, 0)));
  rt_call_explain(call, error);
  return RT_ERROR_VALUE;
}
