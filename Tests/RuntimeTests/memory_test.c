// memory_test.c - every allocation of the programs fails in turn: one line says so, nothing stays
// allocated, and no run is harmed.
//
// Linked with --wrap for each function __wrap_... below, so that calls of the runtime arrive here.

#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>

#include "resume.h"

// ---- What allocates ----

static long room = -1;  // allocations that still succeed; negative: all
static long taken;      // allocations so far
static long held;       // allocations that were not given back

// Counts one allocation; false if it must fail.
static int take(void) {
  taken++;
  if (room >= 0 && room-- == 0) {
    errno = ENOMEM;
    return 0;
  }
  held++;
  return 1;
}

// Counts what the system allocated, or refused by itself.
static void *given(void *block) {
  held -= block == NULL;
  return block;
}

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__real_fdopen(int descriptor, const char *mode);
FILE *__real_open_memstream(char **text, size_t *size);
int __real_fclose(FILE *file);
DIR *__real_opendir(const char *path);
int __real_closedir(DIR *folder);

void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fdopen(int descriptor, const char *mode);
FILE *__wrap_open_memstream(char **text, size_t *size);
int __wrap_fclose(FILE *file);
DIR *__wrap_opendir(const char *path);
int __wrap_closedir(DIR *folder);

void *__wrap_calloc(size_t count, size_t size) {
  return take() ? given(__real_calloc(count, size)) : NULL;
}

void *__wrap_realloc(void *block, size_t size) {
  if (!take()) {
    return NULL;
  }
  held -= block != NULL;
  return given(__real_realloc(block, size));
}

void __wrap_free(void *block) {
  held -= block != NULL;
  __real_free(block);
}

FILE *__wrap_fopen(const char *path, const char *mode) {
  return take() ? (FILE *)given(__real_fopen(path, mode)) : NULL;
}

FILE *__wrap_fdopen(int descriptor, const char *mode) {
  return take() ? (FILE *)given(__real_fdopen(descriptor, mode)) : NULL;
}

// Its text is an allocation of its own.
FILE *__wrap_open_memstream(char **text, size_t *size) {
  FILE *file = take() ? (FILE *)given(__real_open_memstream(text, size)) : NULL;
  held += file != NULL;
  return file;
}

int __wrap_fclose(FILE *file) {
  held--;
  return __real_fclose(file);
}

DIR *__wrap_opendir(const char *path) {
  return take() ? (DIR *)given(__real_opendir(path)) : NULL;
}

int __wrap_closedir(DIR *folder) {
  held--;
  return __real_closedir(folder);
}

// ---- Programs with so much room ----

// Statuses beside those of the programs: something stayed allocated; there was room for everything.
enum { LEAKED = 90, ROOMY = 91 };

typedef int program(const rt_model *model, int argc, char **argv);

