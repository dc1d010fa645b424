// log.c - the metrics of each step as CSV.

#include "program.h"

int rt_log_open(rt_writer *log, const char *path, const rt_function *step, rt_error *error) {
  int code = rt_writer_begin_growing(log, path, error);
  if (code != RT_OK) {
    return code;
  }
  rt_write_text(log, "step");
  for (int n = 0; n < rt_metric_count(step); n++) {
    rt_write_text(log, ",");
    rt_write_string(log, rt_metric(step, n)->name);
  }
  rt_write_text(log, "\n");
  return rt_writer_flush(log, error);
}

void rt_log_step(rt_writer *log, int64_t done, const rt_call *call) {
  rt_write_text(log, "%lld", (long long)done);
  for (int n = 0; n < rt_metric_count(call->function); n++) {
    int wide = rt_metric(call->function, n)->dtype == RT_F64;
    rt_write_text(log, wide ? ",%.17g" : ",%.9g", rt_metric_value(call, n));
  }
  rt_write_text(log, "\n");
}
