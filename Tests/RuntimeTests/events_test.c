// events_test.c - events for TensorBoard, byte by byte as its own writer makes them.

#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "events_reference.h"
#include "program/events.h"
#include "test.h"

enum { SIZE = 1 << 16 };

static double next_time;

static double test_clock(void) {
  next_time += 0.5;
  return next_time - 0.5;
}

static int starts_with(const char *text, const char *beginning) {
  return strncmp(text, beginning, strlen(beginning)) == 0;
}

// The number of files of events in a folder; `path` gets the last one in the order of names.
static int find_files(const char *folder, char path[512]) {
  DIR *open_folder = opendir(folder);
  int count = 0;
  char last[256] = "";
  CHECK(open_folder != NULL);
  for (struct dirent *entry; open_folder != NULL && (entry = readdir(open_folder)) != NULL;) {
    count += starts_with(entry->d_name, "events.out.tfevents.");
    if (entry->d_name[0] == 'e' && strcmp(entry->d_name, last) > 0) {
      snprintf(last, sizeof last, "%s", entry->d_name);
    }
  }
  closedir(open_folder);
  snprintf(path, 512, "%s/%s", folder, last);
  return count;
}

// Reads a file of at most SIZE bytes.
static size_t read_bytes(const char *path, unsigned char *bytes) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  size_t size = file != NULL ? fread(bytes, 1, SIZE, file) : 0;
  if (file != NULL) {
    fclose(file);
  }
  return size;
}

static void check_bytes(void) {
  static unsigned char bytes[SIZE];
  char path[512], long_tag[201];
  rt_events events;
  rt_error error = {0};
  memset(long_tag, 'n', 200);
  long_tag[200] = '\0';
  next_time = 1700000000.25;
  CHECK(rt_events_open(&events, "events/new", 7, test_clock, &error) == RT_OK);
  // What begins the file is visible at once, the rest when it is flushed.
  CHECK(find_files("events/new", path) == 1);
  CHECK(starts_with(path, "events/new/events.out.tfevents.1700000000."));
  size_t start = read_bytes(path, bytes);
  CHECK(start == 71 && memcmp(bytes, reference, start) == 0);
  rt_events_scalar(&events, "loss/train", 7, 0.6931471805599453);
  rt_events_scalar(&events, "loss/validation", 7, 0.25);
  rt_events_scalar(&events, "accuracy", 0, 0.0);
  rt_events_scalar(&events, "a", 127, -0.0);
  rt_events_scalar(&events, "a", 128, 1e-40);
  rt_events_scalar(&events, "pr\xc3\xa9" "cision/\xc3\xa9", INT64_C(1) << 40, 1e300);
  rt_events_scalar(&events, long_tag, -1, -INFINITY);
  CHECK(rt_events_flush(&events, &error) == RT_OK);
  CHECK(read_bytes(path, bytes) > start);
  rt_events_scalar(&events, "b", 16384, -(double)FLT_MAX);
  CHECK(rt_events_close(&events, &error) == RT_OK);
  size_t size = read_bytes(path, bytes);
  CHECK(size == sizeof reference);
  for (size_t i = 0; i < size && i < sizeof reference; i++) {
    if (bytes[i] != reference[i]) {
      printf("byte %zu: expected %02x, found %02x\n", i, reference[i], bytes[i]);
      CHECK(bytes[i] == reference[i]);
      break;
    }
  }
}

// A second file of the same process and second gets a name that follows.
static void check_names(void) {
  char first[512], second[512];
  rt_events events;
  rt_error error = {0};
  for (int i = 0; i < 3; i++) {
    next_time = 42;
    CHECK(rt_events_open(&events, "events/twice", 1 + 10 * i, test_clock, &error) == RT_OK);
    rt_events_scalar(&events, "loss", 1 + 10 * i, i);
    CHECK(rt_events_close(&events, &error) == RT_OK);
    CHECK(find_files("events/twice", i == 0 ? first : second) == i + 1);
  }
  CHECK(starts_with(first, "events/twice/events.out.tfevents.0000000042."));
  CHECK(starts_with(second, "events/twice/events.out.tfevents.0000000044."));
}

static void check_failures(void) {
  rt_events events;
  rt_error error = {0};
  CHECK(rt_events_open(&events, "/dev/null/events", 1, NULL, &error) != RT_OK);
  CHECK_TEXT(error.message, "/dev/null");
  // Nothing is open: nothing is written, nothing fails.
  rt_events_scalar(&events, "loss", 1, 0.5);
  CHECK(rt_events_flush(&events, &error) == RT_OK);
  CHECK(rt_events_close(&events, &error) == RT_OK);
  events = (rt_events){0};
  rt_events_scalar(&events, "loss", 1, 0.5);
  CHECK(rt_events_close(&events, &error) == RT_OK);

  int full = open("/dev/full", O_WRONLY);
  if (full < 0) {
    return;
  }
  CHECK(rt_events_open(&events, "events/full", 1, NULL, &error) == RT_OK);
  close(events.file.descriptor);
  events.file.descriptor = full;
  rt_events_scalar(&events, "loss", 1, 0.5);
  CHECK(rt_events_flush(&events, &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "cannot write 'events/full/events.out.tfevents.");
  CHECK(rt_events_close(&events, NULL) == RT_ERROR_FILE);
  CHECK(!events.file.is_open);
}

int main(void) {
  CHECK(system("rm -rf events") == 0);
  check_bytes();
  check_names();
  check_failures();
  return test_summary();
}
