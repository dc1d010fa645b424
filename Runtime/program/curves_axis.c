// curves_axis.c - the numbers along a side of a panel.

#include <math.h>
#include <stdio.h>

#include "curves.h"

// The least of 1, 2 and 5 times a power of ten that is not below `least`, up to rounding.
static double round_step(double least) {
  double power = pow(10, floor(log10(least)));
  double times = least / power;
  return power * (times <= 1 + 1e-9 ? 1 : times <= 2 + 1e-9 ? 2 : times <= 5 + 1e-9 ? 5 : 10);
}

rt_axis rt_axis_make(rt_axis_kind kind, double low, double high, int most) {
  rt_axis axis = {.kind = kind, .low = low, .high = high, .most = most};
  double size = fmax(fabs(low), fabs(high));
  if (kind == RT_AXIS_LOG) {
    axis.low = log10(low);
    axis.high = log10(high);
    return axis;
  }
  // A single number, or several that text could hardly tell apart.
  if (high - low <= 1e-9 * size) {
    double room = kind == RT_AXIS_WHOLE && size < 1e8 ? 0.5 : 0.1 * size;
    axis.low = size > 0 ? low - room : 0;
    axis.high = size > 0 ? high + room : 1;
  }
  axis.step = round_step((axis.high - axis.low) / most);
  if (kind == RT_AXIS_WHOLE && axis.step < 1) {
    axis.step = 1;
  }
  return axis;
}

double rt_axis_place(const rt_axis *axis, double value) {
  double at = axis->kind == RT_AXIS_LOG ? log10(value) : value;
  return axis->from + (axis->to - axis->from) * ((at - axis->low) / (axis->high - axis->low));
}

// Powers of ten, or if there are only few of them 2 and 5 times these as well.
static int log_ticks(const rt_axis *axis, double ticks[RT_TICKS]) {
  static const double logarithms[] = {0, 0.30102999566398120, 0.69897000433601880};
  static const double times[] = {1, 2, 5};
  double rounding = 1e-9;
  int first = (int)floor(axis->low + rounding), last = (int)floor(axis->high + rounding);
  int powers = last - (int)ceil(axis->low - rounding) + 1;
  int stride = powers <= axis->most ? 1 : (powers + axis->most - 1) / axis->most;
  int count = 0;
  for (int power = first; power <= last; power++) {
    for (int i = 0; i < (powers < 3 ? 3 : 1); i++) {
      double at = power + logarithms[i];
      if (power % stride == 0 && at >= axis->low - rounding && at <= axis->high + rounding &&
          count < RT_TICKS) {
        ticks[count++] = times[i] * pow(10, power);
      }
    }
  }
  return count;
}

int rt_axis_ticks(const rt_axis *axis, double ticks[RT_TICKS]) {
  if (axis->kind == RT_AXIS_LOG) {
    return log_ticks(axis, ticks);
  }
  int count = 0;
  double first = ceil(axis->low / axis->step - 1e-6);
  double last = floor(axis->high / axis->step + 1e-6);
  for (double i = first; i <= last && count < RT_TICKS; i++) {
    ticks[count++] = i == 0 ? 0 : i * axis->step;  // not -0
  }
  return count;
}

void rt_axis_text(const rt_axis *axis, double tick, char text[32]) {
  if (axis->kind == RT_AXIS_LOG) {
    snprintf(text, 32, "%g", tick);
    return;
  }
  // As many digits as tell neighbours apart.
  double largest = fmax(fabs(axis->low), fabs(axis->high));
  int unit = (int)floor(log10(axis->step) + 1e-9);
  if (largest < 1e7 && unit >= -5) {
    snprintf(text, 32, "%.*f", unit < 0 ? -unit : 0, tick);
  } else {
    int digits = (int)floor(log10(largest)) - unit + 1;
    snprintf(text, 32, "%.*g", digits < 1 ? 1 : digits > 12 ? 12 : digits, tick);
  }
}
