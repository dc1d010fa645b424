// infer.h - the parts of the infer program.

#ifndef RT_INFER_H
#define RT_INFER_H

#include "options.h"
#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- infer_choice.c: what the command line asks for --------------------------------

// The most numbers of threads that are compared.
enum { RT_MOST_THREAD_COUNTS = 16 };

typedef struct {
  int is_evaluation;
  const rt_function *function;  // null for an evaluation
  int thread_count;             // how many numbers of threads there are
  int threads[RT_MOST_THREAD_COUNTS];
} rt_choice;

// True iff the infer program offers the function.
int rt_is_offered(const rt_function *function);

// The word that stands for the evaluation: 'evaluate', unless that is a function of the model.
const char *rt_evaluation_word(const rt_model *model);

// The function that runs if none is named; null if there is no obvious one.
const rt_function *rt_default_function(const rt_model *model);

// Finds the function or the evaluation, and checks that the flags belong to it.
int rt_choose(rt_choice *choice, const rt_options *options, rt_error *error);

// True iff the model has states that come from a file.
int rt_needs_weights(const rt_model *model);

// Checks that there are weights if the model needs some, and that their file can be opened. An
// error names those of the last run.
int rt_check_weights(const rt_options *options, rt_error *error);

// The weights that the latest run in the present directory left, to be freed with rt_release; null
// if there are none.
char *rt_latest_weights(const rt_model *model);

// ---- evaluate_data.c -------------------------------------------------------------

// Measures the model on a data set and prints the metrics, or writes them where --output says.
int rt_evaluate_data(const rt_options *options, rt_error *error);

// ---- infer_help.c ----------------------------------------------------------------

// Prints the functions with their inputs and outputs, and commands that work.
void rt_infer_help(const rt_options *options, FILE *stream);

#ifdef __cplusplus
}
#endif

#endif
