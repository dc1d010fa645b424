// train_states_test.c - what the train program sets in the model, and what a run that goes on knows
// of the steps before.

#define _GNU_SOURCE

#include <math.h>

#include "train_flags.h"

// ---- The number of steps ----

// A step whose loss is infinite unless the model knows how many steps the run has.
static int informed_step(void *instance, const void *const *inputs, void *const *outputs) {
  const unsigned char *block = (const unsigned char *)instance;
  int64_t total = *(const int64_t *)(const void *)(block + tiny_model.states[6].offset);
  int code = rt_function_of(&tiny_model, 0, RT_TRAIN_STEP)->run(instance, inputs, outputs);
  *(float *)outputs[0] = total == 15 ? *(float *)outputs[0] : INFINITY;
  return code;
}

// The same, and infinite in the eighth step.
static int failing_step(void *instance, const void *const *inputs, void *const *outputs) {
  const unsigned char *block = (const unsigned char *)instance;
  int64_t count = *(const int64_t *)(const void *)(block + tiny_model.states[5].offset);
  int code = informed_step(instance, inputs, outputs);
  *(float *)outputs[0] = count == 7 ? INFINITY : *(float *)outputs[0];
  return code;
}

static void check_total(void) {
  static rt_state states[9];
  rt_function other[9];
  rt_model informed = with_step(other, informed_step);
  memcpy(states, tiny_model.states, sizeof states);
  states[6].role = RT_TOTAL;
  informed.states = states;
  CHECK(run_of(&informed, "--data resume/data --epochs 3 --out resume/told --quiet") == 0);
  CHECK(run_of(&informed, "--resume resume/told --epochs 3 --quiet") == 0);
  // Begins in its folder, where the best weights are measured first.
  CHECK(run_of(&informed, "--data resume/data --epochs 3 --out resume/told --init "
                          "resume/told/weights/best.safetensors --quiet") == 0);
  CHECK(run_of(&informed, "--data resume/data --epochs 3 --selfcheck") == 0);
  CHECK(run_of(&informed, "--data resume/data --epochs 3 --dry-run") == 0);
  // The run that is repeated knows it as well: it is the eighth step that is kept.
  rt_function failing_functions[9];
  rt_model failing = with_step(failing_functions, failing_step);
  failing.states = states;
  CHECK(run_of(&failing, "--data resume/data --epochs 3 --out resume/failed --quiet") == 3);
  CHECK_TEXT(reported, "epoch 2, step 8: expected a finite loss, found inf");
  shell("grep -aq '\"step\":\"8\"' resume/failed/failure/states.safetensors");
}

// ---- The last step ----

// A signal arrives in the last step of the run.
static int stopped_step(void *instance, const void *const *inputs, void *const *outputs) {
  const unsigned char *block = (const unsigned char *)instance;
  int64_t count = *(const int64_t *)(const void *)(block + tiny_model.states[5].offset);
  int code = rt_function_of(&tiny_model, 0, RT_TRAIN_STEP)->run(instance, inputs, outputs);
  if (count == 14) {
    raise(SIGTERM);
  }
  return code;
}

// Without held-out examples a run shows the metrics of its last step, which may have been made
// before it was stopped.
static void check_last_step(void) {
  char whole[sizeof printed];
  rt_phase phase = tiny_model.phases[0];
  rt_function other[9];
  rt_model stopped = with_step(other, stopped_step);
  phase.validation = 0;
  stopped.phases = &phase;
  rt_model calm = tiny_model;
  calm.phases = &phase;
  CHECK(run_of(&calm, "--data resume/data/train --epochs 3 --out resume/calm --quiet") == 0);
  strcpy(whole, printed);
  CHECK(strncmp(whole, "loss 0.0", 8) == 0);
  CHECK(run_of(&stopped, "--data resume/data/train --epochs 3 --out resume/stop --quiet") == 143);
  CHECK(printed[0] == '\0');
  CHECK(run_of(&stopped, "--resume resume/stop --quiet") == 0);
  CHECK(strncmp(whole, printed, strcspn(whole, "\n")) == 0);
  if (strncmp(whole, printed, strcspn(whole, "\n")) != 0) {
    printf("  expected %s  found %s", whole, printed);
  }
}

// Within an epoch a run cannot end before where it stands.
static void check_fewer(void) {
  CHECK(run("--data resume/data --epochs 9 --steps 7 --out resume/long --quiet") == 0);
  CHECK(run("--resume resume/long --epochs 1 --quiet") == 2);
  CHECK_TEXT(reported, "error: the run has made 7 steps already: expected at least as many, found "
                       "5\n");
  CHECK(run("--resume resume/long --steps 9 --quiet") == 0);
}

// Which examples are held out stays, as a run was trained on the others.
static void check_fold(void) {
  CHECK(run("--data resume/data/train --fold 1/5 --epochs 1 --out resume/fold --quiet") == 0);
  CHECK(run("--resume resume/fold --fold 2/5 --epochs 2 --quiet") == 1);
  CHECK_TEXT(reported, "error: --fold: expected the part 1/5, as the run was trained on the rest, "
                       "found 2/5; begin a new run\n");
  CHECK(run("--resume resume/fold --fold 1/5 --epochs 2 --quiet") == 0);
  CHECK(run("--resume resume/fold --epochs 3 --quiet") == 0);
  CHECK(run("--data resume/data --fold 1/5 --epochs 1 --out resume/none --quiet") == 2);
  CHECK_TEXT(reported, "error: --fold: expected data without held-out files, found ");
  CHECK(run("--data resume/data/train --epochs 1 --out resume/whole --quiet") == 0);
  CHECK(run("--resume resume/whole --fold 2/5 --epochs 2 --quiet") == 1);
  CHECK_TEXT(reported, "error: --fold: expected none, as the run was trained on the rest, found ");
}

int main(void) {
  begin_tests();
  check_total();
  check_last_step();
  check_fold();
  check_fewer();
  return test_summary();
}
