// programs_test.c - the train and the infer program, called with command lines.

#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "command.h"
#include "runtime/program/training.h"
#include "runtime/runtime.h"
#include "test.h"
#include "tiny.h"

static int lines(const char *path) {
  static char text[1 << 16];
  int count = 0;
  read_text(path, text, sizeof text);
  for (const char *c = text; *c != '\0'; c++) {
    count += *c == '\n';
  }
  return count;
}

static int is_there(const char *path) {
  struct stat status;
  return stat(path, &status) == 0;
}

static int call(program *run, const char *line) { return call_of(&tiny_model, run, line); }

// Checks that a program refuses the words with this status, and says so.
static void check_refusal(program *run, const char *line, int status, const char *message) {
  CHECK(call(run, line) == status);
  CHECK_TEXT(reported, message);
  CHECK_TEXT(reported, run == rt_train_main ? "tiny-train: error: " : "tiny-infer: error: ");
}

static void save(const char *path, rt_dtype dtype, int64_t rows, int64_t columns, void *data) {
  rt_error error = {0};
  rt_array array = {dtype, columns > 0 ? 2 : 1, {rows, columns}, 0, data};
  array.elements = (size_t)(rows * (columns > 0 ? columns : 1));
  CHECK(rt_npy_write(path, &array, &error) == RT_OK);
}

