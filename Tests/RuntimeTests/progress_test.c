// progress_test.c - the lines that a training shows, on a terminal and elsewhere, and their parts.

#define _GNU_SOURCE

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/program/program.h"
#include "runtime/runtime.h"
#include "test.h"
#include "tiny.h"

// Checks that two texts are equal, and shows both if they are not.
static void check_equal(const char *found, const char *expected, int line) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, line);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

#define EQUAL(found, expected) check_equal(found, expected, __LINE__)

static void check_numbers(void) {
  static const struct {
    double value;
    const char *text;
  } cases[] = {
      {0, "0"},           {1, "1.00000"},           {0.0831, "0.08310"},
      {9.999999, "10.00000"}, {1234.567, "1234.57"}, {0.0001234, "0.0001234"},
      {0.009, "0.0090000"},   {12345.678, "12345.68"}, {123456.7, "123456.7"},
      {1e6, "1.000e+06"},     {-1.5, "-1.50000"},     {-0.0001234, "-0.000123"},
      {-1234567, "-1.23e+06"}, {1e-300, "1.00e-300"}, {INFINITY, "inf"},
      {NAN, "nan"},           {1e300, "1.00e+300"},  {-123456.7, "-123456.7"},
  };
  char text[32];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    EQUAL(rt_number_text(text, cases[i].value), cases[i].text);
  }
  EQUAL(rt_count_text(text, 0), "0");
  EQUAL(rt_count_text(text, 999), "999");
  EQUAL(rt_count_text(text, 41000), "41,000");
  EQUAL(rt_count_text(text, -1234567), "-1,234,567");
  EQUAL(rt_duration_text(text, 7.4), "0:07");
  EQUAL(rt_duration_text(text, 3723), "1:02:03");
  EQUAL(rt_time_text(text, 2.5e-7), "0.25 us");
  EQUAL(rt_time_text(text, 0.00124), "1.24 ms");
  EQUAL(rt_time_text(text, 12.34), "12.3 s");
  EQUAL(rt_bytes_text(text, 960), "960 B");
  EQUAL(rt_bytes_text(text, 1048570), "1.0 MB");
  EQUAL(rt_bytes_text(text, 3.5 * 1024 * 1024 * 1024), "3.5 GB");
  EQUAL(rt_rate_text(text, 18400), "18.4k");
  EQUAL(rt_rate_text(text, 999.6), "1.0k");
  EQUAL(rt_rate_text(text, 999960), "1.00M");
  EQUAL(rt_rate_text(text, 7.36), "7.36");
  EQUAL(rt_metric_value_text(text, "accuracy", 0.976), "97.6 %");
  EQUAL(rt_metric_value_text(text, "top5_accuracy", 1), "100.0 %");
}

