// infer_help.c - the functions of a model, and commands that work for it.

#include <string.h>

#include "infer.h"
#include "inputs.h"
#include "prompt.h"

enum { LINE = 79, MOST_VALUES = 16 };

// Prints the inputs or outputs of a function, one a line.
static void print_tensors(FILE *stream, const char *what, const rt_function *function,
                          const rt_tensor *tensors, int count, int width) {
  char type[256];
  for (int i = 0; i < count; i++) {
    const rt_slot slot = {&tensors[i], rt_has_examples(function, &tensors[i])};
    fprintf(stream, "    %-6s  %-*s  %s\n", what, width, tensors[i].name,
            rt_slot_text(type, sizeof type, &slot));
  }
}

// Prints a function, and whether it runs if none is named.
static void print_function(FILE *stream, const rt_function *function, int is_default) {
  int width = 0;
  for (int i = 0; i < function->input_count + function->output_count; i++) {
    const rt_tensor *t = i < function->input_count ? &function->inputs[i]
                                                   : &function->outputs[i - function->input_count];
    width = (int)strlen(t->name) > width ? (int)strlen(t->name) : width;
  }
  int batch = rt_common_batch(function);
  fprintf(stream, "  %s", function->name);
  if (batch > 1) {
    fprintf(stream, ", %d at a time", batch);
  }
  fputs(is_default ? ", the default\n" : "\n", stream);
  print_tensors(stream, "input", function, function->inputs, function->input_count, width);
  print_tensors(stream, "output", function, function->outputs, function->output_count, width);
}

// The command that is being printed: words go to a next line before they pass the end of one.
typedef struct {
  FILE *stream;
  size_t column;
} command;

// Adds a word to a command, in a new line if there is no room.
static void put_word(command *c, const char *word) {
  size_t length = strlen(word);
  if (c->column > 0 && c->column + 1 + length + 2 > LINE) {
    fprintf(c->stream, " \\\n     ");
    c->column = 5;
  }
  c->column += (size_t)fprintf(c->stream, "%s%s", c->column == 0 ? "  " : " ", word);
}

// Ends the last line of a command.
static void end_command(command *c) {
  fputc('\n', c->stream);
  c->column = 0;
}

// True iff the example of an input is short enough to stand in the command.
static int is_short(const rt_function *function, const rt_tensor *input) {
  size_t batch = rt_has_examples(function, input) ? (size_t)input->shape[0] : 1;
  return rt_tensor_elements(input) / batch <= MOST_VALUES;
}

// Puts an input with zeros, or with a file.
static void put_input(command *c, const rt_function *function, const rt_tensor *input) {
  char word[512];
  size_t batch = rt_has_examples(function, input) ? (size_t)input->shape[0] : 1;
  size_t used = (size_t)snprintf(word, sizeof word, "--input %.400s=", input->name);
  if (is_short(function, input)) {
    for (size_t i = 0; i < rt_tensor_elements(input) / batch; i++) {
      used += (size_t)snprintf(word + used, sizeof word - used, i > 0 ? ",0" : "0");
    }
  } else {
    snprintf(word + used, sizeof word - used, "%.80s.npy", input->name);
  }
  put_word(c, word);
}

// Prints how Python makes an example of each long input.
static void print_files(FILE *stream, const rt_function *function) {
  static const char *const codes[] = {"f4", "f8", "f2", "f4", "i1", "u1",
                                      "i2", "i4", "i8", "u4", "u8", "b1"};
  int count = 0;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    if (is_short(function, input)) {
      continue;
    }
    fputs(count++ == 0 ? "  python3 -c \"import numpy as np\n" : "\n", stream);
    fprintf(stream, "np.save('%s.npy', np.zeros((", input->name);
    for (int axis = 0; axis < input->rank; axis++) {
      int is_one = axis == 0 && rt_has_examples(function, input);
      fprintf(stream, "%s%d", axis > 0 ? ", " : "", is_one ? 1 : input->shape[axis]);
    }
    fprintf(stream, "%s), '%s'))", input->rank == 1 ? "," : "", codes[input->dtype]);
  }
  fputs(count > 0 ? "\"\n" : "", stream);
}

// Puts the weights of the latest run, or of the first one.
static void put_weights(command *c, const rt_model *model) {
  char word[512];
  char *latest = rt_latest_weights(model);
  if (latest != NULL) {
    snprintf(word, sizeof word, "--weights %s", latest);
  } else {
    snprintf(word, sizeof word, "--weights runs/%s-1/weights/last.safetensors", model->name);
  }
  put_word(c, word);
  rt_release(latest);
}

// Begins a command with the program and, unless it is the default, the function.
static command begin_command(const rt_options *options, const char *word, FILE *stream) {
  command c = {stream, 0};
  put_word(&c, options->argc > 0 ? options->argv[0] : options->program);
  const rt_function *usual = rt_default_function(options->model);
  if (usual == NULL || strcmp(usual->name, word) != 0) {
    put_word(&c, word);
  }
  return c;
}

// Prints commands that work as they stand.
static void print_commands(const rt_options *options, const rt_function *example, FILE *stream) {
  const rt_model *model = options->model;
  int needs_weights = rt_needs_weights(model);
  fprintf(stream, "\nfor example%s:\n",
          needs_weights && model->phase_count > 0 ? ", after a training" : "");
  if (example != NULL) {
    print_files(stream, example);
    command c = begin_command(options, example->name, stream);
    if (needs_weights) {
      put_weights(&c, model);
    }
    for (int i = 0; i < example->input_count; i++) {
      put_input(&c, example, &example->inputs[i]);
    }
    end_command(&c);
    rt_prompt_shape shape;
    if (rt_prompt_shape_of(&shape, example)) {
      c = begin_command(options, example->name, stream);
      put_weights(&c, model);
      put_word(&c, "--prompt 'Once upon a time'");
      end_command(&c);
    }
    c = begin_command(options, example->name, stream);
    put_word(&c, "--bench 100");
    end_command(&c);
  }
  int phase = rt_evaluation_phase(model);
  char *folder = phase >= 0 ? rt_data_path(options, phase, 0) : NULL;
  if (folder != NULL) {
    command c = begin_command(options, rt_evaluation_word(model), stream);
    put_weights(&c, model);
    if (!rt_is_directory(folder) && !rt_is_file(folder)) {
      put_word(&c, "--data PATH");
    }
    end_command(&c);
  }
  rt_release(folder);
}

void rt_infer_help(const rt_options *options, FILE *stream) {
  const rt_model *model = options->model;
  const rt_function *example = rt_default_function(model);
  fprintf(stream, "\nfunctions; * is any number of examples:\n");
  for (int i = 0; i < model->function_count; i++) {
    if (rt_is_offered(&model->functions[i])) {
      int is_default = &model->functions[i] == rt_default_function(model);
      print_function(stream, &model->functions[i], is_default);
      example = example != NULL ? example : &model->functions[i];
    }
  }
  if (rt_evaluation_phase(model) >= 0) {
    fprintf(stream, "  %s\n    prints the metrics of examples, as the training does\n",
            rt_evaluation_word(model));
  }
  print_commands(options, example, stream);
}
