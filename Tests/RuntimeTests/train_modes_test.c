// train_modes_test.c - --dry-run, --check-data and --selfcheck.

#define _GNU_SOURCE

#include <math.h>

#include "train_flags.h"

// Checks that a text has the parts, one after the other, and nothing between them but numbers,
// which differ from machine to machine.
static void check_parts(const char *text, const char *const *parts, int line) {
  const char *at = text;
  for (; *parts != NULL; parts++) {
    size_t length = strlen(*parts);
    at += strspn(at, "0123456789.:kMums ");
    while (at > text && strncmp(at, *parts, length) != 0 &&
           strspn(at - 1, "0123456789.:kMums ") > 0) {
      at--;
    }
    int ok = strncmp(at, *parts, length) == 0;
    test_check(ok, *parts, __FILE__, line);
    if (!ok) {
      printf("  found: %s\n", at);
      return;
    }
    at += length;
  }
  test_check(*at == '\0', "the end", __FILE__, line);
}

static void check_dry_run(void) {
  static const char *const parts[] = {
      "model       tiny 1.0\n"
      "data        resume/data\n"
      "examples    84 to train on, 20 held out\n"
      "inputs      point f32[*, 2]\n"
      "            label i32[*], 0 to 2\n"
      "parameters  2 with 9 values\n"
      "            trains 1 of 2 parameters (3 of 9 values): linear.bias\n"
      "steps       15 in all, 5 an epoch, of 16 examples\n"
      "memory      ",
      "KB: 192 B arena, 576 B states, 1.6 KB buffers, ",
      "KB data\n"
      "threads     1\n"
      "folder      resume/dry, which would be made\n"
      "a step      loss ",
      ", ",
      ", ",
      " ex/s\n"
      "evaluation  loss ",
      ", ",
      " for a batch of 16\n"
      "estimate    0:00 for the run; nothing was written\n",
      NULL};
  shell("rm -rf runs && find resume runs -not -path 'resume/*ed' 2>/dev/null | sort >before");
  CHECK(run("--data resume/data --epochs 3 --only *bias --dry-run --out resume/dry --log "
            "resume/dry.csv") == 0);
  check_parts(printed, parts, __LINE__);
  CHECK(run("--data resume/data --dry-run") == 0);
  CHECK_TEXT(printed, "\nfolder      runs/tiny-1, which would be made\n");
  CHECK(reported[0] == '\0');
  shell("find resume runs -not -path 'resume/*ed' 2>/dev/null | sort | cmp - before && rm before");
  // What a run would refuse.
  CHECK(run("--data resume/data --epochs 1 --out resume/run --quiet") == 0);
  CHECK(run("--data resume/data --dry-run --out resume/run") == 1);
  CHECK_TEXT(reported, "error: 'resume/run' holds a run already; go on with it: --resume "
                       "resume/run, or name another folder with --out\n");
  CHECK(run("--data resume/data --dry-run --rate 1e30") == 1);
  CHECK_TEXT(reported, "error: epoch 1, step 2: expected a finite loss, found ");
}

// ---- --check-data ----

// Sets one number of a file, `at` bytes behind its header, and calls the program.
static int check_with(const char *name, long at, const void *value, size_t size) {
  char path[256];
  shell("rm -rf resume/odd && cp -r resume/data resume/odd");
  snprintf(path, sizeof path, "resume/odd/%s.npy", name);
  FILE *file = fopen(path, "r+b");
  CHECK(file != NULL && fseek(file, 128 + at, SEEK_SET) == 0);
  CHECK(fwrite(value, size, 1, file) == 1 && fclose(file) == 0);
  return run("--data resume/odd --check-data");
}

static void check_data(void) {
  CHECK(run("--data resume/data --check-data") == 0 && reported[0] == '\0');
  CHECK(strcmp(printed,
               "resume/data: 84 examples to train on, 20 held out\n"
               "                 values      least    largest       mean  deviation not finite\n"
               "point f32[*, 2]\n"
               "  training          168   -1.98810    1.96429   -0.25298    1.20479          0\n"
               "  held out           40   -1.22619    1.21429   -0.14226    0.97394          0\n"
               "label i32[*], 0 to 2\n"
               "  training           84          0          2    1.00000    0.81650          0\n"
               "    0: 28, 1: 28, 2: 28\n"
               "  held out           20          0          2    0.95000    0.80467          0\n"
               "    0: 7, 1: 7, 2: 6\n") == 0);
  float odd = NAN;
  int32_t wrong = 3;
  CHECK(check_with("validation/point", (2 * 17 + 1) * 4, &odd, sizeof odd) == 1);
  CHECK_TEXT(printed, "  held out           40   -1.22619    1.21429   ");
  CHECK_TEXT(printed, "          1\nlabel i32");
  CHECK_TEXT(reported, "tiny-train: error: resume/odd/validation/point.npy: element 1 of example "
                       "17: expected a finite number, found ");
  CHECK(check_with("train/label", 5 * 4, &wrong, sizeof wrong) == 1);
  CHECK_TEXT(printed, "    0: 28, 1: 28, 2: 27\n");
  CHECK(strcmp(reported, "tiny-train: error: resume/odd/train/label.npy: element 0 of example 5: "
                         "expected 0 to 2, found 3\n") == 0);
  // Many of them, and a class that is never there.
  int32_t many[84] = {0};
  many[3] = many[4] = -1;
  CHECK(check_with("train/label", 0, many, sizeof many) == 1);
  CHECK_TEXT(printed, "    0: 82, 1: 0, 2: 0; 2 of 3 never\n");
  ENDS(reported, "example 3: expected 0 to 2, found -1; 2 such numbers in all\n");
  many[3] = many[4] = 0;
  CHECK(check_with("train/label", 0, many, sizeof many) == 0);
  CHECK(strcmp(reported, "tiny-train: warning: 'label', training: expected different numbers, "
                         "found only 0\n") == 0);
}

