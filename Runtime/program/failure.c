// failure.c - keeps the step with which the numbers of a training stopped to be finite, for
// 'gcomp explain'.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"

// Adds what 'gcomp explain' needs to know.
static int add_notes(const rt_training *t, const rt_call *call, int64_t step, rt_notes *notes,
                     rt_error *error) {
  int code = rt_notes_add(notes, "model", error, "%s", t->model->name);
  if (code == RT_OK) {
    code = rt_notes_add(notes, "function", error, "%s", call->function->name);
  }
  return code == RT_OK ? rt_notes_add(notes, "step", error, "%lld", (long long)step) : code;
}

// Writes an input as <name>.npy.
static int save_input(const rt_call *call, int n, const char *folder, rt_error *error) {
  const rt_tensor *input = &call->function->inputs[n];
  rt_array array = {.dtype = input->dtype,
                    .rank = input->rank,
                    .elements = rt_tensor_elements(input),
                    .data = call->inputs[n]};
  for (int axis = 0; axis < input->rank; axis++) {
    array.shape[axis] = input->shape[axis];
  }
  size_t size = strlen(input->name) + sizeof ".npy";
  char *name = (char *)rt_allocate(size), *path = NULL;
  if (name != NULL) {
    snprintf(name, size, "%s.npy", input->name);
    path = rt_path_join(folder, name);
  }
  int code = path != NULL ? rt_npy_write(path, &array, error)
                          : rt_fail_memory(error, size + strlen(folder), "a path");
  rt_release(name);
  rt_release(path);
  return code;
}

int rt_failure_keep(rt_training *training, const rt_call *call, const void *before, int64_t step,
                    rt_error *error) {
  rt_training *t = training;
  rt_notes notes = {0};
  char *folder = rt_path_join(t->results.folder, "failure");
  char *path = folder != NULL ? rt_path_join(folder, "states.safetensors") : NULL;
  int code = path != NULL ? rt_make_directory(folder, error)
                          : rt_fail_memory(error, strlen(t->results.folder), "a path");
  memcpy(t->instance, before, t->model->state_bytes);
  for (int i = 0; i < call->function->input_count && code == RT_OK; i++) {
    code = save_input(call, i, folder, error);
  }
  if (code == RT_OK) {
    code = add_notes(t, call, step, &notes, error);
  }
  if (code == RT_OK) {
    code = rt_states_save(t->model, t->instance, path, &notes, error);
  }
  rt_notes_clear(&notes);
  rt_release(folder);
  rt_release(path);
  return code;
}

void rt_failure_saved(const rt_training *training, rt_error *error) {
  const rt_training *t = training;
  if (t->saved_steps > t->epoch * t->epoch_steps) {
    rt_fail_more(error, "; the run is saved as of step %lld", (long long)t->saved_steps);
  } else {
    rt_fail_more(error, "; nothing of epoch %d was saved", t->epoch + 1);
  }
}

void rt_failure_explain(const char *program, const char *folder) {
  const char *command = getenv("GCOMP_EXPLAIN");
  size_t size = command != NULL ? strlen(command) + strlen(folder) + 8 : 0;
  char *line = size > 0 ? (char *)rt_allocate(size) : NULL;
  if (line != NULL) {
    snprintf(line, size, "%s %s", command, folder);
    fflush(NULL);
    if (system(line) == 0) {
      rt_release(line);
      return;
    }
  }
  rt_release(line);
  fprintf(stderr, "%s: to name the operation: gcomp explain MODEL %s\n", program, folder);
}
