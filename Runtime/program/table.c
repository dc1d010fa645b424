// table.c - results.csv: a row for each epoch.
//
// Rows are appended, and reach the disk before the checkpoint that knows of them. So a run that
// goes on finds the rows of all its epochs, and drops those after its checkpoint.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"

// Appends the names of the metrics to `text`, or only counts their bytes if it is null.
static size_t add_names(char *text, size_t used, const char *before, const rt_function *function) {
  for (int n = 0; n < rt_metric_count(function); n++) {
    const char *name = rt_metric(function, n)->name;
    size_t size = strlen(before) + strlen(name) + 1;
    if (text != NULL) {
      snprintf(text + used, size + 1, ",%s%s", before, name);
    }
    used += size;
  }
  return used;
}

char *rt_table_header(const char *first, const rt_function *step, const rt_function *evaluation,
                      const rt_function *rates) {
  char *text = NULL;
  // First the length, then the text.
  for (size_t size = 0; size == 0 || text == NULL;) {
    size_t used = strlen(first);
    if (size > 0) {
      text = (char *)rt_allocate(size);
      if (text == NULL) {
        return NULL;
      }
      memcpy(text, first, used);
    }
    used = add_names(text, used, "", step);
    used = evaluation != NULL ? add_names(text, used, "validation_", evaluation) : used;
    used = rates != NULL ? add_names(text, used, "", rates) : used;
    if (text != NULL) {
      text[used] = '\n';
    }
    size = used + 2;
  }
  return text;
}

int rt_table_open(rt_table *table, const char *path, const rt_function *step,
                  const rt_evaluation *evaluation, const rt_function *rates, int epochs,
                  rt_error *error) {
  char *header =
      rt_table_header("epoch,step,seconds", step, evaluation->measured.function, rates);
  char tail[256];
  if (header == NULL) {
    return rt_fail_memory(error, 0, path);
  }
  int code = rt_rows_open(&table->writer, path, header, epochs, tail, sizeof tail, error);
  rt_release(header);
  // The seconds of the last row that stays: those of this process are added to them.
  const char *comma = code == RT_OK ? strchr(tail, ',') : NULL;
  comma = comma != NULL ? strchr(comma + 1, ',') : NULL;
  table->seconds = comma != NULL ? strtod(comma + 1, NULL) : 0.0;
  return code;
}

// A metric; all numbers that are none look alike.
static void write_metric(rt_writer *writer, double value) {
  if (isnan(value)) {
    rt_write_text(writer, ",nan");
  } else {
    rt_write_text(writer, ",%.9g", value);
  }
}

void rt_table_row(rt_table *table, int epoch, int64_t done, const rt_progress *progress,
                  const rt_evaluation *evaluation) {
  rt_writer *writer = &table->writer;
  double seconds = table->seconds + rt_seconds() - progress->start;
  rt_write_text(writer, "%d,%lld,%.3f", epoch, (long long)done, seconds);
  for (int n = 0; n < progress->metric_count; n++) {
    write_metric(writer, progress->sums[n] / (double)progress->epoch_steps);
  }
  for (int n = 0; n < evaluation->metric_count; n++) {
    write_metric(writer, evaluation->metrics[n]);
  }
  for (int n = 0; progress->rates != NULL && n < rt_rates_count(progress->rates); n++) {
    write_metric(writer, rt_rates_value(progress->rates, n));
  }
  rt_write_text(writer, "\n");
}
