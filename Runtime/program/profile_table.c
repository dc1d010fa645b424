// profile_table.c - a table of the kernels' times and their shares of the peak.

#include <stdlib.h>
#include <string.h>

#include "profile.h"

// Lines have at most WIDTH columns, names at most NAME. Kernels after the first ROWS are summed up
// in one line.
enum { WIDTH = 120, NAME = 28, ROWS = 40 };

// One kernel, or several together.
typedef struct {
  const char *name, *lines;
  int64_t calls;
  double seconds, best;       // of all calls, and of the fastest one
  double operations, bytes;
  double allowed;             // the seconds that all calls would take at the peak
  int by_memory;              // true iff memory limits them
} row;

// The slowest kernel first.
static int by_time(const void *a, const void *b) {
  const row *x = (const row *)a, *y = (const row *)b;
  if (x->seconds != y->seconds) {
    return x->seconds < y->seconds ? 1 : -1;
  }
  return strcmp(x->name, y->name);
}

// A row of the table, from what a kernel counted.
static void set_row(row *r, const rt_kernel *kernel, const rt_kernel_time *time,
                    const rt_peak *peak) {
  double calls = (double)time->calls;
  *r = (row){.name = kernel->name, .lines = kernel->lines, .calls = time->calls,
             .seconds = time->seconds, .best = time->least};
  r->operations = calls * (double)kernel->operations;
  r->bytes = calls * (double)kernel->bytes;
  // A vector holds half as many numbers of twice the size.
  double computing = r->operations / peak->operations * (kernel->type == RT_F64 ? 2 : 1);
  double moving = peak->bytes > 0 ? r->bytes / peak->bytes : 0;
  r->by_memory = moving > computing;
  r->allowed = r->by_memory ? moving : computing;
}

// Adds the numbers of a row to a sum.
static void add_row(row *sum, const row *r) {
  sum->calls += r->calls;
  sum->seconds += r->seconds;
  sum->operations += r->operations;
  sum->bytes += r->bytes;
}

