// memory_room_test.c - what limits memory, as files of the system say it, and plans against it.

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "program/memory.h"
#include "test.h"
#include "tiny.h"

// Writes a file of the system below the folder "room".
static void put(const char *path, const char *text) {
  char full[512];
  rt_error error = {0};
  snprintf(full, sizeof full, "room%s", path);
  char *slash = strrchr(full, '/');
  *slash = '\0';
  CHECK(rt_make_directory(full, &error) == RT_OK);
  *slash = '/';
  FILE *file = fopen(full, "w");
  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int is_room(size_t bytes, const char *where) {
  rt_memory_room room = rt_memory_find_room("room");
  int equal = room.bytes == bytes && strcmp(room.where, where) == 0;
  if (!equal) {
    printf("  found %zu %s\n", room.bytes, room.where);
  }
  return equal;
}

static void check_rooms(void) {
  static const char group[] = "in the control group of this process";
  CHECK(system("rm -rf room") == 0);
  CHECK(is_room(SIZE_MAX, "here"));
  put("/proc/meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable:    4000 kB\n"
                       "SwapFree: 96 kB\n");
  CHECK(is_room(4096 * 1024, "on this machine"));
  // Version 2: the least of all groups on the path, less what is used, but for cached files.
  put("/proc/self/cgroup", "0::/a/b\n");
  put("/sys/fs/cgroup/a/b/memory.max", "max\n");
  put("/sys/fs/cgroup/a/b/memory.current", "500000\n");
  CHECK(is_room(4096 * 1024, "on this machine"));
  put("/sys/fs/cgroup/a/memory.max", "1000000\n");
  put("/sys/fs/cgroup/a/memory.current", "600000\n");
  CHECK(is_room(400000, group));
  put("/sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 100000\nactive_file 50000\n");
  CHECK(is_room(550000, group));
  put("/sys/fs/cgroup/a/memory.current", "2000000\n");
  CHECK(is_room(0, group));
  put("/sys/fs/cgroup/a/memory.max", "max\n");
  put("/sys/fs/cgroup/memory.max", "3000000\n");
  CHECK(is_room(3000000, group));
  // Version 1, among other groups.
  put("/proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/y/z\n1:name=systemd:/\n0::/none\n");
  put("/sys/fs/cgroup/memory.max", "max\n");
  put("/sys/fs/cgroup/memory/y/z/memory.limit_in_bytes", "9223372036854771712\n");
  put("/sys/fs/cgroup/memory/y/z/memory.usage_in_bytes", "100\n");
  CHECK(is_room(4096 * 1024, "on this machine"));
  put("/sys/fs/cgroup/memory/y/memory.limit_in_bytes", "2000000\n");
  put("/sys/fs/cgroup/memory/y/memory.usage_in_bytes", "1500000\n");
  put("/sys/fs/cgroup/memory/y/memory.stat", "cache 1\ntotal_inactive_file 300000\n");
  CHECK(is_room(800000, group));
  // What is malformed limits nothing.
  put("/proc/self/cgroup", "0\n::\nmemory\n4:memory\n\n0::/\n");
  put("/proc/meminfo", "MemAvailable: many kB\n");
  CHECK(is_room(SIZE_MAX, "here"));
}

static void check_plans(void) {
  rt_error error = {0};
  rt_memory_plan plan = {.states = 1 << 20, .arena = (size_t)1 << 62, .batch = 64};
  CHECK(rt_memory_check(&plan, &error) == RT_ERROR_MEMORY);
  CHECK_TEXT(error.message, "the program needs 4194304.0 TB: 4194304.0 TB arena, 1.0 MB states, "
                            "0 B buffers, 0 B data; ");
  CHECK_TEXT(error.message, " are available ");
  CHECK_TEXT(error.message, "; no batch would fit");
  plan.data = (size_t)1 << 60;
  CHECK(rt_memory_check(&plan, &error) == RT_ERROR_MEMORY);
  CHECK_TEXT(error.message, "; fewer examples take less");
  plan.data = 0;
  plan.is_most = 1;
  CHECK(rt_memory_check(&plan, &error) == RT_OK);
  // Twice what there is: about half of the batch fits.
  plan = (rt_memory_plan){.arena = 2 * rt_memory_find_room("").bytes, .batch = 64};
  if (plan.arena < SIZE_MAX - 1) {
    int fits = 0;
    CHECK(rt_memory_check(&plan, &error) == RT_ERROR_MEMORY);
    const char *hint = strstr(error.message, "; a batch of about ");
    CHECK(hint != NULL && sscanf(hint, "; a batch of about %d would fit", &fits) == 1);
    CHECK_TEXT(error.message, " would fit, instead of 64");
    CHECK(fits > 24 && fits < 40);
  }
  plan = (rt_memory_plan){.states = SIZE_MAX, .arena = SIZE_MAX, .data = 1};
  CHECK(rt_memory_sum(&plan) == SIZE_MAX);
  const rt_function *step = rt_function_of(&tiny_model, 0, RT_TRAIN_STEP);
  rt_dataset data = {.count = {80, 0}};
  plan = rt_memory_plan_training(&tiny_model, 0, &data);
  CHECK(plan.states == tiny_model.state_bytes && plan.arena == tiny_model.arena_bytes);
  CHECK(plan.buffers == rt_call_bytes(step) && plan.buffers > 16 * 3 * 4 && plan.batch == 16);
  size_t alone = plan.buffers;
  data.count[RT_VALIDATION] = 20;
  plan = rt_memory_plan_training(&tiny_model, 0, &data);
  CHECK(plan.buffers > alone && plan.data == 0);
}

// A limit of addresses, which is that of this test from now on. Sanitizers need more than any.
static void check_addresses(void) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
  if (limit.rlim_cur == RLIM_INFINITY && system("rm -rf room") == 0) {
    put("/proc/self/statm", "1000 10 1 1 0 1 0\n");
    limit.rlim_cur = (rlim_t)1 << 46;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    rt_memory_room room = rt_memory_find_room("room");
    CHECK(room.bytes < (size_t)1 << 46 && room.bytes > ((size_t)1 << 46) - (1 << 28));
    CHECK(strcmp(room.where, "within the limit of addresses (ulimit -v)") == 0);
  }
}

int main(void) {
  check_rooms();
  check_plans();
  check_addresses();
  return test_summary();
}
