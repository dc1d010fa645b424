// named_files.c - command-line arguments of the form NAME=FILE.

#include <string.h>

#include "inputs.h"
#include "program.h"

const char *rt_named_value(const char *text, const char *name) {
  size_t length = strlen(name);
  int is_named = strncmp(text, name, length) == 0 && text[length] == '=';
  return is_named && text[length + 1] != '\0' ? text + length + 1 : NULL;
}

int rt_ends_in(const char *path, const char *ending) {
  size_t length = strlen(path), end = strlen(ending);
  for (size_t i = 0; i < end && length >= end; i++) {
    char c = path[length - end + i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != ending[i]) {
      return 0;
    }
  }
  return length >= end;
}

// The name among those of the tensors that is nearest to `word`, or null.
static const char *nearest(const char *word, const rt_tensor *tensors, int count) {
  const char *best = NULL;
  for (int i = 0; i < count; i++) {
    // The earlier of two that are as near.
    const char *pair[2] = {best != NULL ? best : tensors[i].name, tensors[i].name};
    const char *better = rt_nearest(word, 2, pair);
    best = better != NULL ? better : best;
  }
  return best;
}

int rt_unknown_name(const char *text, const rt_function *function, int is_output,
                    rt_error *error) {
  const rt_tensor *tensors = is_output ? function->outputs : function->inputs;
  int count = is_output ? function->output_count : function->input_count;
  const char *flag = is_output ? "output" : "input";
  char type[256], word[64];
  size_t length = strcspn(text, "=");
  if (count == 0) {
    return rt_fail(error, RT_ERROR_USAGE, "--%s: expected none, as '%s' has no %ss; found '%s'",
                   flag, function->name, flag, text);
  }
  rt_fail(error, RT_ERROR_USAGE, "--%s: expected NAME=FILE for one of", flag);
  for (int i = 0; i < count; i++) {
    const rt_slot slot = {&tensors[i], rt_has_examples(function, &tensors[i])};
    rt_fail_more(error, "%s %s %s", i > 0 ? "," : "", tensors[i].name,
                 rt_slot_text(type, sizeof type, &slot));
  }
  rt_fail_more(error, "; found '%s'", text);
  snprintf(word, sizeof word, "%.*s", (int)(length < 60 ? length : 60), text);
  const char *name = nearest(word, tensors, count);
  if (name != NULL && strcmp(name, word) != 0) {
    rt_fail_more(error, "; did you mean '%s'?", name);
  } else if (text[length] == '\0' && !is_output) {
    rt_fail_more(error, ", which is no folder");
  }
  return RT_ERROR_USAGE;
}
