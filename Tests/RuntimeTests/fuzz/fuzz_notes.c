// fuzz_notes.c - reads options and numbers of a run from the texts of its checkpoint: lines of a
// name, '=' and a text.

#include <math.h>

#include "fuzz.h"
#include "program/training.h"

static void check(const rt_notes *notes) {
  static const rt_setting settings[] = {
      {.name = "rate", .value = 0.5, .help = "the rate"}};
  static const rt_model model = {.name = "m", .setting_count = 1, .settings = settings};
  double rate = 0.5, values[3] = {0};
  uint64_t whole = 0;
  rt_error error = {0};
  rt_options options = {.model = &model, .settings = &rate};
  if (rt_position_options(notes, &options, "f", &error) == RT_OK) {
    ALWAYS(options.epochs >= 0 && options.steps >= 0 && options.save_every.steps >= 0);
    ALWAYS(isfinite(rate));
  } else {
    ALWAYS_CLEAR(error);
  }
  if (rt_notes_whole(notes, "step", 77, &whole, "f", &error) == RT_OK) {
    ALWAYS(whole <= 77);
  } else {
    ALWAYS_CLEAR(error);
  }
  for (int count = 0; count < 4; count++) {
    if (rt_notes_numbers(notes, "sums", count, values, "f", &error) != RT_OK) {
      ALWAYS_CLEAR(error);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_notes notes = {0};
  rt_error error = {0};
  char *text = (char *)malloc(size + 1);
  ALWAYS(text != NULL);
  memcpy(text, data, size);
  text[size] = '\0';
  for (char *line = text; line != NULL;) {
    char *end = strchr(line, '\n');
    if (end != NULL) {
      *end++ = '\0';
    }
    char *value = strchr(line, '=');
    if (value != NULL) {
      *value++ = '\0';
      ALWAYS(rt_notes_add(&notes, line, &error, "%s", value) == RT_OK);
    }
    line = end;
  }
  check(&notes);
  rt_notes_clear(&notes);
  free(text);
  return 0;
}
