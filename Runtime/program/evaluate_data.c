// evaluate_data.c - measures a model on a data set: 'evaluate' of the infer program.
//
// By default the held-out examples, exactly those of the train program: the same files, the same
// share by the same permutation, the same classes and tokenizer, which the weights have with them.

#include <string.h>

#include "infer.h"
#include "outputs.h"
#include "print.h"

// What is measured. The evaluation's result is one number for each metric.
typedef struct {
  const rt_options *options;
  int phase;
  char *folder;  // of the data
  enum { HELD_OUT, TEST, ALL } split;
  rt_dataset data;
  rt_evaluation evaluation;
  rt_notes notes;  // of the weights
  void *instance;
} task;

static const char *const split_names[] = {"held-out", "test", "all"};

// The path that the text "metrics=FILE" names; null and an error if the text is another.
static const char *path_of(const char *text, rt_error *error) {
  const char *path = rt_named_value(text, "metrics");
  if (path == NULL) {
    rt_fail(error, RT_ERROR_USAGE, "--output: expected metrics=FILE, found '%s'", text);
  } else if (!rt_ends_in(path, ".json") && !rt_ends_in(path, ".csv")) {
    rt_fail(error, RT_ERROR_USAGE,
            "--output %s: expected a name that ends in .json or .csv, found '%s'", text, path);
    path = NULL;
  }
  return path;
}

// True iff the path is "-.json" or "-.csv".
static int is_stream(const char *path) { return path[0] == '-' && path[1] == '.'; }

// Checks --split, and that all files can be written to.
static int check_options(task *t, rt_error *error) {
  const rt_options *o = t->options;
  const char *word = o->split != NULL ? o->split : split_names[HELD_OUT];
  t->split = HELD_OUT;
  while (t->split <= ALL && strcmp(word, split_names[t->split]) != 0) {
    t->split++;
  }
  if (t->split > ALL) {
    return rt_fail(error, RT_ERROR_USAGE, "--split: expected held-out, test or all, found '%s'",
                   o->split);
  }
  t->phase = rt_evaluation_phase(o->model);
  if (t->phase >= 0 && o->phase != NULL) {
    int code = rt_phase_find(o, &t->phase, error);
    if (code != RT_OK) {
      return code;
    }
  }
  if (t->phase < 0 || rt_function_of(o->model, t->phase, RT_EVALUATION_STEP) == NULL) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "'%s' has no step of evaluation; a model has one if its 'train' holds examples "
                   "out, with 'validation:'",
                   o->model->name);
  }
  int code = rt_check_weights(o, error);
  for (int i = 0; i < o->outputs.count && code == RT_OK; i++) {
    const char *path = path_of(o->outputs.items[i], error);
    code = path == NULL ? error->code : is_stream(path) ? RT_OK : rt_writer_check(path, error);
  }
  return code;
}

// Reads what the weights say of texts and classes; a model without states has none.
static int read_notes(task *t, rt_error *error) {
  if (t->options->weights == NULL) {
    return RT_OK;
  }
  rt_safetensors file;
  int code = rt_safetensors_open(&file, t->options->weights, error);
  if (code == RT_OK) {
    t->notes = file.notes;
    file.notes = (rt_notes){0};
    rt_safetensors_close(&file);
  }
  return code;
}

// Opens the examples and checks them.
static int open_data(task *t, rt_error *error) {
  const rt_options *o = t->options;
  t->folder = rt_data_path(o, t->phase, 0);
  int code = read_notes(t, error);
  if (code != RT_OK) {
    return code;
  }
  code = rt_data_open(&t->data, o, t->phase, t->split == ALL ? RT_ALL_HELD_OUT : RT_AS_TRAINED,
                      rt_notes_find(&t->notes, "tokenizer"), error);
  if (code == RT_OK) {
    code = rt_labels_check(&t->data, &t->notes, o->weights, error);
  }
  rt_split split = t->split == TEST ? RT_TEST : RT_VALIDATION;
  const char *folder = t->folder != NULL ? t->folder : "data";
  int is_fed = t->data.set_count > 0;
  if (code == RT_OK && t->split == ALL && t->data.count[RT_TRAIN] > 0) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "--split all: expected one set of files, found train and validation in '%s'; "
                   "name one of them: --data %s%s",
                   folder, folder, rt_is_directory(folder) ? "/train" : "");
  }
  if (code == RT_OK && is_fed && t->data.count[split] == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected %s examples, found none among %lld; --split all takes them all",
                   folder, t->split == TEST ? "test" : "held-out",
                   (long long)t->data.count[RT_TRAIN]);
  }
  if (code == RT_OK) {
    code = rt_evaluation_create(&t->evaluation, o->model, t->phase, &t->data, split, error);
  }
  return code;
}

