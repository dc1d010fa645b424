// resume.h - runs of the train program in processes of their own, which may be killed, and what is
// left of them. For one source file, as it takes the place of functions of the system.

#ifndef RESUME_H
#define RESUME_H

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/program/training.h"
#include "runtime/runtime.h"
#include "test.h"
#include "tiny.h"
#include "tree.h"

// ---- Death at a chosen moment ----

// How many more changes of files and steps this process lives to see; negative: all.
static long life = -1;

// True iff nothing needs to reach the disk, where no kill is tested.
static int is_hasty;

static inline void live(void) {
  if (life-- == 0) {
    kill(getpid(), SIGKILL);
  }
}

// These take the place of the system's, before and after which a process may die.
int rename(const char *from, const char *to) {
  live();
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to) {
  live();
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
  live();
  return unlinkat(AT_FDCWD, path, 0);
}

int fsync(int file) {
  live();
  return is_hasty ? 0 : fdatasync(file);
}

// ---- A model with noise, whose cache matters ----

static inline int step(void *model, const void *const *inputs, void *const *outputs) {
  live();
  unsigned char *block = (unsigned char *)model;
  int64_t *calls = (int64_t *)(void *)(block + tiny_model.states[6].offset);
  int64_t count = *(int64_t *)(void *)(block + tiny_model.states[5].offset);
  float *bias = (float *)(void *)(block + tiny_model.states[1].offset);
  float *rate = (float *)(void *)(block + tiny_model.states[4].offset);
  // Noise by the number of the step, a rate that falls, and what a cache says.
  uint32_t bits = rt_random_bits(7, 0, 0, 0, 0, (uint64_t)count);
  float set = *rate;
  bias[0] += (float)(bits >> 8) * 1e-9f + (float)*calls * 1e-5f;
  *rate = set / (1.0f + 0.1f * (float)count);
  int code = rt_function_of(&tiny_model, 0, RT_TRAIN_STEP)->run(model, inputs, outputs);
  *rate = set;
  *calls += 3;
  return code;
}

static rt_function functions[9];
static rt_model model;

static inline void make_model(void) {
  model = tiny_model;
  for (int i = 0; i < 9; i++) {
    functions[i] = tiny_model.functions[i];
    if (functions[i].kind == RT_TRAIN_STEP) {
      functions[i].run = step;
    }
  }
  model.functions = functions;
}

// ---- Runs in a process of their own ----

// For the sanitizer of addresses: of what was freed it keeps 1 MB, not 256, all of which each new
// process would share.
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "quarantine_size_mb=1"; }

static char reported[1 << 16];

static inline size_t read_text(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "rb");
  size_t used = file != NULL ? fread(text, 1, size - 1, file) : 0;
  text[used] = '\0';
  CHECK(file != NULL && fclose(file) == 0);
  return used;
}

// Begins a run of `which` with the words of `line`, which lives so long.
static inline pid_t start(const rt_model *which, const char *line, long moments) {
  fflush(stdout);
  pid_t child = fork();
  if (child != 0) {
    return child;
  }
  char text[1024], *argv[64] = {text};
  int argc = 0;
  snprintf(text, sizeof text, "program %s", line);
  for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
    argv[argc++] = word;
  }
  if (freopen("resume/printed", "w", stdout) == NULL ||
      freopen("resume/reported", "w", stderr) == NULL) {
    _exit(99);
  }
  life = moments;
  int status = rt_train_main(which, argc, argv);
  life = -1;
  fflush(stdout);
  fflush(stderr);
  _exit(status);
}

