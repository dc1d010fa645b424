// checkpoint.c - reads the states of a model from a safetensors file.

#include <string.h>

#include "files.h"

// Elements that are converted at a time.
enum { PART = 1 << 16 };

// Names in a list.
enum { MOST_LISTED = 12 };

int rt_state_check(const rt_state *state, const void *data, const char *path, const char *outcome,
                   rt_error *error) {
  if (state->role != RT_PARAMETER && state->role != RT_STATISTIC) {
    return RT_OK;
  }
  rt_dtype dtype = state->tensor.dtype;
  size_t elements = rt_tensor_elements(&state->tensor);
  size_t bad = rt_find_not_finite(dtype, data, elements, state->role == RT_STATISTIC);
  if (bad == elements) {
    return RT_OK;
  }
  double x = rt_scalar_get(dtype, (const unsigned char *)data + bad * rt_dtype_size(dtype));
  return rt_fail(error, RT_ERROR_VALUE,
                 "%s: '%s': expected finite elements, found %g at %zu; %s", path,
                 state->tensor.name, x, bad, outcome);
}

// True iff a load of `what` reads states of that role.
static int is_read(rt_role role, int what) {
  return role == RT_PARAMETER || role == RT_STATISTIC ||
         (role == RT_CACHE ? what == RT_LOAD_CACHES
                           : rt_role_is_saved(role) &&
                                 (what == RT_LOAD_STATES || what == RT_LOAD_CACHES));
}

// The tensor for a state, under its name or an alias, or null.
static rt_stored *find_state(const rt_safetensors *file, const rt_state *state) {
  rt_stored *found = rt_safetensors_find(file, state->tensor.name);
  for (int i = 0; i < state->alias_count; i++) {
    rt_stored *alias = rt_safetensors_find(file, state->aliases[i]);
    if (alias != NULL) {
      alias->taken = 1;
      found = found != NULL ? found : alias;
    }
  }
  return found;
}

// True iff the shapes are equal and the type converts, reals to reals and integers
// to integers.
static int fits(const rt_tensor *tensor, const rt_stored *stored) {
  int same = tensor->rank == stored->rank;
  for (int axis = 0; same && axis < tensor->rank; axis++) {
    same = tensor->shape[axis] == stored->shape[axis];
  }
  int real = tensor->dtype == RT_F32 || tensor->dtype == RT_F64;
  int stored_real = stored->dtype <= RT_BF16;
  return same && rt_convertible(tensor->dtype, stored->dtype) &&
         (!real || stored_real);
}

// Adds a line about a state that does not fit.
static void add_line(rt_error *error, const rt_tensor *tensor, const rt_stored *stored) {
  char expected[256], found[256];
  rt_tensor_text(expected, sizeof expected, tensor);
  if (stored == NULL) {
    rt_fail_more(error, "\n  '%s': expected %s, not in the file", tensor->name,
                 expected);
  } else {
    rt_type_text(found, sizeof found, stored->dtype, stored->rank, stored->shape);
    rt_fail_more(error, "\n  '%s': expected %s, found %s", tensor->name, expected,
                 found);
  }
}

// Adds a line about each state that is missing or does not fit, up to a dozen.
static void add_lines(rt_error *error, const rt_model *model, const rt_safetensors *file,
                      int what) {
  int bad = 0;
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    const rt_stored *stored = find_state(file, state);
    if (is_read(state->role, what) && (stored == NULL || !fits(&state->tensor, stored)) &&
        bad++ < MOST_LISTED) {
      add_line(error, &state->tensor, stored);
    }
  }
  if (bad > MOST_LISTED) {
    rt_fail_more(error, "\n  and %d more", bad - MOST_LISTED);
  }
}

// Names the tensors of the file that the model does not have: on a line of its own below what the
// error says already, or as a message about `path`.
static void add_unknown(rt_error *error, const rt_safetensors *file, const char *path) {
  int unknown = 0;
  for (int i = 0; i < file->count; i++) {
    const rt_stored *stored = &file->tensors[i];
    if (stored->taken) {
      continue;
    }
    unknown++;
    if (unknown == 1 && error != NULL && error->code != RT_OK) {
      rt_fail_more(error, "\n  ignored, not in the model:");
    } else if (unknown == 1) {
      rt_fail(error, RT_ERROR_MISMATCH, "%s: ignored, not in the model:", path);
    }
    if (unknown <= MOST_LISTED) {
      rt_fail_more(error, "%s '%s'", unknown > 1 ? "," : "", stored->name);
    }
  }
  if (unknown > MOST_LISTED) {
    rt_fail_more(error, " and %d more", unknown - MOST_LISTED);
  }
}

