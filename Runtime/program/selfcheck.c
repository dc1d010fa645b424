// selfcheck.c - --selfcheck: shows on this machine that a training gives the same bits with any
// number of threads, in any instance, and from a checkpoint.
//
// One run with one thread is the reference. Every other run begins anew from the seed, and must
// leave all states as that one did, not only the same losses.

#define _XOPEN_SOURCE 700

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "training.h"

enum { STEPS = 5, OTHER_THREADS = 3, LABEL_WIDTH = 46 };

// What all checks share.
typedef struct {
  rt_training training;  // its data and calls; its instance is that of the present check
  const rt_model *model;
  FILE *stream;
  int64_t steps;         // of each run
  void *reference;       // the instance that ran with one thread
  double losses[STEPS];  // of its steps
  double held_out;      // the loss of its evaluation
  int failed, done;     // numbers of checks
} selfcheck;

// Prints what a check found; an empty text means that all is well.
static void print(selfcheck *c, const char *what, const char *wrong, const char *note) {
  int is_wrong = *wrong != '\0';
  const char *more = is_wrong ? wrong : note;
  c->failed += is_wrong;
  c->done++;
  fprintf(c->stream, "%-*s  %s%s%s\n", LABEL_WIDTH, what, is_wrong ? "FAILED" : "ok",
          *more != '\0' ? "  " : "", more);
}

// A new instance at the beginning of a training, which is the present one from now on.
static int make(selfcheck *c, void **instance, rt_error *error) {
  rt_training *t = &c->training;
  rt_error warning = {RT_OK, ""};
  *instance = t->instance = rt_model_create(c->model);
  if (*instance == NULL) {
    return rt_fail_memory(error, c->model->bytes, "the model");
  }
  int code = rt_training_prepare(t, &warning, error);
  rt_frozen_free(&t->frozen);
  return code == RT_OK ? rt_freeze(&t->frozen, t->options, t->instance, error) : code;
}

// Frees an instance.
static void destroy(selfcheck *c, void *instance) {
  if (instance != NULL) {
    rt_model_destroy(instance);
  }
  c->training.instance = NULL;
}

// A step of an instance on batch `index`; `*loss` is its first metric.
static int run_step(selfcheck *c, void *instance, int64_t index, double *loss, rt_error *error) {
  rt_training *t = &c->training;
  t->instance = instance;
  int code = rt_training_step(t, index, error);
  int has_loss = code == RT_OK && rt_metric_count(t->step.function) > 0;
  *loss = has_loss ? rt_metric_value(&t->step, 0) : 0.0;
  return code;
}

// All steps and an evaluation of the present instance; the losses go to `losses` and `*held_out`.
static int run_all(selfcheck *c, double losses[STEPS], double *held_out, rt_error *error) {
  rt_training *t = &c->training;
  int code = RT_OK;
  rt_epoch_begin(t);
  for (int64_t i = 0; i < c->steps && code == RT_OK; i++) {
    code = run_step(c, t->instance, i, &losses[i], error);
  }
  if (code == RT_OK) {
    code = rt_evaluation_run(&t->evaluation, t->instance, &t->data, error);
    rt_frozen_restore(&t->frozen, t->instance);
  }
  *held_out = code == RT_OK && t->evaluation.metric_count > 0 ? t->evaluation.metrics[0] : 0.0;
  return code;
}

// True iff two numbers have the same bits.
static int same(const double *a, const double *b) { return memcmp(a, b, sizeof *a) == 0; }

// Compares all states of two instances. Describes the first difference; empty if there is none.
static void compare(const selfcheck *c, void *first, void *second, char *wrong, size_t size) {
  const unsigned char *a = (const unsigned char *)first;
  const unsigned char *b = (const unsigned char *)second;
  wrong[0] = '\0';
  for (int i = 0; i < c->model->state_count && *wrong == '\0'; i++) {
    const rt_state *state = &c->model->states[i];
    const rt_tensor *tensor = &state->tensor;
    size_t width = rt_dtype_size(tensor->dtype), elements = rt_tensor_elements(tensor);
    for (size_t k = 0; k < elements && *wrong == '\0'; k++) {
      const unsigned char *x = a + state->offset + k * width, *y = b + state->offset + k * width;
      if (memcmp(x, y, width) != 0) {
        snprintf(wrong, size, "'%s', element %zu: expected %.17g, found %.17g", tensor->name, k,
                 rt_scalar_get(tensor->dtype, x), rt_scalar_get(tensor->dtype, y));
      }
    }
  }
}

// Runs a new instance with so many threads and compares it with the first one.
static int check_threads(selfcheck *c, int threads, rt_error *error) {
  double losses[STEPS], held_out;
  char wrong[512], label[64];
  void *instance = NULL;
  rt_set_threads(threads);
  int code = make(c, &instance, error);
  if (code == RT_OK) {
    code = run_all(c, losses, &held_out, error);
  }
  if (code == RT_OK) {
    compare(c, c->reference, instance, wrong, sizeof wrong);
    for (int64_t i = 0; i < c->steps && *wrong == '\0'; i++) {
      if (!same(&losses[i], &c->losses[i])) {
        snprintf(wrong, sizeof wrong, "loss of step %lld: expected %.17g, found %.17g",
                 (long long)i + 1, c->losses[i], losses[i]);
      }
    }
    if (*wrong == '\0' && !same(&held_out, &c->held_out)) {
      snprintf(wrong, sizeof wrong, "held-out loss: expected %.17g, found %.17g", c->held_out,
               held_out);
    }
    snprintf(label, sizeof label, "%d threads: the same bits", threads);
    print(c, threads == 1 ? "another instance: the same bits" : label, wrong, "");
  }
  destroy(c, instance);
  rt_set_threads(1);
  return code;
}

