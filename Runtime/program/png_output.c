// png_output.c - writes outputs as pictures: one, or a grid of many.

#include <errno.h>

#include "../files/image.h"
#include "inputs.h"
#include "outputs.h"

// True iff the type can be shown: floats, which are clamped to 0...1, and bytes.
static int is_shown(rt_dtype dtype) {
  return dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16 ||
         dtype == RT_U8;
}

// Adds the axis that the array of an output lacks for a grid. A first axis of 3 is that of the
// colours, unless other numbers of examples are possible and found.
static void to_grid(rt_array *array, const rt_tensor *tensor) {
  int64_t *shape = array->shape;
  int is_coloured = array->rank == 3 && tensor->shape[0] == 3 && shape[0] == 3;
  if (array->rank == 2 || is_coloured) {
    for (int axis = array->rank; axis > 0; axis--) {
      shape[axis] = shape[axis - 1];
    }
    shape[0] = 1;
    array->rank++;
  }
}

int rt_png_check(const rt_result *results, int count, const char *place, rt_error *error) {
  for (int i = 0; i < count; i++) {
    const rt_tensor *tensor = results[i].tensor;
    rt_array array = {.rank = tensor->rank};
    for (int axis = 0; axis < tensor->rank && axis < RT_MAX_RANK; axis++) {
      array.shape[axis] = tensor->shape[axis];
    }
    to_grid(&array, tensor);
    int is_row = tensor->rank == 2 && results[i].has_examples;
    if (is_row || !is_shown(tensor->dtype) || !rt_is_grid(array.rank, array.shape)) {
      char type[256];
      const rt_slot slot = {tensor, results[i].has_examples};
      return rt_fail(error, RT_ERROR_USAGE,
                     "%s: expected pictures [N, C, H, W], [C, H, W], [N, H, W] or [H, W] of 1 or 3 "
                     "channels, floats or u8, for .png, found %s; .npy takes any",
                     place, rt_slot_text(type, sizeof type, &slot));
    }
  }
  return RT_OK;
}

void rt_png_grid_put(rt_writer *writer, const rt_result *results, int count) {
  for (int i = 0; i < count; i++) {
    rt_array array = *results[i].array;
    rt_image grid;
    rt_error error = {0};
    to_grid(&array, results[i].tensor);
    if (rt_image_grid(&grid, &array, results[i].columns, 0, "an output", &error) == RT_OK) {
      rt_png_put(writer, &grid);
    } else {
      rt_writer_note(writer, error.code == RT_ERROR_MEMORY ? ENOMEM : EFBIG);
    }
    rt_release(grid.pixels);
  }
}