// Finds each state's tensor and reports all that are missing or do not fit: as an error, or as a
// warning if only those that fit are read.
static int check_states(const rt_model *model, const rt_safetensors *file, int what,
                        const char *path, rt_error *warning, rt_error *error) {
  int wanted = 0, bad = 0;
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    rt_stored *stored = find_state(file, state);
    if (stored != NULL) {
      stored->taken = 1;
    }
    if (is_read(state->role, what)) {
      wanted++;
      bad += stored == NULL || !fits(&state->tensor, stored);
    }
  }
  if (bad == 0) {
    return RT_OK;
  }
  if (what == RT_LOAD_FITTING && bad < wanted) {
    rt_fail(warning, RT_ERROR_MISMATCH,
            "%s: %d of %d states of '%s' are loaded; these keep their initial values:", path,
            wanted - bad, wanted, model->name);
    add_lines(warning, model, file, what);
    return RT_OK;
  }
  rt_fail(error, RT_ERROR_MISMATCH, "%s: %d of %d states of '%s' do not match", path, bad, wanted,
          model->name);
  add_lines(error, model, file, what);
  add_unknown(error, file, path);
  return RT_ERROR_MISMATCH;
}

// Reads and converts one state, a part at a time; `part` has room for PART elements of any type.
static int convert_state(const rt_safetensors *file, const rt_state *state,
                         const rt_stored *stored, unsigned char *target, unsigned char *part,
                         const char *path, rt_error *error) {
  rt_dtype dtype = state->tensor.dtype;
  for (size_t first = 0; first < stored->elements; first += PART) {
    size_t count = stored->elements - first < PART ? stored->elements - first : PART;
    size_t bad = 0;
    int code = rt_safetensors_read(file, stored, first, count, part, path, error);
    if (code != RT_OK) {
      return code;
    }
    if (rt_convert(dtype, target + first * rt_dtype_size(dtype), stored->dtype, part, count,
                   &bad) != RT_OK) {
      return rt_fail(error, RT_ERROR_VALUE, "%s: '%s': element %zu does not fit into %s", path,
                     stored->name, first + bad, rt_dtype_name(dtype));
    }
  }
  return RT_OK;
}

// Copies one state of a file; `part` is as in convert_state.
static int load_state(const rt_safetensors *file, const rt_state *state,
                      const rt_stored *stored, unsigned char *block, unsigned char *part,
                      const char *path, rt_error *error) {
  unsigned char *target = block + state->offset;
  int same = stored->dtype == state->tensor.dtype && stored->dtype != RT_BOOL;
  int code = same ? rt_safetensors_read(file, stored, 0, stored->elements, target, path, error)
                  : convert_state(file, state, stored, target, part, path, error);
  return code == RT_OK
             ? rt_state_check(state, target, path, "the model cannot compute with them", error)
             : code;
}

int rt_checkpoint_load(const rt_model *model, void *instance, const char *path,
                       int what, rt_error *warning, rt_error *error) {
  rt_safetensors file;
  int code = rt_safetensors_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  unsigned char *part = NULL;
  if (warning != NULL) {
    *warning = (rt_error){RT_OK, ""};
  }
  code = check_states(model, &file, what, path, warning, error);
  if (code == RT_OK) {
    part = (unsigned char *)rt_allocate((size_t)PART * 8);
    code = part != NULL ? RT_OK : rt_fail_memory(error, (size_t)PART * 8, path);
  }
  unsigned char *block = (unsigned char *)instance;
  for (int i = 0; i < model->state_count && code == RT_OK; i++) {
    const rt_state *state = &model->states[i];
    const rt_stored *stored = is_read(state->role, what) ? find_state(&file, state) : NULL;
    if (stored != NULL && fits(&state->tensor, stored)) {
      code = load_state(&file, state, stored, block, part, path, error);
    }
  }
  if (code == RT_OK) {
    add_unknown(warning, &file, path);
    if (model->changed != NULL) {
      model->changed(instance);
    }
  }
  rt_release(part);
  rt_safetensors_close(&file);
  return code;
}

void rt_settings_apply(const rt_model *model, void *instance, const double *values) {
  unsigned char *block = (unsigned char *)instance;
  for (int i = 0; i < model->setting_count; i++) {
    const rt_state *state = &model->states[model->settings[i].state];
    rt_scalar_set(state->tensor.dtype, block + state->offset, values[i]);
  }
  if (model->setting_count > 0 && model->changed != NULL) {
    model->changed(instance);
  }
}
