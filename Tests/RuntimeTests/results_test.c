// results_test.c - numbers that are not finite, the folder of a training, outputs by their endings.

#include <math.h>
#include <stdlib.h>

#include "runtime/program/outputs.h"
#include "runtime/program/training.h"
#include "runtime/runtime.h"
#include "test.h"
#include "tiny.h"

static const rt_function *function(const char *name) {
  return rt_find_function(&tiny_model, name);
}

static const void *nth(void *context, int n) { return ((const void *const *)context)[n]; }

// Weights of a file: parameters must be finite.
static void check_loading(void) {
  static const int shape[] = {3, 2};
  float weight[6] = {1, 2, 3, 4, 5, 6}, bias[3] = {7, 8, 9};
  const rt_tensor tensors[] = {{"linear.weight", RT_F32, 2, shape},
                               {"linear.bias", RT_F32, 1, shape}};
  const void *data[] = {weight, bias};
  const float odd[] = {NAN, INFINITY, -INFINITY};
  const char *names[] = {"nan", "inf", "-inf"};
  rt_error error = {0};
  tiny_t *model = tiny_create();
  for (int i = 0; i < 3; i++) {
    char expected[128];
    weight[4] = odd[i];
    CHECK(rt_safetensors_write("odd.safetensors", 2, tensors, nth, data, &error) == RT_OK);
    CHECK(rt_checkpoint_load(&tiny_model, model, "odd.safetensors", 0, NULL, &error) ==
          RT_ERROR_VALUE);
    snprintf(expected, sizeof expected,
             "odd.safetensors: 'linear.weight': expected finite elements, found %s at 4",
             names[i]);
    // The sign of what is not a number is the machine's affair.
    CHECK_TEXT(error.message, i == 0 ? "odd.safetensors: 'linear.weight': expected finite elements"
                                     : expected);
  }
  weight[4] = 5;
  CHECK(rt_safetensors_write("odd.safetensors", 2, tensors, nth, data, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, model, "odd.safetensors", 0, NULL, &error) == RT_OK);
  tiny_destroy(model);
}

static void check_finding(void) {
  static double wide[10000];
  static uint16_t narrow[5000];
  CHECK(rt_find_not_finite(RT_F64, wide, 10000, 0) == 10000);
  wide[9999] = -INFINITY;
  CHECK(rt_find_not_finite(RT_F64, wide, 10000, 0) == 9999);
  CHECK(rt_find_not_finite(RT_F64, wide, 10000, 1) == 10000);
  wide[4096] = NAN;
  CHECK(rt_find_not_finite(RT_F64, wide, 10000, 1) == 4096);
  CHECK(rt_find_not_finite(RT_F64, wide, 0, 0) == 0);
  narrow[4500] = 0x7bff;  // the largest f16
  CHECK(rt_find_not_finite(RT_F16, narrow, 5000, 0) == 5000);
  CHECK(rt_find_not_finite(RT_I16, narrow, 5000, 0) == 5000);
  narrow[4500] = 0x7c01;
  CHECK(rt_find_not_finite(RT_F16, narrow, 5000, 1) == 4500);
  CHECK(rt_find_not_finite(RT_BF16, narrow, 5000, 1) == 5000);
  narrow[4501] = 0xff80;
  CHECK(rt_find_not_finite(RT_BF16, narrow, 5000, 0) == 4501);
}

