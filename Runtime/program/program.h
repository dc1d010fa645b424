// program.h - the train and the infer program, and their parts.

#ifndef RT_PROGRAM_H
#define RT_PROGRAM_H

#include "args.h"
#include "../data/dataset.h"
#include "line.h"
#include "profile.h"
#include "../math/random.h"
#include "../model/pace.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- train.c, infer.c: the programs ------------------------------------------------

// Trains a model, or runs one of its functions, as the command line says: the programs without
// their `main`. They print results and errors, and return the exit status. The name of the program
// is that of the model with "-train" or "-infer".
//
// rt_train_main handles SIGINT, SIGTERM and SIGHUP: the first one ends the training after the
// current step, with a checkpoint saved. A process can run one training at a time.
int rt_train_main(const rt_model *model, int argc, char **argv);
int rt_infer_main(const rt_model *model, int argc, char **argv);

// ---- call.c: buffers for calling a function --------------------------------------

// A function with one zeroed buffer for each input and output.
typedef struct {
  const rt_function *function;
  void **inputs;
  void **outputs;
  void *block;  // owns all buffers
} rt_call;

// Makes the buffers; to be freed with rt_call_destroy.
int rt_call_create(rt_call *call, const rt_function *function, rt_error *error);
void rt_call_destroy(rt_call *call);

// The bytes of all buffers of a function.
size_t rt_call_bytes(const rt_function *function);

// Runs the function on the buffers; an error names the function.
int rt_call_run(const rt_call *call, void *model, rt_error *error);

// An output as an array, whose data are the call's.
rt_array rt_call_output(const rt_call *call, int n);

// The number of metrics: the outputs that are scalars. The n-th metric's name and
// value after a run.
int rt_metric_count(const rt_function *function);
const rt_tensor *rt_metric(const rt_function *function, int n);
double rt_metric_value(const rt_call *call, int n);

// Sets the value, as if a run had given it.
void rt_metric_set(const rt_call *call, int n, double value);

// A number for a message: all NaN look alike there.
double rt_plain_nan(double x);

// Adds to an error about a non-finite result the name of an input that is not finite, if there is
// one.
void rt_call_explain(const rt_call *call, rt_error *error);

// After a step of training: an error if the first metric, the loss, is not finite. `step`
// counts from 1 over the whole run.
int rt_call_check_loss(const rt_call *call, int epoch, int64_t step, rt_error *error);

// The batch extent of a function: its first input's first extent, or 0.
int rt_batch_extent(const rt_function *function);

// ---- rates.c ---------------------------------------------------------------------

// The learning rates of a phase: scalars that the model gives. Without a function for them,
// call.function is null and there are none.
typedef struct {
  rt_call call;
  void *instance;
} rt_rates;

// Allocates the call; to be freed with rt_rates_destroy.
int rt_rates_create(rt_rates *rates, const rt_model *model, int phase, void *instance,
                    rt_error *error);
void rt_rates_destroy(rt_rates *rates);

// Sets the values to those of the last step.
int rt_rates_update(const rt_rates *rates, rt_error *error);

// The number of rates, and the name and the value of the n-th one.
int rt_rates_count(const rt_rates *rates);
const char *rt_rates_name(const rt_rates *rates, int n);
double rt_rates_value(const rt_rates *rates, int n);

// "0.0021" or "8.1e-4"; returns `text`.
char *rt_learning_rate_text(char text[32], double rate);

// ---- prepare.c -------------------------------------------------------------------

// Sets all states of a new model: from the seed, then the settings. If `weights` is
// not null, parameters and statistics come from that file instead; see
// rt_checkpoint_load. A model for which this fails is not to be used.
int rt_prepare(const rt_model *model, void *instance, uint64_t seed,
               const double *settings, const char *weights, rt_error *warning,
               rt_error *error);

// The same, but takes from the file what fits, and leaves the other states as the seed sets them.
int rt_prepare_partly(const rt_model *model, void *instance, uint64_t seed,
                      const double *settings, const char *weights, rt_error *warning,
                      rt_error *error);

// ---- evaluate.c --------------------------------------------------------------------