// One set, a fifth of which is held out, in the other order of bytes.
static void check_one_set(void) {
  static const unsigned char big[] = "\x93NUMPY\x01\0v\0{'descr': '>i8', 'fortran_order': False, "
                                     "'shape': (100,), }";
  unsigned char header[128], labels[100][8] = {{0}};
  float points[100][2] = {{0}};
  rt_error error = {0};
  rt_array point = {RT_F32, 2, {100, 2}, 200, points};
  for (int k = 0; k < 100; k++) {
    points[k][0] = points[k][1] = (float)k;
    labels[k][7] = (unsigned char)(k % 3);
  }
  memset(header, ' ', sizeof header);
  memcpy(header, big, sizeof big - 1);
  header[127] = '\n';
  CHECK(rt_make_directory("resume/one", &error) == RT_OK);
  CHECK(rt_npy_write("resume/one/point.npy", &point, &error) == RT_OK);
  FILE *file = fopen("resume/one/label.npy", "wb");
  CHECK(file != NULL && fwrite(header, 1, 128, file) == 128);
  CHECK(fwrite(labels, 8, 100, file) == 100 && fclose(file) == 0);
  CHECK(run("--data resume/one --check-data") == 0);
  CHECK_TEXT(printed, "resume/one: 80 examples to train on, 20 held out\n");
  CHECK_TEXT(printed, "\n  training          160          0    96.0000    49.5250 ");
  CHECK_TEXT(printed, "\nlabel i64[*], 0 to 2\n  training           80          0          2 ");
}

// ---- --selfcheck ----

static void check_selfcheck(void) {
  CHECK(run("--data resume/data --selfcheck") == 0);
  const char *found = strstr(printed, "another instance");
  CHECK_TEXT(printed, "the loss is finite                              ok  1.");
  CHECK(found != NULL && strcmp(found,
                                "another instance: the same bits                 ok\n"
                                "a checkpoint saved and loaded: the same bits    ok\n"
                                "a step from the checkpoint: the same bits       ok\n"
                                "4 of 4 checks passed\n") == 0);
  shell("test -z \"$(ls -d ${TMPDIR:-/tmp}/gcomp-selfcheck-* 2>/dev/null)\"");
}

// A step that depends on what happened in other instances.
static int careless_step(void *instance, const void *const *inputs, void *const *outputs) {
  static int calls;
  unsigned char *block = (unsigned char *)instance;
  float *bias = (float *)(void *)(block + tiny_model.states[1].offset);
  bias[2] = (float)++calls;
  return step(instance, inputs, outputs);
}

// A step that spoils a weight, unless somebody puts it back.
static int spoiling_step(void *instance, const void *const *inputs, void *const *outputs) {
  static int calls;
  int code = step(instance, inputs, outputs);
  unsigned char *block = (unsigned char *)instance;
  float *weight = (float *)(void *)(block + tiny_model.states[0].offset);
  weight[2] = (float)++calls;
  return code;
}

static int infinite_step(void *instance, const void *const *inputs, void *const *outputs) {
  int code = step(instance, inputs, outputs);
  *(float *)outputs[0] = INFINITY;
  return code;
}

static void check_failures(void) {
  rt_function other[9];
  rt_model careless = with_step(other, careless_step);
  CHECK(run_of(&careless, "--data resume/data --selfcheck") == 1);
  CHECK_TEXT(printed, "another instance: the same bits                 FAILED  'linear.");
  CHECK_TEXT(printed, "\n2 of 4 checks passed\n");
  ENDS(reported, "tiny-train: error: --selfcheck: expected no differences, found 2\n");
  rt_model infinite = with_step(other, infinite_step);
  CHECK(run_of(&infinite, "--data resume/data --selfcheck") == 1);
  CHECK_TEXT(printed, "the loss is finite                              FAILED  step 1: found inf");
}

// It is the training of the given flags that is checked.
static void check_flags(void) {
  rt_function other[9];
  rt_model spoiling = with_step(other, spoiling_step);
  CHECK(run_of(&spoiling, "--data resume/data --selfcheck") == 1);
  CHECK_TEXT(printed, "FAILED  'linear.weight', element 2: expected ");
  CHECK(run_of(&spoiling, "--data resume/data --selfcheck --freeze *weight") == 0);
  CHECK_TEXT(printed, "\n4 of 4 checks passed\n");
  CHECK(run_of(&spoiling, "--data resume/data --selfcheck --only *bias") == 0);
  CHECK(run("--data resume/data --selfcheck --only *gain") == 2);
  CHECK_TEXT(reported, "error: --only: expected a pattern for names of parameters or statistics");
}

int main(void) {
  begin_tests();
  check_dry_run();
  check_data();
  check_one_set();
  check_selfcheck();
  check_failures();
  check_flags();
  return test_summary();
}
