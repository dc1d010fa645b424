// results.c - the folder for the weights of a training.

#include <math.h>
#include <string.h>

#include "program.h"

// Checks that weights can be written before hours of work depend on it.
static int check_paths(const rt_results *results, const char *trace, rt_error *error) {
  int code = rt_writer_check(results->last, error);
  if (code == RT_OK) {
    code = rt_writer_check(results->best, error);
  }
  return code == RT_OK && trace != NULL ? rt_writer_check(trace, error) : code;
}

int rt_results_open(rt_results *results, const char *folder, const char *program,
                    const char *trace, rt_error *error) {
  rt_results *r = results;
  *r = (rt_results){.lowest = INFINITY};
  int code = rt_make_directory(folder, error);
  if (code != RT_OK) {
    return code;
  }
  r->last = rt_path_join(folder, "last.safetensors");
  r->best = rt_path_join(folder, "best.safetensors");
  if (r->last == NULL || r->best == NULL) {
    code = rt_fail_memory(error, strlen(folder), "a path");
  } else {
    code = rt_lock_take(&r->lock, folder, program, error);
  }
  if (code == RT_OK) {
    code = check_paths(r, trace, error);
  }
  if (code != RT_OK) {
    rt_results_close(r);
  }
  return code;
}

void rt_results_close(rt_results *results) {
  rt_lock_release(&results->lock);
  rt_release(results->last);
  rt_release(results->best);
  *results = (rt_results){0};
}

int rt_results_resume(rt_results *results, const rt_model *model, void *instance,
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
  if (code == RT_OK && isfinite(evaluation->averages[0])) {
    results->lowest = evaluation->averages[0];
    results->kept = 1;
  }
  return code;
}

int rt_results_save(rt_results *results, const rt_model *model, void *instance,
                    const rt_evaluation *evaluation, int epoch, rt_error *error) {
  rt_results *r = results;
  int is_best = evaluation->metric_count > 0 && evaluation->averages[0] < r->lowest;
  int code = rt_checkpoint_save(model, instance, r->last, error);
  if (code == RT_OK) {
    r->saved = 1;
  }
  if (code != RT_OK || !is_best) {
    return code;
  }
  code = rt_checkpoint_save(model, instance, r->best, error);
  if (code == RT_OK) {
    r->lowest = evaluation->averages[0];
    r->best_epoch = epoch;
    r->kept = 0;
  }
  return code;
}

void rt_results_print(const rt_results *results, FILE *stream) {
  if (results->saved) {
    fprintf(stream, "weights %s\n", results->last);
  }
  if (results->kept) {
    fprintf(stream, "weights %s, of an earlier run\n", results->best);
  } else if (results->best_epoch > 0) {
    fprintf(stream, "weights %s, of epoch %d\n", results->best, results->best_epoch);
  }
}
