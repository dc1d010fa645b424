// position.c - a training as the notes of its checkpoint. docs/programs.md lists them.
//
// The tensors of a checkpoint are the model; the notes are all else that decides about the bits of
// the steps to come. Numbers are written with 17 digits, which give the same f64 again.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "labels.h"
#include "training.h"

// The format of the notes.
enum { FORMAT = 1 };

enum { LONGEST_KEY = 300 };

// The key of a setting.
static char *setting_key(char *key, const rt_setting *setting) {
  snprintf(key, LONGEST_KEY, "setting.%s", setting->name);
  return key;
}

// Adds a whole number.
static int add_whole(rt_notes *notes, const char *key, int64_t value, rt_error *error) {
  return rt_notes_add(notes, key, error, "%lld", (long long)value);
}

// Adds each text under a key with its number.
static int add_texts(rt_notes *notes, const char *name, const rt_texts *texts, rt_error *error) {
  char key[LONGEST_KEY];
  int code = RT_OK;
  for (int i = 0; i < texts->count && code == RT_OK; i++) {
    snprintf(key, sizeof key, "%s.%d", name, i);
    code = rt_notes_add(notes, key, error, "%s", texts->items[i]);
  }
  return code;
}

// Takes over such texts, which belong to the notes.
static void take_texts(const rt_notes *notes, const char *name, rt_texts *texts) {
  char key[LONGEST_KEY];
  for (texts->count = 0; texts->count < RT_MAX_TEXTS; texts->count++) {
    snprintf(key, sizeof key, "%s.%d", name, texts->count);
    const char *text = rt_notes_find(notes, key);
    if (text == NULL) {
      return;
    }
    texts->items[texts->count] = text;
  }
}

// Adds the options of the run.
static int add_options(const rt_options *o, rt_notes *notes, rt_error *error) {
  char key[LONGEST_KEY];
  int code = rt_notes_add(notes, "seed", error, "%llu", (unsigned long long)o->seed);
  const struct {
    const char *key;
    int value;
  } flags[] = {{"flag.epochs", o->epochs},
               {"flag.steps", o->steps},
               {"flag.patience", o->patience},
               {"flag.every", o->every}};
  for (int i = 0; i < 4 && code == RT_OK; i++) {
    // Without --epochs each phase has its own.
    if (flags[i].value >= 0) {
      code = add_whole(notes, flags[i].key, flags[i].value, error);
    }
  }
  if (code == RT_OK) {
    code = rt_notes_add(notes, "flag.save-every", error, "%s",
                        rt_period_text(key, o->save_every));
  }
  if (code == RT_OK) {
    code = add_texts(notes, "flag.only", &o->only, error);
  }
  if (code == RT_OK) {
    code = add_texts(notes, "flag.freeze", &o->freeze, error);
  }
  if (code == RT_OK) {
    code = add_texts(notes, "flag.data", &o->data, error);
  }
  if (code == RT_OK && o->fold != NULL) {
    code = rt_notes_add(notes, "flag.fold", error, "%s", o->fold);
  }
  if (code == RT_OK && o->phase != NULL) {
    code = rt_notes_add(notes, "flag.phase", error, "%s", o->phase);
  }
  for (int i = 0; i < o->model->setting_count && code == RT_OK; i++) {
    const rt_setting *setting = &o->model->settings[i];
    char text[RT_LONGEST_SETTING];
    code = rt_notes_add(notes, setting_key(key, setting), error, "%s",
                        rt_setting_text(text, setting, o->settings[i], 17));
  }
  return code;
}

// Takes over a setting; one that the model did not have then keeps its default.
static int take_setting(const rt_notes *notes, const rt_setting *setting, double *value,
                        const char *path, rt_error *error) {
  char key[LONGEST_KEY];
  const char *text = rt_notes_find(notes, setting_key(key, setting));
  rt_error own = {RT_OK, ""};
  if (text == NULL || rt_setting_read(setting, text, value, &own) == RT_OK) {
    return RT_OK;
  }
  return rt_fail(error, RT_ERROR_FORMAT, "%s: __metadata__ '%s': %s", path, key, own.message);
}