// A number of about three digits.
static char *number_text(char *text, size_t size, double value) {
  if (!(value > 0)) {
    snprintf(text, size, "-");
  } else {
    snprintf(text, size, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
  }
  return text;
}

// "82% FMA", "31% memory", or "cache" for a rate that memory cannot reach.
static char *peak_text(char *text, size_t size, const row *r) {
  double percent = r->seconds > 0 ? 100 * r->allowed / r->seconds : 0;
  if (r->by_memory && percent > 100) {
    snprintf(text, size, "cache");
  } else if (percent >= 0.05) {
    snprintf(text, size, "%.*f%% %s", percent < 10 ? 1 : 0, percent,
             r->by_memory ? "memory" : "FMA");
  } else {
    snprintf(text, size, "-");
  }
  return text;
}

// Copies `text` into at most `most` bytes; a longer one ends in dots.
static char *cut(char *result, size_t most, const char *text) {
  size_t length = strlen(text);
  if (length <= most) {
    memcpy(result, text, length + 1);
  } else {
    memcpy(result, text, most - 2);
    memcpy(result + most - 2, "..", 3);
  }
  return result;
}

// One line. Shares are of the time `total`.
static void print_row(FILE *stream, int width, const row *r, double total, const char *of_peak) {
  char name[WIDTH + 1], lines[WIDTH + 1], line[2 * WIDTH];
  char calls[32], operations[32], bytes[32], each[32], best[32];
  snprintf(calls, sizeof calls, "%lld", (long long)r->calls);
  number_text(operations, sizeof operations, 1e-9 * r->operations / r->seconds);
  number_text(bytes, sizeof bytes, 1e-9 * r->bytes / r->seconds);
  number_text(each, sizeof each, 1e6 * r->seconds / (double)r->calls);
  number_text(best, sizeof best, 1e6 * r->best);
  int is_kernel = r->calls > 0;
  int used = snprintf(line, sizeof line, "%-*s  %7s  %9.2f  %5.1f  %8s  %7s  %7s  %5s  %-10s",
                      width, cut(name, (size_t)width, r->name), is_kernel ? calls : "",
                      1e3 * r->seconds, total > 0 ? 100 * r->seconds / total : 0,
                      is_kernel ? each : "", r->best > 0 ? best : "",
                      is_kernel ? operations : "", is_kernel ? bytes : "", of_peak);
  int room = WIDTH - used - 2;
  if (room > 8 && r->lines[0] != '\0') {
    snprintf(line + used, sizeof line - (size_t)used, "  %s",
             cut(lines, (size_t)room, r->lines));
  }
  for (size_t end = strlen(line); end > 0 && line[end - 1] == ' '; end--) {
    line[end - 1] = '\0';
  }
  fprintf(stream, "%s\n", line);
}

// The kernels that were called, sorted; returns how many they are.
static int sort_rows(row *rows, const rt_profile *profile, const rt_peak *peak) {
  int count = 0;
  for (int i = 0; i < profile->count; i++) {
    if (profile->times[i].calls > 0) {
      set_row(&rows[count++], &profile->kernels[i], &profile->times[i], peak);
    }
  }
  qsort(rows, (size_t)count, sizeof *rows, by_time);
  return count;
}

// The lines below the kernels.
static void print_sums(FILE *stream, int width, const row *sum, const rt_profile *profile,
                       const rt_peak *peak) {
  char operations[32], bytes[32];
  double outside = profile->seconds - sum->seconds;
  row rest = {.name = "outside kernels", .lines = "", .seconds = outside > 0 ? outside : 0};
  row total = *sum;
  total.name = "total";
  total.seconds = sum->seconds + rest.seconds;
  fputc('\n', stream);
  print_row(stream, width, &rest, total.seconds, "");
  print_row(stream, width, &total, total.seconds, "");
  number_text(operations, sizeof operations, 1e-9 * peak->operations);
  number_text(bytes, sizeof bytes, 1e-9 * peak->bytes);
  fprintf(stream, "%-*s  %7s  %9s  %5s  %8s  %7s  %7s  %5s  of %d %s, in f32\n", width,
          "peak, measured now", "", "", "", "", "", operations, bytes, peak->threads,
          peak->threads == 1 ? "thread" : "threads");
}

int rt_profile_print(const rt_profile *profile, const rt_peak *peak, FILE *stream,
                     rt_error *error) {
  if (profile == NULL) {
    return RT_OK;
  }
  size_t bytes = (size_t)profile->count * sizeof(row);
  row *rows = (row *)rt_allocate(bytes);
  if (rows == NULL) {
    return rt_fail_memory(error, bytes, "a table of kernels");
  }
  int count = sort_rows(rows, profile, peak);
  int shown = count <= ROWS + 1 ? count : ROWS;
  int width = (int)strlen("outside kernels");
  double total = profile->seconds;
  row sum = {.lines = ""}, rest = {.lines = ""};
  for (int i = 0; i < count; i++) {
    int length = (int)strlen(rows[i].name);
    length = length < NAME ? length : NAME;
    width = i < shown && length > width ? length : width;
    add_row(&sum, &rows[i]);
    if (i >= shown) {
      add_row(&rest, &rows[i]);
    }
  }
  fprintf(stream, "%-*s  %7s  %9s  %5s  %8s  %7s  %7s  %5s  %-10s  %s\n", width, "kernel",
          "calls", "total ms", "%", "us/call", "best us", "GFLOP/s", "GB/s", "of peak", "lines");
  for (int i = 0; i < shown; i++) {
    char of_peak[32];
    print_row(stream, width, &rows[i], total, peak_text(of_peak, sizeof of_peak, &rows[i]));
  }
  if (count > shown) {
    char name[32];
    snprintf(name, sizeof name, "%d others", count - shown);
    rest.name = name;
    print_row(stream, width, &rest, total, "");
  }
  print_sums(stream, width, &sum, profile, peak);
  rt_release(rows);
  return RT_OK;
}

int rt_profile_report(rt_profile *profile, const char *program, const char *path, FILE *stream,
                      rt_error *error) {
  if (profile == NULL) {
    return RT_OK;
  }
  rt_profile_end(profile);
  rt_peak peak;
  rt_peak_measure(&peak);
  fprintf(stream, "\n");
  int code = rt_profile_print(profile, &peak, stream, error);
  if (code == RT_OK) {
    code = rt_profile_trace(profile, program, path, error);
  }
  if (code == RT_OK) {
    fprintf(stream, "\ntrace %s, for chrome://tracing or ui.perfetto.dev", path);
    if (profile->call_count > RT_PROFILE_CALLS) {
      fprintf(stream, "; the first %d calls of %lld", RT_PROFILE_CALLS,
              (long long)profile->call_count);
    }
    fputc('\n', stream);
  }
  return code;
}
