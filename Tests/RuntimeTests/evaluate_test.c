// evaluate_test.c - 'evaluate' of the infer program: the metrics of a data set, as the train
// program has them, for any number of examples.

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdlib.h>

#include "command.h"
#include "runtime/program/program.h"
#include "runtime/runtime.h"
#include "tiny.h"

static const char *text_of(const char *path) {
  static char text[1 << 14];
  read_text(path, text, sizeof text);
  return text;
}

// Examples `first` to `first + count - 1` of three rays from the origin, a class each.
static void make_data(const char *folder, int first, int count) {
  static const float ends[3][2] = {{1, 0}, {-1, 1}, {-1, -1}};
  float points[84][2];
  int32_t labels[84];
  char path[256];
  rt_error error = {0};
  for (int i = 0; i < count; i++) {
    int k = first + i;
    labels[i] = k % 5 == 0 ? 0 : k % 3;  // some of them wrong
    points[i][0] = ends[k % 3][0] * (1.0f + (float)k / 84.0f);
    points[i][1] = ends[k % 3][1] * (1.0f + (float)k / 84.0f);
  }
  CHECK(rt_make_directory(folder, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/point.npy", folder);
  rt_array array = {RT_F32, 2, {count, 2}, (size_t)count * 2, points};
  CHECK(rt_npy_write(path, &array, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/label.npy", folder);
  array = (rt_array){RT_I32, 1, {count}, (size_t)count, labels};
  CHECK(rt_npy_write(path, &array, &error) == RT_OK);
}

#define EVALUATE "evaluate --weights run/weights/last.safetensors "

// The loss over all examples of a folder.
static double loss_of(const char *folder) {
  char line[256];
  double loss = -1.0;
  snprintf(line, sizeof line, EVALUATE "--data %s --split all --output metrics=-.csv", folder);
  CHECK(call_of(&tiny_model, rt_infer_main, line) == 0);
  CHECK(sscanf(printed, "examples,loss,accuracy\n%*d,%lf,", &loss) == 1);
  return loss;
}

static void check_evaluation(void) {
  char trained[1 << 12];
  make_data("data/train", 0, 84);
  make_data("data/validation", 40, 20);
  CHECK(call_of(&tiny_model, rt_train_main, "--data data --epochs 2 --out run") == 0);
  memcpy(trained, printed, sizeof trained);
  // The same examples, the same numbers as those of the train program.
  CHECK(call_of(&tiny_model, rt_infer_main, EVALUATE "--data data") == 0);
  CHECK(strstr(trained, printed) == trained && strstr(printed, "loss ") == printed);
  CHECK_SAME(reported, "tiny-infer: 20 held-out examples of 'data'\n");
  CHECK(call_of(&tiny_model, rt_infer_main,
                EVALUATE "--data data --output metrics=m.json --output metrics=m.csv") == 0);
  const char *begin = "{\"model\": \"tiny\", \"weights\": \"run/weights/last.safetensors\", "
                      "\"split\": \"held-out\", \"examples\": 20, \"metrics\": {\"loss\": ";
  CHECK(strstr(text_of("m.json"), begin) == text_of("m.json"));
  CHECK(strstr(text_of("m.csv"), "examples,loss,accuracy\n20,") == text_of("m.csv"));
  // Any number of examples, as if there were a function for each.
  make_data("few/4", 0, 4);
  make_data("few/3", 4, 3);
  make_data("few/7", 0, 7);
  make_data("few/16", 7, 16);
  make_data("few/23", 0, 23);
  make_data("few/1", 0, 1);
  double seven = loss_of("few/7");
  CHECK(fabs(4 * loss_of("few/4") + 3 * loss_of("few/3") - 7 * seven) < 1e-5);
  CHECK(fabs(16 * loss_of("few/16") + 7 * seven - 23 * loss_of("few/23")) < 1e-5);
  CHECK(loss_of("few/1") > 0);
}

// A step whose metrics are NaN.
static int run_nan(void *m, const void *const *in, void *const *out) {
  int code = rt_function_of(&tiny_model, 0, RT_EVALUATION_REST)->run(m, in, out);
  *(float *)out[0] = NAN;
  return code;
}

static void check_other_metrics(void) {
  rt_function functions[9];
  rt_model model = tiny_model;
  int step = (int)(rt_function_of(&tiny_model, 0, RT_EVALUATION_REST) - tiny_model.functions);
  memcpy(functions, tiny_model.functions, sizeof functions);
  model.functions = functions;
  functions[step].run = run_nan;
  CHECK(call_of(&model, rt_infer_main, EVALUATE "--data few/7 --split all") == 1);
  CHECK_TEXT(reported, "error: held-out examples 0 to 0: expected a finite loss, found nan");
  CHECK(printed[0] == '\0');
}

static void check_bad_evaluation(void) {
  static const struct {
    const char *line, *message;
  } cases[] = {
      {EVALUATE "--data few", "cannot open 'few/point.npy': No such file or directory; the file "
                              "holds the input 'point'"},
      {EVALUATE "--data none", "data: expected a directory, found 'none'; name one with --data"},
      {EVALUATE "--split some", "--split: expected held-out, test or all, found 'some'"},
      {EVALUATE "--data data --split all",
       "--split all: expected one set of files, found train and validation in 'data'; name one of "
       "them: --data data/train"},
      {EVALUATE "--data few/1",
       "few/1: expected held-out examples, found none among 1; --split all takes them all"},
      {EVALUATE "--data data --output metrics=m.txt",
       "--output metrics=m.txt: expected a name that ends in .json or .csv, found 'm.txt'"},
      {EVALUATE "--data data --output loss=m.csv",
       "--output: expected metrics=FILE, found 'loss=m.csv'"},
      {EVALUATE "--data data --input point=0,0",
       "--input: expected a function, found an evaluation, whose examples are in the directory of "
       "--data"},
      {EVALUATE "--data data --bench 3", "--bench: expected a function, found an evaluation"},
      {"evaluate --data data", "--weights FILE is missing; tiny-train writes one"},
      {"evalute", "no function 'evalute'; did you mean 'evaluate'? the functions are: infer norm"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char expected[512];
    int status = call_of(&tiny_model, rt_infer_main, cases[i].line);
    CHECK(status == 1 || status == 2);
    snprintf(expected, sizeof expected, "tiny-infer: error: %s\n", cases[i].message);
    CHECK_TEXT(reported, expected);
    CHECK(printed[0] == '\0');
  }
  // The weights of the latest run are named.
  CHECK(system("mkdir -p runs && cp -R run runs/tiny-3") == 0);
  CHECK(call_of(&tiny_model, rt_infer_main, "norm") == 2);
  CHECK_TEXT(reported, "error: --weights FILE is missing; the latest training wrote "
                       "'runs/tiny-3/weights/best.safetensors'\n");
  CHECK(call_of(&tiny_model, rt_infer_main, "--help") == 0);
  CHECK_TEXT(printed, "\nfor example, after a training:\n  program --weights "
                      "runs/tiny-3/weights/best.safetensors --input point=0,0\n");
}

int main(void) {
  CHECK(system("rm -rf evaluate && mkdir evaluate") == 0 && chdir("evaluate") == 0);
  check_evaluation();
  check_other_metrics();
  check_bad_evaluation();
  return test_summary();
}