// Adds a number for each metric: its sum over the steps of the epoch, or its last value.
static int add_metrics(const rt_training *t, rt_notes *notes, int is_last, rt_error *error) {
  int count = t->progress.metric_count;
  size_t size = (size_t)count * 32 + 1, used = 0;
  char *text = (char *)rt_allocate(size);
  if (text == NULL) {
    return rt_fail_memory(error, size, "metrics");
  }
  for (int n = 0; n < count; n++) {
    double value = is_last ? rt_metric_value(&t->step, n) : t->progress.sums[n];
    int length = snprintf(text + used, size - used, "%s%.17g", n > 0 ? " " : "", value);
    used += length > 0 ? (size_t)length : 0;
  }
  int code = rt_notes_add(notes, is_last ? "metrics" : "sums", error, "%s", text);
  rt_release(text);
  return code;
}

int rt_position_write(const rt_training *training, rt_notes *notes, rt_error *error) {
  const rt_training *t = training;
  const struct {
    const char *key;
    int64_t value;
  } numbers[] = {{"checkpoint", FORMAT},
                 {"epoch", t->epoch},
                 {"step", t->epoch_done},
                 {"steps", t->done},
                 {"epoch_steps", t->epoch_steps},
                 {"batch", rt_batch_extent(t->step.function)},
                 {"examples", t->data.count[RT_TRAIN]},
                 {"held_out", t->data.count[RT_VALIDATION]},
                 {"data", t->data_sum},
                 {"best_epoch", t->results.best_epoch}};
  int code = rt_notes_add(notes, "model", error, "%s", t->model->name);
  if (code == RT_OK && t->model->phase_count > 1) {
    code = rt_notes_add(notes, "phase", error, "%s", rt_phase_name(t->recipe));
  }
  if (code == RT_OK) {
    code = rt_notes_add(notes, "version", error, "%s", t->model->version);
  }
  if (code == RT_OK && t->tokenizer != NULL) {
    code = rt_notes_add(notes, "tokenizer", error, "%s", t->tokenizer);
  }
  if (code == RT_OK) {
    code = rt_labels_copy(&t->labels, notes, error);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == RT_OK; i++) {
    code = add_whole(notes, numbers[i].key, numbers[i].value, error);
  }
  if (code == RT_OK) {
    code = rt_notes_add(notes, "best", error, "%.17g", t->results.lowest);
  }
  if (code == RT_OK) {
    code = add_metrics(t, notes, 0, error);
  }
  if (code == RT_OK) {
    code = add_metrics(t, notes, 1, error);
  }
  return code == RT_OK ? add_options(t->options, notes, error) : code;
}

int rt_position_options(const rt_notes *notes, rt_options *options, const char *path,
                        rt_error *error) {
  rt_options *o = options;
  uint64_t value = 0;
  const struct {
    const char *key;
    int *value;
  } flags[] = {{"flag.epochs", &o->epochs},
               {"flag.steps", &o->steps},
               {"flag.patience", &o->patience},
               {"flag.every", &o->every}};
  int code = rt_notes_whole(notes, "seed", UINT64_MAX, &o->seed, path, error);
  for (int i = 0; i < 4 && code == RT_OK; i++) {
    // Some flags are younger than the format, and phases have epochs of their own.
    if (rt_notes_find(notes, flags[i].key) != NULL) {
      code = rt_notes_whole(notes, flags[i].key, INT32_MAX, &value, path, error);
      *flags[i].value = (int)value;
    }
  }
  const char *period = rt_notes_find(notes, "flag.save-every");
  if (code == RT_OK && (period == NULL || !rt_period_read(&o->save_every, period))) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: __metadata__ 'flag.save-every': expected steps or a time, found '%s'", path,
                   period != NULL ? period : "");
  }
  take_texts(notes, "flag.only", &o->only);
  take_texts(notes, "flag.freeze", &o->freeze);
  take_texts(notes, "flag.data", &o->data);
  o->fold = rt_notes_find(notes, "flag.fold");
  o->phase = rt_notes_find(notes, "flag.phase");
  for (int i = 0; i < o->model->setting_count && code == RT_OK; i++) {
    code = take_setting(notes, &o->model->settings[i], &o->settings[i], path, error);
  }
  return code;
}

