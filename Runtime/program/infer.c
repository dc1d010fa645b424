// infer.c - the program that runs the functions of a model.
//
// Everything that can be checked is checked before anything is computed: names, files, types, and
// whether results can be written.

#include <stdio.h>

#include "../data/tokenizer.h"
#include "bench.h"
#include "infer.h"
#include "inputs.h"
#include "memory.h"
#include "outputs.h"
#include "prompt.h"

// A call of a function with all that it owns.
typedef struct {
  const rt_options *options;
  const rt_choice *choice;
  const rt_function *function;
  rt_sources sources;
  rt_destinations destinations;
  rt_array *inputs, *outputs;
  rt_labels *labels;  // of each output
  int rate;           // of sounds; 0: not known
  rt_bench_plan plan;
  rt_bench_format format;
  void *instance;
  rt_tokenizer *tokenizer;  // of outputs that are tokens, or null
} task;

// Finds the tokenizer of outputs that are tokens. Weights may have none.
static int find_tokenizer(task *t, rt_error *error) {
  const rt_options *o = t->options;
  char *text = NULL;
  if (o->bench > 0 || !rt_needs_tokenizer(o->model, t->function)) {
    return RT_OK;
  }
  if (o->tokenizer != NULL) {
    return rt_prompt_tokenizer(&t->tokenizer, o, error);
  }
  int code = o->weights != NULL ? rt_weights_tokenizer(o->weights, &text, error) : RT_OK;
  if (code == RT_OK && text != NULL) {
    code = rt_tokenizer_load(&t->tokenizer, text, o->weights, error);
  }
  rt_release(text);
  return code;
}

// Finds what the inputs are and where the outputs go; reads nothing yet.
static int plan_task(task *t, rt_error *error) {
  const rt_options *o = t->options;
  rt_error warning = {RT_OK, ""};
  int code = rt_sources_find(&t->sources, &o->inputs, t->function, &warning, error);
  rt_warn(o->program, &warning);
  if (code == RT_OK) {
    code = rt_check_weights(o, error);
  }
  if (code == RT_OK && o->bench == 0) {
    code = rt_sources_complete(&t->sources, error);
  }
  if (code == RT_OK && o->format != NULL) {
    code = rt_bench_format_read(o->format, &t->format, error);
  }
  if (code == RT_OK) {
    code = find_tokenizer(t, error);
  }
  if (code == RT_OK) {
    code = rt_destinations_find(&t->destinations, &o->outputs, o->model, t->function,
                                t->tokenizer, error);
  }
  if (code == RT_OK && o->model->profile != NULL) {
    code = rt_writer_check(o->trace, error);
  }
  return code;
}

// Reads and checks the inputs.
static int read_inputs(task *t, rt_error *error) {
  const rt_function *f = t->function;
  size_t bytes = (size_t)(f->input_count + f->output_count) * sizeof(rt_array);
  int64_t count = 0;
  t->inputs = (rt_array *)rt_allocate((size_t)f->input_count * sizeof(rt_array));
  t->outputs = (rt_array *)rt_allocate((size_t)f->output_count * sizeof(rt_array));
  if (t->inputs == NULL || t->outputs == NULL) {
    return rt_fail_memory(error, bytes, "the arguments");
  }
  int code = rt_sources_read(&t->sources, t->inputs, error);
  if (code == RT_OK) {
    code = rt_batches_check(f, t->inputs, &count, error);
  }
  return code == RT_OK ? rt_ranges_check(t->options->model, f, t->inputs, error) : code;
}

// Makes the model with its weights.
static int make_model(task *t, rt_error *error) {
  const rt_options *o = t->options;
  const rt_model *model = o->model;
  t->instance = rt_model_create(model);
  if (t->instance == NULL) {
    return rt_fail_memory(error, model->bytes, "the model");
  }
  rt_error warning = {RT_OK, ""};
  int code = rt_prepare(model, t->instance, o->seed, o->settings, o->weights, &warning, error);
  rt_warn(o->program, &warning);
  return code;
}

// Finds the names of the classes that outputs have, and the rate of sounds.
static int find_labels(task *t, rt_error *error) {
  const rt_function *f = t->function;
  rt_safetensors file = {0};
  size_t bytes = (size_t)f->output_count * sizeof(rt_labels);
  t->labels = (rt_labels *)rt_allocate(bytes);
  int code = t->labels != NULL ? RT_OK : rt_fail_memory(error, bytes, "the names of classes");
  if (code == RT_OK && t->options->weights != NULL) {
    code = rt_safetensors_open(&file, t->options->weights, error);
  }
  for (int i = 0; i < f->output_count && code == RT_OK; i++) {
    code = rt_labels_of_output(&t->labels[i], t->options->model, f, &f->outputs[i], &file.notes,
                               error);
  }
  t->rate = rt_labels_rate(&file.notes);
  rt_safetensors_close(&file);
  return code;
}

