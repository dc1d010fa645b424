// command.h - calls a program with a command line and keeps what it prints.

#ifndef COMMAND_H
#define COMMAND_H

#include <fcntl.h>
#include <unistd.h>

#include "runtime/model/model.h"
#include "test.h"

typedef int program(const rt_model *model, int argc, char **argv);

// What the last program printed, on standard output and on standard error.
static char printed[1 << 16], reported[1 << 16];

// The file that is the standard input of programs, or null.
static const char *standard_input;

#define CHECK_SAME(text, expected) command_same(text, expected, __FILE__, __LINE__)

// Checks that the texts are the same, and shows the first if they are not.
static inline void command_same(const char *text, const char *expected, const char *file,
                                int line) {
  int same = strcmp(text, expected) == 0;
  test_check(same, "the text is as expected", file, line);
  if (!same) {
    printf("  found:    %s\n  expected: %s\n", text, expected);
  }
}

static inline void read_text(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "r");
  size_t used = file != NULL ? fread(text, 1, size - 1, file) : 0;
  text[used] = '\0';
  CHECK(file != NULL && fclose(file) == 0);
}

// Sends a stream to a file, and returns where it went before.
static inline int redirect(int stream, const char *path) {
  int before = dup(stream), file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  CHECK(before >= 0 && file >= 0 && dup2(file, stream) == stream && close(file) == 0);
  return before;
}

static inline void restore(int stream, int before) {
  CHECK(dup2(before, stream) == stream && close(before) == 0);
}

// Runs a program of a model with the words of `line`, in which '~' is a blank, and returns its exit
// status.
static inline int call_of(const rt_model *model, program *run, const char *line) {
  char text[1024], *argv[64] = {text};
  int argc = 0;
  snprintf(text, sizeof text, "program %s", line);
  for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
    for (char *c = strchr(word, '~'); c != NULL; c = strchr(c, '~')) {
      *c = ' ';
    }
    argv[argc++] = word;
  }
  int before = dup(0), input = standard_input != NULL ? open(standard_input, O_RDONLY) : -1;
  CHECK(before >= 0 && (standard_input == NULL || (dup2(input, 0) == 0 && close(input) == 0)));
  fflush(stdout);
  int out = redirect(1, "printed.txt"), error = redirect(2, "reported.txt");
  int status = run(model, argc, argv);
  fflush(stdout);
  restore(1, out);
  restore(2, error);
  restore(0, before);
  read_text("printed.txt", printed, sizeof printed);
  read_text("reported.txt", reported, sizeof reported);
  return status;
}

#endif
