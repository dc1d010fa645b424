// replay.c - finds and keeps the step with which the numbers of a training stopped to be finite.

#include <math.h>
#include <string.h>

#include "training.h"

// True iff a state of floats holds a number that is not finite; `*which` is its name then.
static int has_odd_state(const rt_model *model, const void *instance, const char **which) {
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    size_t count = rt_tensor_elements(&state->tensor);
    const unsigned char *data = (const unsigned char *)instance + state->offset;
    // A setting may be infinite, and so may what remembers the best loss.
    int nan_only = state->role != RT_PARAMETER;
    if (rt_find_not_finite(state->tensor.dtype, data, count, nan_only) < count) {
      *which = state->tensor.name;
      return 1;
    }
  }
  return 0;
}

// Loads the checkpoint that was saved last, or that the run goes on from, and its position.
static int go_back(rt_training *t, rt_error *error) {
  char *resumed = t->resumed, *path = t->results.saved ? t->results.last : resumed;
  // Options point into the notes of the run.
  rt_notes notes = t->notes;
  rt_safetensors file;
  int code = rt_safetensors_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  code = rt_training_restore(t, path, NULL, error);
  if (code == RT_OK) {
    t->notes = file.notes;
    t->resumed = path;
    code = rt_position_read(t, error);
    t->notes = notes;
    t->resumed = resumed;
  }
  rt_safetensors_close(&file);
  return code;
}

// Repeats steps up to `end`, and keeps the first one with odd numbers. `*found` says whether there
// is one, and `*which` names a state that it spoils, or is null.
static int repeat(rt_training *t, int64_t end, void *before, int *found, const char **which,
                  rt_error *error) {
  int code = RT_OK;
  do {
    rt_epoch_begin(t);
    while (code == RT_OK && t->epoch_done < t->epoch_steps && t->done < end) {
      memcpy(before, t->instance, t->model->state_bytes);
      code = rt_training_step(t, t->epoch_done, error);
      int is_odd = code == RT_OK && rt_metric_count(t->step.function) > 0 &&
                   !isfinite(rt_metric_value(&t->step, 0));
      if (code == RT_OK && (has_odd_state(t->model, t->instance, which) || is_odd)) {
        *found = 1;
        return rt_failure_keep(t, &t->step, before, t->done + 1, error);
      }
      t->done++;
      t->epoch_done++;
    }
    if (code == RT_OK && (t->epoch_done == t->epoch_steps || t->done >= t->total)) {
      memcpy(before, t->instance, t->model->state_bytes);
      code = rt_evaluation_run(&t->evaluation, t->instance, &t->data, error);
      rt_frozen_restore(&t->frozen, t->instance);
      if (code == RT_ERROR_VALUE && t->evaluation.failed != NULL) {
        *found = 1;
        return rt_failure_keep(t, t->evaluation.failed, before, t->done, error);
      }
      t->epoch++;
      t->epoch_done = 0;
    }
  } while (code == RT_OK && t->done < end);
  return code;
}

int rt_replay(rt_training *training, rt_error *error) {
  rt_training *t = training;
  rt_error own = {RT_OK, ""};
  int64_t end = t->done + 1 < t->total ? t->done + 1 : t->total;
  const char *which = NULL;
  int found = 0;
  void *before = rt_allocate(t->model->state_bytes);
  int code = before != NULL ? go_back(t, &own)
                            : rt_fail_memory(&own, t->model->state_bytes, "a copy of the states");
  if (code == RT_OK) {
    code = repeat(t, end, before, &found, &which, &own);
  }
  rt_release(before);
  if (found && code == RT_OK && which != NULL) {
    rt_fail_more(error, "; '%s' is not finite after step %lld", which, (long long)t->done + 1);
  } else if (code != RT_OK && code != RT_ERROR_VALUE) {
    rt_fail_more(error, "; repeating the steps failed: %s", own.message);
  }
  return found && code == RT_OK;
}
