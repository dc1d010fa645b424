// train.c - the program that trains a model.

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <string.h>

#include "../model/processor.h"
#include "signals.h"
#include "training.h"

// The exit status after numbers that are not finite.
enum { EXIT_NOT_FINITE = 3 };

// The signal that asked to stop: finish the step, save, stop. A second one kills. With that of
// prompt.c it is the only global state of the runtime, since a signal handler gets no argument of
// ours.
static volatile sig_atomic_t interrupted;

// Sets what the signals that stop a training do. The end of a terminal stays ignored if it is, as
// by nohup.
static void set_signals(rt_signal_action action) {
  rt_signal_set(SIGINT, action);
  rt_signal_set(SIGTERM, action);
  if (rt_signal_set(SIGHUP, action) == SIG_IGN) {
    rt_signal_set(SIGHUP, SIG_IGN);
  }
}

// The handler of the first signal; the next one does what it would have done without us.
static void interrupt(int number) {
  interrupted = number;
  set_signals(SIG_DFL);
}

// One step on batch `index` of epoch `epoch`. A loss that is not finite is an error; the
// last checkpoint stays as it is.
static int train_batch(rt_training *t, int epoch, int64_t index, rt_error *error) {
  int code = rt_training_step(t, index, error);
  if (code == RT_OK && t->log.is_open) {
    rt_log_step(&t->log, t->done + 1, &t->step);
  }
  return code == RT_OK ? rt_call_check_loss(&t->step, epoch, t->done + 1, error) : code;
}

// The steps of an epoch, as far as there are steps to do. Those that `save_every` names are saved,
// but for the last one, which the end of the epoch saves.
static int train_epoch(rt_training *t, rt_error *error) {
  int code = RT_OK;
  rt_epoch_begin(t);
  rt_progress_epoch_begin(&t->progress);
  rt_pace_resume(&t->pace, RT_TRAIN);
  while (t->epoch_done < t->epoch_steps && t->done < t->total && code == RT_OK && !interrupted) {
    code = train_batch(t, t->epoch + 1, t->epoch_done, error);
    rt_pace_step(&t->pace);
    if (code == RT_OK) {
      t->done++;
      t->epoch_done++;
      rt_progress_step(&t->progress, t->epoch + 1, t->epoch_done, t->done, &t->step);
      int is_last = t->epoch_done == t->epoch_steps || t->done >= t->total;
      if (!is_last && rt_training_save_is_due(t, 0)) {
        rt_pace_pause(&t->pace);
        code = rt_training_save(t, error);
        rt_pace_resume(&t->pace, RT_TRAIN);
      }
    }
  }
  rt_pace_pause(&t->pace);
  return code;
}

// Evaluates, and adds the row of the epoch.
static int evaluate_epoch(rt_training *t, rt_error *error) {
  if (t->evaluation.step.function != NULL) {
    rt_progress_evaluate(&t->progress, t->epoch + 1, rt_evaluation_size(&t->evaluation, &t->data));
  }
  // The rates of the steps that were made: the evaluation may change those to come.
  int code = rt_rates_update(&t->rates, error);
  if (code == RT_OK) {
    code = rt_evaluation_run(&t->evaluation, t->instance, &t->data, error);
  }
  rt_frozen_restore(&t->frozen, t->instance);
  if (code == RT_OK) {
    rt_table_row(&t->table, t->epoch + 1, t->done, &t->progress, &t->evaluation);
    code = rt_charts_epoch(t, error);
  }
  if (code == RT_OK) {
    code = rt_writer_flush(&t->table.writer, error);
  }
  return code == RT_OK ? rt_writer_flush(&t->log, error) : code;
}

// Shows the row of the epoch that ends.
static void show_epoch(rt_training *t, int epoch, int is_best) {
  rt_progress_epoch(&t->progress, epoch, t->step.function, &t->evaluation, is_best,
                    t->is_done || interrupted);
}

