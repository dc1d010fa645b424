// resume.c - takes up a run from its checkpoint.
//
// The command line is read twice: before there are any other options, and again on top of those of
// the checkpoint, so that what it says counts and what it does not say stays as it was.

#include <string.h>

#include "training.h"

// The folder that --resume means, to be freed with rt_release.
static int find_folder(const rt_options *o, char **folder, rt_error *error) {
  *folder = NULL;
  if (o->init != NULL) {
    return rt_fail(error, RT_ERROR_USAGE, "--init and --resume: expected one of them, found both");
  }
  int is_named = *o->resume != '\0';
  if (is_named && o->out != NULL) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--out: expected no other directory beside --resume %s, found '%s'", o->resume,
                   o->out);
  }
  if (!is_named && o->out == NULL) {
    return rt_run_latest(o->model->name, folder, error);
  }
  const char *given = is_named ? o->resume : o->out;
  *folder = rt_path_join(given, "");
  if (*folder == NULL) {
    return rt_fail_memory(error, strlen(given), "a path");
  }
  (*folder)[strlen(given)] = '\0';
  return rt_run_exists(given)
             ? RT_OK
             : rt_fail(error, RT_ERROR_FILE,
                       "'%s': expected a run with weights/last.safetensors, found none", given);
}

// Reads the notes of a checkpoint that is whole, and of this model.
static int read_notes(rt_notes *notes, const char *path, rt_error *error) {
  rt_safetensors file;
  int code = rt_safetensors_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  code = rt_safetensors_verify(&file, path, error);
  if (code == RT_OK) {
    // The notes outlive the file.
    *notes = file.notes;
    file.notes = (rt_notes){0};
  }
  rt_safetensors_close(&file);
  return code;
}

// Opens the last checkpoint, or the previous one if that is damaged.
static int open_checkpoint(rt_training *t, rt_error *error) {
  rt_results *r = &t->results;
  rt_error unused;
  const char *path = r->last;
  int code = read_notes(&t->notes, path, error);
  if (code != RT_OK && code != RT_ERROR_MEMORY && rt_is_file(r->previous) &&
      read_notes(&t->notes, r->previous, &unused) == RT_OK) {
    rt_fail_more(error, "; the run goes on from %s", r->previous);
    rt_warn(t->options->program, error);
    *error = (rt_error){RT_OK, ""};
    r->is_damaged = 1;
    path = r->previous;
    code = RT_OK;
  }
  if (code != RT_OK && code != RT_ERROR_MEMORY && rt_is_file(r->best)) {
    rt_fail_more(error, "; no checkpoint is whole; begin a new run from the best weights with "
                        "--init %s", r->best);
  }
  if (code == RT_OK) {
    t->resumed = rt_path_join(path, "");
    code = t->resumed != NULL ? RT_OK : rt_fail_memory(error, strlen(path), "a path");
  }
  if (code == RT_OK) {
    t->resumed[strlen(path)] = '\0';
    const char *name = rt_notes_find(&t->notes, "model");
    if (name == NULL || strcmp(name, t->model->name) != 0) {
      code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected a run of '%s', found one of '%s'",
                     path, t->model->name, name != NULL ? name : "");
    }
  }
  return code;
}

// Prints a number that the command line changes.
static void print_change(const rt_options *o, const char *name, double before, double now) {
  if (before != now) {
    rt_say(o, "%s: %.10g -> %.10g\n", name, before, now);
  }
}

// Prints texts, if the command line changes them.
static void print_texts(const rt_options *now, const char *name, const rt_texts *a,
                        const rt_texts *b) {
  int same = a->count == b->count;
  for (int i = 0; i < a->count && same; i++) {
    same = strcmp(a->items[i], b->items[i]) == 0;
  }
  if (same) {
    return;
  }
  rt_say(now, "%s:", name);
  for (int i = 0; i < a->count; i++) {
    rt_say(now, " %s", a->items[i]);
  }
  rt_say(now, a->count > 0 ? " ->" : " none ->");
  for (int i = 0; i < b->count; i++) {
    rt_say(now, " %s", b->items[i]);
  }
  rt_say(now, b->count > 0 ? "\n" : " none\n");
}

