// training.h - the state of the train program.

#ifndef RT_TRAINING_H
#define RT_TRAINING_H

#include "options.h"
#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- training.c ------------------------------------------------------------------

// A run of the train program.
typedef struct {
  const rt_model *model;
  const rt_options *options;
  void *instance;
  rt_call step;  // the function that trains, and its batch
  rt_dataset data;
  rt_evaluation evaluation;
  rt_progress progress;
  rt_results results;
  rt_writer log;
  char *trace;          // the default file for the times of kernels
  int64_t epoch_steps;  // steps in an epoch
  int64_t total;        // steps in the whole run
  int64_t done;         // steps that were made
} rt_training;

// Sets everything up before the first step, so that errors come early. Without steps nothing will
// be written. To be freed with rt_training_close, also after a failure.
int rt_training_open(rt_training *training, const rt_options *options, rt_error *error);
void rt_training_close(rt_training *training);

#ifdef __cplusplus
}
#endif

#endif
