// fuzz_args.c - reads command lines: words that end at line breaks.

#include <math.h>

#include "fuzz.h"
#include "program/program.h"

enum { MOST_WORDS = 32 };

// The flags of a program, with a value of each kind.
typedef struct {
  int epochs, fast;
  uint64_t seed;
  double rate;
  const char *out, *work, *resume;
  rt_period often;
  rt_texts files;
} values;

static void check(int argc, char **argv) {
  static const rt_setting settings[] = {{"rate", 0, 0.5, "the rate"}};
  static const rt_tensor tensors[] = {{"x", RT_F32, 0, NULL}, {"point", RT_F32, 0, NULL}};
  values v = {.epochs = 3, .rate = 0.5, .out = "run"};
  const rt_flag flags[] = {{"epochs", RT_FLAG_COUNT, "N", "passes", &v.epochs},
                           {"fast", RT_FLAG_SWITCH, NULL, "hurry", &v.fast},
                           {"seed", RT_FLAG_SEED, "N", "a seed", &v.seed},
                           {"out", RT_FLAG_TEXT, "DIR", "a place", &v.out},
                           {"resume", RT_FLAG_OPTIONAL_TEXT, "[DIR]", "a run", &v.resume},
                           {"save-every", RT_FLAG_PERIOD, "N", "often", &v.often},
                           {"input", RT_FLAG_TEXTS, "NAME=FILE", "a file", &v.files}};
  static const rt_no_flag no_flags[] = {{"batch", "it is compiled in"}};
  const rt_args args = {"test", "Tests.", "WORK", "what to do", &v.work, 7, flags, 1,
                        settings, &v.rate, 1, no_flags};
  rt_error error = {0};
  rt_args_help_wanted(argc, argv);
  if (rt_args_parse(&args, argc, argv, &error) != RT_OK) {
    ALWAYS(error.code == RT_ERROR_USAGE && error.message[0] != '\0');
    return;
  }
  ALWAYS(v.epochs >= 0 && isfinite(v.rate) && v.out[0] != '\0');
  ALWAYS(v.often.steps >= 0 && v.often.seconds >= 0);
  ALWAYS(v.files.count >= 0 && v.files.count <= MOST_WORDS);
  if (rt_check_files(&v.files, "input", 0, tensors, 2, &error) == RT_OK) {
    for (int i = 0; i < v.files.count; i++) {
      ALWAYS(rt_file_for(&v.files, "x") != NULL || rt_file_for(&v.files, "point") != NULL);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = (char *)malloc(size + 1);
  char program[] = "test", *argv[MOST_WORDS + 2] = {program};
  int argc = 1;
  ALWAYS(text != NULL);
  memcpy(text, data, size);
  text[size] = '\0';
  for (char *at = text; at != NULL && argc <= MOST_WORDS;) {
    char *end = strchr(at, '\n');
    if (end != NULL) {
      *end++ = '\0';
    }
    argv[argc++] = at;
    at = end;
  }
  check(argc, argv);
  free(text);
  return 0;
}
