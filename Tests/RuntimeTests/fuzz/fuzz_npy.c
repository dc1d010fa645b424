// fuzz_npy.c - reads .npy files.

#include "files/files.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy of its own, so that a read behind the end is found.
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_file file = {.size = size, .held = copy};
  rt_npy npy;
  rt_error error = {0};
  if (rt_npy_parse(&npy, &file, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
  } else {
    size_t elements = 1, bytes = npy.array.elements * rt_dtype_size(npy.array.dtype);
    ALWAYS(npy.array.rank >= 0 && npy.array.rank <= RT_MAX_RANK);
    for (int axis = 0; axis < npy.array.rank; axis++) {
      ALWAYS(npy.array.shape[axis] >= 0);
      elements *= (size_t)npy.array.shape[axis];
    }
    ALWAYS(elements == npy.array.elements && npy.offset <= size && bytes == size - npy.offset);
    unsigned char *elements_read = (unsigned char *)malloc(bytes + (bytes == 0));
    ALWAYS(elements_read != NULL);
    ALWAYS(rt_file_read(&file, elements_read, npy.offset, bytes, "f", &error) == RT_OK);
    free(elements_read);
  }
  free(copy);
  return 0;
}