// Runs a program of which allocation number `number` fails (negative: none).
static int run_with(program *run, const char *line, long number) {
  fflush(stdout);
  pid_t child = fork();
  if (child != 0) {
    return end(child);
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
  room = number;
  taken = held = 0;
  int status = run(&model, argc, argv);
  int is_roomy = number >= 0 && room >= 0 && status == 0;
  room = -1;
  fflush(stdout);
  fflush(stderr);
  _exit(held != 0 ? LEAKED : is_roomy ? ROOMY : status);
}

// True iff the last line of standard error, and only that, is an error about memory.
static int says_memory(void) {
  read_text("resume/reported", reported, sizeof reported);
  const char *first = strstr(reported, ": error: ");
  const char *end_of_line = first != NULL ? strchr(first, '\n') : NULL;
  return first != NULL && end_of_line != NULL && end_of_line[1] == '\0' &&
         strstr(first, "emory") != NULL && strstr(first, "no memory for 0 bytes") == NULL;
}

// Lets each allocation of a program fail. `before` prepares the place, `after` must be true.
static void check_program(program *run, const char *line, void before(void), int after(void)) {
  int status = -1;
  long number = 0;
  before();
  for (; status != ROOMY && number < 2000 && test_failed == 0; number++) {
    status = run_with(run, line, number);
    int is_clear = status == 0 || status == ROOMY || (status == 1 && says_memory());
    CHECK(is_clear);
    CHECK(after());
    if (status != ROOMY) {
      CHECK(is_tidy("resume") && is_tidy("runs"));
      before();
    }
    if (test_failed > 0) {
      printf("  '%s' without allocation %ld ended with %d: %s", line, number, status, reported);
    }
  }
  printf("  %s: %ld allocations\n", line, number - 1);
  CHECK(number > 5);
}

// ---- The programs ----

// No run is there.
static void no_run(void) {
  remove_run();
  remove_tree("runs");
  need(mkdir("runs", 0777) == 0, "runs");
}

// The run that is kept in resume/kept is there, twice.
static void kept_run(void) {
  no_run();
  copy_tree("resume/kept", "resume/run");
  copy_tree("resume/kept", "runs/tiny-1");
  copy_file("resume/kept.csv", "resume/log.csv");
}

static int anything(void) { return 1; }

// True iff the run that was kept is there, as it was or after an epoch more.
static int is_whole(void) {
  const char *last = "resume/run/weights/last.safetensors";
  const char *previous = "resume/run/weights/previous.safetensors";
  const char *kept = "resume/kept/weights/last.safetensors";
  return same_file(last, kept) || same_file(previous, kept) ||
         same_file(last, "resume/next.safetensors");
}

static void check_training(void) {
  const char *line = "--data resume/data --out resume/run --log resume/log.csv --epochs 1 "
                     "--save-every 3";
  check_program(rt_train_main, line, no_run, anything);
  copy_tree("resume/run", "resume/kept");
  copy_file("resume/log.csv", "resume/kept.csv");
  check_program(rt_train_main, "--data resume/data --epochs 1", no_run, anything);
  const char *again = "--resume resume/run --epochs 2 --save-every 99 --log resume/log.csv";
  kept_run();
  CHECK(run_with(rt_train_main, again, -1) == 0);
  copy_file("resume/run/weights/last.safetensors", "resume/next.safetensors");
  check_program(rt_train_main, again, kept_run, is_whole);
  check_program(rt_train_main, "--resume --epochs 2 --save-every 99", kept_run, anything);
  // A folder that holds a run is refused with or without memory: see check_refusals.
  check_program(rt_train_main, "--data resume/data --out resume/run --epochs 1 --init "
                               "resume/run/weights/last.safetensors", kept_run, anything);
  check_program(rt_train_main, "--data resume/data --epochs 0 --init "
                               "resume/run/weights/last.safetensors", kept_run, is_whole);
}

// A folder that holds a run is refused, whichever allocation fails.
static void check_refusals(void) {
  int status = 1;
  for (long number = 0; number < 200 && test_failed == 0; number++) {
    status = run_with(rt_train_main, "--data resume/data --out resume/kept", number);
    CHECK(status == 1);
    CHECK(same_file("resume/kept/weights/last.safetensors", "resume/run/weights/last.safetensors"));
    if (test_failed > 0) {
      read_text("resume/reported", reported, sizeof reported);
      printf("  without allocation %ld: %s", number, reported);
    }
  }
}

static void no_results(void) {
  remove_tree("resume/p.npy");
  remove_tree("resume/p.csv");
}

static void check_infer(void) {
  static const char *const lines[] = {
      "--weights resume/kept/weights/last.safetensors --input point=resume/data/train/point.npy "
      "--output probability=resume/p.npy",
      "--weights resume/kept/weights/last.safetensors --input point=resume/data/train/point.npy "
      "--output probability=resume/p.csv",
      "--weights resume/kept/weights/last.safetensors --input point=resume/data/train/point.npy",
      "norm --weights resume/kept/weights/last.safetensors --output resume/all",
      "--bench 2"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    check_program(rt_infer_main, lines[i], no_results, anything);
  }
}

int main(void) {
  is_hasty = 1;
  begin_tests();
  check_training();
  remove_tree("resume/run");
  copy_tree("resume/kept", "resume/run");
  check_refusals();
  check_infer();
  return test_summary();
}
