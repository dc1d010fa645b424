// checkpoint_save.c - writes the states of a model to a safetensors file.

#include "files.h"

// A model being saved.
typedef struct {
  const rt_model *model;
  const unsigned char *block;
  const int *states;  // the numbers of those that are saved
} saved;

static const void *state_data(void *context, int n) {
  const saved *s = (const saved *)context;
  return s->block + s->model->states[s->states[n]].offset;
}

// Refuses states that must not replace a good checkpoint.
static int check_saved(saved *s, int count, const char *path, rt_error *error) {
  int code = RT_OK;
  for (int n = 0; n < count && code == RT_OK; n++) {
    code = rt_state_check(&s->model->states[s->states[n]], state_data(s, n), path,
                          "the file was not written", error);
  }
  return code;
}

// Which states a file gets: what training goes on with; caches as well; or all as they are, without
// a check of their numbers.
typedef enum { LEARNED, CACHES, ALL } choice;

static int is_chosen(choice what, rt_role role) {
  return what == ALL ||
         (rt_role_is_saved(role) && (role != RT_CACHE || what == CACHES));
}

// Writes the states that are chosen.
static int save(const rt_model *model, void *instance, choice what, const char *path,
                const char *previous, rt_notes *notes, rt_error *error) {
  size_t count = (size_t)model->state_count;
  rt_tensor *tensors = (rt_tensor *)rt_allocate(count * sizeof *tensors);
  int *states = (int *)rt_allocate(count * sizeof *states);
  int code = RT_OK;
  if (tensors == NULL || states == NULL) {
    code = rt_fail_memory(error, model->state_bytes, path);
  } else {
    int n = 0;
    for (int i = 0; i < model->state_count; i++) {
      if (is_chosen(what, model->states[i].role)) {
        tensors[n] = model->states[i].tensor;
        states[n++] = i;
      }
    }
    saved s = {model, (const unsigned char *)instance, states};
    code = what != ALL ? check_saved(&s, n, path, error) : RT_OK;
    if (code == RT_OK) {
      code = rt_safetensors_write_noted(path, previous, notes, n, tensors, state_data, &s, error);
    }
  }
  rt_release(tensors);
  rt_release(states);
  return code;
}

int rt_checkpoint_save(const rt_model *model, void *instance, const char *path,
                       rt_error *error) {
  return save(model, instance, LEARNED, path, NULL, NULL, error);
}

int rt_weights_save(const rt_model *model, void *instance, const char *path, rt_notes *notes,
                    rt_error *error) {
  return save(model, instance, LEARNED, path, NULL, notes, error);
}

int rt_checkpoint_save_noted(const rt_model *model, void *instance, const char *path,
                             const char *previous, rt_notes *notes, rt_error *error) {
  return save(model, instance, CACHES, path, previous, notes, error);
}

int rt_states_save(const rt_model *model, void *instance, const char *path, rt_notes *notes,
                   rt_error *error) {
  return save(model, instance, ALL, path, NULL, notes, error);
}
