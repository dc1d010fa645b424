// library.c - weights for a model in a library of C.

#include "library.h"

#include <string.h>

#include "program.h"

// Copies the message of an error, cut to fit, and returns the code.
static int tell(int code, const rt_error *error, char *message, size_t size) {
  if (message != NULL && size > 0) {
    size_t length = code != RT_OK ? strlen(error->message) : 0;
    length = length < size ? length : size - 1;
    memcpy(message, error->message, length);
    message[length] = '\0';
  }
  return code;
}

int rt_library_load(const rt_model *model, void *instance, const char *path, char *message,
                    size_t size) {
  rt_error error = {RT_OK, ""};
  size_t bytes = (size_t)model->setting_count * sizeof(double);
  double *settings = (double *)rt_allocate(bytes);
  int code = settings != NULL ? RT_OK : rt_fail_memory(&error, bytes, "the settings");
  for (int i = 0; settings != NULL && i < model->setting_count; i++) {
    settings[i] = model->settings[i].value;
  }
  if (code == RT_OK) {
    code = rt_prepare(model, instance, 0, settings, path, NULL, &error);
  }
  rt_release(settings);
  return tell(code, &error, message, size);
}

int rt_library_save(const rt_model *model, void *instance, const char *path, char *message,
                    size_t size) {
  rt_error error = {RT_OK, ""};
  return tell(rt_checkpoint_save(model, instance, path, &error), &error, message, size);
}
