// element_text.c - writes numbers with as few digits as are needed.
//
// A number has the fewest digits that read as the same element of its type: 0.1 in f32 is "0.1",
// not "0.100000001".

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../math/half.h"
#include "elements.h"

// Writes a finite real: more digits until reading them gives the same element again.
static void real_text(char text[RT_LONGEST_NUMBER], rt_dtype dtype, double value) {
  int digits = dtype == RT_F64 ? 15 : dtype == RT_F32 ? 6 : dtype == RT_F16 ? 3 : 2;
  int most = dtype == RT_F64 ? 17 : dtype == RT_F32 ? 9 : dtype == RT_F16 ? 5 : 4;
  for (int same = 0; !same && digits <= most; digits++) {
    snprintf(text, RT_LONGEST_NUMBER, "%.*g", digits, value);
    double read = strtod(text, NULL);
    switch (dtype) {
      case RT_F64:
        same = read == value;
        break;
      case RT_F16:
        same = (double)rt_f16_to_f32(rt_f32_to_f16((float)read)) == value;
        break;
      case RT_BF16:
        same = (double)rt_bf16_to_f32(rt_f32_to_bf16((float)read)) == value;
        break;
      default:
        same = (double)(float)read == value;
    }
  }
}

char *rt_element_text(char text[RT_LONGEST_NUMBER], rt_dtype dtype, const void *element) {
  switch (dtype) {
    case RT_I64:
      snprintf(text, RT_LONGEST_NUMBER, "%lld", (long long)*(const int64_t *)element);
      return text;
    case RT_U64:
      snprintf(text, RT_LONGEST_NUMBER, "%llu", (unsigned long long)*(const uint64_t *)element);
      return text;
    case RT_F64:
    case RT_F32:
    case RT_F16:
    case RT_BF16:
      break;
    default:
      snprintf(text, RT_LONGEST_NUMBER, "%.0f", rt_scalar_get(dtype, element));
      return text;
  }
  double value = rt_scalar_get(dtype, element);
  if (isnan(value)) {
    snprintf(text, RT_LONGEST_NUMBER, "nan");
  } else if (isinf(value)) {
    snprintf(text, RT_LONGEST_NUMBER, value < 0.0 ? "-inf" : "inf");
  } else {
    real_text(text, dtype, value);
  }
  return text;
}
