// options.c - the flags of the two programs.
//
// A flag is a row of one table: its name, kind and help, and the member of rt_options that gets its
// value. Help, the reading of command lines and args.json all go by the table.

#include "options.h"

#include <string.h>

#include "prompt.h"

enum { TRAIN = RT_TRAIN_PROGRAM, INFER = RT_INFER_PROGRAM, BOTH = TRAIN | INFER };

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
    {BOTH, "phase", RT_FLAG_TEXT, "NAME",
     "which part of the training to do, or to evaluate; by default all, or the last one",
     AT(phase)},
    {TRAIN, "steps", RT_FLAG_COUNT, "N", "stop after N steps in total", AT(steps)},
    {INFER, "weights", RT_FLAG_TEXT, "FILE", "the weights, as written by %s-train or PyTorch",
     AT(weights)},
    {INFER, "input", RT_FLAG_TEXTS, "NAME=FILE",
     "an input: a .npy or .csv file with any number of examples, - for standard input, or numbers "
     "as in x=0.5,1; or a folder with a file for each input",
     AT(inputs)},
    {INFER, "output", RT_FLAG_TEXTS, "NAME=FILE",
     "where to write an output: a .npy, .csv, .json, .jsonl, .png, .wav or .txt file, - or "
     "-.csv for standard output; or a file or folder for all; without a file it is printed",
     AT(outputs)},
    {INFER, "data", RT_FLAG_TEXTS, "PATH",
     "the examples to evaluate, as for training; by default those of the training", AT(data)},
    {INFER, "split", RT_FLAG_TEXT, "WHICH",
     "which of them to evaluate: held-out, as in training, which is the default, test, or all",
     AT(split)},
    {BOTH, "fold", RT_FLAG_TEXT, "K/N",
     "hold out the K-th of N equal parts of the examples, as 2/5", AT(fold)},
    {INFER, "prompt", RT_FLAG_TEXT, "TEXT", "go on with this text", AT(prompt)},
    {INFER, "n", RT_FLAG_COUNT, "N", "ids to add to it at most", AT(generate)},
    {INFER, "temp", RT_FLAG_NUMBER, "X",
     "how much chance there is: 0 takes the likeliest id each time", AT(temperature)},
    {INFER, "top-k", RT_FLAG_COUNT, "N", "take one of the N likeliest ids; 0: of all", AT(top_k)},
    {INFER, "top-p", RT_FLAG_NUMBER, "X", "take one of the likeliest that have this share together",
     AT(top_p)},
    {INFER, "min-p", RT_FLAG_NUMBER, "X",
     "take one that is at least this times as likely as the likeliest", AT(min_p)},
    {INFER, "repeat-penalty", RT_FLAG_NUMBER, "X",
     "divide the logits of the last 64 ids by this; 1: do not", AT(repeat_penalty)},
    {INFER, "tokenizer", RT_FLAG_TEXT, "FILE",
     "a tokenizer.json for texts; by default the one of the weights", AT(tokenizer)},
    {INFER, "bench", RT_FLAG_COUNT, "N",
     "time N runs; inputs that are left out are zero, weights random", AT(bench)},
    {INFER, "warm-up", RT_FLAG_COUNT, "N", "runs before these, without a clock; by default 3",
     AT(warm_up)},
    {INFER, "repeats", RT_FLAG_COUNT, "N", "do both N times; by default once", AT(repeats)},
    {INFER, "format", RT_FLAG_TEXT, "NAME",
     "of the times: text, which is the default, markdown, csv or json", AT(format)},
    {INFER, "threads", RT_FLAG_TEXT, "N[,N]",
     "number of threads at most, several for --bench; by default OpenMP decides", AT(thread_list)},
    {TRAIN, "seed", RT_FLAG_SEED, "N", "seed of initial weights, order and noise", AT(seed)},
    {INFER, "seed", RT_FLAG_SEED, "N", "seed of random numbers", AT(seed)},
    {TRAIN, "threads", RT_FLAG_COUNT, "N", "number of threads at most; by default OpenMP decides",
     AT(threads)},
    {TRAIN, "data", RT_FLAG_TEXTS, "PATH",
     "the folder or file of the examples, or NAME=PATH for one of several sets; by default as the "
     "model says",
     AT(data)},
    {TRAIN, "out", RT_FLAG_TEXT, "DIR", "directory of the run; by default a new one in runs",
     AT(out)},
    {TRAIN, "resume", RT_FLAG_OPTIONAL_TEXT, "[DIR]",
     "go on with the run in this directory; by default with the latest one in runs", AT(resume)},
    {TRAIN, "save-every", RT_FLAG_PERIOD, "N",
     "save a checkpoint every N steps, or after a time such as 30s or 10m; by default after each "
     "epoch, at most once a second",
     AT(save_every)},
    {TRAIN, "init", RT_FLAG_TEXT, "FILE", "start from these weights (.safetensors)", AT(init)},
    {TRAIN, "init-partial", RT_FLAG_SWITCH, NULL,
     "take from --init what fits the model; the rest begins as without it", AT(init_partial)},
    {TRAIN, "only", RT_FLAG_TEXTS, "PATTERN",
     "train only parameters and statistics with such names, as 'head.*'; may be repeated",
     AT(only)},
    {TRAIN, "freeze", RT_FLAG_TEXTS, "PATTERN",
     "keep parameters and statistics with such names as they are; may be repeated", AT(freeze)},
    {TRAIN, "patience", RT_FLAG_COUNT, "N",
     "end after N epochs without a better result on the held-out examples", AT(patience)},
    {TRAIN, "log", RT_FLAG_TEXT, "FILE", "write the metrics of each step as CSV", AT(log)},
    {TRAIN, "every", RT_FLAG_COUNT, "N",
     "print a line every N epochs, and for the first, the last and the best", AT(every)},
    {TRAIN, "quiet", RT_FLAG_SWITCH, NULL, "print only warnings, errors and the results",
     AT(quiet)},
    {TRAIN, "dry-run", RT_FLAG_SWITCH, NULL,
     "print what would be done and how long it would take; writes nothing", AT(dry_run)},
    {TRAIN, "check-data", RT_FLAG_SWITCH, NULL,
     "read all data, print what is in them, and fail if a number is not finite or out of range",
     AT(check_data)},
    {TRAIN, "selfcheck", RT_FLAG_SWITCH, NULL,
     "check that this program gives the same bits with any number of threads, and after a "
     "checkpoint",
     AT(selfcheck)},
    {TRAIN, "profile-trace", RT_FLAG_TEXT, "FILE",
     "file for the times of kernels; by default profile.json in the run's directory", AT(trace)},
    {INFER, "profile-trace", RT_FLAG_TEXT, "FILE", "file for the times of kernels", AT(trace)},
};

