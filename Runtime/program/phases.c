// phases.c - the parts of a training, which follow each other with the same weights.
//
// A phase has its own data, step, evaluation, table and count of epochs; the instance, the folder
// and the optimizers' states go on. The first checkpoint of a phase comes before its first step, so
// that a run is either at the end of the one before or in this one.

#include <math.h>
#include <string.h>

#include "labels.h"
#include "training.h"

char *rt_phase_path(const rt_training *training, const char *stem, const char *ending) {
  char name[RT_LONGEST_TAG];
  int is_one = training->model->phase_count == 1;
  snprintf(name, sizeof name, "%s%s%s%s", stem, is_one ? "" : "-",
           is_one ? "" : rt_phase_name(training->recipe), ending);
  return rt_path_join(training->results.folder, name);
}

// Computes the number of steps of an epoch and of the phase.
static int count_steps(rt_training *t, rt_error *error) {
  const rt_options *o = t->options;
  int batch = rt_batch_extent(t->step.function);
  int64_t available = batch > 0 ? t->data.count[RT_TRAIN] / batch : 0;
  int64_t wanted = t->recipe->steps_per_epoch;
  t->epoch_steps = available > 0 && (wanted == 0 || wanted > available) ? available : wanted;
  // The flags decide how long it is; 0 epochs train nothing at all.
  int is_free = !t->recipe->prepares || o->epochs == 0;
  t->epochs = is_free && o->epochs >= 0 ? o->epochs : t->recipe->epochs;
  t->total = t->epoch_steps * t->epochs;
  if (is_free && o->steps > 0 && o->steps < t->total) {
    t->total = o->steps;
  }
  if (t->epoch_steps == 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "the recipe has neither data nor steps");
  }
  return RT_OK;
}

// Finds the metric that says which weights are the best, and when the phase ends early.
static int choose_best(rt_training *t, rt_error *error) {
  const rt_phase *recipe = t->recipe;
  int is_evaluated = t->evaluation.metric_count > 0;
  t->results.is_largest = recipe->is_best_largest;
  t->results.metric = recipe->best != NULL && is_evaluated
                          ? rt_find_metric(t->evaluation.measured.function, recipe->best)
                          : 0;
  if (t->results.metric < 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "the evaluation has no metric '%s'", recipe->best);
  }
  t->patience = t->options->patience > 0 ? t->options->patience : recipe->patience;
  return rt_patience_check(t, error);
}

// Sets the states of a role that the train program sets.
static void set_states(const rt_training *t, rt_role role, double value) {
  for (int i = 0; i < t->model->state_count; i++) {
    const rt_state *state = &t->model->states[i];
    if (state->role == role) {
      rt_scalar_set(state->tensor.dtype, (unsigned char *)t->instance + state->offset, value);
    }
  }
}

// The training steps that the model has counted, of all phases.
static double counted_steps(const rt_training *t) {
  for (int i = 0; i < t->model->state_count; i++) {
    const rt_state *state = &t->model->states[i];
    if (state->role == RT_COUNTER && strcmp(state->tensor.name, "step") == 0) {
      return rt_scalar_get(state->tensor.dtype,
                           (const unsigned char *)t->instance + state->offset);
    }
  }
  return (double)t->done;
}

void rt_phase_begin(const rt_training *training) {
  set_states(training, RT_TOTAL, (double)training->total);
  set_states(training, RT_FIRST, counted_steps(training) - (double)training->done);
}

void rt_epoch_begin(rt_training *training) {
  rt_training *t = training;
  rt_dataset_shuffle(&t->data, t->options->seed, (uint32_t)t->epoch, t->epoch_steps);
  // Whatever has set the states anew since the phase began, such as a checkpoint, lacks these.
  rt_phase_begin(t);
  set_states(t, RT_EPOCH, (double)t->epoch);
}

// Finds the tokenizer of the run that goes on, or of the weights that it begins from.
static int find_tokenizer(rt_training *t, rt_error *error) {
  const char *text = rt_notes_find(&t->notes, "tokenizer");
  if (t->tokenizer != NULL) {
    return RT_OK;
  }
  if (text != NULL) {
    t->tokenizer = rt_copy_text(text);
    return t->tokenizer != NULL ? RT_OK : rt_fail_memory(error, strlen(text), "a tokenizer");
  }
  // A file that cannot be read is reported where its weights are.
  const char *init = t->options->init;
  return init != NULL && rt_weights_tokenizer(init, &t->tokenizer, NULL) == RT_ERROR_MEMORY
             ? rt_fail_memory(error, 0, "a tokenizer")
             : RT_OK;
}