// The end of a whole epoch. The checkpoint says which weights are the best, so these follow it.
static int finish_epoch(rt_training *t, rt_error *error) {
  int code = evaluate_epoch(t, error);
  if (code == RT_OK) {
    code = rt_showings_run(t, t->done >= t->total, error);
  }
  if (code != RT_OK) {
    return code;
  }
  t->epoch++;
  t->epoch_done = 0;
  int is_best = rt_results_improve(&t->results, &t->evaluation, t->epoch);
  t->is_done = t->done >= t->total || rt_patience_is_over(t);
  show_epoch(t, t->epoch, is_best);
  if (is_best || t->is_done || interrupted || rt_training_save_is_due(t, 1)) {
    code = rt_training_save(t, error);
  }
  return code == RT_OK && is_best
             ? rt_training_save_best(t, error)
             : code;
}

// The end of a run within an epoch, where --steps may be. The checkpoint is that before the
// evaluation, so that more steps can follow exactly; therefore only best weights of a whole epoch
// are never replaced here.
static int finish_within(rt_training *t, rt_error *error) {
  rt_results *r = &t->results;
  double lowest = r->lowest;
  int code = rt_training_save(t, error);
  if (code == RT_OK) {
    code = evaluate_epoch(t, error);
  }
  t->is_done = 1;
  if (code == RT_OK && r->best_epoch == 0 && !r->kept &&
      rt_results_improve(r, &t->evaluation, t->epoch + 1)) {
    code = rt_training_save_best(t, error);
    r->lowest = lowest;
  }
  if (code == RT_OK) {
    show_epoch(t, t->epoch + 1, 0);
  }
  return code == RT_OK ? rt_writer_synchronise(&t->table.writer, error) : code;
}

// Trains until the run is done or interrupted.
static int train_epochs(rt_training *t, rt_error *error) {
  int code = RT_OK;
  while (code == RT_OK && !interrupted && !t->is_done) {
    code = train_epoch(t, error);
    int is_whole = t->epoch_done == t->epoch_steps;
    if (code == RT_OK && !interrupted) {
      code = is_whole ? finish_epoch(t, error) : finish_within(t, error);
    }
    if (code != RT_OK) {
      rt_failure_saved(t, error);
    }
  }
  return code;
}

// The training loop. The first checkpoint comes before the first step, so that a run that is killed
// can be resumed from then on.
static int train(rt_training *t, rt_error *error) {
  rt_profile_begin(rt_profile_of(t->model, t->instance));
  int code = rt_progress_begin(&t->progress, stderr, t->step.function, t->epochs,
                               t->epoch_steps, t->total, error);
  t->progress.is_quiet = t->options->quiet;
  t->progress.rates = &t->rates;
  t->progress.every = t->options->every > 0 ? t->options->every : 1;
  if (code == RT_OK) {
    code = t->resumed != NULL ? rt_position_metrics(t, error) : rt_training_save(t, error);
  }
  if (code == RT_OK) {
    rt_summary_begin(t);
  }
  if (code == RT_OK) {
    code = train_epochs(t, error);
  }
  rt_profile_end(rt_profile_of(t->model, t->instance));
  rt_progress_finish(&t->progress);
  if (code == RT_OK) {
    code = rt_charts_draw(t, error);
  }
  return code == RT_OK && !t->is_done ? rt_training_save(t, error) : code;
}

// Without steps: evaluates the present weights. Of several phases, those without held-out examples
// are passed over.
static int evaluate(rt_training *t, rt_error *error) {
  int can_evaluate = t->evaluation.metric_count > 0;
  if (!can_evaluate && t->model->phase_count > 1 && t->options->phase == NULL) {
    rt_say(t->options, "%s: no examples are held out in the phase '%s', which is not evaluated\n",
           t->options->program, rt_phase_name(t->recipe));
    return RT_OK;
  }
  if (!can_evaluate) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "there are no steps to do, and no examples are held out to evaluate");
  }
  rt_say(t->options, "%s: no steps; the weights are evaluated, nothing is saved\n",
         t->options->program);
  return rt_evaluation_measure(&t->evaluation, t->instance, &t->data, error);
}

