// fuzz_args.c - reads command lines: words that end at line breaks.

#include <math.h>

#include "fuzz.h"
#include "program/inputs.h"

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

// Reads numbers as they stand on a command line.
static void check_values(const char *text) {
  static const int shape[] = {4, 2};
  static const rt_dtype types[] = {RT_F32, RT_I64, RT_U8, RT_BOOL, RT_F16, RT_U64};
  for (int i = 0; i < 6; i++) {
    const rt_tensor tensor = {"x", types[i], 2, shape};
    const rt_slot slot = {&tensor, 1};
    rt_array array;
    rt_error error = {0};
    int is_values = rt_is_values(text);
    if (rt_values_read(&array, text, &slot, "f", &error) != RT_OK) {
      ALWAYS_CLEAR(error);
    } else {
      ALWAYS(is_values && array.elements == 2 * (size_t)array.shape[0] && array.elements > 0);
      rt_release(array.data);
    }
  }
}

static void check(int argc, char **argv) {
  static const rt_setting settings[] = {
      {.name = "rate", .value = 0.5, .help = "the rate"}};
  static const rt_tensor tensors[] = {{"x", RT_F32, 0, NULL}, {"point", RT_F32, 0, NULL}};
  static const rt_function function = {"infer", RT_USER, -1, 2, tensors, 0, NULL, NULL};
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
  for (int i = 0; i < v.files.count; i++) {
    const char *text = v.files.items[i];
    const char *x = rt_named_value(text, "x"), *point = rt_named_value(text, "point");
    ALWAYS(x == NULL || (point == NULL && x == text + 2 && *x != '\0'));
    if (x != NULL || point != NULL) {
      check_values(x != NULL ? x : point);
    } else {
      ALWAYS(rt_unknown_name(text, &function, 0, &error) == RT_ERROR_USAGE);
      ALWAYS(strchr(error.message, '\n') == NULL);
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
