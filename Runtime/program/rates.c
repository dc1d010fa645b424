// rates.c - the learning rates of a training, which the model tells.

#include <math.h>
#include <string.h>

#include "program.h"

int rt_rates_create(rt_rates *rates, const rt_model *model, int phase, void *instance,
                    rt_error *error) {
  const rt_function *function = rt_function_of(model, phase, RT_RATES);
  *rates = (rt_rates){.instance = instance};
  if (function == NULL) {
    return RT_OK;
  }
  if (function->input_count > 0) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s' is no function without inputs",
                   function->name);
  }
  return rt_call_create(&rates->call, function, error);
}

void rt_rates_destroy(rt_rates *rates) {
  if (rates->call.function != NULL) {
    rt_call_destroy(&rates->call);
  }
  *rates = (rt_rates){.instance = NULL};
}

int rt_rates_update(const rt_rates *rates, rt_error *error) {
  return rates->call.function != NULL ? rt_call_run(&rates->call, rates->instance, error) : RT_OK;
}

int rt_rates_count(const rt_rates *rates) {
  return rates->call.function != NULL ? rt_metric_count(rates->call.function) : 0;
}

const char *rt_rates_name(const rt_rates *rates, int n) {
  return rt_metric(rates->call.function, n)->name;
}

double rt_rates_value(const rt_rates *rates, int n) { return rt_metric_value(&rates->call, n); }

char *rt_learning_rate_text(char text[32], double rate) {
  int is_small = fabs(rate) > 0.0 && fabs(rate) < 1e-3;
  snprintf(text, 32, is_small ? "%.1e" : "%.3g", rate);
  // "8.1e-04" is shorter without the zero.
  char *exponent = strchr(text, 'e');
  if (exponent != NULL && (exponent[1] == '-' || exponent[1] == '+') && exponent[2] == '0') {
    memmove(exponent + 2, exponent + 3, strlen(exponent + 3) + 1);
  }
  return text;
}
