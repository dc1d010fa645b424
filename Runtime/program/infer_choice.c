// infer_choice.c - what a command line of the infer program asks for.
//
// All mistakes are found before anything is read or computed. A message names the flag that is to
// blame and, where there are few, what would have been right.

#include <stdlib.h>
#include <string.h>

#include "../model/processor.h"
#include "infer.h"
#include "training.h"

int rt_is_offered(const rt_function *function) { return function->kind == RT_USER; }

// The offered function of that name, or null.
static const rt_function *find(const rt_model *model, const char *name) {
  const rt_function *function = rt_find_function(model, name);
  return function != NULL && rt_is_offered(function) ? function : NULL;
}

const char *rt_evaluation_word(const rt_model *model) {
  return find(model, "evaluate") == NULL ? "evaluate" : "evaluate-data";
}

const rt_function *rt_default_function(const rt_model *model) {
  const rt_function *only = find(model, "infer");
  int count = 0;
  for (int i = 0; i < model->function_count && find(model, "infer") == NULL; i++) {
    if (rt_is_offered(&model->functions[i])) {
      only = &model->functions[i];
      count++;
    }
  }
  return count <= 1 ? only : NULL;
}

// Fails as there is no function of that name; null: as none is named.
static int no_function(const rt_model *model, const char *name, rt_error *error) {
  const char *near = NULL;
  for (int i = 0; i < model->function_count && name != NULL; i++) {
    const char *pair[2] = {near != NULL ? near : model->functions[i].name,
                           model->functions[i].name};
    const char *better = rt_is_offered(&model->functions[i]) ? rt_nearest(name, 2, pair) : NULL;
    near = better != NULL ? better : near;
  }
  const char *word = rt_evaluation_word(model);
  const char *const pair[2] = {near != NULL ? near : word, word};
  near = name != NULL ? rt_nearest(name, 2, pair) : NULL;
  if (name == NULL) {
    rt_fail(error, RT_ERROR_USAGE, "expected the name of a function; the functions are:");
  } else if (near != NULL) {
    rt_fail(error, RT_ERROR_USAGE, "no function '%s'; did you mean '%s'? the functions are:", name,
            near);
  } else {
    rt_fail(error, RT_ERROR_USAGE, "no function '%s'; the functions are:", name);
  }
  for (int i = 0; i < model->function_count; i++) {
    if (rt_is_offered(&model->functions[i])) {
      rt_fail_more(error, " %s", model->functions[i].name);
    }
  }
  return RT_ERROR_USAGE;
}

// Checks that flags which need another one, or exclude it, do not stand alone or together.
static int check_flags(const rt_options *o, int is_evaluation, rt_error *error) {
  const char *word = rt_evaluation_word(o->model);
  int is_bench = o->bench > 0;
  const struct {
    int is_wrong;
    const char *flag, *message;
  } rules[] = {
      {!is_bench && o->warm_up >= 0, "--warm-up", "expected --bench N beside it"},
      {!is_bench && o->repeats >= 0, "--repeats", "expected --bench N beside it"},
      {!is_bench && o->format != NULL, "--format", "expected --bench N beside it"},
      {o->repeats == 0, "--repeats", "expected 1 or more, found 0"},
      {is_bench && o->outputs.count > 0, "--output",
       "expected no --bench beside it, as that writes no outputs"},
      {is_evaluation && is_bench, "--bench", "expected a function, found an evaluation"},
      {is_evaluation && o->inputs.count > 0, "--input",
       "expected a function, found an evaluation, whose examples are in the directory of --data"},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (rules[i].is_wrong) {
      return rt_fail(error, RT_ERROR_USAGE, "%s: %s", rules[i].flag, rules[i].message);
    }
  }
  const char *flag = o->data.count > 0 ? "--data" : o->split != NULL ? "--split" : "--fold";
  return !is_evaluation && (o->data.count > 0 || o->split != NULL || o->fold != NULL)
             ? rt_fail(error, RT_ERROR_USAGE, "%s: expected the word '%s' before it: %s %s", flag,
                       word, o->program, word)
             : RT_OK;
}

