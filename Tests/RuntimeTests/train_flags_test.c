// train_flags_test.c - what the flags of the train program do and say.

#define _GNU_SOURCE

#include "train_flags.h"

// The values of state `number` in a file, as bytes.
static void read_state(const char *path, int number, float values[6]) {
  rt_safetensors file;
  rt_error error = {0};
  CHECK(rt_safetensors_open(&file, path, &error) == RT_OK);
  const rt_stored *stored = rt_safetensors_find(&file, model.states[number].tensor.name);
  CHECK(stored != NULL && stored->elements <= 6);
  CHECK(rt_safetensors_read(&file, stored, 0, stored->elements, values, path, &error) == RT_OK);
  rt_safetensors_close(&file);
}

// True iff two files have the same values of a state.
static int equal(const char *path, const char *other, int number) {
  float a[6] = {0}, b[6] = {0};
  read_state(path, number, a);
  read_state(other, number, b);
  return memcmp(a, b, sizeof a) == 0;
}

// ---- --only and --freeze ----

enum { WEIGHT, BIAS, MOMENTUM };

static void check_freezing(void) {
  const char *first = "resume/first/weights/last.safetensors";
  const char *some = "resume/some/weights/last.safetensors";
  CHECK(run("--data resume/data --epochs 1 --out resume/first") == 0);
  CHECK(strstr(reported, "trains ") == NULL);
  CHECK(run("--data resume/data --epochs 2 --out resume/some --only *.bias "
            "--init resume/first/weights/last.safetensors") == 0);
  CHECK_TEXT(reported, "2 epochs of 5 steps, 4 examples left out of each, in resume/some\n"
                       "trains 1 of 2 parameters (3 of 9 values): linear.bias\n");
  CHECK(equal(first, some, WEIGHT) && !equal(first, some, BIAS));
  // What optimizers remember is no parameter, so it goes on.
  CHECK(!equal(first, some, MOMENTUM));
  // The checkpoint remembers it; patterns of the command line replace all of them.
  CHECK(run("--resume resume/some --epochs 3") == 0);
  CHECK_TEXT(reported, "epochs: 2 -> 3\n");
  CHECK_TEXT(reported, "trains 1 of 2 parameters (3 of 9 values): linear.bias\n");
  CHECK(equal(first, some, WEIGHT));
  CHECK(run("--resume resume/some --epochs 4 --freeze head.*") == 0);
  CHECK_TEXT(reported, "only: *.bias -> none\nfreeze: none -> head.*\n");
  CHECK(equal(first, some, WEIGHT));
  CHECK(run("--resume resume/some --epochs 5 --only *") == 0);
  CHECK_TEXT(reported, "only: none -> *\nfreeze: head.* -> none\n");
  CHECK(!equal(first, some, WEIGHT));
}

