// file_test.c - reading and writing files on a real machine: pipes, devices, links, full disks,
// long names, files that shrink, folders that two processes want.

#define _XOPEN_SOURCE 700

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "damage.h"
#include "program/program.h"

static char message[4096];

// Tries to write four letters; returns the code and leaves the message.
static int write_letters(const char *path) {
  rt_error error = {0};
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, &error);
  if (code == RT_OK) {
    rt_write_text(&writer, "%s", "abcd");
    code = rt_writer_commit(&writer, &error);
  }
  snprintf(message, sizeof message, "%s", error.message);
  return code;
}

static int holds(const char *path, const char *text) {
  char bytes[64] = {0};
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return 0;
  }
  size_t size = fread(bytes, 1, sizeof bytes - 1, file);
  fclose(file);
  return size == strlen(text) && memcmp(bytes, text, size) == 0;
}

// The number of files in the folder whose names match.
static int count(const char *pattern) {
  char command[256];
  snprintf(command, sizeof command, "ls -d %s 2>/dev/null | wc -l", pattern);
  FILE *pipe = popen(command, "r");
  int found = -1;
  CHECK(pipe != NULL && fscanf(pipe, "%d", &found) == 1);
  pclose(pipe);
  return found;
}

// Large parts of a file are read as they stand; a file that has become shorter is no crash.
static void check_reading(void) {
  enum { SIZE = (3 << 20) + 5 };
  unsigned char *bytes = (unsigned char *)rt_allocate(SIZE);
  unsigned char *target = (unsigned char *)rt_allocate(SIZE);
  for (int i = 0; i < SIZE; i++) {
    bytes[i] = (unsigned char)(i * 7 + i / 1000);
  }
  write_bytes("copy.bin", bytes, SIZE);
  rt_file file, held;
  rt_error error = {0};
  CHECK(rt_file_open(&file, "copy.bin", &error) == RT_OK && file.size == SIZE);
  CHECK(rt_file_open(&held, "copy.bin", &error) == RT_OK);
  CHECK(rt_file_hold(&held, SIZE - 1, 0, "copy.bin", &error) == RT_OK && held.held == NULL);
  CHECK(rt_file_hold(&held, SIZE, 0, "copy.bin", &error) == RT_OK && held.held != NULL);
  CHECK(rt_file_read(&file, target, 0, SIZE, "copy.bin", &error) == RT_OK);
  CHECK(memcmp(target, bytes, SIZE) == 0);
  CHECK(rt_file_read(&file, target, 3, SIZE - 3, "copy.bin", &error) == RT_OK);
  CHECK(memcmp(target, bytes + 3, SIZE - 3) == 0 && target[SIZE - 3] == bytes[SIZE - 3]);
  CHECK(rt_file_read(&file, target, SIZE, 0, "copy.bin", &error) == RT_OK);
  CHECK(rt_file_read(&file, target, SIZE, 1, "copy.bin", &error) == RT_ERROR_FORMAT);
  CHECK(rt_file_read(&file, target, SIZE_MAX, 2, "copy.bin", &error) == RT_ERROR_FORMAT);
  write_bytes("copy.bin", bytes, 1000);
  CHECK(rt_file_read(&file, target, 0, SIZE, "copy.bin", &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message,
             "copy.bin: expected 3145733 bytes, found fewer; the file was truncated");
  CHECK(rt_file_read(&file, target, 0, 1000, "copy.bin", &error) == RT_OK);
  CHECK(rt_file_read(&held, target, 0, SIZE, "copy.bin", &error) == RT_OK);
  CHECK(memcmp(target, bytes, SIZE) == 0);
  rt_file_close(&held);
  rt_file_close(&file);
  rt_file_close(&file);
  write_bytes("copy.bin", bytes, 0);
  CHECK(rt_file_open(&file, "copy.bin", &error) == RT_OK && file.size == 0);
  CHECK(rt_file_hold(&file, 10, 0, "copy.bin", &error) == RT_OK);
  rt_file_close(&file);
  rt_release(bytes);
  rt_release(target);
}

// What is no file is refused at once.
static void check_what_is_no_file(void) {
  static const struct {
    const char *path, *message;
  } cases[] = {{"pipe", "cannot read 'pipe': expected a file, found a pipe"},
               {".", "cannot read '.': expected a file, found a directory"},
               {"/dev/null", "cannot read '/dev/null': expected a file, found a device"},
               {"", "cannot open '': No such file or directory"},
               {"missing", "cannot open 'missing': No such file or directory"}};
  remove("pipe");
  CHECK(mkfifo("pipe", 0600) == 0);
  alarm(20);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_file file;
    rt_error error = {0};
    CHECK(rt_file_open(&file, cases[i].path, &error) == RT_ERROR_FILE);
    CHECK_TEXT(error.message, cases[i].message);
  }
  alarm(0);
}

