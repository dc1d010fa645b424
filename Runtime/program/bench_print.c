// bench_print.c - tables of measured times.

#include <string.h>

#include "../model/processor.h"
#include "bench.h"

// The first columns are texts; people know the model, whose program they called.
enum { COLUMNS = 9, MODEL = 0, TEXTS = 3, CELL = 64 };

static const char *const format_names[] = {"text", "markdown", "csv", "json"};

int rt_bench_format_read(const char *name, rt_bench_format *format, rt_error *error) {
  for (int i = 0; i < 4; i++) {
    if (strcmp(name, format_names[i]) == 0) {
      *format = (rt_bench_format)i;
      return RT_OK;
    }
  }
  return rt_fail(error, RT_ERROR_USAGE,
                 "--format: expected text, markdown, csv or json, found '%s'", name);
}

// What all lines have in common.
typedef struct {
  const rt_model *model;
  const rt_function *function;
  const rt_bench_plan *plan;
  int batch;         // 0: the function has no examples
  const char *unit;  // of the times in tables for people
  double scale;      // units in a second
} subject;

// Sets the unit in which a time has few digits before and behind its point.
static void set_unit(subject *s, double seconds) {
  s->unit = seconds < 1e-6 ? "ns" : seconds < 1e-3 ? "us" : seconds < 10.0 ? "ms" : "s";
  s->scale = seconds < 1e-6 ? 1e9 : seconds < 1e-3 ? 1e6 : seconds < 10.0 ? 1e3 : 1.0;
}

// Examples, or calls of a function that has none, in a second. By the median, which what else the
// machine does hardly moves.
static double rate(const subject *s, const rt_bench_times *t) {
  double examples = s->batch > 0 ? (double)s->batch : 1.0;
  return t->median > 0.0 ? examples / t->median : 0.0;
}

// ---- For people: text and Markdown ----

static const char *const headings[COLUMNS] = {
    "model", "function", "cpu", "batch", "threads", "mean", "median", "min", "examples/s"};

// The heading of a column. Of a function without examples, calls are counted.
static const char *heading(char text[CELL], const subject *s, int column) {
  int is_time = column >= 5 && column < COLUMNS - 1;
  snprintf(text, CELL, "%s%s%s", headings[column], is_time ? " " : "", is_time ? s->unit : "");
  return column == COLUMNS - 1 && s->batch == 0 ? "calls/s" : text;
}

// Writes a number that is not negative with `digits` digits, or more in front of its point.
static const char *number(char text[CELL], int digits, double x) {
  snprintf(text, CELL, x < 1e3 ? "%.*g" : "%.*f", x < 1e3 ? digits : 0, x);
  return text;
}

// The cells of a line.
static void fill(char cells[COLUMNS][CELL], const subject *s, const rt_bench_times *t) {
  char batch[CELL] = "-";
  if (s->batch > 0) {
    snprintf(batch, CELL, "%d", s->batch);
  }
  snprintf(cells[0], CELL, "%s", s->model->name);
  snprintf(cells[1], CELL, "%s", s->function->name);
  snprintf(cells[2], CELL, "%s", rt_processor_name());
  snprintf(cells[3], CELL, "%s", batch);
  snprintf(cells[4], CELL, "%d", t->threads);
  char mean[CELL], deviation[CELL];
  snprintf(cells[5], CELL, "%.25s +- %.25s", number(mean, 4, s->scale * t->mean),
           number(deviation, 3, s->scale * t->deviation));
  number(cells[6], 4, s->scale * t->median);
  number(cells[7], 4, s->scale * t->least);
  number(cells[8], 4, rate(s, t));
}

// Prints a line of cells; names begin at the left, numbers end at the right.
static void print_cells(FILE *stream, int is_markdown, char cells[COLUMNS][CELL],
                        const int widths[COLUMNS]) {
  fputs(is_markdown ? "|" : "", stream);
  const int first = is_markdown ? MODEL : MODEL + 1;
  for (int i = first; i < COLUMNS; i++) {
    const char *gap = is_markdown ? " " : i > first ? "  " : "";
    fprintf(stream, i < TEXTS ? "%s%-*s" : "%s%*s", gap, widths[i], cells[i]);
    fputs(is_markdown ? " |" : "", stream);
  }
  fputc('\n', stream);
}

