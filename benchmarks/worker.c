// worker.c - our contender: runs a function of a model on command. It is compiled with
// -DMODEL=<name>_model -DCREATE=<name>_create and linked to lib<name>.a.
//
//   worker describe                              says what states and functions there are
//   worker FUNCTION THREADS INPUTS [WEIGHTS]     reads INPUTS/<name>.npy, then obeys stdin:
//
//     run N                 runs N times and prints the seconds of each
//     outputs DIR           writes each output to DIR/<name>.npy
//     states DIR NAME...    writes states to DIR/<name>.npy, as files hold them

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// gcomp before its runtime had folders is measured as well.
#if __has_include("runtime/program/program.h")
#include "runtime/program/program.h"
#else
#include "runtime/program.h"
#endif

extern const rt_model MODEL;
extern void *CREATE(void);

static rt_error error;

static void check(int code) {
  if (code != RT_OK) {
    printf("error: %s\n", error.message);
    exit(1);
  }
}

static void print_tensor(const char *kind, const rt_tensor *tensor) {
  printf("%s %s %s", kind, tensor->name, rt_dtype_name(tensor->dtype));
  for (int axis = 0; axis < tensor->rank; axis++) {
    printf(" %d", tensor->shape[axis]);
  }
  printf("\n");
}

static void describe(void) {
  static const char *const roles[] = {"parameter", "statistic", "optimizer",
                                      "setting",   "counter",   "cache"};
  printf("bytes %zu %zu\n", MODEL.state_bytes, MODEL.arena_bytes);
  for (int i = 0; i < MODEL.state_count; i++) {
    print_tensor(roles[MODEL.states[i].role], &MODEL.states[i].tensor);
  }
  for (int i = 0; i < MODEL.function_count; i++) {
    const rt_function *function = &MODEL.functions[i];
    printf("function %s\n", function->name);
    for (int n = 0; n < function->input_count; n++) {
      print_tensor("input", &function->inputs[n]);
    }
  }
}

// Allocates "directory/name.npy".
static char *npy_path(const char *directory, const char *name) {
  size_t size = strlen(directory) + strlen(name) + sizeof "/.npy";
  char *path = malloc(size);
  if (path == NULL) {
    check(rt_fail_memory(&error, size, "a path"));
  } else {
    snprintf(path, size, "%s/%s.npy", directory, name);
  }
  return path;
}

static void read_inputs(const rt_call *call, const char *directory) {
  for (int i = 0; i < call->function->input_count; i++) {
    const rt_tensor *tensor = &call->function->inputs[i];
    char *path = npy_path(directory, tensor->name);
    rt_array array;
    check(rt_npy_read(&array, path, &error));
    size_t bad;
    if (array.elements != rt_tensor_elements(tensor) ||
        rt_convert(tensor->dtype, call->inputs[i], array.dtype, array.data, array.elements,
                   &bad) != RT_OK) {
      check(rt_fail(&error, RT_ERROR_MISMATCH, "%s is not what '%s' needs", path,
                    call->function->name));
    }
    rt_release(array.data);
    free(path);
  }
}

static void write_array(const char *directory, const rt_tensor *tensor, void *data) {
  rt_array array = {.dtype = tensor->dtype,
                    .rank = tensor->rank,
                    .elements = rt_tensor_elements(tensor),
                    .data = data};
  for (int axis = 0; axis < tensor->rank; axis++) {
    array.shape[axis] = tensor->shape[axis];
  }
  char *path = npy_path(directory, tensor->name);
  check(rt_npy_write(path, &array, &error));
  free(path);
}

static void write_state(const char *directory, void *instance, const char *name) {
  for (int i = 0; i < MODEL.state_count; i++) {
    const rt_state *state = &MODEL.states[i];
    if (strcmp(state->tensor.name, name) == 0) {
      unsigned char *block = (unsigned char *)instance;
      write_array(directory, &state->tensor, block + state->offset);
      return;
    }
  }
  check(rt_fail(&error, RT_ERROR_USAGE, "no state '%s'", name));
}

static void run(const rt_call *call, void *instance, int count) {
  double *times = malloc((size_t)count * sizeof *times);
  if (times == NULL) {
    check(rt_fail_memory(&error, (size_t)count * sizeof *times, "times"));
    return;
  }
  for (int i = 0; i < count; i++) {
    double start = rt_seconds();
    check(rt_call_run(call, instance, &error));
    times[i] = rt_seconds() - start;
  }
  for (int i = 0; i < count; i++) {
    printf("%.9g ", times[i]);
  }
  printf("\n");
  free(times);
}

// Obeys one line; it is cut into words.
static void obey(const rt_call *call, void *instance, char *line) {
  const char *command = strtok(line, " \n");
  const char *argument = strtok(NULL, " \n");
  if (command == NULL || argument == NULL) {
    check(rt_fail(&error, RT_ERROR_USAGE, "no command"));
  } else if (strcmp(command, "run") == 0 && atoi(argument) > 0) {
    run(call, instance, atoi(argument));
    return;
  } else if (strcmp(command, "outputs") == 0) {
    for (int i = 0; i < call->function->output_count; i++) {
      write_array(argument, &call->function->outputs[i], call->outputs[i]);
    }
  } else if (strcmp(command, "states") == 0) {
    const char *name;
    while ((name = strtok(NULL, " \n")) != NULL) {
      write_state(argument, instance, name);
    }
  } else {
    check(rt_fail(&error, RT_ERROR_USAGE, "no command '%s'", command));
  }
  printf("done\n");
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "describe") == 0) {
    describe();
    return 0;
  }
  if (argc < 4) {
    fprintf(stderr, "usage: worker describe | worker FUNCTION THREADS INPUTS [WEIGHTS]\n");
    return 2;
  }
  const rt_function *function = rt_find_function(&MODEL, argv[1]);
  if (function == NULL) {
    check(rt_fail(&error, RT_ERROR_USAGE, "no function '%s'", argv[1]));
  }
  rt_set_threads(atoi(argv[2]));
  void *instance = CREATE();
  if (instance == NULL) {
    check(rt_fail_memory(&error, MODEL.state_bytes + MODEL.arena_bytes, "the model"));
  }
  check(rt_prepare(&MODEL, instance, 0, NULL, argc > 4 ? argv[4] : NULL, NULL, &error));
  rt_call call;
  check(rt_call_create(&call, function, &error));
  read_inputs(&call, argv[3]);
  printf("ready\n");
  fflush(stdout);
  static char line[1 << 16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    obey(&call, instance, line);
    fflush(stdout);
  }
  rt_call_destroy(&call);
  rt_release(instance);
  return 0;
}
