// options.h - the flags of the two programs, and their values.

#ifndef RT_OPTIONS_H
#define RT_OPTIONS_H

#include "args.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- options.c, options_write.c --------------------------------------------------

// The two programs, as bits of a set.
typedef enum { RT_TRAIN_PROGRAM = 1, RT_INFER_PROGRAM = 2 } rt_program;

enum { RT_LONGEST_PROGRAM = 256 };

// The values of the flags. Each program uses those that it has flags for; the caller sets the
// defaults first.
typedef struct {
  const rt_model *model;
  rt_program kind;
  char program[RT_LONGEST_PROGRAM];  // for messages: "digits-train"
  int helped;                        // true iff help was printed
  double *settings;                  // one value for each setting of the model
  uint64_t seed;
  int threads;        // 0: OpenMP's default
  const char *trace;  // the file for the times of kernels, or null
  // Of the train program.
  int epochs;           // -1: those of the phase
  int steps, patience;  // 0: none
  int every;  // epochs for each line; 0: one
  rt_period save_every;
  rt_texts only, freeze;
  int init_partial, quiet, dry_run, check_data, selfcheck;
  const char *phase;  // null: all
  rt_texts data;      // paths, as PATH or NAME=PATH
  const char *fold, *out, *init, *log;
  const char *resume;  // null: a new run; empty: the latest one
  // Of the infer program.
  const char *function, *weights;  // null: not given
  rt_texts inputs, outputs;
  const char *split;
  int bench, warm_up, repeats;  // -1: not given
  const char *format;
  const char *thread_list;  // one number or several, as "1,2"
  // For going on with a text; the first and the last of them bound a group of flags.
  const char *prompt, *tokenizer;
  int generate, top_k;
  double temperature, top_p, min_p, repeat_penalty;
  // The command line, which a run that is resumed reads again.
  int argc;
  char **argv;
} rt_options;

// Options of a program before its defaults and flags; to be freed with rt_options_destroy.
int rt_options_create(rt_options *options, const rt_model *model, rt_program kind,
                      rt_error *error);
void rt_options_destroy(rt_options *options);

// Reads a command line, or prints help if it is asked for. Strings are not copied.
int rt_options_read(rt_options *options, int argc, char **argv, rt_error *error);

// Checks that the flags go together.
int rt_options_check(const rt_options *options, rt_error *error);

// Writes what the options are as JSON: the program, the model, a command line that repeats the run,
// and the values of all flags and settings.
int rt_options_write(const rt_options *options, const char *path, rt_error *error);

// The number of flags at most.
enum { RT_MOST_FLAGS = 48, RT_LONGEST_HELP = 512 };

// Fills `flags` with the flags of the program and `helps` with their help texts; returns their
// number.
int rt_options_flags(rt_options *options, rt_flag flags[RT_MOST_FLAGS],
                     char helps[RT_MOST_FLAGS][RT_LONGEST_HELP]);

// ---- data_choice.c -----------------------------------------------------------------

struct rt_dataset;

// The number of the phase that --phase names, or 0.
int rt_phase_find(const rt_options *options, int *phase, rt_error *error);

// The name of a phase, for people.
const char *rt_phase_name(const rt_phase *phase);

// The number of the last phase that has an evaluation, or -1.
int rt_evaluation_phase(const rt_model *model);

// How data are opened: held out as the recipe or --fold says; all held out; or as the recipe says
// but without checks of their values.
typedef enum { RT_AS_TRAINED, RT_ALL_HELD_OUT, RT_UNCHECKED } rt_opening;

// The path of a data set of a phase: that of --data, or of the recipe; to be freed with rt_release.
// Null without memory, or if there is none.
char *rt_data_path(const rt_options *options, int phase, int set);

// The tokenizer that goes with weights, or null, to be freed with rt_release.
int rt_weights_tokenizer(const char *path, char **tokenizer, rt_error *error);

// Opens the data of a phase, with a tokenizer unless that is null. To be freed with
// rt_dataset_close, also on failure.
int rt_data_open(struct rt_dataset *data, const rt_options *options, int phase,
                 rt_opening opening, const char *tokenizer, rt_error *error);

// ---- say.c -------------------------------------------------------------------------

// Prints on standard error, unless the program is to be quiet.
void rt_say(const rt_options *options, const char *format, ...) RT_PRINTF(2, 3);

// Sets the number of threads to that of --threads, and warns if the machine cannot have so many.
void rt_options_set_threads(const rt_options *options);

#ifdef __cplusplus
}
#endif

#endif