// The calls of an evaluation. Without a function for it, or without held-out examples,
// step.function is null and there is nothing to do.
typedef struct {
  const rt_model *model;
  const rt_phase *phase;
  rt_split split;
  rt_call step, rest, measured, evaluated;
  int metric_count;       // the outputs of `measured` that are scalars
  double *metrics;        // over every example
  const rt_call *failed;  // the call whose loss was NaN, or null
  rt_pace *pace;          // of the caller, or null; its steps are of the kind RT_VALIDATION
} rt_evaluation;

// Allocates the calls for the examples of a split; an error if the model has no room for them. To
// be freed with rt_evaluation_destroy.
int rt_evaluation_create(rt_evaluation *evaluation, const rt_model *model, int phase,
                         const rt_dataset *data, rt_split split, rt_error *error);
void rt_evaluation_destroy(rt_evaluation *evaluation);

// The number of examples, or of steps of a model that makes its own.
int64_t rt_evaluation_size(const rt_evaluation *evaluation, const rt_dataset *data);

// Evaluates all examples and sets `metrics` and the outputs of `measured`. A loss that is NaN is an
// error.
int rt_evaluation_measure(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                          rt_error *error);

// Measures, then hands the metrics to the function that takes them, if there is one.
int rt_evaluation_run(rt_evaluation *evaluation, void *instance, const rt_dataset *data,
                      rt_error *error);

// The number of the metric of that name, or -1.
int rt_find_metric(const rt_function *function, const char *name);

// ---- lock.c ----------------------------------------------------------------------

typedef struct {
  int descriptor;
  char *path;  // null if it is not held
} rt_lock;

// Locks a folder, or fails and names the process that holds the lock. Releasing it removes the lock
// file; if a process is killed, its lock ends with it.
int rt_lock_take(rt_lock *lock, const char *folder, const char *program, rt_error *error);
void rt_lock_release(rt_lock *lock);

// ---- progress.c, progress_table.c, metric.c ----------------------------------------

// A live line on a terminal, or a plain line per interval elsewhere; and a table with a row for
// each epoch.
typedef struct {
  FILE *stream;
  int terminal;       // true iff the stream is one
  int is_quiet;       // nothing is shown
  int is_live;        // the live line stands there
  size_t columns;     // of the terminal, when the line was shown last
  int bar;            // the length of the bar since then, which only shrinks
  double interval;    // seconds between lines
  int epochs;
  int every;          // a row for each so many epochs
  int64_t steps;      // in an epoch
  int64_t total;      // in the whole run
  int batch;          // examples in a step; 0: count steps
  int metric_count;
  double *sums;       // sums of the metrics over the epoch
  const rt_rates *rates;  // the first one is shown; null, or without a call: none
  int64_t epoch_steps;  // that are in the sums
  int64_t timed_steps;  // those of this process
  double start;       // of the run
  double epoch_start;
  double stepped;     // when the last step ended
  double past_seconds, past_steps;  // of epochs before, the last ones above all
  double between;     // seconds between the steps of `ends` epochs and the next: evaluations
  int ends;
  int64_t done;       // steps of the run
  double shown;       // when a line was shown last
  double printed;     // when a row was printed last
  char *header;       // that of the table, as it was printed last
  char *waiting;      // the row of the best epoch, if it is not printed yet
} rt_progress;

// Starts the clock. `total` is the number of steps of the whole run. To be freed with
// rt_progress_end. The caller may set `every`, `is_quiet` and `rates` then.
int rt_progress_begin(rt_progress *progress, FILE *stream, const rt_function *step,
                      int epochs, int64_t steps, int64_t total, rt_error *error);
void rt_progress_end(rt_progress *progress);

// Before the steps of an epoch.
void rt_progress_epoch_begin(rt_progress *progress);

// After a step: `epoch` and its `step` count from 1, `done` counts the steps of the
// run. Shows at most one line in each interval.
void rt_progress_step(rt_progress *progress, int epoch, int64_t step, int64_t done,
                      const rt_call *call);

// Before the evaluation of so many examples: says so on a terminal, unless it takes a moment only.
void rt_progress_evaluate(rt_progress *progress, int epoch, int64_t examples);

