// fuzz_csv.c - reads CSV files for inputs of several types and shapes.

#include "fuzz.h"
#include "program/inputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int points[] = {8, 2}, list[] = {3}, nothing[] = {0, 4};
  static const rt_tensor tensors[] = {{"x", RT_F32, 2, points},  {"x", RT_U8, 1, list},
                                      {"x", RT_F64, 0, NULL},    {"x", RT_I64, 2, points},
                                      {"x", RT_BOOL, 1, list},   {"x", RT_F16, 2, nothing}};
  for (int i = 0; i < 12; i++) {
    const rt_slot slot = {&tensors[i / 2], i % 2 == 1 && tensors[i / 2].rank > 0};
    // A copy of its own, so that a read behind the end is found.
    unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
    ALWAYS(copy != NULL);
    memcpy(copy, data, size);
    rt_file file = {.size = size, .held = copy};
    rt_array array;
    rt_error error = {0};
    if (rt_csv_read(&array, &file, "f", &slot, &error) != RT_OK) {
      ALWAYS_CLEAR(error);
      ALWAYS(array.data == NULL);
    } else {
      size_t elements = 1;
      for (int axis = 0; axis < array.rank; axis++) {
        elements *= (size_t)array.shape[axis];
      }
      ALWAYS(array.rank == slot.tensor->rank && array.dtype == slot.tensor->dtype);
      ALWAYS(elements == array.elements && elements <= size);
      ALWAYS(slot.has_examples || elements == rt_tensor_elements(slot.tensor));
      rt_release(array.data);
    }
    free(copy);
  }
  return 0;
}
