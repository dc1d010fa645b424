// training.h - the state of the train program, and the folder of a run.

#ifndef RT_TRAINING_H
#define RT_TRAINING_H

#include "events.h"
#include "memory.h"
#include "options.h"
#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- run.c: the folders of runs ----------------------------------------------------

// Makes the folder runs/<model>-<n>, where n is one more than the highest there is, or finds the
// one of the highest n that has a checkpoint. `*folder` is to be freed with rt_release.
int rt_run_create(const char *model, char **folder, rt_error *error);
int rt_run_latest(const char *model, char **folder, rt_error *error);

// The folder that rt_run_create would make.
int rt_run_next(const char *model, char **folder, rt_error *error);

// True iff the folder holds a run.
int rt_run_exists(const char *folder);

// Removes what a run that was killed was just writing. The caller has the folder's lock.
void rt_run_clean(const char *folder);

// ---- table.c ---------------------------------------------------------------------

// results.csv (or one for each phase), which grows by a row for each epoch.
typedef struct {
  rt_writer writer;
  double seconds;  // of the run before this process
} rt_table;

// The first line: the columns `first`, the metrics of a step and, unless it is null, those of an
// evaluation, and learning rates. To be freed with rt_release; null without memory.
char *rt_table_header(const char *first, const rt_function *step, const rt_function *evaluation,
                      const rt_function *rates);

// Opens the file. With `epochs` that is not negative, the rows of so many epochs stay.
int rt_table_open(rt_table *table, const char *path, const rt_function *step,
                  const rt_evaluation *evaluation, const rt_function *rates, int epochs,
                  rt_error *error);

// Adds the row of an epoch after which `done` steps were made. Errors are reported when the writer
// is flushed.
void rt_table_row(rt_table *table, int epoch, int64_t done, const rt_progress *progress,
                  const rt_evaluation *evaluation);

// ---- results.c -------------------------------------------------------------------

// The folder of a training. One process at a time writes to it.
typedef struct {
  rt_lock lock;
  char *folder, *last, *previous, *best;  // the paths
  char *quoted;                           // the folder as a shell reads it
  int is_damaged;                         // `last` is not to be kept as `previous`
  int metric, is_largest;                 // what says which weights are the best
  double lowest;                          // its least value, or that of its negative
  int best_epoch;                         // when it was; 0 if not in this run
  int kept;                               // `best` is of an earlier run
  int saved;                              // `last` is of this run
  double saved_at;                        // when it was saved, in rt_seconds
} rt_results;

// Makes the folder and its folder `weights`, locks it for `program`, and checks that weights can be
// written. To be freed with rt_results_close.
int rt_results_open(rt_results *results, const char *folder, const char *program,
                    rt_error *error);
void rt_results_close(rt_results *results);

// For a run that begins from weights in the folder: measures `best` on the held-out examples, so
// that it stays until something is better. Leaves the model with the weights of `best`.
int rt_results_measure(rt_results *results, const rt_model *model, void *instance,
                       uint64_t seed, const double *settings, rt_evaluation *evaluation,
                       const rt_dataset *data, rt_error *error);

// True iff the evaluation is the best so far, which it is from now on.
int rt_results_improve(rt_results *results, const rt_evaluation *evaluation, int epoch);

// Saves a checkpoint as `last`, whose old file becomes `previous`, or the weights as `best`.
int rt_results_save(rt_results *results, const rt_model *model, void *instance, rt_notes *notes,
                    rt_error *error);
int rt_results_save_best(rt_results *results, const rt_model *model, void *instance,
                         rt_notes *notes, rt_error *error);

// ---- freeze.c --------------------------------------------------------------------

// The states that --only and --freeze keep as they are.
typedef struct {
  const rt_model *model;
  int count;
  int *states;            // their numbers
  unsigned char *values;  // one after the other
} rt_frozen;

// Checks that each pattern matches a parameter or a statistic, and that something is trained.
int rt_freeze_check(const rt_options *options, rt_error *error);

// Takes the present values; to be freed with rt_frozen_free.
int rt_freeze(rt_frozen *frozen, const rt_options *options, void *instance, rt_error *error);
void rt_frozen_free(rt_frozen *frozen);

// Puts the values back, after whatever may have changed them.
void rt_frozen_restore(const rt_frozen *frozen, void *instance);

