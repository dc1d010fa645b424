// training.c - sets up a training.

#include "training.h"

#include <string.h>

#include "../data/tokenizer.h"
#include "labels.h"

int rt_training_restore(rt_training *training, const char *path, rt_error *warning,
                        rt_error *error) {
  const rt_training *t = training;
  const rt_options *o = t->options;
  int code = rt_prepare(t->model, t->instance, o->seed, o->settings, path, NULL, error);
  if (code == RT_OK) {
    code = rt_checkpoint_load(t->model, t->instance, path, RT_LOAD_CACHES, warning, error);
  }
  rt_phase_begin(t);
  return code;
}

int rt_training_prepare(rt_training *training, rt_error *warning, rt_error *error) {
  rt_training *t = training;
  const rt_options *o = t->options;
  int code;
  if (t->resumed != NULL) {
    return rt_training_restore(t, t->resumed, warning, error);
  }
  if (o->init_partial) {
    code = rt_prepare_partly(t->model, t->instance, o->seed, o->settings, o->init, warning, error);
  } else {
    code = rt_prepare(t->model, t->instance, o->seed, o->settings, o->init, warning, error);
    // Only if something does; the instance is not used then.
    if (code == RT_ERROR_MISMATCH &&
        rt_checkpoint_load(t->model, t->instance, o->init, RT_LOAD_FITTING, NULL, NULL) == RT_OK) {
      rt_fail_more(error, "\n  --init-partial takes what fits");
    }
  }
  rt_phase_begin(t);
  return code;
}

int rt_training_step(rt_training *training, int64_t index, rt_error *error) {
  rt_training *t = training;
  int64_t first = index * rt_batch_extent(t->step.function);
  int code = rt_dataset_batch(&t->data, RT_TRAIN, first, t->step.function, t->step.inputs, error);
  if (code == RT_OK) {
    code = rt_call_run(&t->step, t->instance, error);
  }
  rt_frozen_restore(&t->frozen, t->instance);
  return code;
}

int rt_training_continues(const rt_training *training, const char *folder) {
  const char *init = training->options->init;
  char weights[4096];
  // Longer paths do not exist.
  int length = snprintf(weights, sizeof weights, "%s/weights", folder);
  return init != NULL && length > 0 && (size_t)length < sizeof weights &&
         (rt_lies_in(init, folder) || rt_lies_in(init, weights));
}

int rt_training_check_folder(const rt_training *training, const char *folder, rt_error *error) {
  if (!rt_run_exists(folder) || rt_training_continues(training, folder)) {
    return RT_OK;
  }
  char *quoted = rt_shell_word(folder);
  rt_fail(error, RT_ERROR_FILE,
          "'%s' holds a run already; go on with it: --resume %s, or name another folder with --out",
          folder, quoted != NULL ? quoted : folder);
  rt_release(quoted);
  return RT_ERROR_FILE;
}

// Makes and locks the folder of a new run, which must hold no other.
static int open_folder(rt_training *t, rt_error *error) {
  rt_options *o = t->options;
  rt_results *r = &t->results;
  char *made = NULL;
  int code = o->out == NULL ? rt_run_create(t->model->name, &made, error) : RT_OK;
  if (code == RT_OK) {
    code = rt_results_open(r, made != NULL ? made : o->out, o->program, error);
  }
  rt_release(made);
  if (code == RT_OK) {
    code = rt_training_check_folder(t, r->folder, error);
  }
  if (code == RT_OK) {
    o->out = r->folder;
  }
  return code;
}

// Writes how the run was called.
static int write_arguments(rt_training *t, rt_error *error) {
  char *path = rt_path_join(t->results.folder, "args.json");
  int code = path != NULL ? rt_options_write(t->options, path, error)
                          : rt_fail_memory(error, strlen(t->results.folder), "a path");
  rt_release(path);
  return code;
}

// The table, the log and the charts of the present phase.
static int open_files(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  char *table = rt_phase_path(t, "results", ".csv");
  rt_showings_clean(t);
  rt_release(t->trace);
  t->trace = rt_path_join(t->results.folder, "profile.json");
  int code = table != NULL && t->trace != NULL
                 ? RT_OK
                 : rt_fail_memory(error, strlen(t->results.folder), "a path");
  if (code == RT_OK && t->model->profile != NULL) {
    code = rt_writer_check(o->trace != NULL ? o->trace : t->trace, error);
  }
  if (code == RT_OK) {
    int epochs = t->resumed != NULL ? t->epoch : -1;
    code = rt_table_open(&t->table, table, t->step.function, &t->evaluation,
                         t->rates.call.function, epochs, error);
  }
  if (code == RT_OK && o->log != NULL && rt_phase_is_wanted(t)) {
    code = rt_log_open(&t->log, o->log, t->step.function, t->done, error);
  }
  rt_release(table);
  return code == RT_OK && !t->events.file.is_open ? rt_charts_open(t, error) : code;
}

