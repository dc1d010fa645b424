// patience.c - --patience: ends a phase that gets no better on the held-out examples.

#include "training.h"

int rt_patience_check(const rt_training *training, rt_error *error) {
  const rt_training *t = training;
  return t->patience == 0 || t->evaluation.metric_count > 0
             ? RT_OK
             : rt_fail(error, RT_ERROR_USAGE,
                       "--patience: expected held-out examples and an evaluation, found none");
}

int rt_patience_is_over(const rt_training *training) {
  const rt_training *t = training;
  // Without a best epoch, all of them were worse than what the run began from.
  return t->patience > 0 && t->epoch_done == 0 &&
         t->epoch - t->results.best_epoch >= t->patience;
}