// Makes the model with its weights.
static int make_model(task *t, rt_error *error) {
  const rt_options *o = t->options;
  rt_error warning = {RT_OK, ""};
  t->instance = rt_model_create(o->model);
  if (t->instance == NULL) {
    return rt_fail_memory(error, o->model->bytes, "the model");
  }
  int code = rt_prepare(o->model, t->instance, o->seed, o->settings, o->weights, &warning, error);
  rt_warn(o->program, &warning);
  return code;
}

// Writes the metrics: a line of names and one of numbers, or an object.
static void put_metrics(rt_writer *writer, const task *t, int is_json) {
  const rt_options *o = t->options;
  const rt_evaluation *e = &t->evaluation;
  const rt_function *function = e->measured.function;
  long long examples = (long long)rt_evaluation_size(e, &t->data);
  if (is_json) {
    rt_write_string(writer, "{\"model\": ");
    rt_write_json(writer, o->model->name);
    rt_write_string(writer, ", \"weights\": ");
    rt_write_json(writer, o->weights != NULL ? o->weights : "");
    rt_write_text(writer, ", \"split\": \"%s\", \"examples\": %lld, \"metrics\": {",
                  split_names[t->split], examples);
    for (int i = 0; i < function->output_count; i++) {
      rt_array array = rt_call_output(&e->measured, i);
      rt_write_string(writer, i > 0 ? ", " : "");
      rt_json_member(writer, function->outputs[i].name, &array);
    }
    rt_write_string(writer, "}}\n");
    return;
  }
  rt_write_string(writer, "examples");
  for (int n = 0; n < e->metric_count; n++) {
    rt_write_text(writer, ",%s", rt_metric(function, n)->name);
  }
  rt_write_text(writer, "\n%lld", examples);
  for (int n = 0; n < e->metric_count; n++) {
    rt_write_text(writer, ",%.9g", e->metrics[n]);
  }
  rt_write_string(writer, "\n");
}

// Prints the metrics as the train program does.
static void print_metrics(const task *t) {
  const rt_evaluation *e = &t->evaluation;
  for (int n = 0; n < e->metric_count; n++) {
    char text[128];
    const char *name = rt_metric(e->measured.function, n)->name;
    printf("%s\n", rt_metric_text(text, sizeof text, name, e->metrics[n]));
  }
  for (int i = 0; i < e->measured.function->output_count; i++) {
    const rt_tensor *output = &e->measured.function->outputs[i];
    if (output->rank > 0) {
      rt_array array = rt_call_output(&e->measured, i);
      rt_labels labels;
      // Without memory for names there are numbers.
      rt_labels_of_output(&labels, t->options->model, e->measured.function, output, &t->notes,
                          NULL);
      rt_print_labelled(stdout, output->name, &array, &labels);
      rt_labels_clear(&labels);
    }
  }
}

// Writes the files, then to standard output: text unless --output sends a format there.
static int write_metrics(const task *t, rt_error *error) {
  const rt_options *o = t->options;
  const char *stream = NULL;
  int code = RT_OK;
  for (int i = 0; i < o->outputs.count && code == RT_OK; i++) {
    const char *path = path_of(o->outputs.items[i], error);
    rt_writer writer;
    if (path != NULL && is_stream(path)) {
      stream = path;
    } else if (path != NULL && (code = rt_writer_begin(&writer, path, error)) == RT_OK) {
      put_metrics(&writer, t, rt_ends_in(path, ".json"));
      code = rt_writer_commit(&writer, error);
    }
  }
  if (code == RT_OK && stream != NULL) {
    rt_writer writer = {.stream = stdout};
    put_metrics(&writer, t, rt_ends_in(stream, ".json"));
  } else if (code == RT_OK) {
    print_metrics(t);
  }
  return code;
}

// Says what is evaluated.
static void say(const task *t) {
  const char *program = t->options->program;
  long long size = (long long)rt_evaluation_size(&t->evaluation, &t->data);
  if (t->data.set_count == 0) {
    fprintf(stderr, "%s: %lld steps\n", program, size);
    return;
  }
  fprintf(stderr, "%s: %lld %s%sexamples of '%s'\n", program, size,
          t->split == ALL ? "" : split_names[t->split], t->split == ALL ? "" : " ",
          t->folder != NULL ? t->folder : "data");
}

int rt_evaluate_data(const rt_options *options, rt_error *error) {
  task t = {.options = options};
  int code = check_options(&t, error);
  if (code == RT_OK) {
    code = open_data(&t, error);
  }
  if (code == RT_OK) {
    code = make_model(&t, error);
  }
  if (code == RT_OK) {
    say(&t);
    code = rt_evaluation_measure(&t.evaluation, t.instance, &t.data, error);
  }
  if (code == RT_OK) {
    code = write_metrics(&t, error);
  }
  rt_evaluation_destroy(&t.evaluation);
  rt_dataset_close(&t.data);
  rt_notes_clear(&t.notes);
  rt_model_destroy(t.instance);
  rt_release(t.folder);
  return code;
}
