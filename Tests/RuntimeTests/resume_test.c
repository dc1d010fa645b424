// resume_test.c - runs that are killed, at any moment, and resumed end like one that was not.

#define _GNU_SOURCE

#include "resume.h"

// Every moment of a run, one after the other.
static void check_moments(const char *how, const char *options) {
  static remains whole;
  char line[512], again[512];
  const char *log = "--log resume/log.csv";
  long moment = 0;
  int status = -1;
  snprintf(line, sizeof line, "--data resume/data --out resume/run %s %s", log, options);
  snprintf(again, sizeof again, "--resume resume/run %s", log);
  remove_run();
  CHECK(call(line, -1) == 0);
  read_remains(&whole, "resume/run");
  for (; status != 0 && moment < 200 && test_failed == 0; moment++) {
    remove_run();
    status = call(line, moment);
    CHECK(status == 0 || status == -1);
    if (status != 0) {
      CHECK(go_on(line, again, -1) == 0);
    }
    check_run(&whole, how, moment);
  }
  CHECK(moment > 40);
  // One that dies again and again, a little later each time.
  remove_run();
  status = -1;
  for (moment = 3; status != 0 && moment < 200; moment++) {
    status = go_on(line, again, moment);
  }
  CHECK(status == 0);
  check_run(&whole, "again and again", moment);
}

// Moments of the clock, in the middle of anything.
static void check_clock(void) {
  static remains whole;
  const char *line = "--data resume/data --out resume/run --log resume/log.csv --epochs 40 "
                     "--save-every 3";
  const char *again = "--resume resume/run --log resume/log.csv";
  uint32_t random = 1;
  remove_run();
  CHECK(call(line, -1) == 0);
  read_remains(&whole, "resume/run");
  for (int round = 0; round < 4; round++) {
    int status = -1;
    remove_run();
    for (int kills = 0; kills < 20 && status != 0; kills++) {
      pid_t child = start(&model, has_begun() ? again : line, -1);
      random = random * 1664525u + 1013904223u;
      usleep(10000 + random % 100000);
      kill(child, SIGKILL);
      status = end(child);
    }
    CHECK(status == 0 || go_on(line, again, -1) == 0);
    check_run(&whole, "at random", round);
  }
}

// More epochs or steps than were asked for first give what asking for all at once gives.
static void check_extension(void) {
  static const char *const parts[][3] = {
      {"--epochs 5", "--epochs 2", "--epochs 5"},
      {"--epochs 5 --steps 18", "--epochs 5 --steps 7", "--steps 18"},
      {"--epochs 5 --steps 10", "--epochs 5 --steps 3", "--steps 10"},
      {"--epochs 9 --patience 4 --rate -0.5", "--epochs 9 --patience 2 --rate -0.5",
       "--patience 4"},
      {"--epochs 4 --freeze *.weight", "--epochs 2 --freeze *.weight", "--epochs 4"},
  };
  for (int i = 0; i < 5; i++) {
    static remains whole;
    char line[512];
    const char *to = "--data resume/data --out resume/run --log resume/log.csv";
    remove_run();
    snprintf(line, sizeof line, "%s %s", to, parts[i][0]);
    CHECK(call(line, -1) == 0);
    read_remains(&whole, "resume/run");
    remove_run();
    snprintf(line, sizeof line, "%s %s", to, parts[i][1]);
    CHECK(call(line, -1) == 0);
    snprintf(line, sizeof line, "--resume resume/run --log resume/log.csv %s", parts[i][2]);
    CHECK(call(line, -1) == 0);
    check_run(&whole, parts[i][2], i);
  }
}

// A run that is asked to stop, at a step or between, ends like one that was not.
static void check_signals(void) {
  static remains whole;
  const char *line = "--data resume/data --out resume/run --log resume/log.csv --epochs 40";
  remove_run();
  CHECK(call(line, -1) == 0);
  read_remains(&whole, "resume/run");
  remove_run();
  int status = -1;
  for (int stops = 0; stops < 50 && status != 0; stops++) {
    const char *again = "--resume resume/run --log resume/log.csv";
    pid_t child = start(&model, has_begun() ? again : line, -1);
    usleep(40000);
    kill(child, stops % 2 == 0 ? SIGTERM : SIGINT);
    status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    // A signal that comes before the program's handler kills it.
    status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    CHECK(status == 0 || status == -1 || status == (stops % 2 == 0 ? 143 : 130));
  }
  CHECK(status == 0 || go_on(line, "--resume resume/run --log resume/log.csv", -1) == 0);
  check_run(&whole, "signals", 0);
}

int main(void) {
  begin_tests();
  check_moments("epochs", "--epochs 3");
  check_moments("steps", "--epochs 3 --save-every 2");
  check_moments("within an epoch", "--epochs 3 --steps 8 --save-every 3");
  check_moments("a rate too large", "--epochs 3 --rate 9");
  check_moments("frozen weights", "--epochs 3 --only *.bias --every 2");
  check_moments("impatience", "--epochs 9 --rate -0.5 --patience 2 --save-every 1h");
  check_clock();
  check_extension();
  check_signals();
  return test_summary();
}