// Measures with each number of threads, and prints a table.
static int run_bench(task *t, const rt_call *call, rt_profile *profile, rt_error *error) {
  rt_bench_times times[RT_MOST_THREAD_COUNTS];
  int count = t->choice->thread_count;
  int code = rt_fill_batch(call, t->inputs, 0, error);
  for (int i = 0; i < count && code == RT_OK; i++) {
    times[i].threads = rt_set_threads(t->choice->threads[i]);
    code = rt_bench(call, t->instance, &t->plan, profile, &times[i], error);
  }
  if (code == RT_OK) {
    rt_bench_print(stdout, t->format, t->options->model, t->function, &t->plan, count, times);
  }
  return code;
}

// Runs the function on all examples and writes its outputs.
static int run_examples(task *t, const rt_call *call, rt_profile *profile, rt_error *error) {
  rt_profile_begin(profile);
  int code = rt_run_batches(call, t->instance, t->inputs, t->outputs, error);
  rt_profile_end(profile);
  if (code == RT_OK) {
    code = find_labels(t, error);
  }
  return code == RT_OK ? rt_destinations_write(&t->destinations, t->function, t->outputs,
                                               t->labels, t->rate, stdout, error)
                       : code;
}

// Runs the task, whose model is made. The table of a profile goes where nothing else is read.
static int run_task(task *t, rt_error *error) {
  const rt_options *o = t->options;
  rt_profile *profile = rt_profile_of(o->model, t->instance);
  rt_call call;
  int code = rt_call_create(&call, t->function, error);
  if (code == RT_OK) {
    code = o->bench > 0 ? run_bench(t, &call, profile, error)
                        : run_examples(t, &call, profile, error);
  }
  rt_call_destroy(&call);
  FILE *stream = t->format == RT_BENCH_TEXT && t->destinations.prints ? stdout : stderr;
  return code == RT_OK ? rt_profile_report(profile, o->program, o->trace, stream, error) : code;
}

// Frees what a task owns.
static void clear_task(task *t) {
  for (int i = 0; t->inputs != NULL && i < t->function->input_count; i++) {
    rt_release(t->inputs[i].data);
  }
  for (int i = 0; t->outputs != NULL && i < t->function->output_count; i++) {
    rt_release(t->outputs[i].data);
  }
  for (int i = 0; t->labels != NULL && i < t->function->output_count; i++) {
    rt_labels_clear(&t->labels[i]);
  }
  rt_release(t->labels);
  rt_release(t->inputs);
  rt_release(t->outputs);
  rt_sources_clear(&t->sources);
  rt_destinations_clear(&t->destinations);
  if (t->tokenizer != NULL) {
    rt_tokenizer_destroy(t->tokenizer);
  }
  rt_model_destroy(t->instance);
}

// Runs a function on the inputs of the command line.
static int run_function(const rt_options *o, const rt_choice *choice, rt_error *error) {
  task t = {.options = o, .choice = choice, .function = choice->function};
  t.plan = (rt_bench_plan){o->bench, o->warm_up >= 0 ? o->warm_up : 3,
                           o->repeats > 0 ? o->repeats : 1};
  int code = plan_task(&t, error);
  if (code == RT_OK) {
    code = rt_memory_check_infer(o, t.function, &t.sources, error);
  }
  if (code == RT_OK) {
    code = read_inputs(&t, error);
  }
  if (code == RT_OK) {
    code = make_model(&t, error);
  }
  if (code == RT_OK) {
    code = run_task(&t, error);
  }
  clear_task(&t);
  return code;
}

// Runs what the command line asks for.
static int run(rt_options *o, rt_error *error) {
  rt_choice choice;
  int code = rt_choose(&choice, o, error);
  if (code != RT_OK) {
    return code;
  }
  // The largest number, for a warning if there cannot be so many.
  for (int i = 0; i < choice.thread_count; i++) {
    o->threads = choice.threads[i] > o->threads ? choice.threads[i] : o->threads;
  }
  rt_options_set_threads(o);
  const char *flag;
  if (rt_prompt_needed(o, &flag)) {
    return rt_fail(error, RT_ERROR_USAGE, "%s: expected --prompt TEXT beside it", flag);
  }
  return choice.is_evaluation ? rt_evaluate_data(o, error)
         : o->prompt != NULL  ? rt_prompt_run(o, choice.function, error)
                              : run_function(o, &choice, error);
}

int rt_infer_main(const rt_model *model, int argc, char **argv) {
  rt_error error = {RT_OK, ""};
  rt_options o;
  rt_reserve_streams();
  int code = rt_options_create(&o, model, RT_INFER_PROGRAM, &error);
  o.trace = "profile.json";
  o.warm_up = o.repeats = -1;
  rt_prompt_defaults(&o);
  if (code == RT_OK) {
    code = rt_check_stack(&error);
  }
  if (code == RT_OK) {
    code = rt_options_read(&o, argc, argv, &error);
  }
  if (code == RT_OK && o.helped) {
    rt_infer_help(&o, stdout);
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