// Checks that the notes are of this model and this data.
static int check_identity(const rt_training *t, rt_error *error) {
  const struct {
    const char *key, *before, *behind;
    int64_t value;
  } numbers[] = {{"checkpoint", "a checkpoint of format ", "", FORMAT},
                 {"batch", "batches of ", "", rt_batch_extent(t->step.function)},
                 {"examples", "", " examples to train on", t->data.count[RT_TRAIN]},
                 {"held_out", "", " held-out examples", t->data.count[RT_VALIDATION]},
                 {"epoch_steps", "", " steps in an epoch", t->epoch_steps},
                 {"data", "data with the checksum ", "", t->data_sum}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    uint64_t value = 0;
    int code = rt_notes_whole(&t->notes, numbers[i].key, INT64_MAX, &value, t->resumed, error);
    if (code != RT_OK) {
      return code;
    }
    if (value != (uint64_t)numbers[i].value) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: the run cannot go on exactly: expected %s%llu%s, found %lld; begin a new "
                     "run from its weights with --init",
                     t->resumed, numbers[i].before, (unsigned long long)value, numbers[i].behind,
                     (long long)numbers[i].value);
    }
  }
  return RT_OK;
}

int rt_position_read(rt_training *training, rt_error *error) {
  rt_training *t = training;
  uint64_t epoch = 0, step = 0, steps = 0, best_epoch = 0;
  const struct {
    const char *key;
    uint64_t most, *value;
  } numbers[] = {{"epoch", INT32_MAX, &epoch},
                 {"step", (uint64_t)t->epoch_steps, &step},
                 {"steps", INT64_MAX, &steps},
                 {"best_epoch", INT32_MAX, &best_epoch}};
  int code = check_identity(t, error);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == RT_OK; i++) {
    code = rt_notes_whole(&t->notes, numbers[i].key, numbers[i].most, numbers[i].value,
                          t->resumed, error);
  }
  if (code == RT_OK) {
    code = rt_notes_numbers(&t->notes, "best", 1, &t->results.lowest, t->resumed, error);
  }
  // Three numbers for two: a file that somebody has changed is noticed.
  if (code == RT_OK && steps != epoch * (uint64_t)t->epoch_steps + step) {
    code = rt_fail(error, RT_ERROR_FORMAT,
                   "%s: __metadata__ 'steps': expected %llu, found %llu", t->resumed,
                   (unsigned long long)(epoch * (uint64_t)t->epoch_steps + step),
                   (unsigned long long)steps);
  }
  t->epoch = (int)epoch;
  t->epoch_done = (int64_t)step;
  t->done = t->saved_steps = (int64_t)steps;
  t->results.best_epoch = (int)best_epoch;
  t->results.kept = best_epoch == 0 && isfinite(t->results.lowest);
  return code;
}

int rt_position_metrics(rt_training *training, rt_error *error) {
  rt_training *t = training;
  int count = t->progress.metric_count;
  double *values = t->progress.sums;
  int code = RT_OK;
  // The metrics of the last step, which the end of the run shows, by way of the place for the sums.
  // Some checkpoints do not have them.
  if (rt_notes_find(&t->notes, "metrics") != NULL) {
    code = rt_notes_numbers(&t->notes, "metrics", count, values, t->resumed, error);
    for (int n = 0; n < count && code == RT_OK; n++) {
      rt_metric_set(&t->step, n, values[n]);
    }
  }
  t->progress.epoch_steps = t->epoch_done;
  return code == RT_OK
             ? rt_notes_numbers(&t->notes, "sums", count, values, t->resumed, error)
             : code;
}