// The words that people look for, beside the flags.
enum { ROWS = sizeof rows / sizeof *rows, MOST_WORDS = 6 };

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
  options->epochs = model->phase_count == 1 ? model->phases[0].epochs : -1;
  return RT_OK;
}

void rt_options_destroy(rt_options *options) {
  rt_release(options->settings);
  options->settings = NULL;
}

// Why the model has no use for a flag, or null if it has.
static const char *no_use(const rt_model *model, const row *r) {
  int is_fed = 0;
  for (int i = 0; i < model->function_count; i++) {
    rt_kind kind = model->functions[i].kind;
    is_fed |= (kind == RT_TRAIN_STEP || kind == RT_EVALUATION_STEP) &&
              model->functions[i].input_count > 0;
  }
  if (r->place == AT(trace) && model->profile == NULL) {
    return "times of kernels are measured if the model is compiled with --profile";
  }
  if (r->place >= AT(prompt) && r->place <= AT(repeat_penalty) && !rt_can_prompt(model)) {
    return "no function of the model goes on with a text";
  }
  if ((r->place == AT(data) || r->place == AT(fold) || r->place == AT(check_data) ||
       r->place == AT(split)) && !is_fed) {
    return model->phase_count > 0 ? "the model makes its own examples, so there are no data"
                                  : "the model is not trained, so there are no data";
  }
  return r->place == AT(phase) && model->phase_count < 2 ? "the training has only one phase" : NULL;
}

int rt_options_flags(rt_options *options, rt_flag flags[RT_MOST_FLAGS],
                     char helps[RT_MOST_FLAGS][RT_LONGEST_HELP]) {
  rt_options *o = options;
  int count = 0;
  for (int i = 0; i < ROWS; i++) {
    const row *r = &rows[i];
    if ((r->programs & (int)o->kind) != 0 && no_use(o->model, r) == NULL) {
      snprintf(helps[count], RT_LONGEST_HELP, r->help, o->model->name);
      flags[count] =
          (rt_flag){r->name, r->kind, r->placeholder, helps[count], (char *)o + r->place};
      count++;
    }
  }
  return count;
}

