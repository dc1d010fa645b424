// options.c - the flags of the two programs.

#include "options.h"

#include <string.h>

enum {
  TRAIN = RT_TRAIN_PROGRAM,
  INFER = RT_INFER_PROGRAM,
  BOTH = TRAIN | INFER
};

// A flag, and the member of rt_options that gets its value.
typedef struct {
  int programs;  // the programs that have it
  const char *name;
  rt_flag_kind kind;
  const char *placeholder;
  const char *help;  // "%s" is the name of the model
  size_t place;
} row;

#define AT(field) offsetof(rt_options, field)

// All flags but --help, in the order of the help. No setting of a model has one of these names.
static const row rows[] = {
    {TRAIN, "epochs", RT_FLAG_COUNT, "N", "passes over the training data", AT(epochs)},
    {TRAIN, "steps", RT_FLAG_COUNT, "N", "stop after N steps in total", AT(steps)},
    {INFER, "weights", RT_FLAG_TEXT, "FILE", "the weights, as written by %s-train or PyTorch",
     AT(weights)},
    {INFER, "input", RT_FLAG_TEXTS, "NAME=FILE", "an input, as .npy, with any number of examples",
     AT(inputs)},
    {INFER, "output", RT_FLAG_TEXTS, "NAME=FILE",
     "where to write an output, as .npy or .csv, or a directory for all; outputs without a file "
     "are printed",
     AT(outputs)},
    {INFER, "bench", RT_FLAG_COUNT, "N", "run N times and print the time; inputs may be left out",
     AT(bench)},
    {TRAIN, "seed", RT_FLAG_SEED, "N", "seed of initial weights, order and noise", AT(seed)},
    {INFER, "seed", RT_FLAG_SEED, "N", "seed of random numbers", AT(seed)},
    {BOTH, "threads", RT_FLAG_COUNT, "N", "number of threads at most; by default OpenMP decides",
     AT(threads)},
    {TRAIN, "data", RT_FLAG_TEXT, "DIR", "directory with one .npy file for each input", AT(data)},
    {TRAIN, "out", RT_FLAG_TEXT, "DIR", "directory of the run; by default a new one in runs",
     AT(out)},
    {TRAIN, "resume", RT_FLAG_OPTIONAL_TEXT, "[DIR]",
     "go on with the run in this directory; by default with the latest one in runs", AT(resume)},
    {TRAIN, "save-every", RT_FLAG_COUNT, "N",
     "save a checkpoint every N steps; by default after each epoch, at most once a second",
     AT(save_every)},
    {TRAIN, "init", RT_FLAG_TEXT, "FILE", "start from these weights (.safetensors)", AT(init)},
    {TRAIN, "log", RT_FLAG_TEXT, "FILE", "write the metrics of each step as CSV", AT(log)},
    {TRAIN, "profile-trace", RT_FLAG_TEXT, "FILE",
     "file for the times of kernels; by default profile.json in the run's directory", AT(trace)},
    {INFER, "profile-trace", RT_FLAG_TEXT, "FILE", "file for the times of kernels", AT(trace)},
};

enum { ROWS = sizeof rows / sizeof *rows };

_Static_assert((int)ROWS <= (int)RT_MOST_FLAGS, "the arrays of flags have room for every row");

int rt_options_create(rt_options *options, const rt_model *model, rt_program kind,
                      rt_error *error) {
  size_t bytes = (size_t)model->setting_count * sizeof(double);
  *options = (rt_options){
      .model = model, .kind = kind, .settings = (double *)rt_allocate(bytes)};
  snprintf(options->program, sizeof options->program, "%s-%s", model->name,
           kind == RT_TRAIN_PROGRAM ? "train" : "infer");
  if (options->settings == NULL) {
    return rt_fail_memory(error, bytes, "the settings");
  }
  for (int i = 0; i < model->setting_count; i++) {
    options->settings[i] = model->settings[i].value;
  }
  return RT_OK;
}

void rt_options_destroy(rt_options *options) {
  rt_release(options->settings);
  options->settings = NULL;
}

int rt_options_flags(rt_options *options, rt_flag flags[RT_MOST_FLAGS],
                     char helps[RT_MOST_FLAGS][RT_LONGEST_HELP]) {
  rt_options *o = options;
  int count = 0;
  for (int i = 0; i < ROWS; i++) {
    const row *r = &rows[i];
    // Only a profiled model has times to write.
    int is_missing = r->place == AT(trace) && o->model->profile == NULL;
    if ((r->programs & (int)o->kind) != 0 && !is_missing) {
      snprintf(helps[count], RT_LONGEST_HELP, r->help, o->model->name);
      flags[count] =
          (rt_flag){r->name, r->kind, r->placeholder, helps[count], (char *)o + r->place};
      count++;
    }
  }
  return count;
}

int rt_options_read(rt_options *options, int argc, char **argv, rt_error *error) {
  const rt_model *model = options->model;
  rt_flag flags[RT_MOST_FLAGS];
  char helps[RT_MOST_FLAGS][RT_LONGEST_HELP], summary[RT_LONGEST_PROGRAM];
  rt_args args = {.program = options->program,
                  .summary = summary,
                  .flag_count = rt_options_flags(options, flags, helps),
                  .flags = flags,
                  .setting_count = model->setting_count,
                  .settings = model->settings,
                  .setting_values = options->settings};
  options->argc = argc;
  options->argv = argv;
  snprintf(summary, sizeof summary, "%s the model '%s'.",
           options->kind == RT_TRAIN_PROGRAM ? "Trains" : "Runs", model->name);
  if (options->kind == RT_INFER_PROGRAM) {
    args.positional = "FUNCTION";
    args.positional_help = "which function to run (default infer)";
    args.positional_value = &options->function;
  }
  if (rt_args_help_wanted(argc, argv)) {
    rt_args_help(&args, stdout);
    options->helped = 1;
    return RT_OK;
  }
  return rt_args_parse(&args, argc, argv, error);
}

void rt_options_set_threads(const rt_options *options) {
  if (options->threads > rt_set_threads(options->threads)) {
    rt_error warning = {RT_OK, ""};
    rt_fail(&warning, RT_ERROR_USAGE, "--threads %d: built without OpenMP, using 1",
            options->threads);
    rt_warn(options->program, &warning);
  }
}