// After an epoch and its evaluation: a row with the average metrics of training and validation,
// with a mark if it is the best so far. Of more than 20 epochs, at most ten rows a second are
// printed; the first and the last one always are, and the best one, with the row that follows it.
void rt_progress_epoch(rt_progress *progress, int epoch, const rt_function *step,
                       const rt_evaluation *evaluation, int is_best, int is_last);

// After the last epoch: prints the row that waits and erases the live line.
void rt_progress_finish(rt_progress *progress);

// Erases the live line, so that something else can be printed.
void rt_progress_clear(rt_progress *progress);

// The row of an epoch and the line above all rows, with as many columns as fit; both return `text`.
char *rt_progress_row(char text[RT_LONGEST_LINE], const rt_progress *progress, int epoch,
                      const rt_function *step, const rt_evaluation *evaluation, int is_best,
                      size_t columns);
char *rt_progress_header(char text[RT_LONGEST_LINE], const rt_progress *progress,
                         const rt_function *step, const rt_evaluation *evaluation,
                         size_t columns);

// True iff a metric of that name is a share, which is shown in %: an accuracy.
int rt_metric_is_share(const char *name);

// "98.9 %" for a share, "0.04123" for other metrics, of at most nine characters; the second one
// with the name. Both return `text`.
char *rt_metric_value_text(char text[32], const char *name, double value);
char *rt_metric_text(char *text, size_t size, const char *name, double value);

// ---- numbers.c -------------------------------------------------------------------

// Short texts for people; all return `text`. A number with four to six digits; a count as
// "41,000"; seconds as "0:07" or "1:02:03", or short ones as "1.24 ms"; "1.2 MB"; and a rate as
// "18.4k", whose unit is examples per second, or steps where `batch` is 0.
char *rt_number_text(char text[32], double value);
char *rt_count_text(char text[32], int64_t count);
char *rt_duration_text(char text[32], double seconds);
char *rt_time_text(char text[32], double seconds);
char *rt_bytes_text(char text[32], double bytes);
char *rt_rate_text(char text[32], double rate);
const char *rt_rate_unit(int batch);

// ---- pattern.c -------------------------------------------------------------------

// True iff the whole name fits a pattern with '*' and '?'.
int rt_pattern_matches(const char *pattern, const char *name);

// How many letters would have to be inserted, dropped or changed for that; long ones are cut.
size_t rt_pattern_distance(const char *pattern, const char *name);

// ---- log.c -----------------------------------------------------------------------

// A CSV file with a line for each step: its number and metrics. It begins with their names. Of a
// file that is there the lines up to step `done` stay, if that is not 0. Errors are reported when
// it is flushed or committed.
int rt_log_open(rt_writer *log, const char *path, const rt_function *step, int64_t done,
                rt_error *error);
void rt_log_step(rt_writer *log, int64_t done, const rt_call *call);

// ---- batches.c -------------------------------------------------------------------

// The first extent of all inputs but scalars: the examples of a batch; 0 if it differs.
int rt_common_batch(const rt_function *function);

// True iff the first axis of an input or output counts examples, as it is the common batch.
int rt_has_examples(const rt_function *function, const rt_tensor *tensor);

// Checks types, shapes and the values of integers; `*count` is the number of examples, or 0 if the
// inputs have no common batch. An error lists all inputs that do not fit.
int rt_batches_check(const rt_function *function, const rt_array *inputs, int64_t *count,
                     rt_error *error);

// Runs a function on whole arrays. If its inputs have a common batch, `inputs` may have any number
// of examples: the function runs batch by batch, the last one filled up with copies of its last
// example, and the outputs are cropped. The data of `outputs` are allocated, to be freed with
// rt_release.
int rt_run_batches(const rt_call *call, void *instance, const rt_array *inputs,
                   rt_array *outputs, rt_error *error);

// Copies batch `number` of `inputs`, converted, into the inputs of `call`.
int rt_fill_batch(const rt_call *call, const rt_array *inputs, int64_t number,
                  rt_error *error);

// ---- print.c ---------------------------------------------------------------------

// Prints an array for reading, in 80 columns: its name and type, and rows of numbers; of large ones
// the first and the last rows.
void rt_print_array(FILE *stream, const char *name, const rt_array *array);

#ifdef __cplusplus
}
#endif

#endif
