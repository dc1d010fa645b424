// memory.c - how much memory a program will take, and a refusal if there is less.

#include "memory.h"

#include <string.h>

// Sums that would overflow are as large as can be.
static size_t add(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }

static size_t multiply(size_t a, size_t b) { return b != 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b; }

// The part of a plan that is the model's own block.
static rt_memory_plan plan_model(const rt_model *model) {
  return (rt_memory_plan){.states = model->state_bytes, .arena = model->arena_bytes};
}

// Adds the buffers of a function, which may be null.
static void add_call(rt_memory_plan *plan, const rt_function *function) {
  if (function != NULL) {
    plan->buffers = add(plan->buffers, rt_call_bytes(function));
  }
}

rt_memory_plan rt_memory_plan_training(const rt_model *model, int phase,
                                       const rt_dataset *data) {
  rt_memory_plan plan = plan_model(model);
  const rt_function *step = rt_function_of(model, phase, RT_TRAIN_STEP);
  add_call(&plan, step);
  add_call(&plan, rt_function_of(model, phase, RT_RATES));
  if (data->count[RT_VALIDATION] > 0) {
    add_call(&plan, rt_function_of(model, phase, RT_EVALUATION_STEP));
    add_call(&plan, rt_function_of(model, phase, RT_EVALUATION_REST));
    add_call(&plan, rt_function_of(model, phase, RT_MEASURED));
    add_call(&plan, rt_function_of(model, phase, RT_EVALUATED));
  }
  plan.data = add(plan.data, rt_dataset_bytes(data));
  plan.batch = step != NULL ? rt_batch_extent(step) : 0;
  return plan;
}

// The bytes of an input as a whole array, and in `count` its examples. Opens nothing but regular
// files: the writer of a pipe would take it for its reader.
static size_t input_bytes(const char *path, int64_t *count) {
  rt_file file;
  rt_npy npy;
  size_t bytes = 0;
  if (!rt_is_file(path) || rt_file_open(&file, path, NULL) != RT_OK) {
    return 0;
  }
  if (rt_npy_parse(&npy, &file, path, NULL) == RT_OK) {
    bytes = npy.array.elements * rt_dtype_size(npy.array.dtype);
    *count = npy.array.rank > 0 ? npy.array.shape[0] : 0;
  }
  rt_file_close(&file);
  return bytes;
}

rt_memory_plan rt_memory_plan_infer(const rt_model *model, const rt_function *function,
                                    const rt_sources *sources) {
  rt_memory_plan plan = plan_model(model);
  int batch = rt_batch_extent(function);
  int64_t count = 0;
  add_call(&plan, function);
  for (int i = 0; i < function->input_count; i++) {
    const rt_source *source = &sources->items[i];
    const char *path = source->origin != RT_FROM_FILE ? NULL
                       : source->path != NULL         ? source->path
                                                      : source->text;
    size_t bytes = path != NULL ? input_bytes(path, &count) : rt_tensor_bytes(&function->inputs[i]);
    plan.data = add(plan.data, bytes);
  }
  for (int i = 0; i < function->output_count; i++) {
    const rt_tensor *output = &function->outputs[i];
    size_t bytes = rt_tensor_bytes(output);
    int grows = batch > 0 && count > 0 && output->rank > 0 && output->shape[0] == batch;
    bytes = grows ? multiply(bytes / (size_t)batch, (size_t)count) : bytes;
    plan.data = add(plan.data, bytes);
  }
  plan.batch = batch;
  plan.is_most = model->phase_count > 0;
  return plan;
}

size_t rt_memory_sum(const rt_memory_plan *plan) {
  return add(add(plan->states, plan->arena), add(plan->buffers, plan->data));
}

char *rt_memory_text(char *text, size_t size, const rt_memory_plan *plan) {
  char part[4][32], sum[32];
  snprintf(text, size, "%s%s: %s arena, %s states, %s buffers, %s data",
           plan->is_most ? "at most " : "", rt_bytes_text(sum, (double)rt_memory_sum(plan)),
           rt_bytes_text(part[0], (double)plan->arena),
           rt_bytes_text(part[1], (double)plan->states),
           rt_bytes_text(part[2], (double)plan->buffers),
           rt_bytes_text(part[3], (double)plan->data));
  return text;
}

int rt_memory_check(const rt_memory_plan *plan, rt_error *error) {
  rt_memory_room room = rt_memory_find_room("");
  char text[192], left[32];
  // Pages of an arena that nothing touches take no memory.
  if (rt_memory_sum(plan) - (plan->is_most ? plan->arena : 0) <= room.bytes) {
    return RT_OK;
  }
  rt_fail(error, RT_ERROR_MEMORY, "the program needs %s; %s are available %s",
          rt_memory_text(text, sizeof text, plan), rt_bytes_text(left, (double)room.bytes),
          room.where);
  // Arena and buffers grow with the batch, the rest does not.
  size_t fixed = add(plan->states, plan->data), grows = add(plan->arena, plan->buffers);
  if (fixed >= room.bytes) {
    rt_fail_more(error, plan->data > plan->states ? "; fewer examples take less" : "");
  } else if (plan->batch > 1) {
    double spare = (double)(room.bytes - fixed);
    int fits = (int)((double)plan->batch * spare / (double)grows);
    rt_fail_more(error, fits > 0 ? "; a batch of about %d would fit, instead of %d"
                                 : "; no batch would fit",
                 fits, plan->batch);
  }
  return RT_ERROR_MEMORY;
}

int rt_memory_check_infer(const rt_options *options, const rt_function *function,
                          const rt_sources *sources, rt_error *error) {
  rt_memory_plan plan = rt_memory_plan_infer(options->model, function, sources);
  int code = rt_memory_check(&plan, error);
  if (code == RT_OK && options->bench > 0) {
    char text[192];
    fprintf(stderr, "memory %s\n", rt_memory_text(text, sizeof text, &plan));
  }
  return code;
}