static void check_periods(void) {
  static const struct {
    const char *text, *again;  // null: refused
    rt_period period;
  } cases[] = {
      {"0", "0", {0, 0}},      {"12", "12", {12, 0}},     {"30s", "30s", {0, 30}},
      {"90s", "90s", {0, 90}}, {"120s", "2m", {0, 120}},  {"10m", "10m", {0, 600}},
      {"2h", "2h", {0, 7200}}, {"0s", "0", {0, 0}},       {"", NULL, {0, 0}},
      {"m", NULL, {0, 0}},     {"5d", NULL, {0, 0}},      {"5mm", NULL, {0, 0}},
      {"-5", NULL, {0, 0}},    {"3000000000", NULL, {0, 0}}, {"40000000m", NULL, {0, 0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[32];
    rt_period period = {0, 0};
    CHECK(rt_period_read(&period, cases[i].text) == (cases[i].again != NULL));
    if (cases[i].again != NULL) {
      CHECK(rt_period_equals(period, cases[i].period));
      EQUAL(rt_period_text(text, period), cases[i].again);
    }
  }
}

static void check_patterns(void) {
  static const struct {
    const char *pattern, *name;
    int matches;
    size_t distance;
  } cases[] = {
      {"head.*", "head.weight", 1, 0},     {"head.*", "head.", 1, 0},
      {"head.*", "head", 0, 1},            {"*", "anything", 1, 0},
      {"*", "", 1, 0},                     {"", "", 1, 0},
      {"", "a", 0, 1},                     {"*.bias", "a.bias.bias", 1, 0},
      {"*.bias", "a.bias.b", 0, 2},        {"?.weight", "0.weight", 1, 0},
      {"?.weight", "11.weight", 0, 1},     {"*a*b*", "xxaxxbxx", 1, 0},
      {"*a*b*", "xxbxxaxx", 0, 1},         {"a**b", "ab", 1, 0},
      {"11.bais", "11.bias", 0, 2},        {"heed.*", "head.weight", 0, 1},
      {"weight", "head.weight", 0, 5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(rt_pattern_matches(cases[i].pattern, cases[i].name) == cases[i].matches);
    CHECK(rt_pattern_distance(cases[i].pattern, cases[i].name) == cases[i].distance);
  }
}

static void check_words(void) {
  static const char *const cases[][2] = {
      {"runs/tiny-1", "runs/tiny-1"}, {"my runs/1", "'my runs/1'"}, {"", "''"},
      {"it's", "'it'\\''s'"},         {"$HOME", "'$HOME'"},         {"a*", "'a*'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *word = rt_shell_word(cases[i][0]);
    CHECK(word != NULL);
    EQUAL(word, cases[i][1]);
    rt_release(word);
  }
}

// ---- Rows ----

// The rows of an epoch, by the room that there is.
static void check_rows(void) {
  static const struct {
    size_t columns;
    const char *header, *row;
  } cases[] = {
      {SIZE_MAX, "epoch       loss   val loss  accuracy  val accuracy    ex/s   time",
       " 3/10    0.08310   123456.7    97.6 %        95.0 %   18.4k   1:05 *"},
      {80, "epoch       loss   val loss  accuracy  val accuracy    ex/s   time",
       " 3/10    0.08310   123456.7    97.6 %        95.0 %   18.4k   1:05 *"},
      {66, "epoch       loss   val loss  accuracy  val accuracy   time",
       " 3/10    0.08310   123456.7    97.6 %        95.0 %   1:05 *"},
      {60, "epoch       loss   val loss  accuracy  val accuracy   time",
       " 3/10    0.08310   123456.7    97.6 %        95.0 %   1:05 *"},
      {50, "epoch       loss   val loss  val accuracy",
       " 3/10    0.08310   123456.7        95.0 % *"},
      {30, "epoch       loss   val loss", " 3/10    0.08310   123456.7 *"},
      {20, "epoch   val loss", " 3/10   123456.7 *"},
      {10, "epoch", " 3/10 *"},
  };
  double sums[] = {0.0831 * 10, 0.976 * 10}, averages[] = {123456.7, 0.95};
  const rt_function *step = rt_function_of(&tiny_model, 0, RT_TRAIN_STEP);
  rt_evaluation evaluation = {.metric_count = 2, .metrics = averages};
  evaluation.measured.function = rt_function_of(&tiny_model, 0, RT_MEASURED);
  rt_progress progress = {.epochs = 10, .batch = 16, .metric_count = 2, .sums = sums,
                          .epoch_steps = 10, .timed_steps = 1150, .epoch_start = 1,
                          .stepped = 2, .start = rt_seconds() - 65};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[RT_LONGEST_LINE];
    EQUAL(rt_progress_header(text, &progress, step, &evaluation, cases[i].columns),
          cases[i].header);
    EQUAL(rt_progress_row(text, &progress, 3, step, &evaluation, 1, cases[i].columns),
          cases[i].row);
  }
  // Nothing is held out, no example is counted, and it is not the best.
  char text[RT_LONGEST_LINE];
  evaluation = (rt_evaluation){0};
  progress.batch = 0;
  progress.epochs = 2000;
  EQUAL(rt_progress_header(text, &progress, step, &evaluation, 80),
        "    epoch       loss  accuracy  steps/s   time");
  EQUAL(rt_progress_row(text, &progress, 12, step, &evaluation, 0, 80),
        "  12/2000    0.08310    97.6 %     1.2k   1:05");
}

// ---- The live line ----

// Shows a step, or an evaluation after it, on a terminal of so many columns; reads what was shown.
static void show(unsigned short columns, int is_evaluation, char *shown, size_t size) {
  int control = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(control >= 0 && grantpt(control) == 0 && unlockpt(control) == 0);
  int terminal = open(ptsname(control), O_RDWR | O_NOCTTY);
  struct winsize window = {.ws_row = 24, .ws_col = columns};
  FILE *stream = fdopen(terminal, "w");
  rt_error error = {0};
  rt_progress progress;
  rt_call call;
  CHECK(stream != NULL && ioctl(terminal, TIOCSWINSZ, &window) == 0);
  CHECK(rt_call_create(&call, rt_function_of(&tiny_model, 0, RT_TRAIN_STEP), &error) == RT_OK);
  *(float *)call.outputs[0] = 0.0831f;
  *(float *)call.outputs[1] = 0.976f;
  CHECK(rt_progress_begin(&progress, stream, call.function, 10, 469, 4690, &error) == RT_OK);
  CHECK(progress.terminal);
  progress.interval = 0;
  progress.epoch_start -= 2;
  progress.timed_steps = 285;
  progress.is_quiet = is_evaluation;
  rt_progress_step(&progress, 3, 286, 1224, &call);
  progress.is_quiet = 0;
  if (is_evaluation) {
    progress.ends = 1;
    progress.between = 2;
    rt_progress_evaluate(&progress, 3, 10000);
  }
  rt_progress_clear(&progress);
  rt_progress_end(&progress);
  rt_call_destroy(&call);
  CHECK(fclose(stream) == 0);
  size_t used = 0;
  for (ssize_t length; (length = read(control, shown + used, size - 1 - used)) > 0;) {
    used += (size_t)length;
  }
  shown[used] = '\0';
  close(control);
}

static void check_live_line(void) {
  static const struct {
    unsigned short columns;
    const char *line;
  } cases[] = {
      {120, "epoch  3/10  ########------   60%  286/469  loss 0.08310  accuracy 97.6 %  2.3k ex/s  "
            "eta 0:24"},
      {80, "epoch  3/10  ####----   60%  loss 0.08310  accuracy 97.6 %  2.3k ex/s  eta 0:24"},
      {70, "epoch  3/10  #####----   60%  loss 0.08310  accuracy 97.6 %  eta 0:24"},
      {60, "epoch  3/10   60%  loss 0.08310  accuracy 97.6 %  eta 0:24"},
      {42, "epoch  3/10   60%  loss 0.08310  eta 0:24"},
      {36, "epoch  3/10  loss 0.08310  eta 0:24"},
      {26, "epoch  3/10  loss 0.08310"},
      {12, "epoch  3/10"},
      // Eight evaluations of two seconds are to come.
      {80, "epoch  3/10  evaluates 10,000 examples  eta 0:40"},
      {40, "epoch  3/10  evaluates 10,000 examples"},
      {20, "epoch  3/10"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char shown[1024], expected[256];
    show(cases[i].columns, i > 7, shown, sizeof shown);
    snprintf(expected, sizeof expected, "\r%s\x1b[K\r\x1b[K", cases[i].line);
    CHECK(strlen(cases[i].line) < cases[i].columns);
    EQUAL(shown, expected);
  }
}

int main(void) {
  check_numbers();
  check_periods();
  check_patterns();
  check_words();
  check_rows();
  check_live_line();
  return test_summary();
}