// Reads the numbers of threads: one, or with --bench several.
static int read_threads(rt_choice *choice, const rt_options *o, rt_error *error) {
  const char *text = o->thread_list;
  choice->thread_count = 1;
  choice->threads[0] = 0;
  for (int i = 0; text != NULL; i++) {
    char *end = NULL;
    long count = strtol(text, &end, 10);
    int is_number = *text >= '0' && *text <= '9' && (*end == '\0' || *end == ',');
    // 0 is OpenMP's default, and no number to compare.
    is_number = is_number && (count > 0 || (i == 0 && *end == '\0'));
    if (!is_number || i == RT_MOST_THREAD_COUNTS) {
      return rt_fail(error, RT_ERROR_USAGE,
                     "--threads: expected a whole number, or up to %d with commas between them, "
                     "found '%s'",
                     RT_MOST_THREAD_COUNTS, o->thread_list);
    }
    choice->threads[i] = count < INT32_MAX ? (int)count : INT32_MAX;
    choice->thread_count = i + 1;
    int code = rt_check_threads(choice->threads[i], error);
    if (code != RT_OK) {
      return code;
    }
    // A comma at the end leaves an empty text, which is no number.
    text = *end == ',' ? end + 1 : NULL;
  }
  if (choice->thread_count > 1 && o->bench == 0) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--threads: expected one number, found '%s'; --bench N takes several",
                   o->thread_list);
  }
  return o->thread_list == NULL ? rt_check_threads(0, error) : RT_OK;
}

int rt_choose(rt_choice *choice, const rt_options *options, rt_error *error) {
  const rt_model *model = options->model;
  const char *name = options->function;
  *choice = (rt_choice){0};
  choice->function = name != NULL ? find(model, name) : rt_default_function(model);
  choice->is_evaluation = choice->function == NULL && name != NULL &&
                          strcmp(name, rt_evaluation_word(model)) == 0;
  if (choice->function == NULL && !choice->is_evaluation) {
    return no_function(model, name, error);
  }
  int code = check_flags(options, choice->is_evaluation, error);
  if (code == RT_OK) {
    code = rt_check_processor(error);
  }
  return code == RT_OK ? read_threads(choice, options, error) : code;
}

// The path of a file of weights of the latest run, if it is there.
static char *weights_in(const char *folder, const char *file) {
  char *path = rt_path_join(folder, file);
  if (path != NULL && !rt_is_file(path)) {
    rt_release(path);
    path = NULL;
  }
  return path;
}

char *rt_latest_weights(const rt_model *model) {
  char *folder = NULL, *path = NULL;
  if (rt_run_latest(model->name, &folder, NULL) == RT_OK) {
    path = weights_in(folder, "weights/best.safetensors");
    path = path != NULL ? path : weights_in(folder, "weights/last.safetensors");
  }
  rt_release(folder);
  return path;
}

int rt_needs_weights(const rt_model *model) {
  for (int i = 0; i < model->state_count; i++) {
    if (model->states[i].role == RT_PARAMETER) {
      return 1;
    }
  }
  return 0;
}

int rt_check_weights(const rt_options *options, rt_error *error) {
  const rt_model *model = options->model;
  if (options->weights != NULL) {
    rt_file file;
    int code = rt_file_open(&file, options->weights, error);
    rt_file_close(&file);
    return code;
  }
  if (options->bench > 0 || !rt_needs_weights(model)) {
    return RT_OK;
  }
  char *path = rt_latest_weights(model);
  rt_fail(error, RT_ERROR_USAGE, "--weights FILE is missing");
  if (path != NULL) {
    rt_fail_more(error, "; the latest training wrote '%s'", path);
  } else if (model->phase_count > 0) {
    rt_fail_more(error, "; %s-train writes one", model->name);
  }
  rt_release(path);
  return RT_ERROR_USAGE;
}
