// pace_measure.c - how many processors the process uses, and how many others use.

#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "pace.h"
#include "support.h"

// Seconds between looks at the machine, and the share of the time that they may take.
static const double least_pause = 0.3, share = 0.001;

static double seconds_of(struct timeval time) {
  return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

// The seconds of processors that the process has used, and how often it lost one.
static void read_process(double *cpu, double *switches) {
  struct rusage usage;
  *cpu = *switches = 0.0;
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    *cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    *switches = (double)usage.ru_nivcsw;
  }
}

#ifdef __linux__
// The seconds of processors that everybody has used, without those of programs with less priority
// than ours, which give way; negative if the system does not say.
static double read_machine(void) {
  enum { USER, NICE, SYSTEM, IDLE, DISK, INTERRUPT, SOFT_INTERRUPT, STEAL, FIELDS };
  char text[512];
  int file = open("/proc/stat", O_RDONLY | O_CLOEXEC);
  ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
  if (file >= 0) {
    close(file);
  }
  if (length < 4 || text[0] != 'c' || text[1] != 'p' || text[2] != 'u') {
    return -1.0;
  }
  text[length] = '\0';
  double busy = 0.0;
  char *at = text + 3;
  for (int field = 0; field < FIELDS; field++) {
    double ticks = (double)strtoull(at, &at, 10);
    int is_polite = field == NICE && getpriority(PRIO_PROCESS, 0) <= 0;
    busy += field == IDLE || field == DISK || is_polite ? 0.0 : ticks;
  }
  return busy / (double)sysconf(_SC_CLK_TCK);
}

static double all_processors(void) { return (double)sysconf(_SC_NPROCESSORS_ONLN); }
#else
static double read_machine(void) { return -1.0; }

static double all_processors(void) { return 1.0; }
#endif

void rt_pace_clocks_start(rt_pace_clocks *clocks) {
  *clocks = (rt_pace_clocks){.wall = rt_seconds(), .machine_busy = -1.0, .taken = -1.0};
  read_process(&clocks->cpu, &clocks->switches);
}

void rt_pace_clocks_skip(rt_pace_clocks *clocks) {
  clocks->wall = rt_seconds();
  read_process(&clocks->cpu, &clocks->switches);
}

// Looks at the machine if it is time to. The first look only begins to count.
static void look_at_machine(rt_pace_clocks *c, double processors) {
  double elapsed = c->wall - c->machine_wall;
  if (c->machine_busy >= 0.0 && elapsed < c->machine_pause) {
    return;
  }
  double busy = read_machine();
  c->taken = -1.0;
  if (busy >= 0.0 && c->machine_busy >= 0.0) {
    double others = (busy - c->machine_busy - (c->cpu - c->machine_cpu)) / elapsed;
    double left_over = all_processors() - processors;
    c->taken = others > left_over ? others - left_over : 0.0;
  }
  double cost = rt_seconds() - c->wall;
  c->machine_pause = cost / share > least_pause ? cost / share : least_pause;
  c->machine_wall = c->wall;
  c->machine_cpu = c->cpu;
  c->machine_busy = busy;
}

void rt_pace_clocks_read(rt_pace_clocks *clocks, double processors, int is_machine,
                         rt_pace_sample *sample) {
  rt_pace_clocks *c = clocks;
  double wall = c->wall, cpu = c->cpu, switches = c->switches;
  c->wall = rt_seconds();
  read_process(&c->cpu, &c->switches);
  sample->wall = c->wall - wall;
  sample->cpu = c->cpu - cpu;
  sample->switches = c->switches - switches;
  if (is_machine) {
    look_at_machine(c, processors);
  } else {
    c->machine_busy = c->taken = -1.0;
  }
  sample->taken = c->taken;
}