static void check_replacing(void) {
  struct stat status;
  rt_writer first, second;
  rt_error error = {0};
  write_bytes("kept", "old", 3);
  CHECK(chmod("kept", 0640) == 0);
  // Two that write the same file do not meet; the last one wins, and nothing is left.
  CHECK(rt_writer_begin(&first, "kept", &error) == RT_OK);
  CHECK(rt_writer_begin(&second, "kept", &error) == RT_OK);
  CHECK(strcmp(first.temporary, second.temporary) != 0 && count("kept.*.partial") == 2);
  rt_write_text(&first, "first");
  rt_write_text(&second, "second");
  CHECK(holds("kept", "old"));
  CHECK(rt_writer_commit(&second, &error) == RT_OK && holds("kept", "second"));
  CHECK(rt_writer_commit(&first, &error) == RT_OK && holds("kept", "first"));
  CHECK(stat("kept", &status) == 0 && (status.st_mode & 0777) == 0640);
  CHECK(rt_writer_begin(&first, "kept", &error) == RT_OK);
  rt_write_text(&first, "never");
  rt_writer_abandon(&first);
  CHECK(holds("kept", "first") && count("kept.*.partial") == 0);
  CHECK(rt_writer_check("kept", &error) == RT_OK && holds("kept", "first"));
  CHECK(rt_writer_check("none", &error) == RT_OK && count("none") == 0);
}

static void check_links(void) {
  struct stat status;
  CHECK(system("rm -rf links target made; mkdir links; ln -s ../target links/a; ln -s a links/b;"
               "ln -s ../made links/dangling; ln -s round links/round") == 0);
  write_bytes("target", "old", 3);
  CHECK(write_letters("links/b") == RT_OK && holds("target", "abcd"));
  CHECK(lstat("links/a", &status) == 0 && S_ISLNK(status.st_mode));
  CHECK(lstat("links/b", &status) == 0 && S_ISLNK(status.st_mode));
  CHECK(write_letters("links/dangling") == RT_OK && holds("made", "abcd"));
  CHECK(write_letters("links/round") == RT_ERROR_FILE);
  CHECK_TEXT(message, "cannot write 'links/round': Too many levels of symbolic links");
  CHECK(count("links/*") == 4 && count("*.partial links/*.partial") == 0);
}

// Devices and pipes stay what they are.
static void check_devices(void) {
  struct stat status;
  CHECK(write_letters("/dev/null") == RT_OK);
  CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
  CHECK(system("ln -sf /dev/full full") == 0);
  CHECK(write_letters("full") == RT_ERROR_FILE);
  CHECK_TEXT(message, "cannot write 'full': No space left on device");
  remove("pipe");
  CHECK(mkfifo("pipe", 0600) == 0);
  FILE *reader = popen("cat pipe", "r");
  char found[16] = {0};
  CHECK(reader != NULL && write_letters("pipe") == RT_OK);
  CHECK(reader != NULL && fread(found, 1, 15, reader) == 4 && strcmp(found, "abcd") == 0);
  CHECK(reader != NULL && pclose(reader) == 0);
  CHECK(stat("pipe", &status) == 0 && S_ISFIFO(status.st_mode));
  rt_error error = {0};
  CHECK(rt_writer_check("pipe", &error) == RT_OK);
}

