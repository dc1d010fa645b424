// results.c - the folder of a training.
//
// Whatever happens, one of `last` and `previous` is whole: a new checkpoint is written under
// another name, the old one gets a second name, and only then the new one takes its place. The best
// weights are written after the checkpoint that knows of them; if a run is killed in between, they
// are those of the checkpoint.

#include <math.h>
#include <string.h>

#include "training.h"

// Sets the paths and makes the folder of the weights.
static int make_paths(rt_results *r, const char *folder, rt_error *error) {
  char *weights = rt_path_join(folder, "weights");
  int code = weights != NULL ? RT_OK : rt_fail_memory(error, strlen(folder), "a path");
  if (code == RT_OK) {
    code = rt_make_directory(folder, error);
  }
  if (code == RT_OK) {
    code = rt_make_directory(weights, error);
  }
  if (code == RT_OK) {
    r->folder = rt_path_join(folder, "");
    r->last = rt_path_join(weights, "last.safetensors");
    r->previous = rt_path_join(weights, "previous.safetensors");
    r->best = rt_path_join(weights, "best.safetensors");
    // rt_path_join ends a folder with a slash, which messages do not need.
    if (r->folder == NULL || r->last == NULL || r->previous == NULL || r->best == NULL) {
      code = rt_fail_memory(error, strlen(folder), "a path");
    } else {
      r->folder[strlen(folder)] = '\0';
      r->quoted = rt_shell_word(r->folder);
      code = r->quoted != NULL ? RT_OK : rt_fail_memory(error, strlen(folder), "a path");
    }
  }
  rt_release(weights);
  return code;
}

// Removes what killed runs left, and checks that weights can be written before hours of work depend
// on it.
static int check_folder(const rt_results *r, rt_error *error) {
  char *weights = rt_path_join(r->folder, "weights");
  if (weights == NULL) {
    return rt_fail_memory(error, strlen(r->folder), "a path");
  }
  rt_run_clean(r->folder);
  rt_run_clean(weights);
  rt_release(weights);
  int code = rt_writer_check(r->last, error);
  if (code == RT_OK) {
    code = rt_writer_check(r->previous, error);
  }
  return code == RT_OK ? rt_writer_check(r->best, error) : code;
}

int rt_results_open(rt_results *results, const char *folder, const char *program,
                    rt_error *error) {
  rt_results *r = results;
  // What the best weights are was chosen before.
  *r = (rt_results){.lowest = INFINITY,
                    .saved_at = rt_seconds(),
                    .metric = r->metric,
                    .is_largest = r->is_largest};
  int code = make_paths(r, folder, error);
  if (code == RT_OK) {
    code = rt_lock_take(&r->lock, folder, program, error);
  }
  if (code == RT_OK) {
    code = check_folder(r, error);
  }
  if (code != RT_OK) {
    rt_results_close(r);
  }
  return code;
}

void rt_results_close(rt_results *results) {
  rt_lock_release(&results->lock);
  rt_release(results->folder);
  rt_release(results->quoted);
  rt_release(results->last);
  rt_release(results->previous);
  rt_release(results->best);
  *results = (rt_results){0};
}

// What is lower for better weights.
static double score(const rt_results *r, const rt_evaluation *evaluation) {
  double value = evaluation->metrics[r->metric];
  return r->is_largest ? -value : value;
}

int rt_results_measure(rt_results *results, const rt_model *model, void *instance,
                       uint64_t seed, const double *settings, rt_evaluation *evaluation,
                       const rt_dataset *data, rt_error *error) {
  if (evaluation->metric_count == 0 || !rt_is_file(results->best)) {
    return RT_OK;
  }
  int code = rt_prepare(model, instance, seed, settings, results->best, NULL, error);
  if (code != RT_OK) {
    rt_fail_more(error, "; these are the best weights of the run that --init continues");
  } else {
    code = rt_evaluation_measure(evaluation, instance, data, error);
  }
  if (code == RT_OK && isfinite(score(results, evaluation))) {
    results->lowest = score(results, evaluation);
    results->kept = 1;
  }
  return code;
}

int rt_results_improve(rt_results *results, const rt_evaluation *evaluation, int epoch) {
  // Never better if the score is NaN.
  if (evaluation->metric_count == 0 || !(score(results, evaluation) < results->lowest)) {
    return 0;
  }
  results->lowest = score(results, evaluation);
  results->best_epoch = epoch;
  results->kept = 0;
  return 1;
}

int rt_results_save(rt_results *results, const rt_model *model, void *instance, rt_notes *notes,
                    rt_error *error) {
  rt_results *r = results;
  // A damaged file must not take the place of the whole one.
  const char *previous = r->is_damaged ? NULL : r->previous;
  int code = rt_checkpoint_save_noted(model, instance, r->last, previous, notes, error);
  if (code == RT_OK) {
    r->saved = 1;
    r->is_damaged = 0;
    r->saved_at = rt_seconds();
  }
  return code;
}

int rt_results_save_best(rt_results *results, const rt_model *model, void *instance,
                         rt_notes *notes, rt_error *error) {
  return notes == NULL || notes->count == 0
             ? rt_checkpoint_save(model, instance, results->best, error)
             : rt_weights_save(model, instance, results->best, notes, error);
}