// Waits for a run: its exit status, or -1 if it was killed.
static inline int end(pid_t child) {
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int call(const char *line, long moments) { return end(start(&model, line, moments)); }

static inline void check_refusal(const char *line, int status, const char *message) {
  CHECK(call(line, -1) == status);
  read_text("resume/reported", reported, sizeof reported);
  CHECK(strcmp(reported, message) == 0);
  if (strcmp(reported, message) != 0) {
    printf("  found: %s\n", reported);
  }
}

static inline void shell(const char *command) { CHECK(system(command) == 0); }

// Removes what a run wrote.
static inline void remove_run(void) {
  remove_tree("resume/run");
  remove_tree("resume/log.csv");
}

// ---- What is left of a run ----

// The files of a run in one text; of results.csv without the seconds.
typedef struct {
  char last[8192], best[8192], rows[8192], log[16384];
  size_t last_size, best_size;
} remains;

// Removes the third column of each row.
static inline void drop_seconds(char *text) {
  char *out = text;
  int column = 0;
  for (const char *c = text; *c != '\0'; c++) {
    column = *c == '\n' ? 0 : column + (*c == ',');
    if (column != 2) {
      *out++ = *c;
    }
  }
  *out = '\0';
}

static inline void read_remains(remains *r, const char *folder) {
  char path[256];
  memset(r, 0, sizeof *r);
  snprintf(path, sizeof path, "%s/weights/last.safetensors", folder);
  r->last_size = read_text(path, r->last, sizeof r->last);
  snprintf(path, sizeof path, "%s/weights/best.safetensors", folder);
  r->best_size = read_text(path, r->best, sizeof r->best);
  snprintf(path, sizeof path, "%s/results.csv", folder);
  read_text(path, r->rows, sizeof r->rows);
  read_text("resume/log.csv", r->log, sizeof r->log);
  drop_seconds(r->rows);
}

// True iff nothing but the seconds differs.
static inline int same(const remains *a, const remains *b) {
  return a->last_size == b->last_size && memcmp(a->last, b->last, a->last_size) == 0 &&
         a->best_size == b->best_size && memcmp(a->best, b->best, a->best_size) == 0 &&
         strcmp(a->rows, b->rows) == 0 && strcmp(a->log, b->log) == 0;
}

// Checks that the run ended like the one that was never killed.
static inline void check_run(const remains *whole, const char *how, long moment) {
  static remains found;
  read_remains(&found, "resume/run");
  int equal = same(whole, &found) && is_tidy("resume/run");
  CHECK(equal);
  if (!equal) {
    printf("  %s, killed at %ld: expected\n%sfound\n%s", how, moment, whole->rows, found.rows);
  }
}

// True iff a run that was killed has come so far that it can be resumed.
static inline int has_begun(void) {
  return rt_is_file("resume/run/weights/last.safetensors") ||
         rt_is_file("resume/run/weights/previous.safetensors");
}

// Resumes the run, or begins it again if it had no checkpoint yet.
static inline int go_on(const char *line, const char *again, long moments) {
  return call(has_begun() ? again : line, moments);
}

// Three rays from the origin, a class each.
static inline void make_split(const char *folder, int64_t examples) {
  static const float ends[3][2] = {{1, 0}, {-1, 1}, {-1, -1}};
  float points[84][2];
  int32_t labels[84];
  char path[256];
  rt_error error = {0};
  for (int64_t k = 0; k < examples; k++) {
    labels[k] = (int32_t)(k % 3);
    points[k][0] = ends[k % 3][0] * (1.0f + (float)k / 84.0f);
    points[k][1] = ends[k % 3][1] * (1.0f + (float)(k % 7) / 84.0f);
  }
  rt_array point = {RT_F32, 2, {examples, 2}, (size_t)(2 * examples), points};
  rt_array label = {RT_I32, 1, {examples}, (size_t)examples, labels};
  CHECK(rt_make_directory(folder, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/point.npy", folder);
  CHECK(rt_npy_write(path, &point, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/label.npy", folder);
  CHECK(rt_npy_write(path, &label, &error) == RT_OK);
}

// Makes the model and its data in a folder that was removed before.
static inline void begin_tests(void) {
  make_model();
  remove_tree("resume");
  remove_tree("runs");
  make_split("resume/data/train", 84);
  make_split("resume/data/validation", 20);
}

#endif