// What to say to --batch.
static void explain_batch(char text[RT_LONGEST_HELP], const rt_model *model) {
  char batch[32] = "";
  if (model->phase_count == 1 && model->phases[0].batch > 0) {
    snprintf(batch, sizeof batch, " (%d)", model->phases[0].batch);
  }
  snprintf(text, RT_LONGEST_HELP,
           "the batch is compiled in%s; change batch: in the model and compile it again", batch);
}

// Finds what to say to words that are no flags: those that the model has no use for, and some that
// people look for. Returns their number.
static int find_no_flags(const rt_options *o, rt_no_flag no_flags[RT_MOST_FLAGS + MOST_WORDS],
                         char batch[RT_LONGEST_HELP]) {
  static const char rate[] = "the learning rate is compiled in; a setting of the model makes it a "
                             "flag: model.setting(\"rate\", 1e-3)";
  static const char share[] = "the share that is held out is compiled in; change validation: in "
                              "the model, or hold out a part with --fold K/N";
  const rt_no_flag words[MOST_WORDS] = {
      {"batch", batch}, {"batch-size", batch}, {"lr", rate}, {"learning-rate", rate},
      {"rate", rate},   {"validation", share}};
  int count = 0;
  for (int i = 0; i < ROWS; i++) {
    const char *reason = no_use(o->model, &rows[i]);
    if ((rows[i].programs & (int)o->kind) != 0 && reason != NULL) {
      no_flags[count++] = (rt_no_flag){rows[i].name, reason};
    }
  }
  explain_batch(batch, o->model);
  for (int i = 0; i < MOST_WORDS && o->kind == RT_TRAIN_PROGRAM; i++) {
    no_flags[count++] = words[i];
  }
  return count;
}

int rt_options_read(rt_options *options, int argc, char **argv, rt_error *error) {
  const rt_model *model = options->model;
  rt_flag flags[RT_MOST_FLAGS];
  rt_no_flag no_flags[RT_MOST_FLAGS + MOST_WORDS];
  char helps[RT_MOST_FLAGS][RT_LONGEST_HELP], summary[RT_LONGEST_PROGRAM], batch[RT_LONGEST_HELP];
  rt_args args = {.program = options->program,
                  .summary = summary,
                  .flag_count = rt_options_flags(options, flags, helps),
                  .flags = flags,
                  .setting_count = model->setting_count,
                  .settings = model->settings,
                  .setting_values = options->settings,
                  .no_flag_count = find_no_flags(options, no_flags, batch),
                  .no_flags = no_flags};
  options->argc = argc;
  options->argv = argv;
  snprintf(summary, sizeof summary, "%s the model '%s'.",
           options->kind == RT_TRAIN_PROGRAM ? "Trains" : "Runs", model->name);
  if (options->kind == RT_INFER_PROGRAM) {
    args.positional = "FUNCTION";
    args.positional_help = rt_evaluation_phase(model) >= 0
                               ? "which function to run, or evaluate"
                               : "which function to run";
    args.positional_value = &options->function;
  }
  if (rt_args_help_wanted(argc, argv)) {
    rt_args_help(&args, stdout);
    rt_args_help_compiled(model, stdout);
    options->helped = 1;
    return RT_OK;
  }
  return rt_args_parse(&args, argc, argv, error);
}

int rt_options_check(const rt_options *options, rt_error *error) {
  const rt_options *o = options;
  const struct {
    int given;
    const char *flag;
  } modes[] = {{o->dry_run, "--dry-run"},
               {o->check_data, "--check-data"},
               {o->selfcheck, "--selfcheck"},
               {o->resume != NULL, "--resume"}};
  const char *mode = NULL;
  for (int i = 0; i < 4; i++) {
    if (modes[i].given && mode != NULL) {
      return rt_fail(error, RT_ERROR_USAGE, "%s and %s: expected one of them, found both", mode,
                     modes[i].flag);
    }
    mode = modes[i].given ? modes[i].flag : mode;
  }
  if (o->init_partial && o->init == NULL) {
    return rt_fail(error, RT_ERROR_USAGE, "--init-partial: expected --init FILE, found none");
  }
  return RT_OK;
}

void rt_options_set_threads(const rt_options *options) {
  if (options->threads > rt_set_threads(options->threads)) {
    rt_error warning = {RT_OK, ""};
    rt_fail(&warning, RT_ERROR_USAGE, "--threads %d: built without OpenMP, using 1",
            options->threads);
    rt_warn(options->program, &warning);
  }
}
