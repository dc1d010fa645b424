// train_flags.h - runs of the train program and what they print. For one source file.

#ifndef TRAIN_FLAGS_H
#define TRAIN_FLAGS_H

#include "resume.h"

static char printed[1 << 16];

// Runs a model with the words of `line` and reads what it printed.
static inline int run_of(const rt_model *which, const char *line) {
  int status = end(start(which, line, -1));
  read_text("resume/printed", printed, sizeof printed);
  read_text("resume/reported", reported, sizeof reported);
  return status;
}

static inline int run(const char *line) { return run_of(&model, line); }

// Checks that a text ends with another.
static inline void check_end(const char *text, const char *end, int line) {
  size_t length = strlen(text), tail = strlen(end);
  int ok = length >= tail && strcmp(text + length - tail, end) == 0;
  test_check(ok, end, __FILE__, line);
  if (!ok) {
    printf("  found: %s\n", text);
  }
}

#define ENDS(text, end) check_end(text, end, __LINE__)

// Makes another model, with a step of its own.
static inline rt_model with_step(rt_function other[9],
                                 int (*run_step)(void *, const void *const *, void *const *)) {
  rt_model result = model;
  result.functions = other;
  for (int i = 0; i < 9; i++) {
    other[i] = functions[i];
    if (functions[i].kind == RT_TRAIN_STEP) {
      other[i].run = run_step;
    }
  }
  return result;
}

#endif
