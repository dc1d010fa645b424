// prepare.c - gives a new model its states.

#include <string.h>

#include "program.h"

// Calls the function that sets all states from the seed, or with `rest` the one for those that a
// file need not give, if there is one.
static int initialise(const rt_model *model, void *instance, uint64_t seed, int rest,
                      rt_error *error) {
  const rt_function *function = rest ? rt_function_of(model, 0, RT_INITIALISE_REST) : NULL;
  rt_call init;
  if (function == NULL) {
    function = rt_function_of(model, 0, RT_INITIALISE);
  }
  if (function == NULL) {
    return RT_OK;
  }
  int code = rt_call_create(&init, function, error);
  if (code == RT_OK) {
    memcpy(init.inputs[0], &seed, sizeof seed);
    code = rt_call_run(&init, instance, error);
  }
  rt_call_destroy(&init);
  return code;
}

int rt_prepare(const rt_model *model, void *instance, uint64_t seed,
               const double *settings, const char *weights, rt_error *warning,
               rt_error *error) {
  int code = initialise(model, instance, seed, weights != NULL, error);
  if (code == RT_OK) {
    rt_settings_apply(model, instance, settings);
  }
  if (code == RT_OK && weights != NULL) {
    code = rt_checkpoint_load(model, instance, weights, RT_LOAD_WEIGHTS, warning, error);
  }
  return code;
}

int rt_prepare_partly(const rt_model *model, void *instance, uint64_t seed,
                      const double *settings, const char *weights, rt_error *warning,
                      rt_error *error) {
  int code = rt_prepare(model, instance, seed, settings, NULL, warning, error);
  return code == RT_OK ? rt_checkpoint_load(model, instance, weights, RT_LOAD_FITTING, warning,
                                            error)
                       : code;
}
