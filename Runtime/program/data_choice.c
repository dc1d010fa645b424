// data_choice.c - which phase and which data a program works on: those of the recipe, or of --phase
// and --data, and which of them --fold holds out.

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "program.h"

const char *rt_phase_name(const rt_phase *phase) {
  return phase->name != NULL ? phase->name : "train";
}

int rt_phase_find(const rt_options *options, int *phase, rt_error *error) {
  const rt_model *model = options->model;
  *phase = 0;
  if (model->phase_count == 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s' has no function that trains it", model->name);
  }
  if (options->phase == NULL) {
    return RT_OK;
  }
  for (int i = 0; i < model->phase_count; i++) {
    if (strcmp(rt_phase_name(&model->phases[i]), options->phase) == 0) {
      *phase = i;
      return RT_OK;
    }
  }
  rt_fail(error, RT_ERROR_USAGE, "--phase: expected one of");
  for (int i = 0; i < model->phase_count; i++) {
    rt_fail_more(error, "%s %s", i > 0 ? "," : "", rt_phase_name(&model->phases[i]));
  }
  rt_fail_more(error, ", found '%s'", options->phase);
  return RT_ERROR_USAGE;
}

// The paths of the sets of a phase.
typedef struct {
  int count;
  char **items;
} paths;

// Frees the paths and their list.
static void free_paths(paths *p) {
  for (int s = 0; s < p->count; s++) {
    rt_release(p->items[s]);
  }
  rt_release(p->items);
}

// The number of the set that a text of --data names as in "name=path", or -1.
static int find_set(const rt_phase *phase, const char *text) {
  for (int s = 0; s < phase->set_count; s++) {
    size_t length = strlen(phase->sets[s].name);
    if (strncmp(text, phase->sets[s].name, length) == 0 && text[length] == '=') {
      return s;
    }
  }
  return -1;
}

// The last text of --data for a set, or null; one without a name is for the first set.
static const char *find_text(const rt_options *o, const rt_phase *phase, int set) {
  const char *found = NULL;
  for (int i = 0; i < o->data.count; i++) {
    const char *text = o->data.items[i];
    int named = find_set(phase, text);
    if (named == set) {
      found = text + strlen(phase->sets[set].name) + 1;
    } else if (named < 0 && set == 0) {
      found = text;
    }
  }
  return found;
}

// The path of the recipe; those of files are relative to the executable.
static char *recipe_path(const rt_options *o, const char *path) {
  char *home = rt_executable_directory(o->argc > 0 ? o->argv[0] : "");
  char *joined = home != NULL ? rt_path_join(home, path) : NULL;
  char *real = joined != NULL ? rt_path_real(joined) : NULL;
  rt_release(joined);
  rt_release(home);
  return real;
}

int rt_evaluation_phase(const rt_model *model) {
  int phase = model->phase_count - 1;
  while (phase >= 0 && rt_function_of(model, phase, RT_EVALUATION_STEP) == NULL) {
    phase--;
  }
  return phase;
}

char *rt_data_path(const rt_options *options, int phase, int set) {
  const rt_phase *p = &options->model->phases[phase];
  const char *text = find_text(options, p, set);
  return text != NULL       ? rt_copy_text(text)
         : set < p->set_count ? recipe_path(options, p->sets[set].path)
                              : NULL;
}

// Finds a path for each set, or one for a model that declares none.
static int find_paths(const rt_options *o, int phase, paths *p, rt_error *error) {
  int sets = o->model->phases[phase].set_count;
  int count = sets > 0 ? sets : 1;
  size_t bytes = (size_t)count * sizeof(char *);
  *p = (paths){0, (char **)rt_allocate(bytes)};
  if (p->items == NULL) {
    return rt_fail_memory(error, bytes, "paths");
  }
  p->count = count;
  for (int s = 0; s < count; s++) {
    p->items[s] = rt_data_path(o, phase, s);
    if (p->items[s] == NULL && sets > 0) {
      return rt_fail_memory(error, 0, "a path");
    }
  }
  return RT_OK;
}

// Reads "2/5": the second of five parts.
static int read_fold(rt_holding *holding, const char *text, rt_error *error) {
  char *slash, *end;
  long fold = strtol(text, &slash, 10);
  long folds = *slash == '/' ? strtol(slash + 1, &end, 10) : 0;
  if (*slash != '/' || end == slash + 1 || *end != '\0' || folds < 2 || folds > 1000 || fold < 1 ||
      fold > folds) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--fold: expected K/N, the K-th of N parts, as 2/5, found '%s'", text);
  }
  holding->fold = (int)fold;
  holding->folds = (int)folds;
  return RT_OK;
}

int rt_weights_tokenizer(const char *path, char **tokenizer, rt_error *error) {
  rt_safetensors file;
  *tokenizer = NULL;
  int code = rt_safetensors_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  const char *text = rt_notes_find(&file.notes, "tokenizer");
  *tokenizer = text != NULL ? rt_copy_text(text) : NULL;
  if (text != NULL && *tokenizer == NULL) {
    code = rt_fail_memory(error, strlen(text), "a tokenizer");
  }
  rt_safetensors_close(&file);
  return code;
}

// A part can only be held out of examples of which no files are held out already.
static int check_fold(const rt_dataset *data, const rt_options *options, rt_error *error) {
  for (int i = 0; i < data->set_count && options->fold != NULL; i++) {
    if (data->sets[i].files[RT_VALIDATION].format != NULL) {
      return rt_fail(error, RT_ERROR_USAGE,
                     "--fold: expected data without held-out files, found %lld examples in such "
                     "files; leave --fold out, or name one file for all examples with --data",
                     (long long)data->sets[i].count[RT_VALIDATION]);
    }
  }
  return RT_OK;
}

int rt_data_open(rt_dataset *data, const rt_options *options, int phase, rt_opening opening,
                 const char *tokenizer, rt_error *error) {
  const rt_phase *p = &options->model->phases[phase];
  const rt_function *step = rt_function_of(options->model, phase, RT_TRAIN_STEP);
  step = step != NULL ? step : rt_function_of(options->model, phase, RT_EVALUATION_STEP);
  int is_all = opening == RT_ALL_HELD_OUT;
  // All of a file that --data names are its examples alone.
  rt_holding holding = {.validation = is_all ? 1.0 : p->validation,
                        .test = is_all ? 0.0 : p->test,
                        .only_named = is_all && options->data.count > 0};
  *data = (rt_dataset){0};
  int code = options->fold != NULL ? read_fold(&holding, options->fold, error) : RT_OK;
  paths all = {0, NULL};
  if (code == RT_OK) {
    code = find_paths(options, phase, &all, error);
  }
  if (code == RT_OK) {
    code = rt_dataset_open(data, p->sets, p->set_count, (const char *const *)all.items, step,
                           &holding, tokenizer, error);
  }
  if (code == RT_OK) {
    code = check_fold(data, options, error);
  }
  if (code == RT_OK && opening != RT_UNCHECKED) {
    code = rt_dataset_limit(data, options->model, step, error);
  }
  free_paths(&all);
  return code;
}