// "trains 2 of 14 parameters (650 of 41,000 values): head.weight, head.bias"; returns `text`.
char *rt_frozen_text(char *text, size_t size, const rt_options *options);

// ---- training.c ------------------------------------------------------------------

// A run of the train program.
typedef struct {
  const rt_model *model;
  rt_options *options;
  void *instance;
  int phase;              // the number of the present phase
  const rt_phase *recipe;
  int epochs, patience;   // of the options, or else of the phase
  rt_call step;  // the function that trains, and its batch
  rt_dataset data;
  rt_evaluation evaluation;
  rt_rates rates;
  rt_progress progress;
  rt_frozen frozen;
  rt_results results;
  rt_table table;
  rt_writer log;
  rt_events events;
  rt_pace pace;          // its kinds of steps are the splits
  uint32_t data_sum;     // the checksum of the data
  rt_memory_plan memory;
  char *resumed;         // the checkpoint that the run goes on from, or null
  rt_notes notes;        // the metadata of that checkpoint
  char *tokenizer;       // of text, as it goes with the weights; or null
  rt_notes labels;       // the names of classes, which go with the weights as well
  struct rt_tokenizer *spelling;  // made of that when something is shown as text; or null
  char *trace;           // the default file for the times of kernels
  int64_t epoch_steps;   // steps in an epoch
  int64_t total;         // steps in the whole run
  int epoch;             // epochs that were done
  int64_t epoch_done;    // steps of the epoch that runs
  int64_t done;          // steps that were made
  int64_t saved_steps;   // how many of them the last checkpoint has
  int is_done;           // all is made, evaluated and saved
} rt_training;

// Sets everything up before the first step, so that errors come early. Without steps nothing will
// be written. To be freed with rt_training_close, also after a failure.
int rt_training_open(rt_training *training, rt_options *options, rt_error *error);
void rt_training_close(rt_training *training);

// True iff the run begins from weights of `folder`, whose best weights stay until a better result.
int rt_training_continues(const rt_training *training, const char *folder);

// An error if `folder` holds another run.
int rt_training_check_folder(const rt_training *training, const char *folder, rt_error *error);

// Goes on to the next phase with the weights of this one, which is done; returns false through
// `*has_more` if it was the last one. In phases.c.
int rt_training_next(rt_training *training, int *has_more, rt_error *error);

// In phases.c: true iff the present phase is that of --phase, or if there is none; and begins with
// what prepares the phase of --phase, unless weights are given.
int rt_phase_is_wanted(const rt_training *training);
void rt_phase_step_back(rt_training *training);

// In phases.c: opens and closes what belongs to the present phase, without files in the folder.
int rt_phase_open(rt_training *training, rt_error *error);
void rt_phase_close(rt_training *training);

// Before the first step of a phase: tells the model how long it is. Before the steps of an epoch:
// puts the examples in order, and tells the model which epoch it is.
void rt_phase_begin(const rt_training *training);
void rt_epoch_begin(rt_training *training);

// The path of a file of the present phase, in the folder: "results.csv", or "results-NAME.csv" if
// there are several; null without memory.
char *rt_phase_path(const rt_training *training, const char *stem, const char *ending);

// Opens the table and the log of the present phase, and the run's folder if this is the first phase
// with steps; without any nothing is written. In training.c.
int rt_training_open_run(rt_training *training, rt_error *error);

// Sets all states of the instance as a new run or a resumed one begins with them; `warning` may be
// null. In training.c.
int rt_training_prepare(rt_training *training, rt_error *warning, rt_error *error);

// Runs the step on batch `index` of the epoch, and puts the frozen states back.
int rt_training_step(rt_training *training, int64_t index, rt_error *error);

// Saves a checkpoint, after the rows of the table and of the log.
int rt_training_save(rt_training *training, rt_error *error);

// Saves the weights as the best ones, with what turns texts and classes into numbers.
int rt_training_save_best(rt_training *training, rt_error *error);

// True iff --save-every says so after the present step; without it, at the end of an epoch, once a
// second.
int rt_training_save_is_due(const rt_training *training, int is_end_of_epoch);

// True iff a run that is resumed has nothing left to do.
int rt_training_is_finished(const rt_training *training);

