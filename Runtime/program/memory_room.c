// memory_room.c - how much memory this process may take. Where nothing is known, everything.

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory.h"

enum { LONGEST_PATH = 4096, MOST_LINES = 4096 };

// Opens a file below a folder of the system, or returns null if there is none: the limit is not set
// then.
static FILE *open_text(const char *root, const char *folder, const char *name) {
  char path[LONGEST_PATH];
  int length = snprintf(path, sizeof path, "%s%s/%s", root, folder, name);
  return length > 0 && (size_t)length < sizeof path ? fopen(path, "r") : NULL;
}

// The number behind `key` at the beginning of a line, in bytes; or `otherwise`. An empty key is the
// first number of the file.
static uint64_t find_number(const char *root, const char *folder, const char *name,
                            const char *key, uint64_t otherwise) {
  char line[256];
  uint64_t found = otherwise;
  size_t length = strlen(key);
  FILE *file = open_text(root, folder, name);
  for (int i = 0; file != NULL && i < MOST_LINES && fgets(line, sizeof line, file) != NULL; i++) {
    uint64_t value;
    if (strncmp(line, key, length) == 0 && sscanf(line + length, "%" SCNu64, &value) == 1) {
      found = value;
      break;
    }
  }
  if (file != NULL) {
    fclose(file);
  }
  return found;
}

// Takes a smaller room.
static void limit(rt_memory_room *room, uint64_t bytes, const char *where) {
  if (bytes < room->bytes) {
    *room = (rt_memory_room){(size_t)bytes, where};
  }
}

// What the machine has left, by /proc/meminfo.
static void limit_machine(rt_memory_room *room, const char *root) {
  uint64_t memory = find_number(root, "/proc", "meminfo", "MemAvailable:", 0);
  uint64_t swap = find_number(root, "/proc", "meminfo", "SwapFree:", 0);
  if (memory > 0) {
    limit(room, (memory + swap) * 1024, "on this machine");
  }
}

// What is left of the limit of one group. Files that are cached count as used, but give way.
static void limit_group(rt_memory_room *room, const char *root, const char *folder, int version) {
  const char *most = version == 2 ? "memory.max" : "memory.limit_in_bytes";
  const char *now = version == 2 ? "memory.current" : "memory.usage_in_bytes";
  const char *keys[] = {version == 2 ? "inactive_file " : "total_inactive_file ",
                        version == 2 ? "active_file " : "total_active_file "};
  uint64_t bytes = find_number(root, folder, most, "", UINT64_MAX);
  uint64_t used = find_number(root, folder, now, "", 0);
  for (int i = 0; i < 2; i++) {
    uint64_t cached = find_number(root, folder, "memory.stat", keys[i], 0);
    used -= cached < used ? cached : used;
  }
  if (bytes != UINT64_MAX) {
    limit(room, bytes > used ? bytes - used : 0, "in the control group of this process");
  }
}

// A line of /proc/self/cgroup, "4:cpu,memory:/a/b" or, of version 2, "0::/a/b". The limits of all
// groups along the path hold. In a container the path may be that of the host, which does not exist
// there; the group at the root is then its own.
static void limit_line(rt_memory_room *room, const char *root, char *line) {
  char folder[LONGEST_PATH];
  char *names = strchr(line, ':');
  char *path = names != NULL ? strchr(names + 1, ':') : NULL;
  if (path == NULL) {
    return;
  }
  *path++ = '\0';
  path[strcspn(path, "\n")] = '\0';
  int is_second = names[1] == '\0';
  if (!is_second && strstr(names, "memory") == NULL) {
    return;
  }
  const char *mount = is_second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
  char *slash;
  do {
    int length = snprintf(folder, sizeof folder, "%s%s", mount, path);
    if (length > 0 && (size_t)length < sizeof folder) {
      limit_group(room, root, folder, is_second ? 2 : 1);
    }
    slash = strrchr(path, '/');
    if (slash != NULL) {
      *slash = '\0';
    }
  } while (slash != NULL);
}

// What the control groups of the process leave, each of which counts all of its processes.
static void limit_groups(rt_memory_room *room, const char *root) {
  char line[LONGEST_PATH];
  FILE *file = open_text(root, "/proc/self", "cgroup");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    limit_line(room, root, line);
  }
  if (file != NULL) {
    fclose(file);
  }
}

// RLIMIT_AS counts addresses, of which this process has some already.
static void limit_addresses(rt_memory_room *room, const char *root) {
  struct rlimit most;
  long page = sysconf(_SC_PAGESIZE);
  if (getrlimit(RLIMIT_AS, &most) == 0 && most.rlim_cur != RLIM_INFINITY) {
    uint64_t pages = find_number(root, "/proc/self", "statm", "", 0);
    uint64_t used = pages * (uint64_t)(page > 0 ? page : 0), bytes = (uint64_t)most.rlim_cur;
    limit(room, bytes > used ? bytes - used : 0, "within the limit of addresses (ulimit -v)");
  }
}

rt_memory_room rt_memory_find_room(const char *root) {
  rt_memory_room room = {SIZE_MAX, "here"};
  limit_machine(&room, root);
  limit_groups(&room, root);
  limit_addresses(&room, root);
  return room;
}
