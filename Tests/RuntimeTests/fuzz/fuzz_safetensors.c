// fuzz_safetensors.c - reads .safetensors files.

#include "files/files.h"
#include "fuzz.h"

// Reads all elements of a tensor, which must lie in the file.
static void read_tensor(const rt_safetensors *tensors, const rt_stored *tensor) {
  rt_error error = {0};
  size_t bytes = tensor->elements * rt_dtype_size(tensor->dtype);
  ALWAYS(bytes == tensor->end - tensor->begin && bytes <= tensors->file.size);
  unsigned char *target = (unsigned char *)malloc(bytes + (bytes == 0));
  ALWAYS(target != NULL);
  ALWAYS(rt_safetensors_read(tensors, tensor, 0, tensor->elements, target, "f", &error) == RT_OK);
  free(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *copy = (unsigned char *)rt_allocate(size);
  rt_safetensors tensors = {.file = {.size = size, .held = copy, .block = copy}};
  rt_error error = {0};
  ALWAYS(tensors.file.held != NULL);
  memcpy(tensors.file.held, data, size);
  if (rt_safetensors_parse(&tensors, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    for (int i = 0; i < tensors.count; i++) {
      ALWAYS(rt_safetensors_find(&tensors, tensors.tensors[i].name) == &tensors.tensors[i]);
      read_tensor(&tensors, &tensors.tensors[i]);
    }
  }
  rt_safetensors_close(&tensors);
  return 0;
}
