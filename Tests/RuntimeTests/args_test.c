// args_test.c - command lines, and numbers and types as text.

#include "program/program.h"
#include "test.h"

static const char *const net_names[] = {"mlp", "cnn", "rnn"};
static const rt_setting settings[] = {
    {.name = "rate", .value = 0.5, .help = "the rate"},
    {.name = "layers", .value = 2, .help = "", .kind = RT_INTEGER},
    {.name = "noise", .help = "", .kind = RT_SWITCH},
    {.name = "net", .help = "", .kind = RT_CHOICE, .choice_count = 3, .choices = net_names}};
// Command lines, and what is said to them.
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
    {{"--layers", "-3", "--net=rnn"}, NULL},
    {{"--noise", "work"}, NULL},
    {{"--noise", "--fast"}, NULL},
    {{"--noise", "off"}, NULL},
    {{"--noise=yes"}, NULL},
    {{"--noise=maybe"}, "--noise: expected on or off, found 'maybe'"},
    {{"--layers", "2.5"}, "--layers: expected a whole number, found '2.5'"},
    {{"--layers=3000000000"}, "found '3000000000'"},
    {{"--net", "ccn"}, "--net: expected mlp, cnn or rnn, found 'ccn'; did you mean cnn?"},
    {{"--net", "transformer"}, "--net: expected mlp, cnn or rnn, found 'transformer'"},
    {{"--net"}, "--net needs a value, NAME"},
};

static void check_args(void) {
  static const double switched[] = {0, 1, 1, 0, 1};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int epochs = 3, fast = 0, count = 1;
    uint64_t seed = 0;
    double values[] = {0.5, 2, 0, 1};
    const char *out = "run", *work = NULL, *resume = NULL;
    rt_period period = {0, 0};
    const rt_flag flags[] = {{"epochs", RT_FLAG_COUNT, "N", "passes", &epochs},
                             {"fast", RT_FLAG_SWITCH, NULL, "hurry", &fast},
                             {"seed", RT_FLAG_SEED, "N", "a seed", &seed},
                             {"out", RT_FLAG_TEXT, "DIR", "a place", &out},
                             {"resume", RT_FLAG_OPTIONAL_TEXT, "[DIR]", "a run", &resume},
                             {"save-every", RT_FLAG_PERIOD, "N", "often", &period}};
    const rt_no_flag no_flags[] = {{"batch", "the batch is compiled in"}};
    const rt_args args = {"test", "Tests.", "WORK", "what to do", &work, 6, flags, 4,
                          settings, values, 1, no_flags};
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
    CHECK(i != 2 || (values[0] == 1e-3 && fast == 1));
    CHECK(i != 3 || seed == UINT64_MAX);
    CHECK(i != 4 || strcmp(work, "work") == 0);
    CHECK(i != 5 || seed == 10);
    CHECK(i != 6 || seed == 89);
    CHECK((i != 7 && i != 8) || (resume != NULL && *resume == '\0' && fast == (i == 8)));
    CHECK(i != 9 || (strcmp(resume, "old") == 0 && strcmp(work, "work") == 0));
    CHECK(i != 10 || strcmp(resume, "old") == 0);
    CHECK(i < 32 || cases[i].message != NULL || values[2] == switched[i - 32]);
    CHECK(i != 32 || (values[1] == -3 && values[3] == 2));
    CHECK(i != 33 || strcmp(work, "work") == 0);
    CHECK(i != 34 || fast == 1);
  }
}

static void check_setting_texts(void) {
  static const char *const nets[] = {"mlp", "cnn"};
  const rt_setting number = {.name = "a", .help = "how much"};
  const rt_setting flag = {.name = "a", .help = "whether", .kind = RT_SWITCH};
  const rt_setting choice = {
      .name = "a", .help = "which", .kind = RT_CHOICE, .choice_count = 2, .choices = nets};
  char text[RT_LONGEST_SETTING], help[512];
  CHECK_TEXT(rt_setting_text(text, &number, 0.1, 7), "0.1");
  CHECK_TEXT(rt_setting_text(text, &flag, 1, 7), "on");
  CHECK_TEXT(rt_setting_text(text, &choice, 1, 7), "cnn");
  CHECK_TEXT(rt_setting_help(help, sizeof help, &number, 0.5), "how much (default 0.5)");
  CHECK_TEXT(rt_setting_help(help, sizeof help, &flag, 0), "whether (default off)");
  CHECK_TEXT(rt_setting_help(help, sizeof help, &choice, 0), "which: mlp or cnn (default mlp)");
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
  check_setting_texts();
  check_texts();
  return test_summary();
}