// A loss that is not finite names the step, and the input that is to blame.
static void check_loss(void) {
  rt_error error = {0};
  rt_call call;
  CHECK(rt_call_create(&call, function("train_step"), &error) == RT_OK);
  CHECK(rt_call_check_loss(&call, 1, 1, &error) == RT_OK);
  *(float *)call.outputs[0] = INFINITY;
  CHECK(rt_call_check_loss(&call, 2, 17, &error) == RT_ERROR_VALUE);
  CHECK(strcmp(error.message, "epoch 2, step 17: expected a finite loss, found inf") == 0);
  ((float *)call.inputs[0])[5] = -INFINITY;
  CHECK(rt_call_check_loss(&call, 2, 17, &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "found inf; 'point' holds -inf at element 5 of this batch");
  rt_call_destroy(&call);
}

// 64 examples to train on, 20 to evaluate, one of which is not a number.
static void write_data(void) {
  float points[64][2] = {{0}};
  int64_t labels[64] = {0};
  rt_error error = {0};
  rt_array point = {RT_F32, 2, {64, 2}, 128, points}, label = {RT_I64, 1, {64}, 64, labels};
  CHECK(rt_make_directory("odd/train", &error) == RT_OK);
  CHECK(rt_make_directory("odd/validation", &error) == RT_OK);
  CHECK(rt_npy_write("odd/train/point.npy", &point, &error) == RT_OK);
  CHECK(rt_npy_write("odd/train/label.npy", &label, &error) == RT_OK);
  points[17][1] = NAN;
  point.shape[0] = label.shape[0] = 20;
  point.elements = 40;
  label.elements = 20;
  CHECK(rt_npy_write("odd/validation/point.npy", &point, &error) == RT_OK);
  CHECK(rt_npy_write("odd/validation/label.npy", &label, &error) == RT_OK);
}

// Held-out examples that are not numbers end the run and leave what was saved.
static void check_held_out(void) {
  rt_dataset data;
  rt_evaluation evaluation;
  rt_error error = {0};
  uint64_t seed = 1;
  tiny_t *model = tiny_create();
  write_data();
  CHECK(tiny_init(model, &seed) == RT_OK);
  const char *paths[] = {"odd"};
  const rt_holding holding = {0};
  CHECK(rt_dataset_open(&data, NULL, 0, paths, function("train_step"), &holding, NULL, &error) ==
        RT_OK);
  CHECK(rt_evaluation_create(&evaluation, &tiny_model, 0, &data, RT_VALIDATION, &error) == RT_OK);
  CHECK(rt_evaluation_run(&evaluation, model, &data, &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "held-out examples 17 to 17: expected a finite loss, found");
  CHECK_TEXT(error.message, "; 'point' holds");
  CHECK_TEXT(error.message, " at element 1 of this batch");
  rt_evaluation_destroy(&evaluation);
  rt_dataset_close(&data);
  tiny_destroy(model);
}

// The best weights are those of the least loss, of this run or of the one that it continues.
static void check_best(void) {
  rt_results results = {.metric = 1, .is_largest = 1};
  rt_error error = {0};
  uint64_t seed = 1;
  double loss = 0.5;
  rt_notes notes = {0};
  rt_evaluation evaluation = {.metric_count = 1, .metrics = &loss};
  tiny_t *model = tiny_create();
  CHECK(system("rm -rf best") == 0 && tiny_init(model, &seed) == RT_OK);
  CHECK(rt_results_open(&results, "best", "tiny-train", &error) == RT_OK);
  CHECK(results.metric == 1 && results.is_largest == 1);
  results.metric = results.is_largest = 0;
  CHECK(rt_results_improve(&results, &evaluation, 1));
  CHECK(rt_results_save(&results, &tiny_model, model, &notes, &error) == RT_OK);
  CHECK(rt_results_save_best(&results, &tiny_model, model, NULL, &error) == RT_OK);
  CHECK(results.best_epoch == 1 && results.lowest == 0.5 && rt_is_file(results.best));
  CHECK(!rt_is_file(results.previous));
  rt_notes_clear(&notes);
  CHECK(rt_results_save(&results, &tiny_model, model, &notes, &error) == RT_OK);
  CHECK(rt_is_file(results.previous));
  loss = 0.75;
  CHECK(!rt_results_improve(&results, &evaluation, 2));
  loss = NAN;
  CHECK(!rt_results_improve(&results, &evaluation, 2));
  CHECK(results.best_epoch == 1 && results.lowest == 0.5);
  // Weights that are not finite replace nothing.
  ((float *)model)[0] = NAN;
  CHECK(rt_results_save(&results, &tiny_model, model, &notes, &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message,
             "best/weights/last.safetensors: 'linear.weight': expected finite elements");
  CHECK(rt_checkpoint_load(&tiny_model, model, results.last, 1, NULL, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, model, results.best, 1, NULL, &error) == RT_OK);
  rt_notes_clear(&notes);
  rt_results_close(&results);
  CHECK(rt_lies_in("best/results.csv", "best") && rt_lies_in("best/none", "./best/"));
  CHECK(!rt_lies_in("best/results.csv", ".") && rt_lies_in("none", "."));
  tiny_destroy(model);
}

// Which rows of a table stay.
static void check_rows(void) {
  static const struct {
    const char *before;
    int64_t last;
    const char *after, *tail;  // null: refused
  } cases[] = {
      {"n,x\n1,a\n2,b\n3,c\n", 2, "n,x\n1,a\n2,b\n9,z\n", "2,b"},
      {"n,x\n1,a\n2,b", 9, "n,x\n1,a\n9,z\n", "1,a"},
      {"n,x\n1,a\n1,b\n0,c\nnone\n2,d\n", 9, "n,x\n1,a\n2,d\n9,z\n", "2,d"},
      {"n,x\n1,a\n", 0, "n,x\n9,z\n", ""},
      {"n,x\n1,a\n", -1, "n,x\n9,z\n", ""},
      {"n,", 3, "n,x\n9,z\n", ""},
      {"", 3, "n,x\n9,z\n", ""},
      {"n,y\n1,a\n", 1, NULL, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char tail[16], text[64] = "";
    rt_writer writer;
    rt_error error = {0};
    FILE *file = fopen("rows.csv", "w");
    CHECK(file != NULL && fputs(cases[i].before, file) >= 0 && fclose(file) == 0);
    int code = rt_rows_open(&writer, "rows.csv", "n,x\n", cases[i].last, tail, 16, &error);
    CHECK((code == RT_OK) == (cases[i].after != NULL));
    if (cases[i].after == NULL) {
      CHECK_TEXT(error.message, "rows.csv: line 1: expected 'n,x', found 'n,y'");
      continue;
    }
    rt_write_string(&writer, "9,z\n");
    CHECK(rt_writer_commit(&writer, &error) == RT_OK && strcmp(tail, cases[i].tail) == 0);
    file = fopen("rows.csv", "r");
    CHECK(file != NULL && fread(text, 1, sizeof text - 1, file) > 0 && fclose(file) == 0);
    CHECK(strcmp(text, cases[i].after) == 0);
  }
}

// Where outputs go, by what --output says.
static void check_outputs(void) {
  static const struct {
    const char *text, *message;  // null: accepted
  } cases[] = {
      {"norm=n.npy", NULL},
      {"norm=n.csv", NULL},
      {"norm=n", NULL},
      {"norm=/dev/null", NULL},
      {"norm=a.b/n", "cannot write 'a.b/n': No such file"},
      {"norm=n.json", NULL},
      {"norm=n.tex",
       "norm=n.tex: expected a name that ends in .npy, .csv, .png, .json, .jsonl, .wav "
       "or .txt"},
      {"norm=", "--output: expected NAME=FILE for one of norm f32[]; found 'norm='"},
      {"nrm=n.npy", "found 'nrm=n.npy'"},
      {"norm=odd", "cannot write 'odd': Is a directory"},
      {"everything", NULL},
  };
  float norm = 2;
  const rt_array output = {RT_F32, 0, {0}, 1, &norm};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_texts texts = {1, {cases[i].text}};
    rt_error error = {0};
    rt_destinations places;
    int code = rt_destinations_find(&places, &texts, &tiny_model, function("norm"), NULL, &error);
    CHECK((code == RT_OK) == (cases[i].message == NULL));
    if (code == RT_OK) {
      CHECK(rt_destinations_write(&places, function("norm"), &output, NULL, 0, stdout, &error) ==
            RT_OK);
    } else if (cases[i].message != NULL) {
      CHECK_TEXT(error.message, cases[i].message);
    }
    rt_destinations_clear(&places);
  }
  CHECK(rt_is_file("n.csv") && rt_is_file("n") && rt_is_file("everything/norm.npy"));
}

int main(void) {
  check_loading();
  check_finding();
  check_loss();
  check_held_out();
  check_best();
  check_rows();
  check_outputs();
  return test_summary();
}