// The first instance, with one thread. Its losses must be finite.
static int check_reference(selfcheck *c, rt_error *error) {
  char wrong[128] = "", note[128], a[32], b[32];
  rt_set_threads(1);
  int code = make(c, &c->reference, error);
  if (code == RT_OK) {
    code = run_all(c, c->losses, &c->held_out, error);
  }
  for (int64_t i = 0; i < c->steps && code == RT_OK && *wrong == '\0'; i++) {
    if (!isfinite(c->losses[i])) {
      snprintf(wrong, sizeof wrong, "step %lld: found %g", (long long)i + 1, c->losses[i]);
    }
  }
  if (code == RT_OK) {
    snprintf(note, sizeof note, "%s to %s", rt_number_text(a, c->losses[0]),
             rt_number_text(b, c->losses[c->steps - 1]));
    print(c, "the loss is finite", wrong, note);
  }
  return code;
}

// Saves the first instance and loads it into another; both do one more step then.
static int check_checkpoint(selfcheck *c, const char *path, rt_error *error) {
  char wrong[512] = "";
  double a = 0, b = 0;
  void *instance = NULL;
  rt_notes notes = {0};
  int code = rt_checkpoint_save_noted(c->model, c->reference, path, NULL, &notes, error);
  if (code == RT_OK) {
    code = make(c, &instance, error);
  }
  if (code == RT_OK) {
    code = rt_checkpoint_load(c->model, instance, path, RT_LOAD_CACHES, NULL, error);
  }
  if (code == RT_OK) {
    compare(c, c->reference, instance, wrong, sizeof wrong);
    print(c, "a checkpoint saved and loaded: the same bits", wrong, "");
    code = run_step(c, c->reference, 0, &a, error);
  }
  if (code == RT_OK) {
    code = run_step(c, instance, 0, &b, error);
  }
  if (code == RT_OK) {
    compare(c, c->reference, instance, wrong, sizeof wrong);
    print(c, "a step from the checkpoint: the same bits", wrong, "");
  }
  destroy(c, instance);
  rt_notes_clear(&notes);
  return code;
}

// The same in a folder that is removed afterwards.
static int check_in_folder(selfcheck *c, rt_error *error) {
  const char *parent = getenv("TMPDIR");
  char *folder = rt_path_join(parent != NULL && *parent != '\0' ? parent : "/tmp",
                              "gcomp-selfcheck-XXXXXX");
  if (folder == NULL || mkdtemp(folder) == NULL) {
    int code = folder != NULL ? rt_fail_system(error, "create directory", folder)
                              : rt_fail_memory(error, 0, "a path");
    rt_release(folder);
    return code;
  }
  char *path = rt_path_join(folder, "last.safetensors");
  int code = path != NULL ? check_checkpoint(c, path, error) : rt_fail_memory(error, 0, "a path");
  if (path != NULL) {
    unlink(path);
  }
  if (rmdir(folder) != 0 && code == RT_OK) {
    code = rt_fail_system(error, "remove", folder);
  }
  rt_release(path);
  rt_release(folder);
  return code;
}

// Opens the data and the calls of the phase that would be trained.
static int open_check(selfcheck *c, rt_options *options, rt_error *error) {
  rt_training *t = &c->training;
  *t = (rt_training){.model = options->model, .options = options};
  int code = rt_phase_find(options, &t->phase, error);
  if (code == RT_OK) {
    code = rt_freeze_check(options, error);
  }
  if (code == RT_OK) {
    code = rt_phase_open(t, error);
  }
  // The checks make instances of their own.
  destroy(c, t->instance);
  t->evaluation.pace = NULL;
  c->steps = t->epoch_steps < STEPS ? t->epoch_steps : STEPS;
  return code;
}

// Frees what the checks share.
static void close_check(selfcheck *c) {
  destroy(c, c->reference);
  rt_phase_close(&c->training);
  rt_frozen_free(&c->training.frozen);
  rt_release(c->training.tokenizer);
  rt_notes_clear(&c->training.labels);
}

int rt_selfcheck(rt_options *options, FILE *stream, rt_error *error) {
  selfcheck c = {.model = options->model, .stream = stream};
  int all = rt_set_threads(0);
  int code = open_check(&c, options, error);
  if (code == RT_OK) {
    code = check_reference(&c, error);
  }
  if (code == RT_OK) {
    code = check_threads(&c, 1, error);
  }
  if (code == RT_OK && all > 1) {
    code = check_threads(&c, all, error);
  }
  if (code == RT_OK && all != OTHER_THREADS && rt_set_threads(OTHER_THREADS) == OTHER_THREADS) {
    code = check_threads(&c, OTHER_THREADS, error);
  }
  if (code == RT_OK) {
    code = check_in_folder(&c, error);
  }
  if (code == RT_OK) {
    fprintf(stream, "%d of %d checks passed\n", c.done - c.failed, c.done);
  }
  if (code == RT_OK && c.failed > 0) {
    code = rt_fail(error, RT_ERROR_VALUE, "--selfcheck: expected no differences, found %d",
                   c.failed);
  }
  rt_set_threads(all);
  close_check(&c);
  return code;
}
