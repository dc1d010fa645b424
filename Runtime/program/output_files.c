// output_files.c - the files for the outputs of a function.

#include <string.h>

#include "program.h"

// True iff the last name in `path` ends in `ending`.
static int ends_in(const char *path, const char *ending) {
  size_t length = strlen(path), end = strlen(ending);
  return length >= end && strcmp(path + length - end, ending) == 0;
}

// Checks the ending of a file's name: .csv, .npy, or none.
static int check_format(const char *flag, const char *path, const rt_tensor *output,
                        rt_error *error) {
  const char *slash = strrchr(path, '/');
  const char *dot = strrchr(slash != NULL ? slash : path, '.');
  if (dot != NULL && !ends_in(path, ".npy") && !ends_in(path, ".csv")) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--%s %s=%s: expected a name that ends in .npy or .csv, found '%s'", flag,
                   output->name, path, dot);
  }
  if (ends_in(path, ".csv") && output->rank > 2) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--%s %s=%s: expected at most 2 axes for .csv, found %d; .npy takes any "
                   "number",
                   flag, output->name, path, output->rank);
  }
  return RT_OK;
}

// The path of the file for `output` in `directory`; null without memory.
static char *path_in(const char *directory, const rt_tensor *output) {
  char file[512];
  snprintf(file, sizeof file, "%s.npy", output->name);
  return rt_path_join(directory, file);
}

// Calls `visit` for each file of an output. `*placed` is true if there is one.
static int for_each_file(const rt_texts *texts, const rt_tensor *output, const rt_array *array,
                         int (*visit)(const char *, const rt_array *, rt_error *), int *placed,
                         rt_error *error) {
  int code = RT_OK;
  size_t length = strlen(output->name);
  for (int n = 0; n < texts->count && code == RT_OK; n++) {
    const char *text = texts->items[n];
    if (strchr(text, '=') == NULL) {
      char *path = path_in(text, output);
      code = path != NULL ? visit(path, array, error)
                          : rt_fail_memory(error, strlen(text), "a path");
      rt_release(path);
      *placed = 1;
    } else if (strncmp(text, output->name, length) == 0 && text[length] == '=') {
      code = visit(text + length + 1, array, error);
      *placed = 1;
    }
  }
  return code;
}

static int check_file(const char *path, const rt_array *array, rt_error *error) {
  (void)array;
  return rt_writer_check(path, error);
}

static int write_file(const char *path, const rt_array *array, rt_error *error) {
  return ends_in(path, ".csv") ? rt_csv_write(path, array, error)
                               : rt_npy_write(path, array, error);
}

int rt_outputs_check(const rt_texts *texts, const rt_function *function, rt_error *error) {
  int code = rt_check_files(texts, "output", 1, function->outputs, function->output_count, error);
  for (int i = 0; i < function->output_count && code == RT_OK; i++) {
    const char *path = rt_file_for(texts, function->outputs[i].name);
    code = path != NULL ? check_format("output", path, &function->outputs[i], error) : RT_OK;
  }
  for (int n = 0; n < texts->count && code == RT_OK; n++) {
    if (strchr(texts->items[n], '=') == NULL) {
      code = rt_make_directory(texts->items[n], error);
    }
  }
  for (int i = 0; i < function->output_count && code == RT_OK; i++) {
    int placed = 0;
    code = for_each_file(texts, &function->outputs[i], NULL, check_file, &placed, error);
  }
  return code;
}

int rt_outputs_write(const rt_texts *texts, const rt_function *function,
                     const rt_array *outputs, FILE *stream, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < function->output_count && code == RT_OK; i++) {
    int placed = 0;
    code = for_each_file(texts, &function->outputs[i], &outputs[i], write_file, &placed, error);
    if (!placed) {
      rt_print_array(stream, function->outputs[i].name, &outputs[i]);
    }
  }
  return code;
}
