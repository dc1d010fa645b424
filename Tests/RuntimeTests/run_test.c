// run_test.c - the folders of runs, and what --resume refuses.

#define _GNU_SOURCE

#include "resume.h"
#include "runtime/model/processor.h"

// A last checkpoint that is damaged in any place is not used.
static void check_damage(void) {
  static remains whole;
  shell("rm -rf resume/run resume/log.csv");
  CHECK(call("--data resume/data --out resume/run --log resume/log.csv", -1) == 0);
  read_remains(&whole, "resume/run");
  for (size_t at = 0; at < whole.last_size; at += 13) {
    FILE *file = fopen("resume/run/weights/last.safetensors", "r+b");
    CHECK(file != NULL && fseek(file, (long)at, SEEK_SET) == 0 &&
          fputc(whole.last[at] ^ 1, file) != EOF && fclose(file) == 0);
    CHECK(call("--resume resume/run --log resume/log.csv", -1) == 0);
    read_text("resume/reported", reported, sizeof reported);
    CHECK_TEXT(reported, "tiny-train: warning: resume/run/weights/last.safetensors: ");
    CHECK_TEXT(reported, "; the run goes on from resume/run/weights/previous.safetensors\n");
    check_run(&whole, "damaged", (long)at);
  }
  shell("rm resume/run/weights/last.safetensors");
  CHECK(call("--resume resume/run --log resume/log.csv", -1) == 0);
  check_run(&whole, "without the last", 0);
  shell("for f in last previous; do printf x >>resume/run/weights/$f.safetensors; done");
  CHECK(call("--resume resume/run", -1) == 1);
}

static void check_refusals(void) {
  rt_error error = {0};
  shell("rm -rf resume/run resume/other && cp -r resume/data resume/other");
  CHECK(call("--data resume/data --out resume/run --seed 3 --epochs 1", -1) == 0);
  check_refusal("--resume resume/none", 1,
                "tiny-train: error: 'resume/none': expected a run with weights/last.safetensors, "
                "found none\n");
  check_refusal("--resume", 1,
                "tiny-train: error: --resume: expected a run of 'tiny' in 'runs', found none; "
                "name its folder: --resume DIR\n");
  check_refusal("--resume resume/run --out resume/new", 2,
                "tiny-train: error: --out: expected no other directory beside --resume "
                "resume/run, found 'resume/new'\n'tiny-train --help' lists all flags\n");
  check_refusal("--resume resume/run --init w.safetensors", 2,
                "tiny-train: error: --init and --resume: expected one of them, found both\n"
                "'tiny-train --help' lists all flags\n");
  check_refusal("--data resume/data --out resume/run", 1,
                "tiny-train: error: 'resume/run' holds a run already; go on with it: --resume "
                "resume/run, or name another folder with --out\n");
  float points[96][2] = {{0}};
  int32_t labels[96] = {0};
  rt_array point = {RT_F32, 2, {96, 2}, 192, points}, label = {RT_I32, 1, {96}, 96, labels};
  CHECK(rt_npy_write("resume/other/train/point.npy", &point, &error) == RT_OK);
  CHECK(rt_npy_write("resume/other/train/label.npy", &label, &error) == RT_OK);
  check_refusal("--resume resume/run --data resume/other", 1,
                "data: resume/data -> resume/other\n"
                "tiny-train: error: resume/run/weights/last.safetensors: the run cannot go on "
                "exactly: expected 84 examples to train on, found 96; begin a new run "
                "from its weights with --init\n");
  shell("cp resume/data/train/label.npy resume/other/train/ && "
        "head -c -1 resume/data/train/point.npy >resume/other/train/point.npy && "
        "printf '\\001' >>resume/other/train/point.npy");
  CHECK(call("--resume resume/run --data resume/other", -1) == 1);
  read_text("resume/reported", reported, sizeof reported);
  CHECK_TEXT(reported, "the run cannot go on exactly: expected data with the checksum ");
  rt_model other = model;
  other.name = "other";
  CHECK(end(start(&other, "--resume resume/run", -1)) == 1);
  read_text("resume/reported", reported, sizeof reported);
  CHECK_TEXT(reported, "expected a run of 'other', found one of 'tiny'\n");
  // Weights alone are no checkpoint.
  shell("cd resume/run/weights && cp best.safetensors last.safetensors && rm previous.safetensors");
  check_refusal("--resume resume/run", 1,
                "tiny-train: error: resume/run/weights/last.safetensors: expected the checkpoint "
                "of a run, with a checksum; found none; weights alone are for --init; "
                "no checkpoint is whole; begin a new run from the best weights with --init "
                "resume/run/weights/best.safetensors\n");
}