// Prints what the command line changes of the options of the checkpoint.
static void print_changes(const rt_options *before, const rt_options *now) {
  print_change(now, "epochs", before->epochs, now->epochs);
  print_change(now, "steps", before->steps, now->steps);
  print_change(now, "patience", before->patience, now->patience);
  print_change(now, "every", before->every, now->every);
  if (!rt_period_equals(before->save_every, now->save_every)) {
    char a[32], b[32];
    rt_say(now, "save-every: %s -> %s\n", rt_period_text(a, before->save_every),
           rt_period_text(b, now->save_every));
  }
  print_texts(now, "only", &before->only, &now->only);
  print_texts(now, "freeze", &before->freeze, &now->freeze);
  if (before->seed != now->seed) {
    rt_say(now, "seed: %llu -> %llu\n", (unsigned long long)before->seed,
            (unsigned long long)now->seed);
  }
  print_texts(now, "data", &before->data, &now->data);
  for (int i = 0; i < now->model->setting_count; i++) {
    const rt_setting *setting = &now->model->settings[i];
    char a[RT_LONGEST_SETTING], b[RT_LONGEST_SETTING];
    if (before->settings[i] != now->settings[i]) {
      rt_say(now, "%s: %s -> %s\n", setting->name,
             rt_setting_text(a, setting, before->settings[i], 10),
             rt_setting_text(b, setting, now->settings[i], 10));
    }
  }
}

// Other examples that are held out would be some that the run was trained on, so their choice must
// stay; nothing else of the run tells them apart.
static int check_fold(const char *before, const char *now, rt_error *error) {
  int same = before == NULL ? now == NULL : now != NULL && strcmp(before, now) == 0;
  return same ? RT_OK
              : rt_fail(error, RT_ERROR_MISMATCH,
                        "--fold: expected %s%s, as the run was trained on the rest, found %s; "
                        "begin a new run",
                        before != NULL ? "the part " : "none", before != NULL ? before : "", now);
}

// Takes over the options of the checkpoint, and then those of the command line.
static int take_options(rt_training *t, rt_error *error) {
  rt_options *o = t->options;
  size_t bytes = (size_t)t->model->setting_count * sizeof(double);
  double *settings = (double *)rt_allocate(bytes);
  if (settings == NULL) {
    return rt_fail_memory(error, bytes, "the settings");
  }
  int code = rt_position_options(&t->notes, o, t->resumed, error);
  if (code == RT_OK) {
    rt_options before = *o;
    memcpy(settings, o->settings, bytes);
    before.settings = settings;
    o->only.count = o->freeze.count = o->data.count = 0;
    code = rt_options_read(o, o->argc, o->argv, error);
    // Patterns on the command line replace all of the checkpoint.
    if (o->only.count == 0 && o->freeze.count == 0) {
      o->only = before.only;
      o->freeze = before.freeze;
    }
    o->data = o->data.count == 0 ? before.data : o->data;
    if (code == RT_OK) {
      code = check_fold(before.fold, o->fold, error);
    }
    if (code == RT_OK) {
      print_changes(&before, o);
    }
  }
  rt_release(settings);
  return code;
}

// Finds the phase in which the checkpoint was written.
static int find_phase(rt_training *t, rt_error *error) {
  const char *name = rt_notes_find(&t->notes, "phase");
  const char *chosen = t->options->phase;
  int last = 0;
  int code = rt_phase_find(t->options, &last, error);
  rt_options o = *t->options;
  o.phase = name != NULL ? name : chosen;
  code = code == RT_OK ? rt_phase_find(&o, &t->phase, error) : code;
  // What prepares the chosen phase goes on into it.
  int goes_on = code == RT_OK &&
                (t->phase == last || (t->phase < last && t->model->phases[t->phase].prepares));
  if (code == RT_OK && name != NULL && chosen != NULL && !goes_on) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a run in the phase '%s', found one in '%s'", t->resumed, chosen,
                   name);
  }
  return code;
}

int rt_resume(rt_training *training, rt_error *error) {
  rt_training *t = training;
  char *folder;
  int code = find_folder(t->options, &folder, error);
  if (code == RT_OK) {
    code = rt_results_open(&t->results, folder, t->options->program, error);
  }
  if (code == RT_OK) {
    code = open_checkpoint(t, error);
  }
  rt_release(folder);
  code = code == RT_OK ? take_options(t, error) : code;
  return code == RT_OK ? find_phase(t, error) : code;
}
