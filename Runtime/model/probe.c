// probe.c - the output of `probe("name", x)` in a model.

#include <math.h>
#include <stdio.h>

#include "support.h"

void rt_probe(const char *name, const void *data, rt_dtype dtype, size_t count) {
  const unsigned char *bytes = data;
  size_t size = rt_dtype_size(dtype);
  size_t finite = 0;
  double least = 0, largest = 0, sum = 0;
  for (size_t i = 0; i < count; i++) {
    double x = rt_scalar_get(dtype, bytes + i * size);
    if (!isfinite(x)) continue;
    if (finite == 0 || x < least) least = x;
    if (finite == 0 || x > largest) largest = x;
    sum += x;
    finite++;
  }
  fprintf(stderr, "probe %s: %s, %zu element%s", name, rt_dtype_name(dtype), count,
          count == 1 ? "" : "s");
  if (finite > 0) {
    fprintf(stderr, ", from %.6g to %.6g, mean %.6g", least, largest,
            sum / (double)finite);
  }
  if (finite < count) fprintf(stderr, ", %zu not finite", count - finite);
  fputc('\n', stderr);
}