int rt_phase_open(rt_training *training, rt_error *error) {
  rt_training *t = training;
  const rt_model *model = t->model;
  const rt_function *step = rt_function_of(model, t->phase, RT_TRAIN_STEP);
  if (step == NULL || t->phase >= model->phase_count) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s' has no function that trains it", model->name);
  }
  t->recipe = &model->phases[t->phase];
  int code = find_tokenizer(t, error);
  if (code == RT_OK) {
    code = rt_data_open(&t->data, t->options, t->phase, RT_AS_TRAINED, t->tokenizer, error);
  }
  const char *tokenizer = code == RT_OK ? rt_dataset_tokenizer(&t->data) : NULL;
  if (tokenizer != NULL && t->tokenizer == NULL) {
    t->tokenizer = rt_copy_text(tokenizer);
    code = t->tokenizer != NULL ? RT_OK : rt_fail_memory(error, strlen(tokenizer), "a tokenizer");
  }
  if (code == RT_OK) {
    code = rt_labels_note(&t->data, &t->labels, error);
  }
  // Those of phases before, of a run that goes on.
  if (code == RT_OK) {
    code = rt_labels_copy(&t->notes, &t->labels, error);
  }
  if (code == RT_OK) {
    code = rt_dataset_check_batch(&t->data, error);
  }
  if (code == RT_OK) {
    t->memory = rt_memory_plan_training(model, t->phase, &t->data);
    code = rt_memory_check(&t->memory, error);
  }
  if (code == RT_OK) {
    code = rt_dataset_checksum(&t->data, &t->data_sum, error);
  }
  if (code == RT_OK) {
    code = rt_call_create(&t->step, step, error);
  }
  if (code == RT_OK) {
    code = count_steps(t, error);
  }
  if (code == RT_OK) {
    code = rt_evaluation_create(&t->evaluation, model, t->phase, &t->data, RT_VALIDATION, error);
    t->evaluation.pace = &t->pace;
  }
  if (code == RT_OK && t->instance == NULL) {
    t->instance = rt_model_create(model);
    code = t->instance != NULL ? RT_OK : rt_fail_memory(error, model->bytes, "the model");
  }
  if (code == RT_OK) {
    code = rt_rates_create(&t->rates, model, t->phase, t->instance, error);
  }
  if (code == RT_OK) {
    code = choose_best(t, error);
  }
  return code;
}

void rt_phase_close(rt_training *training) {
  rt_training *t = training;
  rt_progress_end(&t->progress);
  rt_evaluation_destroy(&t->evaluation);
  rt_rates_destroy(&t->rates);
  rt_dataset_close(&t->data);
  rt_call_destroy(&t->step);
  rt_writer_abandon(&t->log);
  rt_writer_abandon(&t->table.writer);
  t->log = t->table.writer = (rt_writer){0};
}

// Keeps the best weights of the phase under its name, and goes on from them if it ended early.
static int leave_phase(rt_training *t, rt_error *error) {
  const rt_results *r = &t->results;
  if (r->best_epoch == 0 || !rt_is_file(r->best)) {
    return RT_OK;
  }
  int code = RT_OK;
  if (t->recipe->patience > 0) {
    code = rt_checkpoint_load(t->model, t->instance, r->best, RT_LOAD_WEIGHTS, NULL, error);
  }
  char *kept = code == RT_OK ? rt_phase_path(t, "weights/best", ".safetensors") : NULL;
  if (code == RT_OK && kept == NULL) {
    code = rt_fail_memory(error, strlen(r->best), "a path");
  }
  if (code == RT_OK && rt_keep_file(r->best, kept) != 0) {
    code = rt_fail_system(error, "write", kept);
  }
  rt_release(kept);
  return code;
}

int rt_phase_is_wanted(const rt_training *training) {
  const char *wanted = training->options->phase;
  return wanted == NULL || strcmp(wanted, rt_phase_name(training->recipe)) == 0;
}

void rt_phase_step_back(rt_training *training) {
  const rt_options *o = training->options;
  if (o->phase != NULL && o->init == NULL) {
    while (training->phase > 0 && training->model->phases[training->phase - 1].prepares) {
      training->phase--;
    }
  }
}

// True iff another phase follows: any that there is, or up to the one of --phase.
static int is_followed(const rt_training *t) {
  int is_last = t->phase + 1 >= t->model->phase_count;
  return !is_last && (t->options->phase == NULL || !rt_phase_is_wanted(t));
}

int rt_training_next(rt_training *training, int *has_more, rt_error *error) {
  rt_training *t = training;
  *has_more = is_followed(t);
  int code = *has_more ? leave_phase(t, error) : RT_OK;
  if (code != RT_OK || !*has_more) {
    return code;
  }
  rt_phase_close(t);
  t->phase++;
  t->epoch = 0;
  t->epoch_done = t->done = t->saved_steps = 0;
  t->is_done = 0;
  t->results.lowest = INFINITY;
  t->results.best_epoch = t->results.kept = 0;
  rt_release(t->resumed);
  // The notes stay, as the options have texts of them.
  t->resumed = NULL;
  code = rt_phase_open(t, error);
  if (code == RT_OK) {
    rt_phase_begin(t);
    code = rt_training_open_run(t, error);
  }
  return code;
}
