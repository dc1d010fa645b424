// rates_test.c - learning rates that the model tells: in the live line, the table, and the events.

#define _GNU_SOURCE

#include <math.h>

#include "train_flags.h"

// ---- A model that tells two rates ----

// The setting, which falls with the steps, and its half.
static int run_rates(void *model, const void *const *inputs, void *const *outputs) {
  (void)inputs;
  const unsigned char *block = (const unsigned char *)model;
  int64_t steps = *(const int64_t *)(const void *)(block + tiny_model.states[5].offset);
  float set = *(const float *)(const void *)(block + tiny_model.states[4].offset);
  float rate = set / (1.0f + 0.1f * (float)(steps > 0 ? steps - 1 : 0));
  *(float *)outputs[0] = rate;
  *(float *)outputs[1] = rate / 2.0f;
  return RT_OK;
}

static rt_model with_rates(rt_function more[10]) {
  static const rt_tensor outputs[] = {{"rate", RT_F32, 0, NULL}, {"half_rate", RT_F32, 0, NULL}};
  rt_model result = model;
  for (int i = 0; i < 9; i++) {
    more[i] = functions[i];
  }
  more[9] = (rt_function){"rates", RT_RATES, 0, 0, NULL, 2, outputs, run_rates};
  result.functions = more;
  result.function_count = 10;
  return result;
}

static void check_texts(void) {
  static const struct {
    double rate;
    const char *text;
  } cases[] = {
      {0.00081, "8.1e-4"}, {0.5, "0.5"},        {0.0020412, "0.00204"}, {1e-3, "0.001"},
      {3e-5, "3.0e-5"},    {2.5e-12, "2.5e-12"}, {0, "0"},              {1, "1"},
      {-0.0001, "-1.0e-4"}, {12345678, "1.23e+7"}, {NAN, "nan"},        {INFINITY, "inf"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[32];
    rt_learning_rate_text(text, cases[i].rate);
    CHECK(strcmp(text, cases[i].text) == 0);
  }
}

// The table has the rates of the last step of each epoch, also where a run that goes on has
// nothing left to do but to write the row.
static void check_table(const rt_model *m) {
  char table[4096], again[4096];
  CHECK(run_of(m, "--data resume/data --epochs 3 --out resume/rates --quiet") == 0);
  read_text("resume/rates/results.csv", table, sizeof table);
  CHECK_TEXT(table, "epoch,step,seconds,loss,accuracy,validation_loss,validation_accuracy,rate,"
                    "half_rate\n");
  // 0.5 / 1.4, 0.5 / 1.9, 0.5 / 2.4.
  CHECK_TEXT(table, ",0.357142");
  CHECK_TEXT(table, ",0.263157");
  CHECK_TEXT(table, ",0.208333");
  CHECK(run_of(m, "--data resume/data --epochs 2 --out resume/parts --quiet") == 0);
  CHECK(run_of(m, "--resume resume/parts --epochs 3 --quiet") == 0);
  read_text("resume/parts/results.csv", again, sizeof again);
  // All but the seconds.
  CHECK(strlen(again) > 0);
  for (const char *a = table, *b = again; *a != '\0' && *b != '\0';) {
    for (int cell = 0; cell < 9; cell++) {
      size_t length = strcspn(a, ",\n"), other = strcspn(b, ",\n");
      CHECK(cell == 2 || (length == other && strncmp(a, b, length) == 0));
      a += length + 1;
      b += other + 1;
    }
  }
  // A picture with a panel for each, and an event without '/train'.
  shell("grep -q half_rate resume/rates/results.svg");
  shell("grep -q half_rate resume/rates/events.out.tfevents.*");
  shell("! grep -q rate/ resume/rates/events.out.tfevents.*");
}

// The live line of a terminal of 100 columns.
static void check_live_line(const rt_model *m) {
  rt_error error = {RT_OK, ""};
  rt_progress progress;
  rt_rates rates;
  rt_call call;
  char text[512] = "";
  void *instance = rt_model_create(m);
  FILE *stream = fopen("resume/line", "w");
  CHECK(instance != NULL && stream != NULL);
  CHECK(rt_prepare(m, instance, 1, (const double[]){0.00081}, NULL, NULL, &error) == RT_OK);
  CHECK(rt_call_create(&call, rt_function_of(m, 0, RT_TRAIN_STEP), &error) == RT_OK);
  CHECK(rt_rates_create(&rates, m, 0, instance, &error) == RT_OK);
  CHECK(rt_rates_count(&rates) == 2);
  CHECK(rt_progress_begin(&progress, stream, call.function, 10, 100, 1000, &error) == RT_OK);
  progress.interval = 0;
  progress.rates = &rates;
  rt_progress_step(&progress, 1, 1, 1, &call);
  CHECK(fclose(stream) == 0);
  read_text("resume/line", text, sizeof text);
  CHECK_TEXT(text, "loss 0  accuracy 0.0 %  lr 8.1e-4  ");
  rt_progress_end(&progress);
  rt_rates_destroy(&rates);
  rt_call_destroy(&call);
  rt_model_destroy(instance);
  // A model that tells none.
  CHECK(rt_rates_create(&rates, &tiny_model, 0, NULL, &error) == RT_OK);
  CHECK(rt_rates_count(&rates) == 0 && rt_rates_update(&rates, &error) == RT_OK);
  rt_rates_destroy(&rates);
}

int main(void) {
  rt_function more[10];
  begin_tests();
  rt_model m = with_rates(more);
  check_texts();
  check_table(&m);
  check_live_line(&m);
  return test_summary();
}
