// args_test.c - command lines, and numbers and types as text.

#include "program/program.h"
#include "test.h"

static void check_args(void) {
  static const rt_setting settings[] = {{"rate", 0, 0.5, "the rate"}};
  static const struct {
    const char *words[3];
    const char *message;  // null: accepted
  } cases[] = {
      {{"--epochs", "7"}, NULL},
      {{"--epochs=7"}, NULL},
      {{"--rate=1e-3", "--fast"}, NULL},
      {{"--seed=0xffffffffffffffff"}, NULL},
      {{"work"}, NULL},
      {{"--seed=010"}, NULL},
      {{"--seed=089"}, NULL},
      {{"--resume"}, NULL},
      {{"--resume", "--fast"}, NULL},
      {{"--resume", "old", "work"}, NULL},
      {{"--resume=old"}, NULL},
      {{"--resume="}, "--resume: expected [DIR], found ''"},
      {{"--resume", ""}, "--resume: expected [DIR], found ''"},
      {{"--out="}, "--out: expected DIR, found ''"},
      {{"--out", ""}, "--out: expected DIR, found ''"},
      {{"--epoch", "7"}, "unknown flag --epoch; did you mean --epochs?"},
      {{"--raet=7"}, "unknown flag --raet; did you mean --rate?"},
      {{"--zzzzzzz"}, "unknown flag --zzzzzzz"},
      {{"--epochs"}, "--epochs needs a value, N"},
      {{"--epochs", "x"}, "--epochs: expected a whole number, 0 or more, found 'x'"},
      {{"--epochs=-1"}, "found '-1'"},
      {{"--epochs=99999999999"}, "found '99999999999'"},
      {{"--rate=nan"}, "--rate: expected a number, found 'nan'"},
      {{"--rate", "1.5x"}, "found '1.5x'"},
      {{"--fast=1"}, "--fast: expected no value"},
      {{"--seed=-5"}, "found '-5'"},
      {{"one", "two"}, "unexpected argument 'two'"},
      {{"--"}, "unknown flag --"},
      {{"--batch", "3"}, "--batch: the batch is compiled in"},
      {{"--save-every=10x"},
       "--save-every: expected a number of steps, or a time such as 30s or 10m, found '10x'"},
      {{"--save-every", "-1"}, "found '-1'"},
      {{"--save-every", "99999999h"}, "found '99999999h'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int epochs = 3, fast = 0, count = 1;
    uint64_t seed = 0;
    double rate = 0.5;
    const char *out = "run", *work = NULL, *resume = NULL;
    rt_period period = {0, 0};
    const rt_flag flags[] = {{"epochs", RT_FLAG_COUNT, "N", "passes", &epochs},
                             {"fast", RT_FLAG_SWITCH, NULL, "hurry", &fast},
                             {"seed", RT_FLAG_SEED, "N", "a seed", &seed},
                             {"out", RT_FLAG_TEXT, "DIR", "a place", &out},
                             {"resume", RT_FLAG_OPTIONAL_TEXT, "[DIR]", "a run", &resume},
                             {"save-every", RT_FLAG_PERIOD, "N", "often", &period}};
    const rt_no_flag no_flags[] = {{"batch", "the batch is compiled in"}};
    const rt_args args = {"test", "Tests.", "WORK", "what to do", &work, 6, flags, 1,
                          settings, &rate, 1, no_flags};
    char *argv[5] = {(char *)(uintptr_t)"test"};
    rt_error error = {0};
    for (; count < 4 && cases[i].words[count - 1] != NULL; count++) {
      argv[count] = (char *)(uintptr_t)cases[i].words[count - 1];
    }
    int code = rt_args_parse(&args, count, argv, &error);
    CHECK(code == (cases[i].message == NULL ? RT_OK : RT_ERROR_USAGE));
    if (cases[i].message != NULL) {
      CHECK_TEXT(error.message, cases[i].message);
    }
    CHECK(i > 1 || epochs == 7);
    CHECK(i != 2 || (rate == 1e-3 && fast == 1));
    CHECK(i != 3 || seed == UINT64_MAX);
    CHECK(i != 4 || strcmp(work, "work") == 0);
    CHECK(i != 5 || seed == 10);
    CHECK(i != 6 || seed == 89);
    CHECK((i != 7 && i != 8) || (resume != NULL && *resume == '\0' && fast == (i == 8)));
    CHECK(i != 9 || (strcmp(resume, "old") == 0 && strcmp(work, "work") == 0));
    CHECK(i != 10 || strcmp(resume, "old") == 0);
  }
}

static void check_texts(void) {
  char text[64];
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 0.04123), "loss 0.0412");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "accuracy", 0.9894), "accuracy 98.9 %");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "top5_accuracy", 1.0), "accuracy 100.0 %");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 1.234e-7), "loss 1.234e-07");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 1234567.0), "loss 1.235e+06");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 123456.7), "loss 123456.7");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 0.0001234), "loss 0.0001234");
  CHECK_TEXT(rt_metric_text(text, sizeof text, "loss", 1234.567), "loss 1234.57");
  int64_t shape[] = {64, -1, 8};
  CHECK_TEXT(rt_type_text(text, sizeof text, RT_BF16, 3, shape), "bf16[64, *, 8]");
  CHECK_TEXT(rt_type_text(text, 9, RT_BF16, 3, shape), "bf16[64,");
}

int main(void) {
  check_args();
  check_texts();
  return test_summary();
}
