// picture_input.c - reads a picture as an input: one example, or the whole.

#include "../files/image.h"
#include "inputs.h"

// What an input makes of a picture: [N, C, H, W] and [C, H, W] with up to 4 channels, or [N, H, W]
// and [H, W] of grey. Returns the number of channels, or 0 if it holds no single picture.
static int channels_of(const rt_slot *slot) {
  const rt_tensor *tensor = slot->tensor;
  int first = tensor->rank > 0 ? tensor->shape[0] : 0;
  if (tensor->rank == 4) {
    int is_one = slot->has_examples || first == 1;
    return is_one && tensor->shape[1] > 0 && tensor->shape[1] <= 4 ? tensor->shape[1] : 0;
  }
  // Three planes are the colours of a picture rather than a batch of three.
  if (tensor->rank == 3) {
    return slot->has_examples ? (first == 3 ? 3 : 1) : first > 0 && first <= 4 ? first : 0;
  }
  return tensor->rank == 2 && !slot->has_examples;
}

// Makes f32 from 0 to 1 of the bytes.
static int to_unit(rt_array *array, const unsigned char *pixels, const char *path,
                   rt_error *error) {
  float *floats = (float *)rt_allocate(array->elements * sizeof(float));
  if (floats == NULL) {
    return rt_fail_memory(error, array->elements * sizeof(float), path);
  }
  for (size_t i = 0; i < array->elements; i++) {
    floats[i] = (float)pixels[i] / 255.0f;
  }
  array->dtype = RT_F32;
  array->data = floats;
  return RT_OK;
}

int rt_picture_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                    rt_error *error) {
  const rt_tensor *tensor = slot->tensor;
  rt_dtype dtype = tensor->dtype;
  int channels = channels_of(slot), rank = tensor->rank;
  if (channels == 0 || dtype == RT_BOOL) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected %s, found a picture; one fits into [N, C, H, W], [C, H, W] or "
                   "[H, W] of numbers",
                   path, rt_slot_text(type, sizeof type, slot));
  }
  int height = tensor->shape[rank - 2], width = tensor->shape[rank - 1];
  *array = (rt_array){.dtype = RT_U8, .rank = rank};
  for (int axis = 0; axis < rank; axis++) {
    array->shape[axis] = tensor->shape[axis];
  }
  if (rank == 4 || (rank == 3 && channels == 1)) {
    array->shape[0] = 1;
  }
  array->elements = (size_t)channels * (size_t)height * (size_t)width;
  unsigned char *pixels = (unsigned char *)rt_allocate(array->elements);
  if (pixels == NULL) {
    return rt_fail_memory(error, array->elements, path);
  }
  int code = rt_image_read_as(pixels, channels, height, width, RT_FIT_CROP, file, path, error);
  int is_real = dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
  if (code == RT_OK && is_real) {
    code = to_unit(array, pixels, path, error);
  } else if (code == RT_OK) {
    array->data = pixels;
  }
  if (code != RT_OK || is_real) {
    rt_release(pixels);
  }
  return code;
}
