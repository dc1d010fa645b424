// batches.c - runs a function of a fixed batch on arrays of any length.
//
// The extents of a function are compiled in. If all inputs but scalars have the same first extent,
// it is the number of examples in a batch: more examples are more calls, and the last one is filled
// up with copies of the last example, whose results are dropped.

#include <string.h>

#include "inputs.h"
#include "program.h"

int rt_common_batch(const rt_function *function) {
  int batch = 0;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    if (input->rank > 0 && batch > 0 && input->shape[0] != batch) {
      return 0;
    }
    batch = input->rank > 0 ? input->shape[0] : batch;
  }
  return batch;
}

int rt_has_examples(const rt_function *function, const rt_tensor *tensor) {
  int batch = rt_common_batch(function);
  return batch > 0 && tensor->rank > 0 && tensor->shape[0] == batch;
}

// Says that the type or the shape of an input does not fit, `also` after another one.
static void bad_input(const rt_function *function, const rt_tensor *input, const rt_array *array,
                      int also, rt_error *error) {
  char expected[256], found[256];
  const rt_slot slot = {input, rt_has_examples(function, input)};
  rt_slot_text(expected, sizeof expected, &slot);
  rt_type_text(found, sizeof found, array->dtype, array->rank, array->shape);
  if (also) {
    rt_fail_more(error, "; input '%s': expected %s, found %s", input->name, expected, found);
  } else {
    rt_fail(error, RT_ERROR_MISMATCH, "input '%s': expected %s, found %s", input->name, expected,
            found);
  }
}

// True iff an array may stand for the input: its type can be converted, and all extents but the
// number of examples are the same.
static int is_fit(const rt_function *function, const rt_tensor *input, const rt_array *array) {
  int fits = input->rank == array->rank && rt_convertible(input->dtype, array->dtype);
  for (int axis = rt_has_examples(function, input) ? 1 : 0; fits && axis < input->rank; axis++) {
    fits = input->shape[axis] == array->shape[axis];
  }
  return fits;
}

// Checks that each element can be converted, which is not sure for integers.
static int check_elements(const rt_tensor *input, const rt_array *array, rt_error *error) {
  enum { BLOCK = 512 };
  unsigned char scratch[8 * BLOCK];
  size_t width = rt_dtype_size(array->dtype), bad = 0;
  const unsigned char *data = (const unsigned char *)array->data;
  size_t rows = array->rank > 0 && array->shape[0] > 0 ? (size_t)array->shape[0] : 1;
  size_t row = array->elements / rows > 0 ? array->elements / rows : 1;
  for (size_t at = 0; at < array->elements && input->dtype != array->dtype; at += BLOCK) {
    size_t size = array->elements - at < BLOCK ? array->elements - at : BLOCK;
    if (rt_convert(input->dtype, scratch, array->dtype, data + at * width, size, &bad) != RT_OK) {
      at += bad;
      return rt_fail(error, RT_ERROR_VALUE,
                     "input '%s': element %zu of example %zu does not fit into %s", input->name,
                     at % row, at / row, rt_dtype_name(input->dtype));
    }
  }
  return RT_OK;
}

// Finds the number of examples, which all inputs that have examples must agree on; 0 if none has.
static int count_examples(const rt_function *function, const rt_array *inputs, int64_t *count,
                          rt_error *error) {
  const char *first = NULL;
  *count = 0;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    int64_t found = inputs[i].rank > 0 ? inputs[i].shape[0] : 0;
    if (!rt_has_examples(function, input)) {
      continue;
    }
    if (found == 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "input '%s': expected at least one example, found none", input->name);
    }
    if (first != NULL && found != *count) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "input '%s': expected %lld examples as in '%s', found %lld", input->name,
                     (long long)*count, first, (long long)found);
    }
    first = input->name;
    *count = found;
  }
  return RT_OK;
}

int rt_batches_check(const rt_function *function, const rt_array *inputs, int64_t *count,
                     rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < function->input_count; i++) {
    if (!is_fit(function, &function->inputs[i], &inputs[i])) {
      bad_input(function, &function->inputs[i], &inputs[i], code != RT_OK, error);
      code = RT_ERROR_MISMATCH;
    }
  }
  if (code == RT_OK) {
    code = count_examples(function, inputs, count, error);
  }
  for (int i = 0; i < function->input_count && code == RT_OK; i++) {
    code = check_elements(&function->inputs[i], &inputs[i], error);
  }
  return code;
}

int rt_fill_batch(const rt_call *call, const rt_array *inputs, int64_t number,
                  rt_error *error) {
  const rt_function *function = call->function;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    int has_examples = rt_has_examples(function, input);
    int rows = has_examples ? input->shape[0] : 1;
    size_t elements = rt_tensor_elements(input) / (size_t)rows;
    size_t to = elements * rt_dtype_size(input->dtype);
    size_t from = elements * rt_dtype_size(inputs[i].dtype);
    unsigned char *target = (unsigned char *)call->inputs[i];
    for (int n = 0; n < rows; n++) {
      // The same for each batch without examples, the last example where they end.
      int64_t row = has_examples ? number * rows + n : 0;
      if (has_examples && row >= inputs[i].shape[0]) {
        row = inputs[i].shape[0] - 1;
      }
      const unsigned char *source = (const unsigned char *)inputs[i].data;
      size_t bad;
      if (rt_convert(input->dtype, target + (size_t)n * to, inputs[i].dtype,
                     source + (size_t)row * from, elements, &bad) != RT_OK) {
        return rt_fail(error, RT_ERROR_VALUE,
                       "input '%s': element %zu of example %lld does not fit into %s",
                       input->name, bad, (long long)row, rt_dtype_name(input->dtype));
      }
    }
  }
  return RT_OK;
}

// Allocates the outputs for `count` examples (0: as compiled).
static int make_outputs(const rt_function *function, int64_t count, rt_array *outputs,
                        rt_error *error) {
  int batch = rt_common_batch(function);
  for (int i = 0; i < function->output_count; i++) {
    const rt_tensor *output = &function->outputs[i];
    rt_array *array = &outputs[i];
    int grows = count > 0 && rt_has_examples(function, output);
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
  int code = rt_batches_check(function, inputs, &count, error);
  if (code == RT_OK) {
    code = make_outputs(function, count, outputs, error);
  }
  rt_pace pace;
  rt_pace_begin(&pace);
  int64_t batch = count > 0 ? rt_common_batch(function) : 1;
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
