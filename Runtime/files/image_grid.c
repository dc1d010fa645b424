// image_grid.c - one picture of many.

#include <string.h>

#include "image.h"
#include "../math/half.h"

enum { MARGIN = 2 };

int rt_is_grid(int rank, const int64_t *shape) {
  return rank == 3 || (rank == 4 && (shape[1] == 1 || shape[1] == 3));
}

// The element as a byte: the numbers from `low` to 1 become 0...255.
static unsigned char to_byte(const rt_array *array, size_t i, double low) {
  if (array->dtype == RT_U8) {
    return ((const unsigned char *)array->data)[i];
  }
  const unsigned char *at = (const unsigned char *)array->data + i * rt_dtype_size(array->dtype);
  double x = (rt_scalar_get(array->dtype, at) - low) / (1 - low);
  // NaN fails the first comparison.
  return (unsigned char)(x > 0 ? (x < 1 ? x : 1) * 255 + 0.5 : 0);
}

// The least number whose square is at least `count`.
static int64_t square_root(int64_t count) {
  int64_t root = 1;
  while (root * root < count) {
    root++;
  }
  return root;
}

int rt_image_grid(rt_image *grid, const rt_array *array, int columns, double low, const char *what,
                  rt_error *error) {
  *grid = (rt_image){0};
  int has_channels = array->rank == 4;
  int64_t count = array->rank > 0 ? array->shape[0] : 0;
  if (!rt_is_grid(array->rank, array->shape) || array->elements == 0) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected pictures [N, C, H, W] or [N, H, W] of 1 or 3 channels, found %s",
                   what, rt_type_text(type, sizeof type, array->dtype, array->rank, array->shape));
  }
  int64_t channels = has_channels ? array->shape[1] : 1;
  int64_t height = array->shape[has_channels ? 2 : 1], width = array->shape[has_channels ? 3 : 2];
  int64_t across = columns > 0 ? columns : square_root(count);
  across = across < count ? across : count;
  int64_t down = (count + across - 1) / across, margin = count > 1 ? MARGIN : 0;
  // What has as many elements cannot overflow this way.
  int64_t all_height = down * (height + margin) + margin;
  int64_t all_width = across * (width + margin) + margin;
  if (all_height > RT_MOST_EXTENT || all_width > RT_MOST_EXTENT ||
      all_height * all_width > RT_MOST_PIXELS) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a picture of at most %d pixels, found %lld x %lld", what,
                   RT_MOST_PIXELS, (long long)all_height, (long long)all_width);
  }
  int code = rt_image_make(grid, (int)channels, (int)all_height, (int)all_width, what, error);
  if (code != RT_OK) {
    return code;
  }
  size_t plane = (size_t)all_height * (size_t)all_width;
  memset(grid->pixels, margin > 0 ? 255 : 0, plane * (size_t)channels);
  // Cells of a last row that is not full stay white, as the margins.
  size_t i = 0;
  for (int64_t n = 0; n < count; n++) {
    int64_t top = n / across * (height + margin) + margin;
    int64_t left = n % across * (width + margin) + margin;
    for (int64_t c = 0; c < channels; c++) {
      for (int64_t y = 0; y < height; y++) {
        unsigned char *row = grid->pixels + (size_t)c * plane +
                             (size_t)((top + y) * all_width + left);
        for (int64_t x = 0; x < width; x++) {
          row[x] = to_byte(array, i++, low);
        }
      }
    }
  }
  return RT_OK;
}