// Sets all states as a file says that a run goes on from; `warning` may be null.
int rt_training_restore(rt_training *training, const char *path, rt_error *warning,
                        rt_error *error);

// ---- replay.c, failure.c -----------------------------------------------------------

// After a number that is not finite: repeats the steps since the last checkpoint and keeps the
// first one that leaves such a number, in the folder `failure` of the run. Adds to `error` what was
// found, and returns true iff a step was kept.
int rt_replay(rt_training *training, rt_error *error);

// Writes the states `before` a call and its inputs to that folder. `step` counts from 1.
int rt_failure_keep(rt_training *training, const rt_call *call, const void *before, int64_t step,
                    rt_error *error);

// Adds to an error what of the run is saved.
void rt_failure_saved(const rt_training *training, rt_error *error);

// Runs 'gcomp explain' for the folder of a run, which is quoted for a shell, if gcomp has said how
// in the environment, or says how to do it.
void rt_failure_explain(const char *program, const char *folder);

// ---- patience.c ------------------------------------------------------------------

// --patience needs held-out examples.
int rt_patience_check(const rt_training *training, rt_error *error);

// True iff the run is to end, as so many epochs were not better than the best one before them.
int rt_patience_is_over(const rt_training *training);

// ---- showings.c ------------------------------------------------------------------

// After an epoch whose number is t->epoch + 1: calls the functions that are due, or with `is_last`
// all of them, and writes their outputs into folders of the run.
int rt_showings_run(rt_training *training, int is_last, rt_error *error);

// Removes from these folders what a run that was killed was just writing.
void rt_showings_clean(const rt_training *training);

// ---- summary.c -------------------------------------------------------------------

// Says what will be trained, on how much data, for how long and where.
void rt_summary_begin(const rt_training *training);

// Prints the metrics of the end, the best epoch, and which files were written.
void rt_summary_end(const rt_training *training, FILE *stream);

// The same for a run that is resumed with nothing left to do.
void rt_summary_finished(const rt_training *training, FILE *stream);

// Says how to go on with the run; with --quiet only if it was stopped before its end.
void rt_summary_go_on(const rt_training *training);

// ---- dry_run.c, selfcheck.c, check_data.c ------------------------------------------

// Says what a training would do, tries a step and a batch of the evaluation, and says how long the
// run would take. Writes no file.
int rt_dry_run(rt_training *training, FILE *stream, rt_error *error);

// Checks that the program computes the same bits with any number of threads, in any instance, and
// from a checkpoint, as it would train with the options: what --only and --freeze keep is kept. A
// check that fails is an error, after all have been printed.
int rt_selfcheck(rt_options *options, FILE *stream, rt_error *error);

// Prints what is in the data. A number that is not finite or out of range is an error, after all
// has been printed.
int rt_check_data(const rt_options *options, FILE *stream, rt_error *error);

// ---- charts.c --------------------------------------------------------------------

// The longest name of a curve in TensorBoard, with the zero at its end.
enum { RT_LONGEST_TAG = 512 };

// Begins a file of events in the folder of the run.
int rt_charts_open(rt_training *training, rt_error *error);

// Adds the means of the epoch that ends and the results of its evaluation.
int rt_charts_epoch(rt_training *training, rt_error *error);

// Draws results.csv as results.svg, if it has the row of an epoch.
int rt_charts_draw(const rt_training *training, rt_error *error);

// ---- position.c: a training as the notes of its checkpoint ---------------------------

// Adds the position of the training, its options, and the model and data that it belongs to.
int rt_position_write(const rt_training *training, rt_notes *notes, rt_error *error);

// Takes over the options; strings belong to the notes.
int rt_position_options(const rt_notes *notes, rt_options *options, const char *path,
                        rt_error *error);

// Checks that model and data are those of the notes, and takes over where the training stands,
// without the sums of the metrics.
int rt_position_read(rt_training *training, rt_error *error);

// Takes over the metrics of the last step, and their sums over the epoch that runs.
int rt_position_metrics(rt_training *training, rt_error *error);

// ---- resume.c --------------------------------------------------------------------

// Finds the run that --resume means, takes its lock, reads the notes of its checkpoint and the
// options that the command line changes, and prints each change. If the last checkpoint is damaged,
// the previous one takes its place, with a warning.
int rt_resume(rt_training *training, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
