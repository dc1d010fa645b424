// options.h - the flags of the two programs, and their values.

#ifndef RT_OPTIONS_H
#define RT_OPTIONS_H

#include "args.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- options.c -------------------------------------------------------------------

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
  int epochs, steps;
  const char *data, *out, *init, *log;
  // Of the infer program.
  const char *function, *weights;
  rt_texts inputs, outputs;
  int bench;
} rt_options;

// Options of a program before its defaults and flags; to be freed with rt_options_destroy.
int rt_options_create(rt_options *options, const rt_model *model, rt_program kind,
                      rt_error *error);
void rt_options_destroy(rt_options *options);

// Reads a command line, or prints help if it is asked for. Strings are not copied.
int rt_options_read(rt_options *options, int argc, char **argv, rt_error *error);

// Sets the number of threads to that of --threads, and warns if the machine cannot have so many.
void rt_options_set_threads(const rt_options *options);

#ifdef __cplusplus
}
#endif

#endif
