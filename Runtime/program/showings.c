// showings.c - functions whose outputs a training shows every few epochs.
//
// They run on the states of the training and may draw random numbers, which is why they come before
// the checkpoint of the epoch: a run that goes on draws the same ones.

#include <stdio.h>
#include <string.h>

#include "../data/tokenizer.h"
#include "outputs.h"
#include "training.h"

// The results of a call.
static rt_result *make_results(const rt_training *t, const rt_call *call, rt_array *arrays,
                               int columns, int rate) {
  const rt_function *f = call->function;
  rt_result *results = (rt_result *)rt_allocate((size_t)f->output_count * sizeof(rt_result));
  for (int i = 0; results != NULL && i < f->output_count; i++) {
    arrays[i] = rt_call_output(call, i);
    results[i] = (rt_result){.tensor = &f->outputs[i],
                             .array = &arrays[i],
                             .columns = columns,
                             .rate = rate,
                             .words = rt_words_of(t->model, f, i, t->spelling)};
  }
  return results;
}

// Writes results to a file whose name says the phase, if there are several, and the epoch.
static int write_file(const rt_training *t, const char *folder, const rt_format *format,
                      const char *name, const rt_result *results, int count, rt_error *error) {
  char file[RT_LONGEST_TAG];
  int is_one = t->model->phase_count == 1;
  snprintf(file, sizeof file, "%s%s%s-%04d%s", name, is_one ? "" : "-",
           is_one ? "" : rt_phase_name(t->recipe), t->epoch + 1, format->ending);
  char *path = rt_path_join(folder, file);
  rt_writer writer;
  int code = path != NULL ? RT_OK : rt_fail_memory(error, strlen(folder), "a path");
  if (code == RT_OK && format->check != NULL) {
    code = format->check(results, count, path, error);
  }
  if (code == RT_OK) {
    code = rt_writer_begin(&writer, path, error);
  }
  if (code == RT_OK) {
    format->write(&writer, results, count);
    code = rt_writer_commit(&writer, error);
  }
  rt_release(path);
  return code;
}

// Writes all results into a folder of the run: in one file, or one for each if a file holds one.
static int write_files(const rt_training *t, const rt_showing *showing, const rt_result *results,
                       int count, rt_error *error) {
  const rt_format *format = rt_format_for(showing->ending);
  char *folder = rt_path_join(t->results.folder, showing->function);
  int code = folder != NULL ? rt_make_directory(folder, error)
                            : rt_fail_memory(error, strlen(showing->function), "a path");
  if (code == RT_OK && format == NULL) {
    code = rt_fail(error, RT_ERROR_USAGE, "'%s': expected the ending of a format, found '%s'",
                   showing->function, showing->ending);
  }
  if (code == RT_OK && (count == 1 || format->most_results == 0)) {
    code = write_file(t, folder, format, showing->function, results, count, error);
  } else {
    for (int i = 0; i < count && code == RT_OK; i++) {
      code = write_file(t, folder, format, results[i].tensor->name, &results[i], 1, error);
    }
  }
  rt_release(folder);
  return code;
}

// Prints all results: as words if they have any, else as numbers unless only words are asked for.
static void print_results(rt_training *t, const rt_result *results, int count, int only_words) {
  if (t->options->quiet) {
    return;
  }
  rt_progress_clear(&t->progress);
  for (int i = 0; i < count; i++) {
    const char *name = results[i].tensor->name;
    if (results[i].words.naming != NULL) {
      rt_print_words(stderr, name, &results[i].words, results[i].array);
    } else if (!only_words) {
      rt_print_array(stderr, name, results[i].array);
    }
  }
}

// Reads the tokenizer of the text that is learned, once, for functions whose outputs are tokens.
static int find_tokenizer(rt_training *t, const rt_function *function, rt_error *error) {
  int is_needed = t->spelling == NULL && t->tokenizer != NULL &&
                  rt_needs_tokenizer(t->model, function);
  return is_needed ? rt_tokenizer_load(&t->spelling, t->tokenizer, "the tokenizer", error) : RT_OK;
}

static int show(rt_training *t, const rt_showing *showing, rt_error *error) {
  const rt_function *function = rt_find_function(t->model, showing->function);
  rt_call call;
  if (function == NULL || function->input_count > 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s' is no function without inputs",
                   showing->function);
  }
  int count = function->output_count;
  int code = find_tokenizer(t, function, error);
  if (code == RT_OK) {
    code = rt_call_create(&call, function, error);
  }
  if (code != RT_OK) {
    return code;
  }
  size_t bytes = (size_t)count * sizeof(rt_array);
  int rate = rt_labels_rate(&t->labels);
  rt_array *arrays = (rt_array *)rt_allocate(bytes);
  rt_result *results =
      arrays != NULL ? make_results(t, &call, arrays, showing->columns, rate) : NULL;
  code = results != NULL ? rt_call_run(&call, t->instance, error)
                         : rt_fail_memory(error, bytes, "outputs");
  int is_file = *showing->ending != '\0', is_text = strcmp(showing->ending, ".txt") == 0;
  if (code == RT_OK && is_file) {
    code = write_files(t, showing, results, count, error);
  }
  // Text is for both.
  if (code == RT_OK && (!is_file || is_text)) {
    print_results(t, results, count, is_file);
  }
  rt_release(results);
  rt_release(arrays);
  rt_call_destroy(&call);
  return code;
}

void rt_showings_clean(const rt_training *training) {
  const rt_training *t = training;
  for (int i = 0; i < t->model->showing_count; i++) {
    char *folder = rt_path_join(t->results.folder, t->model->showings[i].function);
    if (folder != NULL) {
      rt_run_clean(folder);
    }
    rt_release(folder);
  }
}

int rt_showings_run(rt_training *training, int is_last, rt_error *error) {
  rt_training *t = training;
  int code = RT_OK;
  int count = t->recipe->prepares ? 0 : t->model->showing_count;
  for (int i = 0; i < count && code == RT_OK; i++) {
    const rt_showing *showing = &t->model->showings[i];
    if (is_last || (t->epoch + 1) % showing->epochs == 0) {
      code = show(t, showing, error);
    }
  }
  rt_frozen_restore(&t->frozen, t->instance);
  return code;
}