// Prints the results of the run and checks that all output was written.
static int finish(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  if (t->is_done || t->total == 0) {
    rt_summary_end(t, stdout);
  }
  int code = rt_profile_report(rt_profile_of(t->model, t->instance), o->program,
                               o->trace != NULL ? o->trace : t->trace, stdout, error);
  if (code == RT_OK && t->log.is_open) {
    code = rt_writer_commit(&t->log, error);
  }
  if (code == RT_OK) {
    code = rt_flush_output(error);
  }
  if (code == RT_OK && t->total > 0) {
    rt_summary_go_on(t);
  }
  return code;
}

// Trains one phase after the other, from the present one on. `*stopped` is the signal that ended
// the last one before its end, or 0.
static int run_phases(rt_training *t, int *stopped, rt_error *error) {
  int code = RT_OK, has_more = 1;
  while (code == RT_OK && has_more) {
    int is_finished = rt_training_is_finished(t);
    if (!is_finished) {
      code = t->total > 0 ? train(t, error) : evaluate(t, error);
      *stopped = t->is_done || t->total == 0 ? 0 : interrupted;
    }
    t->is_done |= is_finished;
    has_more = 0;
    if (code == RT_OK && *stopped == 0) {
      code = rt_training_next(t, &has_more, error);
    }
    if (code == RT_OK && !has_more && is_finished) {
      rt_summary_finished(t, stdout);
      rt_summary_go_on(t);
    } else if (code == RT_OK && !has_more) {
      code = finish(t, error);
    }
  }
  return code;
}

// Trains as the options say. `*stopped` is the signal that ended it before its end, or 0;
// `*failed` is true iff numbers stopped to be finite, which is reported already.
static int run(rt_options *o, int *stopped, int *failed, rt_error *error) {
  int code = rt_check_threads(o->threads, error);
  if (code == RT_OK) {
    code = rt_check_processor(error);
  }
  if (code != RT_OK) {
    return code;
  }
  rt_options_set_threads(o);
  if (o->check_data || o->selfcheck) {
    return o->check_data ? rt_check_data(o, stdout, error) : rt_selfcheck(o, stdout, error);
  }
  rt_training t;
  code = rt_training_open(&t, o, error);
  if (code == RT_OK) {
    code = o->dry_run ? rt_dry_run(&t, stdout, error) : run_phases(&t, stopped, error);
  }
  int has_checkpoint = t.results.saved || t.resumed != NULL;
  if (code == RT_ERROR_VALUE && has_checkpoint && rt_replay(&t, error)) {
    *failed = 1;
    rt_report(o->program, error);
    rt_failure_explain(o->program, t.results.quoted);
  }
  rt_training_close(&t);
  return code;
}

int rt_train_main(const rt_model *model, int argc, char **argv) {
  rt_error error = {RT_OK, ""};
  rt_options o;
  int stopped = 0, failed = 0;
  rt_reserve_streams();
  int code = rt_options_create(&o, model, RT_TRAIN_PROGRAM, &error);
  if (code == RT_OK) {
    code = rt_check_stack(&error);
  }
  if (code == RT_OK) {
    code = rt_options_read(&o, argc, argv, &error);
  }
  if (code == RT_OK) {
    code = rt_options_check(&o, &error);
  }
  if (code == RT_OK && !o.helped) {
    if (!o.dry_run && !o.check_data && !o.selfcheck) {
      interrupted = 0;
      set_signals(interrupt);
    }
    code = run(&o, &stopped, &failed, &error);
  }
  if (code == RT_OK) {
    code = rt_flush_output(&error);
  }
  int status = failed ? EXIT_NOT_FINITE : code == RT_OK ? 0 : rt_report(o.program, &error);
  rt_options_destroy(&o);
  return code == RT_OK && stopped != 0 ? 128 + stopped : status;
}
