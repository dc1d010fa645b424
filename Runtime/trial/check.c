// check.c - runs the trial kernels, and compares what they give with numbers that no C compiler
// has made.
//
//   check COMPILER [KIND]   says how many are right with COMPILER; the exit status is 1 if one is
//                           wrong. Nothing runs if trial.c is compiled for a KIND of processor that
//                           cannot run here.
//
// Each function of trial.c runs on one thread and then on two: the bits must be the same.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/processor.h"
#include "../runtime.h"
#include "trial.h"

// What one output of a function must be; each number may be off by `bound`.
typedef struct {
  const char *function;
  const char *output;
  double bound;
  size_t count;
  const double *numbers;
} expectation;

#include "numbers.h"

enum { MOST = 8, EXPECTATIONS = sizeof expected / sizeof expected[0] };

// Every number that goes in is exact in each of the types.
static void fill(const rt_tensor *tensor, int number, unsigned char *data) {
  const size_t size = rt_dtype_size(tensor->dtype);
  for (size_t i = 0; i < rt_tensor_elements(tensor); i++) {
    const int n = (int)((i * 37 + (size_t)number * 17 + 11) % 61);
    const int is_float = tensor->dtype <= RT_BF16;
    rt_scalar_set(tensor->dtype, data + i * size, is_float ? (n - 30) / 16.0 : n);
  }
}

static void fill_states(void *m) {
  for (int k = 0; k < trial_model.state_count; k++) {
    const rt_state *state = &trial_model.states[k];
    fill(&state->tensor, k, (unsigned char *)m + state->offset);
  }
  if (trial_model.changed != NULL) trial_model.changed(m);
}

// Where an output is not what it must be, says so and returns 1.
static int is_wrong(const expectation *e, const rt_tensor *tensor, const unsigned char *found,
                    const char *compiler) {
  const size_t size = rt_dtype_size(tensor->dtype);
  for (size_t i = 0; i < e->count; i++) {
    const double x = rt_scalar_get(tensor->dtype, found + i * size);
    if (fabs(x - e->numbers[i]) <= e->bound) continue;
    printf("wrong with %s: '%s.%s', element %zu is %.9g, expected %.9g\n", compiler, e->function,
           e->output, i, x, e->numbers[i]);
    return 1;
  }
  return 0;
}

// The function's outputs with one thread and with two: the second half of `outputs`.
static int run(void *m, const rt_function *f, const void *const *inputs, void **outputs) {
  int code = RT_OK;
  for (int threads = 1; threads <= 2 && code == RT_OK; threads++) {
    rt_set_threads(threads);
    fill_states(m);
    code = f->run(m, inputs, outputs + (threads - 1) * MOST);
  }
  return code;
}

// Returns the number of outputs that are wrong, or -1 without memory.
static int try_function(void *m, const rt_function *f, const char *compiler) {
  void *inputs[MOST] = {NULL}, *outputs[2 * MOST] = {NULL};
  int wrong = 0;
  for (int i = 0; i < f->input_count && wrong == 0; i++) {
    inputs[i] = rt_allocate(rt_tensor_bytes(&f->inputs[i]));
    if (inputs[i] == NULL) wrong = -1;
    else fill(&f->inputs[i], i, inputs[i]);
  }
  for (int i = 0; i < f->output_count && wrong == 0; i++) {
    outputs[i] = rt_allocate(rt_tensor_bytes(&f->outputs[i]));
    outputs[MOST + i] = rt_allocate(rt_tensor_bytes(&f->outputs[i]));
    if (outputs[i] == NULL || outputs[MOST + i] == NULL) wrong = -1;
  }
  if (wrong == 0 && run(m, f, (const void *const *)inputs, outputs) != RT_OK) wrong = -1;
  for (int i = 0; i < f->output_count && wrong >= 0; i++) {
    const rt_tensor *output = &f->outputs[i];
    for (int k = 0; k < EXPECTATIONS; k++) {
      if (strcmp(expected[k].function, f->name) != 0) continue;
      if (strcmp(expected[k].output, output->name) != 0) continue;
      wrong += is_wrong(&expected[k], output, outputs[i], compiler);
    }
    if (memcmp(outputs[i], outputs[MOST + i], rt_tensor_bytes(output)) != 0) {
      printf("wrong with %s: '%s.%s' has other bits with two threads than with one\n", compiler,
             f->name, output->name);
      wrong++;
    }
  }
  for (int i = 0; i < MOST; i++) rt_release(inputs[i]);
  for (int i = 0; i < 2 * MOST; i++) rt_release(outputs[i]);
  return wrong;
}

int main(int argc, char **argv) {
  const char *compiler = argc > 1 ? argv[1] : "this compiler";
#ifdef RT_PROCESSORS
  if (argc > 2 && !rt_processor_runs(argv[2])) {
    printf("the trial kernels for %s were not tried, as this processor cannot run them\n", argv[2]);
    return 0;
  }
#endif
  void *m = rt_model_create(&trial_model);
  int wrong = m == NULL ? -1 : 0;
  for (int i = 0; i < trial_model.function_count && wrong >= 0; i++) {
    const rt_function *f = &trial_model.functions[i];
    if (f->kind != RT_USER) continue;
    const int more = try_function(m, f, compiler);
    wrong = more < 0 ? -1 : wrong + more;
  }
  if (m != NULL) rt_model_destroy(m);
  if (wrong < 0) {
    printf("there is not enough memory for the trial kernels\n");
  } else if (wrong == 0) {
    printf("all %d results of the trial kernels are right with %s\n", EXPECTATIONS, compiler);
  }
  return wrong != 0;
}
