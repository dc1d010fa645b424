// @model@_infer.c - runs the functions of '@model@'.

#include <stdio.h>

#include "@model@.h"
#include "runtime/runtime.h"

// The command line.
typedef struct {
  const char *function, *weights, *trace;
  rt_texts inputs, outputs;
  int bench, threads;
  uint64_t seed;
  double *settings;  // one value for each setting of the model
} options;

// True iff the infer program offers the function.
static int is_offered(const rt_function *function) { return function->kind == RT_USER; }

// Finds the function by name; an error lists those that there are.
static const rt_function *choose_function(const rt_model *model, const char *name,
                                          rt_error *error) {
  const rt_function *function = rt_find_function(model, name);
  if (function != NULL && is_offered(function)) {
    return function;
  }
  rt_fail(error, RT_ERROR_USAGE, "no function '%s'; there are:", name);
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
static int read_inputs(const rt_function *function, const options *o, rt_array *inputs,
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
static int run_function(const rt_model *model, const rt_function *function, void *instance,
                        const options *o, rt_error *error) {
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
    code = read_inputs(function, o, inputs, error);
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

// Checks the command line as far as it goes without files, then makes the model and
// runs the function.
static int start(const rt_model *model, const options *o, rt_error *error) {
  const rt_function *function = choose_function(model, o->function, error);
  if (function == NULL) {
    return error->code;
  }
  int code = rt_check_files(&o->inputs, "input", 0, function->inputs,
                            function->input_count, error);
  if (code == RT_OK && o->weights == NULL && o->bench == 0 && needs_weights(model)) {
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
  if (o->threads > rt_set_threads(o->threads)) {
    fprintf(stderr, "@model@-infer: warning: --threads %d: built without OpenMP, using 1\n",
            o->threads);
  }
  void *instance = model->create();
  if (instance == NULL) {
    return rt_fail_memory(error, model->state_bytes + model->arena_bytes, "the model");
  }
  rt_error warning = {RT_OK, ""};
  code = rt_prepare(model, instance, o->seed, o->settings, o->weights, &warning, error);
  if (warning.code != RT_OK) {
    fprintf(stderr, "@model@-infer: warning: %s\n", warning.message);
  }
  if (code == RT_OK) {
    code = run_function(model, function, instance, o, error);
    if (code == RT_OK) {
      code = rt_profile_report(rt_profile_of(model, instance), "@model@-infer", o->trace, stdout,
                               error);
    }
  }
  model->destroy(instance);
  return code;
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

int main(int argc, char **argv) {
  const rt_model *model = &@model@_model;
  rt_error error = {RT_OK, ""};
  options o = {.function = "infer", .trace = "profile.json"};
  const rt_flag flags[] = {
      {"weights", RT_FLAG_TEXT, "FILE", "the weights, as written by @model@-train or PyTorch",
       &o.weights},
      {"input", RT_FLAG_TEXTS, "NAME=FILE", "an input, as .npy; of any number of examples",
       &o.inputs},
      {"output", RT_FLAG_TEXTS, "NAME=FILE",
       "where to write an output, as .npy or .csv; or a directory for all; what has no file "
       "is printed",
       &o.outputs},
      {"bench", RT_FLAG_COUNT, "N", "run N times and print the time; inputs may be left out",
       &o.bench},
      {"seed", RT_FLAG_SEED, "N", "for functions that draw random numbers", &o.seed},
      {"threads", RT_FLAG_COUNT, "N", "threads; without it, as many as OpenMP likes",
       &o.threads},
      // The last one, as only a model with a profile has it.
      {"profile-trace", RT_FLAG_TEXT, "FILE", "where the times of kernels go", &o.trace}};
  rt_reserve_streams();
  o.settings = (double *)rt_allocate((size_t)model->setting_count * sizeof(double));
  if (o.settings == NULL) {
    rt_fail_memory(&error, sizeof(double), "the settings");
    return rt_report("@model@-infer", &error);
  }
  for (int i = 0; i < model->setting_count; i++) {
    o.settings[i] = model->settings[i].value;
  }
  rt_args args = {.program = "@model@-infer",
                  .summary = "Runs the model '@model@'.",
                  .positional = "FUNCTION",
                  .positional_help = "which function to run (default infer)",
                  .positional_value = &o.function,
                  .flag_count = (int)(sizeof flags / sizeof *flags) - (model->profile == NULL),
                  .flags = flags,
                  .setting_count = model->setting_count,
                  .settings = model->settings,
                  .setting_values = o.settings};
  int code = rt_check_stack(&error);
  if (code == RT_OK && rt_args_help_wanted(argc, argv)) {
    rt_args_help(&args, stdout);
    print_functions(model);
  } else if (code == RT_OK) {
    code = rt_args_parse(&args, argc, argv, &error);
    code = code == RT_OK ? start(model, &o, &error) : code;
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  rt_release(o.settings);
  return code == RT_OK ? 0 : rt_report("@model@-infer", &error);
}
