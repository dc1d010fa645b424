// infer.c - the program that runs the functions of a model.

#include <stdio.h>

#include "memory.h"
#include "options.h"
#include "program.h"

// True iff the infer program offers the function.
static int is_offered(const rt_function *function) { return function->kind == RT_USER; }

// Finds the function by name; an error lists all names.
static const rt_function *choose_function(const rt_model *model, const char *name,
                                          rt_error *error) {
  const rt_function *function = rt_find_function(model, name);
  if (function != NULL && is_offered(function)) {
    return function;
  }
  rt_fail(error, RT_ERROR_USAGE, "no function '%s'; the functions are:", name);
  for (int i = 0; i < model->function_count; i++) {
    if (is_offered(&model->functions[i])) {
      rt_fail_more(error, " %s", model->functions[i].name);
    }
  }
  return NULL;
}

// True iff the model has states that come from a file.
static int needs_weights(const rt_model *model) {
  for (int i = 0; i < model->state_count; i++) {
    if (model->states[i].role == RT_PARAMETER) {
      return 1;
    }
  }
  return 0;
}

// Reads the input files. With --bench an input may be missing; it is zero then.
static int read_inputs(const rt_options *o, const rt_function *function, rt_array *inputs,
                       rt_error *error) {
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    const char *path = rt_file_for(&o->inputs, input->name);
    int code = RT_OK;
    if (path != NULL) {
      code = rt_npy_read(&inputs[i], path, error);
    } else if (o->bench == 0) {
      char type[256];
      code = rt_fail(error, RT_ERROR_USAGE, "--input %s=FILE is missing, %s", input->name,
                     rt_tensor_text(type, sizeof type, input));
    } else {
      inputs[i] = (rt_array){.dtype = input->dtype, .rank = input->rank};
      for (int axis = 0; axis < input->rank; axis++) {
        inputs[i].shape[axis] = input->shape[axis];
      }
      inputs[i].elements = rt_tensor_elements(input);
      inputs[i].data = rt_allocate(rt_tensor_bytes(input));
      if (inputs[i].data == NULL) {
        code = rt_fail_memory(error, rt_tensor_bytes(input), input->name);
      }
    }
    if (code != RT_OK) {
      return code;
    }
  }
  return RT_OK;
}

// Runs a function on the inputs of the command line.
static int run_function(const rt_options *o, const rt_function *function, void *instance,
                        rt_error *error) {
  const rt_model *model = o->model;
  rt_profile *profile = rt_profile_of(model, instance);
  rt_call call;
  size_t inputs_size = (size_t)function->input_count * sizeof(rt_array);
  size_t outputs_size = (size_t)function->output_count * sizeof(rt_array);
  rt_array *inputs = (rt_array *)rt_allocate(inputs_size);
  rt_array *outputs = (rt_array *)rt_allocate(outputs_size);
  int code = rt_call_create(&call, function, error);
  if (inputs == NULL || outputs == NULL) {
    code = rt_fail_memory(error, inputs_size + outputs_size, "the arguments");
  }
  if (code == RT_OK) {
    code = read_inputs(o, function, inputs, error);
  }
  if (code == RT_OK) {
    code = rt_ranges_check(model, function, inputs, error);
  }
  rt_profile_begin(profile);
  if (code == RT_OK) {
    code = rt_run_batches(&call, instance, inputs, outputs, error);
  }
  if (code == RT_OK && o->bench > 0) {
    code = rt_fill_batch(&call, inputs, 0, error);
    code = code == RT_OK ? rt_bench(&call, instance, o->bench, profile, stdout, error) : code;
  } else if (code == RT_OK) {
    rt_profile_end(profile);
    code = rt_outputs_write(&o->outputs, function, outputs, stdout, error);
  }
  for (int i = 0; inputs != NULL && i < function->input_count; i++) {
    rt_release(inputs[i].data);
  }
  for (int i = 0; outputs != NULL && i < function->output_count; i++) {
    rt_release(outputs[i].data);
  }
  rt_release(inputs);
  rt_release(outputs);
  rt_call_destroy(&call);
  return code;
}

// Makes the model with its weights and runs the function.
static int run_model(const rt_options *o, const rt_function *function, rt_error *error) {
  const rt_model *model = o->model;
  if (rt_memory_check_infer(o, function, error) != RT_OK) {
    return error->code;
  }
  void *instance = model->create();
  if (instance == NULL) {
    return rt_fail_memory(error, model->state_bytes + model->arena_bytes, "the model");
  }
  rt_error warning = {RT_OK, ""};
  int code = rt_prepare(model, instance, o->seed, o->settings, o->weights, &warning, error);
  rt_warn(o->program, &warning);
  if (code == RT_OK) {
    code = run_function(o, function, instance, error);
  }
  if (code == RT_OK) {
    code = rt_profile_report(rt_profile_of(model, instance), o->program, o->trace, stdout, error);
  }
  model->destroy(instance);
  return code;
}

// Checks the command line without opening files, then runs the function.
static int run(const rt_options *o, rt_error *error) {
  const rt_function *function = choose_function(o->model, o->function, error);
  if (function == NULL) {
    return error->code;
  }
  int code = rt_check_files(&o->inputs, "input", 0, function->inputs,
                            function->input_count, error);
  if (code == RT_OK && o->weights == NULL && o->bench == 0 && needs_weights(o->model)) {
    code = rt_fail(error, RT_ERROR_USAGE, "--weights FILE is missing");
  }
  if (code == RT_OK) {
    code = rt_check_threads(o->threads, error);
  }
  if (code == RT_OK) {
    code = rt_outputs_check(&o->outputs, function, error);
  }
  if (code != RT_OK) {
    return code;
  }
  rt_options_set_threads(o);
  return run_model(o, function, error);
}

// Prints each function that is offered with its inputs and outputs.
static void print_functions(const rt_model *model) {
  char type[256];
  printf("\nfunctions:\n");
  for (int i = 0; i < model->function_count; i++) {
    const rt_function *f = &model->functions[i];
    if (is_offered(f)) {
      printf("  %s(", f->name);
      for (int n = 0; n < f->input_count; n++) {
        printf("%s%s: %s", n > 0 ? ", " : "", f->inputs[n].name,
               rt_tensor_text(type, sizeof type, &f->inputs[n]));
      }
      printf(")");
      for (int n = 0; n < f->output_count; n++) {
        printf("%s%s: %s", n > 0 ? ", " : " -> ", f->outputs[n].name,
               rt_tensor_text(type, sizeof type, &f->outputs[n]));
      }
      printf("\n");
    }
  }
}

int rt_infer_main(const rt_model *model, int argc, char **argv) {
  rt_error error = {RT_OK, ""};
  rt_options o;
  rt_reserve_streams();
  int code = rt_options_create(&o, model, RT_INFER_PROGRAM, &error);
  o.function = "infer";
  o.trace = "profile.json";
  if (code == RT_OK) {
    code = rt_check_stack(&error);
  }
  if (code == RT_OK) {
    code = rt_options_read(&o, argc, argv, &error);
  }
  if (code == RT_OK && o.helped) {
    print_functions(model);
  } else if (code == RT_OK) {
    code = run(&o, &error);
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  int status = code == RT_OK ? 0 : rt_report(o.program, &error);
  rt_options_destroy(&o);
  return status;
}
