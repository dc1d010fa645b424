// prepare.c - gives a new model its states.

#include <string.h>

#include "program.h"

int rt_prepare(const rt_model *model, void *instance, uint64_t seed,
               const double *settings, const char *weights, rt_error *warning,
               rt_error *error) {
  // States that the file gives need not be initialised first; without a function for the rest, all
  // are.
  const rt_function *function =
      weights != NULL ? rt_function_of(model, RT_INITIALISE_REST) : NULL;
  if (function == NULL) {
    function = rt_function_of(model, RT_INITIALISE);
  }
  int code = RT_OK;
  if (function != NULL) {
    rt_call init;
    code = rt_call_create(&init, function, error);
    if (code == RT_OK) {
      memcpy(init.inputs[0], &seed, sizeof seed);
      code = rt_call_run(&init, instance, error);
    }
    rt_call_destroy(&init);
  }
  if (code == RT_OK) {
    rt_settings_apply(model, instance, settings);
  }
  if (code == RT_OK && weights != NULL) {
    code = rt_checkpoint_load(model, instance, weights, 0, warning, error);
  }
  return code;
}