// Begins a new run.
static int begin(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  int code = o->log != NULL ? rt_writer_check(o->log, error) : RT_OK;
  if (code == RT_OK) {
    code = open_folder(t, error);
  }
  if (code == RT_OK && rt_training_continues(t, t->results.folder)) {
    code = rt_results_measure(&t->results, t->model, t->instance, o->seed, o->settings,
                              &t->evaluation, &t->data, error);
    if (code == RT_OK) {
      code = rt_training_prepare(t, NULL, error);
    }
  }
  return code == RT_OK ? write_arguments(t, error) : code;
}

int rt_training_open_run(rt_training *training, rt_error *error) {
  rt_training *t = training;
  int is_new = t->results.folder == NULL && t->resumed == NULL;
  int code = is_new && t->total > 0 && !t->options->dry_run ? begin(t, error) : RT_OK;
  return code == RT_OK && t->results.folder != NULL ? open_files(t, error) : code;
}

// Goes on with a run. The best weights are written after the checkpoint that says so, so that they
// may be missing; they are those of the checkpoint then.
static int go_on(rt_training *t, rt_error *error) {
  const rt_results *r = &t->results;
  int is_best = t->epoch_done == 0 && r->best_epoch > 0 && r->best_epoch == t->epoch;
  return is_best ? rt_training_save_best(t, error) : RT_OK;
}

int rt_training_open(rt_training *training, rt_options *options, rt_error *error) {
  rt_training *t = training;
  *t = (rt_training){.model = options->model, .options = options};
  rt_pace_begin(&t->pace);
  int code = options->resume != NULL ? rt_resume(t, error)
                                     : rt_phase_find(options, &t->phase, error);
  if (code == RT_OK && options->resume == NULL) {
    rt_phase_step_back(t);
  }
  if (code == RT_OK) {
    code = rt_freeze_check(options, error);
  }
  if (code == RT_OK && options->log != NULL && options->phase == NULL &&
      t->model->phase_count > 1) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "--log: expected --phase beside it, as the phases have different metrics");
  }
  if (code == RT_OK) {
    code = rt_phase_open(t, error);
  }
  if (code == RT_OK && t->resumed != NULL) {
    code = rt_position_read(t, error);
  }
  if (code == RT_OK && t->epoch_done > 0 && t->done > t->total) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "the run has made %lld steps already: expected at least as many, found %lld",
                   (long long)t->done, (long long)t->total);
  }
  if (code == RT_OK) {
    rt_error warning = {RT_OK, ""};
    code = rt_training_prepare(t, &warning, error);
    rt_warn(options->program, &warning);
  }
  if (code == RT_OK) {
    code = rt_freeze(&t->frozen, options, t->instance, error);
  }
  if (code == RT_OK && t->resumed != NULL) {
    code = go_on(t, error);
  }
  return code == RT_OK ? rt_training_open_run(t, error) : code;
}

int rt_training_save(rt_training *training, rt_error *error) {
  rt_training *t = training;
  rt_notes notes = {0};
  int code = rt_writer_synchronise(&t->table.writer, error);
  if (code == RT_OK && t->log.is_open) {
    code = rt_writer_synchronise(&t->log, error);
  }
  if (code == RT_OK) {
    code = rt_position_write(t, &notes, error);
  }
  if (code == RT_OK) {
    code = rt_results_save(&t->results, t->model, t->instance, &notes, error);
  }
  if (code == RT_OK) {
    t->saved_steps = t->done;
  }
  rt_notes_clear(&notes);
  return code;
}

int rt_training_save_best(rt_training *training, rt_error *error) {
  rt_training *t = training;
  rt_notes notes = {0};
  int code = rt_labels_copy(&t->labels, &notes, error);
  if (code == RT_OK && t->tokenizer != NULL) {
    code = rt_notes_add(&notes, "tokenizer", error, "%s", t->tokenizer);
  }
  if (code == RT_OK) {
    code = rt_results_save_best(&t->results, t->model, t->instance, &notes, error);
  }
  rt_notes_clear(&notes);
  return code;
}

int rt_training_save_is_due(const rt_training *training, int is_end_of_epoch) {
  const rt_training *t = training;
  const double seconds_between_saves = 1.0;
  rt_period every = t->options->save_every;
  double passed = rt_seconds() - t->results.saved_at;
  if (every.steps > 0) {
    return t->done % every.steps == 0;
  }
  return every.seconds > 0 ? passed >= every.seconds
                           : is_end_of_epoch && passed >= seconds_between_saves;
}

int rt_training_is_finished(const rt_training *training) {
  const rt_training *t = training;
  return t->resumed != NULL && t->epoch_done == 0 &&
         (t->done >= t->total || rt_patience_is_over(t));
}

void rt_training_close(rt_training *training) {
  rt_training *t = training;
  rt_pace_end(&t->pace);
  rt_phase_close(t);
  if (t->instance != NULL) {
    rt_model_destroy(t->instance);
  }
  rt_frozen_free(&t->frozen);
  rt_events_close(&t->events, NULL);
  rt_results_close(&t->results);
  rt_notes_clear(&t->notes);
  rt_release(t->resumed);
  rt_release(t->trace);
  rt_release(t->tokenizer);
  rt_notes_clear(&t->labels);
  if (t->spelling != NULL) {
    rt_tokenizer_destroy(t->spelling);
  }
}
