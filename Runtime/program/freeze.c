// freeze.c - --only and --freeze: states that keep their values while others are trained.
//
// The model computes as ever; after each step the values are put back, so that all results stay
// exactly what they are for such values.

#include <string.h>

#include "training.h"

enum { MOST_NAMED = 6 };

// True iff a state can be frozen.
static int is_learned(const rt_state *state) {
  return state->role == RT_PARAMETER || state->role == RT_STATISTIC;
}

// True iff the pattern matches a name of the state.
static int matches(const char *pattern, const rt_state *state) {
  int found = rt_pattern_matches(pattern, state->tensor.name);
  for (int i = 0; i < state->alias_count && !found; i++) {
    found = rt_pattern_matches(pattern, state->aliases[i]);
  }
  return found;
}

// True iff one of the patterns matches.
static int any_matches(const rt_texts *patterns, const rt_state *state) {
  int found = 0;
  for (int i = 0; i < patterns->count && !found; i++) {
    found = matches(patterns->items[i], state);
  }
  return found;
}

// True iff a state keeps its values: --only does not name it, or --freeze does.
static int is_frozen(const rt_options *o, const rt_state *state) {
  return is_learned(state) && ((o->only.count > 0 && !any_matches(&o->only, state)) ||
                               any_matches(&o->freeze, state));
}

// Fails about a pattern without a match; the error has the nearest name, or the first ones.
static int refuse(const rt_model *model, const char *flag, const char *pattern, rt_error *error) {
  const char *nearest = NULL;
  size_t least = strlen(pattern) / 3 + 2;
  int count = 0;
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    size_t distance = is_learned(state) ? rt_pattern_distance(pattern, state->tensor.name) : least;
    if (distance < least) {
      least = distance;
      nearest = state->tensor.name;
    }
  }
  rt_fail(error, RT_ERROR_USAGE,
          "--%s: expected a pattern for names of parameters or statistics, found '%s', which "
          "matches none",
          flag, pattern);
  if (nearest != NULL) {
    rt_fail_more(error, "; the nearest is '%s'", nearest);
    return RT_ERROR_USAGE;
  }
  for (int i = 0; i < model->state_count; i++) {
    if (is_learned(&model->states[i]) && count++ < MOST_NAMED) {
      rt_fail_more(error, "%s %s", count == 1 ? "; the names are" : ",",
                   model->states[i].tensor.name);
    }
  }
  if (count > MOST_NAMED) {
    rt_fail_more(error, " and %d more", count - MOST_NAMED);
  }
  return RT_ERROR_USAGE;
}

// Checks that each pattern matches a name.
static int check(const rt_model *model, const char *flag, const rt_texts *patterns,
                 rt_error *error) {
  for (int n = 0; n < patterns->count; n++) {
    int found = 0;
    for (int i = 0; i < model->state_count && !found; i++) {
      found = is_learned(&model->states[i]) && matches(patterns->items[n], &model->states[i]);
    }
    if (!found) {
      return refuse(model, flag, patterns->items[n], error);
    }
  }
  return RT_OK;
}

int rt_freeze_check(const rt_options *options, rt_error *error) {
  const rt_model *model = options->model;
  int code = check(model, "only", &options->only, error), parameters = 0, trained = 0;
  if (code == RT_OK) {
    code = check(model, "freeze", &options->freeze, error);
  }
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    parameters += state->role == RT_PARAMETER;
    trained += state->role == RT_PARAMETER && !is_frozen(options, state);
  }
  if (code == RT_OK && parameters > 0 && trained == 0) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "--only, --freeze: expected a parameter to train, found none: all %d keep their "
                   "values",
                   parameters);
  }
  return code;
}

int rt_freeze(rt_frozen *frozen, const rt_options *options, void *instance, rt_error *error) {
  const rt_model *model = options->model;
  const unsigned char *block = (const unsigned char *)instance;
  size_t bytes = 0, at = 0;
  *frozen = (rt_frozen){.model = model};
  for (int i = 0; i < model->state_count; i++) {
    int is_one = is_frozen(options, &model->states[i]);
    bytes += is_one ? rt_tensor_bytes(&model->states[i].tensor) : 0;
  }
  frozen->states = (int *)rt_allocate((size_t)model->state_count * sizeof(int));
  frozen->values = (unsigned char *)rt_allocate(bytes);
  if (frozen->states == NULL || frozen->values == NULL) {
    rt_frozen_free(frozen);
    return rt_fail_memory(error, bytes, "parameters that keep their values");
  }
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    if (is_frozen(options, state)) {
      frozen->states[frozen->count++] = i;
      memcpy(frozen->values + at, block + state->offset, rt_tensor_bytes(&state->tensor));
      at += rt_tensor_bytes(&state->tensor);
    }
  }
  return RT_OK;
}

void rt_frozen_restore(const rt_frozen *frozen, void *instance) {
  if (frozen->count == 0) {
    return;
  }
  unsigned char *block = (unsigned char *)instance;
  size_t at = 0;
  for (int n = 0; n < frozen->count; n++) {
    const rt_state *state = &frozen->model->states[frozen->states[n]];
    size_t bytes = rt_tensor_bytes(&state->tensor);
    memcpy(block + state->offset, frozen->values + at, bytes);
    at += bytes;
  }
  if (frozen->model->changed != NULL) {
    frozen->model->changed(instance);
  }
}

void rt_frozen_free(rt_frozen *frozen) {
  rt_release(frozen->states);
  rt_release(frozen->values);
  *frozen = (rt_frozen){0};
}

// Appends to a text what fits.
static void append(char *text, size_t size, const char *before, const char *more) {
  size_t used = strlen(text);
  snprintf(text + used, size - used, "%s%s", before, more);
}

char *rt_frozen_text(char *text, size_t size, const rt_options *options) {
  const rt_model *model = options->model;
  int count[2] = {0, 0}, statistics[2] = {0, 0};  // all, and those that change
  int64_t values[2] = {0, 0};
  char all[32], some[32], names[512] = "";
  for (int i = 0; i < model->state_count; i++) {
    const rt_state *state = &model->states[i];
    int64_t elements = (int64_t)rt_tensor_elements(&state->tensor);
    int changes = !is_frozen(options, state);
    statistics[0] += state->role == RT_STATISTIC;
    statistics[1] += state->role == RT_STATISTIC && changes;
    if (state->role == RT_PARAMETER) {
      count[0]++;
      count[1] += changes;
      values[0] += elements;
      values[1] += changes ? elements : 0;
      if (changes && count[1] <= MOST_NAMED) {
        append(names, sizeof names, count[1] > 1 ? ", " : "", state->tensor.name);
      }
    }
  }
  snprintf(text, size, "trains %d of %d parameters (%s of %s values): %s", count[1], count[0],
           rt_count_text(some, values[1]), rt_count_text(all, values[0]), names);
  if (count[1] > MOST_NAMED) {
    snprintf(some, sizeof some, "%d", count[1] - MOST_NAMED);
    append(text, size, " and ", some);
    append(text, size, " more", "");
  }
  if (statistics[0] > 0) {
    snprintf(names, sizeof names, "; %d of %d statistics change", statistics[1], statistics[0]);
    append(text, size, names, "");
  }
  return text;
}