// Three rays from the origin, a class each.
static void make_split(const char *folder, int64_t examples) {
  static const float ends[3][2] = {{1, 0}, {-1, 1}, {-1, -1}};
  float points[84][2];
  int32_t labels[84];
  char path[256];
  rt_error error = {0};
  for (int64_t k = 0; k < examples; k++) {
    labels[k] = (int32_t)(k % 3);
    points[k][0] = ends[k % 3][0] * (1.0f + (float)k / 84.0f);
    points[k][1] = ends[k % 3][1] * (1.0f + (float)k / 84.0f);
  }
  CHECK(rt_make_directory(folder, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/point.npy", folder);
  save(path, RT_F32, examples, 2, points);
  snprintf(path, sizeof path, "%s/label.npy", folder);
  save(path, RT_I32, examples, 0, labels);
}

static void check_training(void) {
  CHECK(call(rt_train_main,
             "--data programs/data --epochs 2 --out programs/run --log programs/log.csv") == 0);
  CHECK(lines("programs/log.csv") == 1 + 2 * 5);
  CHECK_TEXT(reported, "\nepoch       loss   val loss  accuracy  val accuracy    ex/s   time\n"
                       "  1/2 ");
  CHECK_TEXT(printed, "accuracy ");
  CHECK_TEXT(printed, "programs/run/weights/best.safetensors, of epoch 2");
  CHECK(is_there("programs/run/weights/last.safetensors") && !is_there("programs/run/.lock"));
  CHECK(lines("programs/run/results.csv") == 1 + 2 && is_there("programs/run/args.json"));

  // A number of steps ends a run in the middle of an epoch; 0 means that nothing does.
  CHECK(call(rt_train_main, "--data=programs/data --steps=7 --epochs=2 --out=programs/steps "
                            "--log=programs/log.csv") == 0);
  CHECK(lines("programs/log.csv") == 1 + 7);
  CHECK(call(rt_train_main, "--data programs/data --steps 0 --epochs 2 --out programs/all "
                            "--log programs/log.csv") == 0);
  CHECK(lines("programs/log.csv") == 1 + 2 * 5);
}

static void check_evaluation(void) {
  CHECK(call(rt_train_main, "--data programs/data --epochs 0 --out programs/fresh "
                            "--init programs/run/weights/last.safetensors") == 0);
  CHECK_TEXT(reported, "tiny-train: no steps; the weights are evaluated, nothing is saved");
  CHECK_TEXT(printed, "accuracy ");
  CHECK(!is_there("programs/fresh"));
}

static void check_resuming(void) {
  char first[256], kept[256];
  const char *best = "programs/long/weights/best.safetensors";
  CHECK(call(rt_train_main, "--data programs/data --epochs 30 --out programs/long") == 0);
  read_text(best, first, sizeof first);
  // A rate that makes the loss larger.
  CHECK(call(rt_train_main, "--data programs/data --epochs 1 --rate -0.5 --out programs/long "
                            "--init programs/long/weights/last.safetensors") == 0);
  CHECK_TEXT(printed, "programs/long/weights/best.safetensors, of an earlier run");
  read_text(best, kept, sizeof kept);
  CHECK(strcmp(first, kept) == 0);
}

static void check_bad_training(void) {
  program *train = rt_train_main;
  check_refusal(train, "--epoch 3", 2, "unknown flag --epoch; did you mean --epochs?");
  check_refusal(train, "--epochs", 2, "--epochs needs a value, N");
  check_refusal(train, "--epochs -1", 2, "--epochs: expected");
  check_refusal(train, "--rate fast", 2, "--rate: expected");
  check_refusal(train, "--weights w", 2, "unknown flag --weights");
  check_refusal(train, "digits", 2, "unexpected argument 'digits'");
  check_refusal(train, "--data programs/none", 1,
                "expected a directory, found 'programs/none'");
  check_refusal(train, "--data programs/data --init programs/none --out programs/fresh", 1,
                "cannot open 'programs/none'");
  check_refusal(train, "--data programs/data --rate 1e30 --out programs/fresh", 3,
                "expected a finite loss, found");
  CHECK_TEXT(reported, "; nothing of epoch 1 was saved");
  // The folder holds the run before its first step, which may be tried again with another rate.
  check_refusal(train, "--data programs/data --out programs/fresh", 1,
                "'programs/fresh' holds a run already; go on with it: --resume programs/fresh, or "
                "name another folder with --out");
  CHECK(call(train, "--resume programs/fresh --rate 0.5 --epochs 1") == 0);
  CHECK(strstr(reported, "epochs: 5 -> 1\nrate: 1e+30 -> 0.5\n") == reported);
}

// ---- SIGINT and SIGTERM ----

static int steps, number;

// A step of training, in the third of which a signal comes.
static int interrupted_step(void *model, const void *const *inputs, void *const *outputs) {
  if (++steps == 3) {
    raise(number);
  }
  return rt_function_of(&tiny_model, 0, RT_TRAIN_STEP)->run(model, inputs, outputs);
}

static void check_interrupt(void) {
  rt_function functions[9];
  rt_model model = tiny_model;
  CHECK(model.function_count == 9);
  for (int i = 0; i < 9; i++) {
    functions[i] = tiny_model.functions[i];
    if (functions[i].kind == RT_TRAIN_STEP) {
      functions[i].run = interrupted_step;
    }
  }
  model.functions = functions;
  const char *line = "--data programs/data --out programs/stopped --log programs/log.csv";
  number = SIGINT;
  CHECK(call_of(&model, rt_train_main, line) == 130);
  CHECK(lines("programs/log.csv") == 1 + 3 && lines("programs/stopped/results.csv") == 1);
  CHECK_TEXT(reported, "go on with: program --resume programs/stopped\n");
  CHECK(printed[0] == '\0' && is_there("programs/stopped/weights/last.safetensors"));
  // The next one ends in the middle of its first epoch, the one after it at its end.
  steps = 0;
  number = SIGTERM;
  line = "--resume programs/stopped --log programs/log.csv";
  CHECK(call_of(&model, rt_train_main, line) == 143);
  CHECK(lines("programs/log.csv") == 1 + 6);
  CHECK(call_of(&model, rt_train_main, line) == 0);
  CHECK(lines("programs/log.csv") == 1 + 5 * 5 && lines("programs/stopped/results.csv") == 1 + 5);
  // A signal in the last step leaves nothing but the evaluation.
  steps = 0;
  line = "--data programs/data --steps 3 --out programs/late";
  CHECK(call_of(&model, rt_train_main, line) == 143);
  CHECK(call(rt_train_main, "--resume programs/late") == 0);
  CHECK(lines("programs/late/results.csv") == 1 + 1);
}

// ---- What a model lacks, and what it is called ----

static struct rt_profile *no_profile(void *model) {
  (void)model;
  return NULL;
}

static void check_models(void) {
  rt_model model = tiny_model;
  model.name = "other";
  model.phase_count = 0;
  CHECK(call_of(&model, rt_train_main, "") == 1);
  CHECK(strcmp(reported, "other-train: error: 'other' has no function that trains it\n") == 0);
  CHECK(call_of(&model, rt_infer_main, "nothing") == 2);
  CHECK_TEXT(reported,
             "other-infer: error: no function 'nothing'; the functions are: infer norm\n");

  CHECK(call(rt_train_main, "--help") == 0);
  CHECK_TEXT(printed, "Trains the model 'tiny'.\n\nusage: tiny-train [flags]\n");
  CHECK_TEXT(printed, "  --epochs N          passes over the training data (default 5)\n");
  CHECK_TEXT(printed, "  --rate X            the learning rate (default 0.5)\n");
  CHECK(strstr(printed, "--weights") == NULL && strstr(printed, "--profile-trace") == NULL);
  CHECK(call(rt_infer_main, "--help") == 0);
  CHECK_TEXT(printed, "Runs the model 'tiny'.\n\nusage: tiny-infer [FUNCTION] [flags]\n");
  CHECK_TEXT(printed, "the weights, as written by tiny-train or PyTorch\n");
  CHECK_TEXT(printed, "\n    input   point        f32[*, 2]\n");
  CHECK(strstr(printed, "--epochs") == NULL && strstr(printed, "  init\n") == NULL);
  model = tiny_model;
  model.profile = no_profile;
  CHECK(call_of(&model, rt_train_main, "--help") == 0);
  CHECK_TEXT(printed, "--profile-trace FILE");
  CHECK(call_of(&model, rt_infer_main, "--help") == 0);
  CHECK_TEXT(printed, "file for the times of kernels (default profile.json)");
}

// ---- The infer program ----

static void check_inference(void) {
  rt_error error = {0};
  rt_array found = {0};
  CHECK(call(rt_infer_main,
             "--weights programs/run/weights/best.safetensors --output probability=programs/p.npy "
             "--input point=programs/data/validation/point.npy") == 0);
  CHECK(printed[0] == '\0');
  CHECK(rt_npy_read(&found, "programs/p.npy", &error) == RT_OK);
  CHECK(found.rank == 2 && found.shape[0] == 20 && found.shape[1] == 3);
  int right = 0;
  for (int k = 0; k < 20; k++) {
    const float *p = (const float *)found.data + 3 * k;
    right += p[k % 3] >= p[0] && p[k % 3] >= p[1] && p[k % 3] >= p[2];
  }
  CHECK(right == 20);
  rt_release(found.data);

  CHECK(call(rt_infer_main, "norm --weights programs/run/weights/best.safetensors") == 0);
  CHECK_TEXT(printed, "norm ");
  CHECK(call(rt_infer_main, "--bench 3") == 0);
}

static void check_bad_inference(void) {
  program *infer = rt_infer_main;
  const char *known = "--weights programs/run/weights/best.safetensors";
  char line[512];
  check_refusal(infer, "train_step", 2, "no function 'train_step'; the functions are: infer norm");
  check_refusal(infer, "norm", 2, "--weights FILE is missing");
  check_refusal(infer, "norm norm", 2, "unexpected argument 'norm'");
  check_refusal(infer, known, 2, "--input point=FILE is missing; expected f32[*, 2] from");
  check_refusal(infer, "norm --weights programs/none", 1, "cannot open 'programs/none'");
  check_refusal(infer, "norm --weights programs/data/train/point.npy", 1,
                "expected a safetensors file");
  snprintf(line, sizeof line, "%s --input point=programs/p.npy", known);
  check_refusal(infer, line, 1, "input 'point': expected f32[*, 2], found f32[20, 3]");
  snprintf(line, sizeof line, "%s --input point=programs/data/train/label.npy", known);
  check_refusal(infer, line, 1, "input 'point': expected f32[*, 2], found i32[84]");
  snprintf(line, sizeof line, "norm %s --output size=programs/n.npy", known);
  check_refusal(infer, line, 2, "found 'size=programs/n.npy'");
  snprintf(line, sizeof line, "%s --input image=programs/p.npy", known);
  check_refusal(infer, line, 2, "found 'image=programs/p.npy'");
}

int main(void) {
  CHECK(system("rm -rf programs/*") == 0);
  make_split("programs/data/train", 84);
  make_split("programs/data/validation", 20);
  check_training();
  check_evaluation();
  check_resuming();
  check_bad_training();
  check_interrupt();
  check_models();
  check_inference();
  check_bad_inference();
  return test_summary();
}
