// interrupts_test.c - reads and writes while signals arrive every few microseconds.
//
// The handler is set without SA_RESTART, as in a program that uses a model as a library, so calls
// of the system fail with EINTR wherever they can: on pipes, mostly.

#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files/folder.h"
#include "program/signals.h"
#include "program/training.h"
#include "test.h"
#include "tiny.h"

enum { BYTES = 3 << 20, PART = 1000, ROUNDS = 200 };

static volatile sig_atomic_t arrived;

static void count(int number) {
  (void)number;
  arrived++;
}

// Lets SIGALRM arrive every 50 microseconds, or no more.
static void alarms(int on) {
  struct sigaction action;
  action.sa_handler = on ? count : SIG_IGN;
  action.sa_flags = 0;
  sigemptyset(&action.sa_mask);
  sigaction(SIGALRM, &action, NULL);
  struct itimerval every = {{0, on ? 50 : 0}, {0, on ? 50 : 0}};
  setitimer(ITIMER_REAL, &every, NULL);
}

static void pause_for(int milliseconds) {
  struct timespec time = {0, milliseconds * 1000000L};
  nanosleep(&time, NULL);
}

static unsigned char byte_at(size_t i) { return (unsigned char)(i * 7 + i / 251); }

// Another process writes all bytes to a descriptor slowly, or checks that it reads them.
static pid_t other_process(const char *pipe_path, int reads) {
  pid_t child = fork();
  if (child != 0) {
    return child;
  }
  int descriptor = open(pipe_path, reads ? O_RDONLY : O_WRONLY), same = 1;
  unsigned char part[PART];
  size_t at = 0;
  // So that the one who waits for the other end of the pipe is interrupted there.
  pause_for(20);
  while (same && at < BYTES) {
    size_t size = BYTES - at < PART ? BYTES - at : PART;
    for (size_t i = 0; i < size && !reads; i++) {
      part[i] = byte_at(at + i);
    }
    ssize_t done = reads ? read(descriptor, part, size) : write(descriptor, part, size);
    same = done > 0;
    for (ssize_t i = 0; i < done && reads; i++) {
      same = same && part[i] == byte_at(at + (size_t)i);
    }
    at += done > 0 ? (size_t)done : 0;
  }
  _exit(same ? 0 : 1);
}

static int ended_well(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_pipes(void) {
  rt_error error = {RT_OK, ""};
  CHECK(mkfifo("pipe", 0666) == 0);
  pid_t child = other_process("pipe", 1);
  rt_writer writer;
  alarms(1);
  int code = rt_writer_begin(&writer, "pipe", &error);
  for (size_t i = 0; i < BYTES / 2; i++) {
    unsigned char byte = byte_at(i);
    rt_write(&writer, &byte, 1);
  }
  unsigned char *rest = (unsigned char *)malloc(BYTES);
  for (size_t i = BYTES / 2; i < BYTES; i++) {
    rest[i] = byte_at(i);
  }
  rt_write(&writer, rest + BYTES / 2, BYTES - BYTES / 2);
  code = code == RT_OK ? rt_writer_commit(&writer, &error) : code;
  alarms(0);
  CHECK(code == RT_OK);
  CHECK(ended_well(child));
  CHECK(arrived > 100);

  child = other_process("pipe", 0);
  int descriptor = open("pipe", O_RDONLY);
  CHECK(descriptor >= 0 && dup2(descriptor, STDIN_FILENO) == STDIN_FILENO);
  arrived = 0;
  alarms(1);
  rt_file file;
  code = rt_file_hold_input(&file, &error);
  alarms(0);
  CHECK(code == RT_OK && file.size == BYTES);
  int same = 1;
  for (size_t i = 0; i < file.size; i++) {
    same = same && file.held[i] == byte_at(i);
  }
  CHECK(same);
  CHECK(ended_well(child));
  CHECK(arrived > 100);
  rt_file_close(&file);
  close(descriptor);
  free(rest);
}

// What a training does with files: checkpoints, rows, locks, folders.
static void test_files(void) {
  rt_error error = {RT_OK, ""};
  tiny_t *first = tiny_create(), *second = tiny_create();
  uint64_t seed = 5;
  int code = RT_OK;
  CHECK(tiny_init(first, &seed) == RT_OK && tiny_init(second, &seed) == RT_OK);
  CHECK(mkdir("weights", 0777) == 0);
  arrived = 0;
  alarms(1);
  for (int i = 0; i < ROUNDS && code == RT_OK; i++) {
    rt_lock lock;
    rt_notes notes = {0};
    rt_writer rows;
    rt_names names = {0, NULL, NULL};
    code = rt_lock_take(&lock, "weights", "test", &error);
    code = code == RT_OK ? rt_checkpoint_save_noted(&tiny_model, first, "weights/last.safetensors",
                                                    "weights/previous.safetensors", &notes, &error)
                         : code;
    code = code == RT_OK ? rt_checkpoint_load(&tiny_model, second, "weights/last.safetensors",
                                              RT_LOAD_CACHES, NULL, &error)
                         : code;
    code = code == RT_OK ? rt_rows_open(&rows, "rows.csv", "n,x\n", i - 1, NULL, 0, &error) : code;
    if (code == RT_OK) {
      rt_write_text(&rows, "%d,0.5\n", i);
      code = rt_writer_synchronise(&rows, &error);
      rt_writer_abandon(&rows);
    }
    code = code == RT_OK ? rt_folder_list(&names, "weights", &error) : code;
    rt_notes_clear(&notes);
    rt_names_clear(&names);
    rt_lock_release(&lock);
  }
  alarms(0);
  CHECK(code == RT_OK);
  CHECK(strcmp(error.message, "") == 0);
  CHECK(arrived > 20);
  rt_file file;
  CHECK(rt_file_open(&file, "rows.csv", &error) == RT_OK);
  // The header, ten rows of one digit, ninety of two, the others of three.
  CHECK(file.size == 4 + 10 * 6 + 90 * 7 + (ROUNDS - 100) * 8);
  rt_file_close(&file);
  tiny_destroy(first);
  tiny_destroy(second);
}

// The handlers of the programs stay after a signal, and let calls go on.
static void test_handlers(void) {
  int ends[2];
  char byte = 0;
  arrived = 0;
  CHECK(pipe(ends) == 0);
  CHECK(rt_signal_set(SIGTERM, count) == SIG_DFL);
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    for (int i = 0; i < 3; i++) {
      pause_for(10);
      kill(parent, SIGTERM);
    }
    pause_for(10);
    _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
  }
  CHECK(read(ends[0], &byte, 1) == 1 && byte == 'x');
  CHECK(arrived > 0);
  CHECK(rt_signal_set(SIGTERM, SIG_IGN) == count);
  CHECK(rt_signal_set(SIGTERM, SIG_DFL) == SIG_IGN);
  CHECK(ended_well(child));
}

int main(void) {
  CHECK(system("rm -rf interrupts && mkdir interrupts") == 0);
  if (chdir("interrupts") != 0) {
    return 1;
  }
  test_pipes();
  test_files();
  test_handlers();
  return test_summary();
}