static void check_patterns(void) {
  const char *help = "'tiny-train --help' lists all flags\n";
  static const char *const cases[][2] = {
      {"--only linaer.*",
       "tiny-train: error: --only: expected a pattern for names of parameters or statistics, found "
       "'linaer.*', which matches none; the nearest is 'linear.weight'\n"},
      {"--freeze momentum.*",
       "tiny-train: error: --freeze: expected a pattern for names of parameters or statistics, "
       "found 'momentum.*', which matches none; the names are linear.weight, linear.bias\n"},
      {"--freeze *.bias --freeze linear.w*",
       "tiny-train: error: --only, --freeze: expected a parameter to train, found none: all 2 keep "
       "their values\n"},
      {"--only= ", "tiny-train: error: --only: expected PATTERN, found ''\n"},
      {"--batch 3", "tiny-train: error: --batch: the batch is compiled in (16); change batch: in "
                    "the model and compile it again\n"},
      {"--batch-size=3", "tiny-train: error: --batch-size: the batch is compiled in (16); change "
                         "batch: in the model and compile it again\n"},
      {"--dry-run --selfcheck", "tiny-train: error: --dry-run and --selfcheck: expected one of "
                                "them, found both\n"},
      {"--dry-run --resume", "tiny-train: error: --dry-run and --resume: expected one of them, "
                             "found both\n"},
      {"--init-partial", "tiny-train: error: --init-partial: expected --init FILE, found none\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char line[512], expected[1024];
    snprintf(line, sizeof line, "--data resume/data --out resume/none %s", cases[i][0]);
    snprintf(expected, sizeof expected, "%s%s", cases[i][1], help);
    CHECK(run(line) == 2 && !rt_is_directory("resume/none"));
    ENDS(reported, expected);
  }
}

// ---- --init-partial ----

static const void *nth(void *context, int n) { return ((const void *const *)context)[n]; }

static void check_partial(void) {
  static const int shape[] = {3, 2}, other[] = {4};
  float weight[6] = {1, 2, 3, 4, 5, 6}, bias[4] = {7, 8, 9, 10}, found[6];
  rt_tensor tensors[] = {{"linear.weight", RT_F32, 2, shape},
                         {"linear.bias", RT_F32, 1, other},
                         {"old.bias", RT_F32, 1, other}};
  const void *data[] = {weight, bias, bias};
  rt_error error = {0};
  CHECK(rt_safetensors_write("resume/part", 3, tensors, nth, data, &error) == RT_OK);
  CHECK(run("--data resume/data --out resume/part-run --init resume/part") == 1);
  CHECK(strcmp(reported,
               "tiny-train: error: resume/part: 1 of 2 states of 'tiny' do not match\n"
               "  'linear.bias': expected f32[3], found f32[4]\n"
               "  ignored, not in the model: 'old.bias'\n"
               "  --init-partial takes what fits\n") == 0);
  CHECK(!rt_is_directory("resume/part-run"));
  CHECK(run("--data resume/data --out resume/part-run --init resume/part --init-partial "
            "--only *.bias --epochs 1 --quiet") == 0);
  CHECK(strcmp(reported, "tiny-train: warning: resume/part: 1 of 2 states of 'tiny' are loaded; "
                         "these keep their initial values:\n"
                         "  'linear.bias': expected f32[3], found f32[4]\n"
                         "  ignored, not in the model: 'old.bias'\n") == 0);
  read_state("resume/part-run/weights/last.safetensors", WEIGHT, found);
  CHECK(memcmp(found, weight, sizeof weight) == 0);
  // Nothing fits.
  tensors[0].name = "old.weight";
  CHECK(rt_safetensors_write("resume/part", 3, tensors, nth, data, &error) == RT_OK);
  CHECK(run("--data resume/data --out resume/none --init resume/part --init-partial") == 1);
  CHECK_TEXT(reported, "2 of 2 states of 'tiny' do not match\n"
                       "  'linear.weight': expected f32[3, 2], not in the file\n");
  CHECK(run("--data resume/data --out resume/none --init resume/part") == 1);
  CHECK(strstr(reported, "--init-partial") == NULL);
}

// Lists have at most a dozen names.
static void check_lists(void) {
  enum { COUNT = 20 };
  static char names[COUNT][16], others[COUNT][16];
  rt_state states[COUNT];
  rt_tensor tensors[COUNT];
  const void *data[COUNT];
  float one = 1;
  for (int i = 0; i < COUNT; i++) {
    snprintf(names[i], sizeof names[i], "p%d", i);
    snprintf(others[i], sizeof others[i], "q%d", i);
    states[i] = (rt_state){.tensor = {names[i], RT_F32, 0, NULL}, .role = RT_PARAMETER};
    tensors[i] = (rt_tensor){others[i], RT_F32, 0, NULL};
    data[i] = &one;
  }
  rt_model other = model;
  other.state_count = COUNT;
  other.states = states;
  rt_error error = {0}, warning;
  void *instance = rt_model_create(&model);
  CHECK(rt_safetensors_write("resume/many", COUNT, tensors, nth, data, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&other, instance, "resume/many", RT_LOAD_WEIGHTS, &warning, &error) ==
        RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "20 of 20 states of 'tiny' do not match\n  'p0': expected f32[], not "
                            "in the file\n");
  ENDS(error.message, "  'p11': expected f32[], not in the file\n  and 8 more\n"
                      "  ignored, not in the model: 'q0', 'q1', 'q2', 'q3', 'q4', 'q5', 'q6', "
                      "'q7', 'q8', 'q9', 'q10', 'q11' and 8 more");
  tensors[0].name = "p19";
  CHECK(rt_safetensors_write("resume/many", COUNT, tensors, nth, data, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&other, instance, "resume/many", RT_LOAD_FITTING, &warning, &error) ==
        RT_OK);
  CHECK_TEXT(warning.message, "1 of 20 states of 'tiny' are loaded; these keep their initial "
                              "values:\n  'p0': ");
  CHECK_TEXT(warning.message, "\n  and 7 more\n  ignored, not in the model: 'q1', ");
  rt_model_destroy(instance);
}

// ---- --patience, --every, --quiet, --save-every ----

static int count_lines(const char *text) {
  int lines = 0;
  for (; *text != '\0'; text++) {
    lines += *text == '\n';
  }
  return lines;
}

static void check_patience(void) {
  const char *line = "--data resume/data --out resume/slow --rate -0.5 --epochs 9 --patience 2";
  shell("rm -rf resume/slow");
  CHECK(run(line) == 0);
  CHECK_TEXT(reported, "no better result in 2 epochs: the run ends after epoch 3 of 9\n");
  ENDS(reported, "go on with: program --resume resume/slow --patience 4\n");
  CHECK_TEXT(printed, "\nbest epoch 1: loss ");
  ENDS(printed, "weights resume/slow/weights/last.safetensors\n"
                "weights resume/slow/weights/best.safetensors, of epoch 1\n"
                "results resume/slow/results.csv, results.svg\n");
  shell("test $(wc -l <resume/slow/results.csv) -eq 4");
  CHECK(run("--resume resume/slow --epochs 20") == 0);
  CHECK_TEXT(reported, "tiny-train: 'resume/slow' is finished after 3 epochs, the last 2 without a "
                       "better result\n");
  CHECK(run("--resume resume/slow --patience 3") == 0);
  CHECK_TEXT(reported, "no better result in 3 epochs: the run ends after epoch 4 of 9\n");
  shell("mkdir -p resume/all && cp resume/data/train/*.npy resume/all");
  rt_phase phase = model.phases[0];
  rt_model other = model;
  phase.validation = 0;
  other.phases = &phase;
  CHECK(run_of(&other, "--data resume/all --out resume/none --patience 1") == 2);
  CHECK_TEXT(reported, "--patience: expected held-out examples and an evaluation, found none\n");
}

static void check_rows(void) {
  // The first, every fourth and the last epoch, each of which is the best.
  CHECK(run("--data resume/data --out resume/rows --epochs 1 --quiet --save-every 10m") == 0);
  CHECK(reported[0] == '\0' && count_lines(printed) == 6);
  CHECK(run("--resume resume/rows --epochs 20 --every 50") == 0);
  CHECK_TEXT(reported, "epochs: 1 -> 20\nevery: 0 -> 50\n");
  CHECK_TEXT(reported, "\n20 epochs of 5 steps, from step 6 on, 4 examples left out of each, "
                       "in resume/rows\n"
                       "epoch       loss   val loss  accuracy  val accuracy    ex/s   time\n"
                       " 2/20 ");
  CHECK_TEXT(reported, "\n20/20 ");
  CHECK(strstr(reported, "\n 3/20 ") == NULL);
  ENDS(reported, "go on with: program --resume resume/rows --epochs 40\n");
  // The best row comes before the last one, which is not: a rate that grows ruins the loss.
  shell("rm -rf resume/rows");
  CHECK(run("--data resume/data --out resume/rows --epochs 6 --every 50 --rate 9") == 0);
  CHECK(count_lines(reported) <= 2 + 1 + 3 + 1);
}

static void check_quotes(void) {
  char *argv[] = {(char *)(uintptr_t)"my train", (char *)(uintptr_t)"--data",
                  (char *)(uintptr_t)"resume/data", (char *)(uintptr_t)"--out",
                  (char *)(uintptr_t)"resume/my run", (char *)(uintptr_t)"--epochs",
                  (char *)(uintptr_t)"1"};
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int is_open = freopen("resume/printed", "w", stdout) != NULL &&
                  freopen("resume/reported", "w", stderr) != NULL;
    int status = is_open ? rt_train_main(&model, 7, argv) : 99;
    fflush(NULL);
    _exit(status);
  }
  CHECK(end(child) == 0);
  read_text("resume/reported", reported, sizeof reported);
  CHECK_TEXT(reported, "1 thread\nmemory ");
  CHECK_TEXT(reported, "KB data\nan epoch of 5 steps, 4 examples left out, in 'resume/my run'\n");
  ENDS(reported, "go on with: 'my train' --resume 'resume/my run' --epochs 2\n");
}

static int hung_up_step(void *instance, const void *const *inputs, void *const *outputs) {
  raise(SIGHUP);
  return step(instance, inputs, outputs);
}

// The end of a terminal stops a run like SIGTERM, but for one that ignores it, as nohup does.
static void check_hangup(void) {
  rt_function other[9];
  rt_model hung_up = with_step(other, hung_up_step);
  CHECK(run_of(&hung_up, "--data resume/data --out resume/hung --epochs 1") == 129);
  ENDS(reported, "stopped after step 1 of 5\ngo on with: program --resume resume/hung\n");
  signal(SIGHUP, SIG_IGN);
  CHECK(run_of(&hung_up, "--data resume/data --out resume/hung2 --epochs 1") == 0);
  signal(SIGHUP, SIG_DFL);
}

int main(void) {
  begin_tests();
  check_freezing();
  check_patterns();
  check_partial();
  check_lists();
  check_patience();
  check_rows();
  check_quotes();
  check_hangup();
  return test_summary();
}
