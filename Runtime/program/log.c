// log.c - the metrics of each step as CSV.

#include "training.h"

int rt_log_open(rt_writer *log, const char *path, const rt_function *step, int64_t done,
                rt_error *error) {
  char *header = rt_table_header("step", step, NULL, NULL);
  if (header == NULL) {
    return rt_fail_memory(error, 0, path);
  }
  int code = rt_rows_open(log, path, header, done > 0 ? done : -1, NULL, 0, error);
  rt_release(header);
  return code;
}

void rt_log_step(rt_writer *log, int64_t done, const rt_call *call) {
  rt_write_text(log, "%lld", (long long)done);
  for (int n = 0; n < rt_metric_count(call->function); n++) {
    int wide = rt_metric(call->function, n)->dtype == RT_F64;
    rt_write_text(log, wide ? ",%.17g" : ",%.9g", rt_metric_value(call, n));
  }
  rt_write_text(log, "\n");
}
