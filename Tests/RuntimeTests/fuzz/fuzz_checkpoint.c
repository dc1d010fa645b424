// fuzz_checkpoint.c - verifies checkpoints of the fixture and loads them.

#include <math.h>

#include "fuzz.h"
#include "files/files.h"
#include "tiny.h"

// The first line of an error; the lines below it are states that do not match.
static void check_error(rt_error *error) {
  error->message[strcspn(error->message, "\n")] = '\0';
  ALWAYS_CLEAR(*error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_safetensors file;
  rt_error error = {0}, warning = {0};
  write_f(data, size);
  if (rt_safetensors_open(&file, "f", &error) != RT_OK) {
    check_error(&error);
    return 0;
  }
  if (rt_safetensors_verify(&file, "f", &error) != RT_OK) {
    check_error(&error);
  }
  rt_safetensors_close(&file);
  for (int what = 0; what < 3; what++) {
    void *model = rt_model_create(&tiny_model);
    ALWAYS(model != NULL);
    if (rt_checkpoint_load(&tiny_model, model, "f", what, &warning, &error) != RT_OK) {
      check_error(&error);
    } else {
      for (int i = 0; i < 9; i++) {
        ALWAYS(isfinite(((const float *)model)[i]));
      }
    }
    rt_model_destroy(model);
  }
  return 0;
}
