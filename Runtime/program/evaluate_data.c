// evaluate_data.c - measures a model on a data set: 'evaluate' of the infer program.
//
// By default the held-out examples, exactly those of the train program: the folder 'validation' of
// the data, or the share of the recipe, by the same permutation.

#include <string.h>

#include "infer.h"
#include "outputs.h"

// What is measured. The evaluation's result is one number for each metric.
typedef struct {
  const rt_options *options;
  char *folder;  // of the data, if the command line names none
  int is_all;
  rt_dataset data;
  rt_evaluation evaluation;
  void *instance;
} task;

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
  t->is_all = o->split != NULL && strcmp(o->split, "all") == 0;
  if (o->split != NULL && !t->is_all && strcmp(o->split, "held-out") != 0) {
    return rt_fail(error, RT_ERROR_USAGE, "--split: expected held-out or all, found '%s'",
                   o->split);
  }
  if (rt_function_of(o->model, RT_EVALUATION_STEP) == NULL) {
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

char *rt_recipe_folder(const rt_options *options) {
  const rt_recipe *recipe = options->model->recipe;
  if (recipe == NULL || recipe->data == NULL) {
    return NULL;
  }
  char *home = rt_executable_directory(options->argc > 0 ? options->argv[0] : "");
  char *folder = home != NULL ? rt_path_join(home, recipe->data) : NULL;
  rt_release(home);
  return folder;
}

// The folder of the data: that of the recipe by default; null if there is none.
static const char *find_folder(task *t) {
  if (t->options->data != NULL) {
    return t->options->data;
  }
  t->folder = t->folder != NULL ? t->folder : rt_recipe_folder(t->options);
  return t->folder;
}

// Opens the examples and checks them. Those of one folder are held out by the share of the recipe;
// all of them are held out if all are to be measured.
static int open_data(task *t, rt_error *error) {
  const rt_model *model = t->options->model;
  const rt_function *step = rt_function_of(model, RT_TRAIN_STEP);
  step = step != NULL ? step : rt_function_of(model, RT_EVALUATION_STEP);
  double share = t->is_all ? 1.0 : model->recipe != NULL ? model->recipe->validation : 0.0;
  const char *folder = find_folder(t);
  int code = rt_dataset_open_any(&t->data, folder, step, share, error);
  if (code == RT_OK && t->is_all && t->data.count[RT_TRAIN] > 0) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "--split all: expected one set of files, found train and validation in '%s'; "
                   "name one of them: --data %s/train",
                   folder, folder);
  }
  if (code == RT_OK && t->data.count[RT_VALIDATION] == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected held-out examples, found none among %lld; --split all takes them "
                   "all",
                   folder != NULL ? folder : "data", (long long)t->data.count[RT_TRAIN]);
  }
  if (code == RT_OK) {
    code = rt_dataset_limit(&t->data, model, step, error);
  }
  if (code == RT_OK) {
    code = rt_evaluation_create_any(&t->evaluation, model, &t->data, error);
  }
  if (code == RT_OK && rt_batch_extent(t->evaluation.step.function) == 0) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "'%s' evaluates no batches of examples",
                   t->evaluation.step.function->name);
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
  const rt_function *function = e->step.function;
  long long examples = (long long)t->data.count[RT_VALIDATION];
  if (is_json) {
    rt_write_string(writer, "{\"model\": ");
    rt_write_json(writer, o->model->name);
    rt_write_string(writer, ", \"weights\": ");
    rt_write_json(writer, o->weights != NULL ? o->weights : "");
    rt_write_text(writer, ", \"split\": \"%s\", \"examples\": %lld, \"metrics\": {",
                  t->is_all ? "all" : "held-out", examples);
    rt_array numbers = {RT_F64, 0, {0}, 1, NULL};
    for (int n = 0; n < e->metric_count; n++) {
      rt_write_string(writer, n > 0 ? ", " : "");
      numbers.data = &e->averages[n];
      rt_json_member(writer, rt_metric(function, n)->name, &numbers);
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
    rt_write_text(writer, ",%.9g", e->averages[n]);
  }
  rt_write_string(writer, "\n");
}

// Prints the metrics as the train program does.
static void print_metrics(const task *t) {
  const rt_evaluation *e = &t->evaluation;
  for (int n = 0; n < e->metric_count; n++) {
    char text[128];
    const char *name = rt_metric(e->step.function, n)->name;
    printf("%s\n", rt_metric_text(text, sizeof text, name, e->averages[n]));
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
    fprintf(stderr, "%s: %lld %sexamples of '%s'\n", options->program,
            (long long)t.data.count[RT_VALIDATION], t.is_all ? "" : "held-out ", find_folder(&t));
    code = rt_evaluation_measure(&t.evaluation, t.instance, &t.data, error);
  }
  if (code == RT_OK) {
    code = write_metrics(&t, error);
  }
  rt_evaluation_destroy(&t.evaluation);
  rt_dataset_close(&t.data);
  rt_model_destroy(t.instance);
  rt_release(t.folder);
  return code;
}
