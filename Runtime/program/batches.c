// batches.c - runs a function of a fixed batch on arrays of any length.

#include <string.h>

#include "program.h"

// The first extent of all inputs, or 0 if they differ.
static int common_batch(const rt_function *function) {
  int batch = rt_batch_extent(function);
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    if (input->rank == 0 || input->shape[0] != batch) {
      return 0;
    }
  }
  return batch;
}

static int bad_input(const rt_tensor *input, int batch, const rt_array *array,
                     rt_error *error) {
  char expected[256], found[256];
  int64_t shape[RT_MAX_RANK] = {0};
  int rank = input->rank < RT_MAX_RANK ? input->rank : RT_MAX_RANK;
  for (int axis = 0; axis < rank; axis++) {
    shape[axis] = axis == 0 && batch > 0 ? -1 : input->shape[axis];
  }
  rt_type_text(expected, sizeof expected, input->dtype, rank, shape);
  rt_type_text(found, sizeof found, array->dtype, array->rank, array->shape);
  return rt_fail(error, RT_ERROR_MISMATCH, "input '%s': expected %s, found %s",
                 input->name, expected, found);
}

// Checks all inputs and finds the number of examples; `*count` is 0 if the inputs
// have no common batch.
static int check_inputs(const rt_function *function, const rt_array *inputs,
                        int64_t *count, rt_error *error) {
  int batch = common_batch(function);
  *count = batch > 0 ? inputs[0].shape[0] : 0;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    const rt_array *array = &inputs[i];
    int same = input->rank == array->rank &&
               rt_convertible(input->dtype, array->dtype);
    for (int axis = batch > 0 ? 1 : 0; same && axis < input->rank; axis++) {
      same = input->shape[axis] == array->shape[axis];
    }
    if (!same) {
      return bad_input(input, batch, array, error);
    }
    if (batch > 0 && array->shape[0] == 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "input '%s': expected at least one example, found none",
                     input->name);
    }
    if (batch > 0 && array->shape[0] != *count) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "input '%s': expected %lld examples as in '%s', found %lld", input->name,
                     (long long)*count, function->inputs[0].name, (long long)array->shape[0]);
    }
  }
  return RT_OK;
}

int rt_fill_batch(const rt_call *call, const rt_array *inputs, int64_t number,
                  rt_error *error) {
  const rt_function *function = call->function;
  int batch = common_batch(function);
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    int rows = batch > 0 ? batch : 1;
    size_t elements = rt_tensor_elements(input) / (size_t)rows;
    size_t to = elements * rt_dtype_size(input->dtype);
    size_t from = elements * rt_dtype_size(inputs[i].dtype);
    unsigned char *target = (unsigned char *)call->inputs[i];
    for (int n = 0; n < rows; n++) {
      int64_t row = number * rows + n;
      if (batch > 0 && row >= inputs[i].shape[0]) {
        row = inputs[i].shape[0] - 1;
      }
      const unsigned char *source = (const unsigned char *)inputs[i].data;
      size_t bad;
      if (rt_convert(input->dtype, target + (size_t)n * to, inputs[i].dtype,
                     source + (size_t)row * from, elements, &bad) != RT_OK) {
        return rt_fail(error, RT_ERROR_VALUE,
                       "input '%s': element %zu of row %lld does not fit into %s",
                       input->name, bad, (long long)row, rt_dtype_name(input->dtype));
      }
    }
  }
  return RT_OK;
}

// Allocates the outputs for `count` examples (0: as compiled).
static int make_outputs(const rt_function *function, int64_t count, rt_array *outputs,
                        rt_error *error) {
  int batch = common_batch(function);
  for (int i = 0; i < function->output_count; i++) {
    const rt_tensor *output = &function->outputs[i];
    rt_array *array = &outputs[i];
    int grows = count > 0 && output->rank > 0 && output->shape[0] == batch;
    if (count > 0 && count != batch && !grows) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "output '%s' belongs to a whole batch: expected %d examples, found %lld",
                     output->name, batch, (long long)count);
    }
    *array = (rt_array){output->dtype, output->rank, {0}, 0, NULL};
    for (int axis = 0; axis < output->rank && axis < RT_MAX_RANK; axis++) {
      array->shape[axis] = axis == 0 && grows ? count : output->shape[axis];
    }
    array->elements = rt_tensor_elements(output);
    if (grows) {
      array->elements = array->elements / (size_t)batch * (size_t)count;
    }
    size_t bytes = array->elements * rt_dtype_size(array->dtype);
    array->data = rt_allocate(bytes);
    if (array->data == NULL) {
      return rt_fail_memory(error, bytes, output->name);
    }
  }
  return RT_OK;
}

// Copies the outputs of batch `number` to their place, without the filling.
static void keep_outputs(const rt_call *call, int64_t number, rt_array *outputs) {
  for (int i = 0; i < call->function->output_count; i++) {
    size_t bytes = rt_tensor_bytes(&call->function->outputs[i]);
    size_t all = outputs[i].elements * rt_dtype_size(outputs[i].dtype);
    size_t at = (size_t)number * bytes;
    size_t kept = all - at < bytes ? all - at : bytes;
    memcpy((unsigned char *)outputs[i].data + at, call->outputs[i], kept);
  }
}

int rt_run_batches(const rt_call *call, void *instance, const rt_array *inputs,
                   rt_array *outputs, rt_error *error) {
  const rt_function *function = call->function;
  int64_t count = 0;
  int code = check_inputs(function, inputs, &count, error);
  if (code == RT_OK) {
    code = make_outputs(function, count, outputs, error);
  }
  rt_pace pace;
  rt_pace_begin(&pace);
  int64_t batch = count > 0 ? common_batch(function) : 1;
  int64_t batches = count > 0 ? (count + batch - 1) / batch : 1;
  for (int64_t number = 0; number < batches && code == RT_OK; number++) {
    code = rt_fill_batch(call, inputs, number, error);
    if (code == RT_OK) {
      code = rt_call_run(call, instance, error);
    }
    if (code == RT_OK) {
      keep_outputs(call, number, outputs);
    }
    rt_pace_step(&pace);
  }
  rt_pace_end(&pace);
  return code;
}