// The folders of runs that are not named, and changes of their options.
static void check_folders(void) {
  shell("rm -rf runs && mkdir -p runs/tiny-7 runs/tiny-07 runs/tiny-x runs/tinier-9");
  CHECK(call("--data resume/data --epochs 1", -1) == 0);
  CHECK(call("--data resume/data --epochs 1", -1) == 0);
  CHECK(rt_is_file("runs/tiny-8/results.csv") && rt_is_file("runs/tiny-9/args.json"));
  shell("mkdir runs/tiny-11");
  CHECK(call("--resume --rate 0.25 --epochs 2 --seed 4", -1) == 0);
  read_text("resume/reported", reported, sizeof reported);
  const char *changes = "epochs: 1 -> 2\nseed: 0 -> 4\nrate: 0.5 -> 0.25\n"
                        "tiny: 9 parameters, 84 examples (20 more held out), batch 16, ";
  CHECK(strstr(reported, changes) == reported);
  CHECK_TEXT(reported, " data\n2 epochs of 5 steps, from step 6 on, 4 examples left out of each, "
                       "in runs/tiny-9\nepoch ");
  CHECK(call("--resume", -1) == 0);
  read_text("resume/reported", reported, sizeof reported);
  CHECK(strcmp(reported, "tiny-train: 'runs/tiny-9' is finished after 2 epochs\n"
                         "go on with: program --resume runs/tiny-9 --epochs 4\n") == 0);
  CHECK(call("--resume --out runs/tiny-8 --epochs 3", -1) == 0);
  shell("test $(wc -l <runs/tiny-8/results.csv) -eq 4");
  shell("test $(wc -l <runs/tiny-9/results.csv) -eq 3");
  // Two that begin at once get a folder each.
  pid_t first = start(&model, "--data resume/data --epochs 1", -1);
  pid_t second = start(&model, "--data resume/data --epochs 1", -1);
  CHECK(end(first) == 0 && end(second) == 0);
  CHECK(rt_is_file("runs/tiny-12/results.csv") && rt_is_file("runs/tiny-13/results.csv"));
  shell("rm -rf runs");
}

// Two signals within a step; the second one ends the run at once, as of its first checkpoint.
static int impatient_step(void *instance, const void *const *inputs, void *const *outputs) {
  raise(SIGTERM);
  raise(SIGTERM);
  return step(instance, inputs, outputs);
}

static void check_two_signals(void) {
  rt_function other_functions[9];
  rt_model other = model;
  other.functions = other_functions;
  for (int i = 0; i < 9; i++) {
    other_functions[i] = functions[i];
    if (functions[i].kind == RT_TRAIN_STEP) {
      other_functions[i].run = impatient_step;
    }
  }
  shell("rm -rf resume/run");
  pid_t child = start(&other, "--data resume/data --out resume/run --epochs 1", -1);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  CHECK(call("--resume resume/run", -1) == 0);
  shell("test $(wc -l <resume/run/results.csv) -eq 2");
}

// How a run began, as JSON.
static void check_arguments(void) {
  static char text[4096], beginning[128];
  CHECK(call("--data resume/data --out resume/new --seed 3 --epochs 2 --rate 0.125 "
             "--only *.weight --only *bias --quiet --save-every 7200s", -1) == 0);
  read_text("resume/new/args.json", text, sizeof text);
  snprintf(beginning, sizeof beginning,
           "{\n"
           "  \"program\": \"tiny-train\",\n"
           "  \"model\": \"tiny\",\n"
           "  \"version\": \"1.0\",\n"
           "  \"cpu\": \"%s\",\n",
           rt_processor_name());
  CHECK(strncmp(text, beginning, strlen(beginning)) == 0);
  CHECK(strcmp(text + strlen(beginning),
                     "  \"command\": \"program --epochs 2 --seed 3 --data resume/data "
                     "--save-every 2h --only '*.weight' --only '*bias' --quiet --rate 0.125\",\n"
                     "  \"flags\": {\n"
                     "    \"epochs\": 2,\n"
                     "    \"steps\": 0,\n"
                     "    \"fold\": null,\n"
                     "    \"seed\": 3,\n"
                     "    \"threads\": 0,\n"
                     "    \"data\": [\"resume/data\"],\n"
                     "    \"out\": \"resume/new\",\n"
                     "    \"resume\": null,\n"
                     "    \"save-every\": \"2h\",\n"
                     "    \"init\": null,\n"
                     "    \"init-partial\": false,\n"
                     "    \"only\": [\"*.weight\", \"*bias\"],\n"
                     "    \"freeze\": [],\n"
                     "    \"patience\": 0,\n"
                     "    \"log\": null,\n"
                     "    \"every\": 0,\n"
                     "    \"quiet\": true,\n"
                     "    \"dry-run\": false,\n"
                     "    \"check-data\": false,\n"
                     "    \"selfcheck\": false\n"
                     "  },\n"
                     "  \"settings\": {\n"
                     "    \"rate\": 0.125\n"
                     "  }\n"
                     "}\n") == 0);
}

int main(void) {
  begin_tests();
  check_damage();
  check_refusals();
  check_folders();
  check_two_signals();
  check_arguments();
  return test_summary();
}