static void check_refused_paths(void) {
  char longest[300], longer[300];
  memset(longest, 'x', sizeof longest);
  longest[255] = '\0';
  memset(longer, 'x', sizeof longer);
  longer[256] = '\0';
  CHECK(write_letters(longest) == RT_OK && holds(longest, "abcd"));
  CHECK(write_letters(longer) == RT_ERROR_FILE);
  CHECK_TEXT(message, "xxx': File name too long");
  CHECK(write_letters("") == RT_ERROR_FILE);
  CHECK_TEXT(message, "cannot write '': expected a path, found an empty one");
  CHECK(write_letters(".") == RT_ERROR_FILE);
  CHECK_TEXT(message, "cannot write '.': Is a directory");
  CHECK(write_letters("new/") == RT_ERROR_FILE);
  CHECK(write_letters("no/such/directory/t") == RT_ERROR_FILE);
  CHECK_TEXT(message, "cannot write 'no/such/directory/t': No such file or directory");
  rt_error error = {0};
  CHECK(rt_make_directory("", &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "expected a path, found an empty one");
  CHECK(rt_make_directory(longer, &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "File name too long");
  CHECK(count("*.partial") == 0);
}

static void check_growing(void) {
  rt_writer log;
  rt_error error = {0};
  write_bytes("log", "an older and longer log", 23);
  CHECK(rt_writer_begin_growing(&log, "log", &error) == RT_OK);
  rt_write_text(&log, "one\n");
  CHECK(rt_writer_flush(&log, &error) == RT_OK && holds("log", "one\n"));
  rt_write_text(&log, "two\n");
  CHECK(rt_writer_commit(&log, &error) == RT_OK && holds("log", "one\ntwo\n"));
  CHECK(rt_writer_begin_growing(&log, "/dev/full", &error) == RT_OK);
  rt_write_text(&log, "lost\n");
  CHECK(rt_writer_flush(&log, &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "cannot write '/dev/full': No space left on device");
  CHECK(rt_writer_commit(&log, &error) == RT_ERROR_FILE);
}

// A child that holds the lock until the pipe is closed.
static pid_t hold_lock(int ready, int until) {
  pid_t child = fork();
  if (child == 0) {
    rt_lock lock;
    char byte = 0;
    if (rt_lock_take(&lock, "locked", "tiny-train", NULL) == RT_OK &&
        write(ready, "x", 1) == 1 && read(until, &byte, 1) >= 0) {
      _exit(0);  // without a release, as a process that is killed
    }
    _exit(1);
  }
  return child;
}

static void check_lock(void) {
  rt_lock lock, again;
  rt_error error = {0};
  int ready[2], until[2], status = 0;
  char byte, holder[64];
  CHECK(rt_make_directory("locked", &error) == RT_OK && pipe(ready) == 0 && pipe(until) == 0);
  pid_t child = hold_lock(ready[1], until[0]);
  CHECK(child > 0 && read(ready[0], &byte, 1) == 1);
  CHECK(rt_lock_take(&lock, "locked", "other-train", &error) == RT_ERROR_FILE);
  snprintf(holder, sizeof holder, "'locked' is in use by tiny-train, process %ld on ",
           (long)child);
  CHECK_TEXT(error.message, holder);
  CHECK(write(until[1], "x", 1) == 1 && waitpid(child, &status, 0) == child && status == 0);
  // A dead holder's file is no lock.
  CHECK(count("locked/.lock") == 1);
  CHECK(rt_lock_take(&again, "locked", "other-train", &error) == RT_OK);
  rt_lock_release(&again);
  CHECK(count("locked/.lock") == 0);
  CHECK(rt_lock_take(&lock, "nowhere", "tiny-train", &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "cannot write 'nowhere/.lock': No such file");
}

int main(void) {
  check_reading();
  check_what_is_no_file();
  check_replacing();
  check_links();
  check_devices();
  check_refused_paths();
  check_growing();
  check_lock();
  return test_summary();
}