// Columns for people, or a table of markdown with the model as well.
static void print_table(FILE *stream, int is_markdown, const subject *s, int count,
                        const rt_bench_times *times) {
  int widths[COLUMNS];
  char cells[COLUMNS][CELL];
  for (int i = 0; i < COLUMNS; i++) {
    widths[i] = (int)strlen(heading(cells[0], s, i));
  }
  for (int n = 0; n < count; n++) {
    fill(cells, s, &times[n]);
    for (int i = 0; i < COLUMNS; i++) {
      widths[i] = (int)strlen(cells[i]) > widths[i] ? (int)strlen(cells[i]) : widths[i];
    }
  }
  for (int i = 0; i < COLUMNS; i++) {
    char text[CELL];
    snprintf(cells[i], CELL, "%s", heading(text, s, i));
  }
  print_cells(stream, is_markdown, cells, widths);
  if (is_markdown) {
    fputc('|', stream);
    for (int i = 0; i < COLUMNS; i++) {
      for (int n = 0; n < widths[i] + 2; n++) {
        fputc(i >= TEXTS && n == widths[i] + 1 ? ':' : '-', stream);
      }
      fputc('|', stream);
    }
    fputc('\n', stream);
  }
  for (int n = 0; n < count; n++) {
    fill(cells, s, &times[n]);
    print_cells(stream, is_markdown, cells, widths);
  }
}

// ---- For programs: CSV and JSON ----

// What the rate counts.
static const char *rated(const subject *s) { return s->batch > 0 ? "examples" : "calls"; }

// A line of names, and one for each number of threads; milliseconds, in all digits.
static void print_csv(FILE *stream, const subject *s, int count, const rt_bench_times *times) {
  fprintf(stream, "model,version,function,cpu,batch,threads,warm_up,runs,repeats,mean_ms,"
                  "deviation_ms,median_ms,min_ms,max_ms,%s_per_second\n",
          rated(s));
  for (int n = 0; n < count; n++) {
    const rt_bench_times *t = &times[n];
    fprintf(stream, "%s,%s,%s,%s,%d,%d,%d,%d,%d,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g\n",
            s->model->name, s->model->version, s->function->name, rt_processor_name(), s->batch,
            t->threads, s->plan->warm_up, s->plan->runs, s->plan->repeats, 1e3 * t->mean,
            1e3 * t->deviation, 1e3 * t->median, 1e3 * t->least, 1e3 * t->most, rate(s, t));
  }
}

// A list with an object for each number of threads.
static void print_json(FILE *stream, const subject *s, int count, const rt_bench_times *times) {
  fprintf(stream, "[");
  for (int n = 0; n < count; n++) {
    const rt_bench_times *t = &times[n];
    fprintf(stream,
            "%s\n  {\"model\": \"%s\", \"version\": \"%s\", \"function\": \"%s\", \"cpu\": \"%s\", "
            "\"batch\": %d, \"threads\": %d, \"warm_up\": %d, \"runs\": %d, \"repeats\": %d, "
            "\"mean_ms\": %.6g, \"deviation_ms\": %.6g, \"median_ms\": %.6g, \"min_ms\": %.6g, "
            "\"max_ms\": %.6g, \"%s_per_second\": %.6g}",
            n > 0 ? "," : "", s->model->name, s->model->version, s->function->name,
            rt_processor_name(), s->batch, t->threads, s->plan->warm_up, s->plan->runs,
            s->plan->repeats, 1e3 * t->mean, 1e3 * t->deviation, 1e3 * t->median, 1e3 * t->least,
            1e3 * t->most, rated(s),
            rate(s, t));
  }
  fprintf(stream, "\n]\n");
}

void rt_bench_print(FILE *stream, rt_bench_format format, const rt_model *model,
                    const rt_function *function, const rt_bench_plan *plan, int count,
                    const rt_bench_times *times) {
  subject s = {model, function, plan, rt_common_batch(function), "", 1.0};
  set_unit(&s, times[0].median);
  switch (format) {
    case RT_BENCH_TEXT:
    case RT_BENCH_MARKDOWN:
      print_table(stream, format == RT_BENCH_MARKDOWN, &s, count, times);
      break;
    case RT_BENCH_CSV:
      print_csv(stream, &s, count, times);
      break;
    case RT_BENCH_JSON:
      print_json(stream, &s, count, times);
      break;
  }
}
