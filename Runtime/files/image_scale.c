// image_scale.c - scales pictures, first along each row, then along each column.
//
// A pixel of the result is a sum of neighbours with whole weights, which add up to the same number
// for all pixels of an axis. The only division comes at the end, so that nothing is rounded twice.

#include "image.h"

// The largest extent, so that sums along a row fit into 32 bits.
enum { MOST_SCALED = 1 << 22 };

// How the pixels of one axis are made.
typedef struct {
  int count;         // of the result
  int *first, *taps;  // of each one: its first neighbour, and how many there are
  size_t *begin;      // and where its weights begin
  uint32_t *weights;
  uint32_t total;  // of the weights of a pixel
} axis;

// Frees the weights of an axis.
static void release(axis *a) {
  rt_release(a->first);
  rt_release(a->taps);
  rt_release(a->begin);
  rt_release(a->weights);
}

// The weights of pixel `i` of `to` pixels that are fewer than the `from` there are: the overlap
// with each, in units of 1/to of one.
static int weigh_area(uint32_t *weights, int *first, int64_t i, int64_t from, int64_t to) {
  int64_t begin = i * from, end = begin + from;
  int taps = 0;
  *first = (int)(begin / to);
  for (int64_t k = *first; k * to < end; k++) {
    int64_t left = k * to > begin ? k * to : begin;
    int64_t right = (k + 1) * to < end ? (k + 1) * to : end;
    weights[taps++] = (uint32_t)(right - left);
  }
  return taps;
}

// The weights of pixel `i` of `to` pixels that are more than the `from` there are: of the two whose
// centres are around its own, in units of 1/(2 to).
static int weigh_pair(uint32_t *weights, int *first, int64_t i, int64_t from, int64_t to) {
  int64_t place = (2 * i + 1) * from - to, most = 2 * to * (from - 1);
  place = place < 0 ? 0 : place > most ? most : place;
  uint32_t rest = (uint32_t)(place % (2 * to));
  *first = (int)(place / (2 * to));
  weights[0] = (uint32_t)(2 * to) - rest;
  weights[1] = rest;
  return rest > 0 ? 2 : 1;
}

// Makes the axis for the `count` pixels from `skip` on of the `to` ones that `from` are scaled to.
static int make_axis(axis *a, int from, int to, int skip, int count, rt_error *error) {
  int is_area = to < from;
  size_t most = is_area ? (size_t)from + 2 * (size_t)count : 2 * (size_t)count;
  *a = (axis){.count = count, .total = is_area ? (uint32_t)from : 2 * (uint32_t)to};
  a->first = (int *)rt_allocate((size_t)count * sizeof(int));
  a->taps = (int *)rt_allocate((size_t)count * sizeof(int));
  a->begin = (size_t *)rt_allocate((size_t)count * sizeof(size_t));
  a->weights = (uint32_t *)rt_allocate(most * sizeof(uint32_t));
  if (a->first == NULL || a->taps == NULL || a->begin == NULL || a->weights == NULL) {
    return rt_fail_memory(error, most * sizeof(uint32_t), "the scaling of a picture");
  }
  size_t used = 0;
  for (int i = 0; i < count; i++) {
    a->begin[i] = used;
    a->taps[i] = is_area ? weigh_area(a->weights + used, &a->first[i], i + skip, from, to)
                         : weigh_pair(a->weights + used, &a->first[i], i + skip, from, to);
    used += (size_t)a->taps[i];
  }
  return RT_OK;
}

// Sums along one row.
static void scale_row(const axis *a, const unsigned char *row, uint32_t *sums) {
  for (int x = 0; x < a->count; x++) {
    const unsigned char *at = row + a->first[x];
    const uint32_t *weights = a->weights + a->begin[x];
    uint32_t sum = 0;
    for (int k = 0; k < a->taps[x]; k++) {
      sum += weights[k] * at[k];
    }
    sums[x] = sum;
  }
}

// Scales a plane. `sums` has room for a row of the result from each row that the result needs,
// `columns` for one row.
static void scale_plane(const unsigned char *plane, int width, const axis *down, const axis *across,
                        uint32_t *sums, uint64_t *columns, unsigned char *target) {
  size_t count = (size_t)across->count;
  int last = down->count - 1;
  int begin = down->first[0], end = down->first[last] + down->taps[last];
  for (int y = begin; y < end; y++) {
    scale_row(across, plane + (size_t)y * (size_t)width, sums + (size_t)(y - begin) * count);
  }
  uint64_t total = (uint64_t)down->total * across->total;
  for (int y = 0; y < down->count; y++) {
    for (size_t x = 0; x < count; x++) {
      columns[x] = total / 2;
    }
    for (int k = 0; k < down->taps[y]; k++) {
      uint64_t weight = down->weights[down->begin[y] + (size_t)k];
      const uint32_t *row = sums + (size_t)(down->first[y] + k - begin) * count;
      for (size_t x = 0; x < count; x++) {
        columns[x] += weight * row[x];
      }
    }
    for (size_t x = 0; x < count; x++) {
      *target++ = (unsigned char)(columns[x] / total);
    }
  }
}

// The extent that `from` pixels get when the other side grows from `other` to `to`; rounded, and at
// least what is wanted.
static int scaled_extent(int from, int other, int to, int wanted) {
  int64_t scaled = (2 * (int64_t)from * to + other) / (2 * (int64_t)other);
  return scaled > wanted ? (int)(scaled < INT32_MAX ? scaled : INT32_MAX) : wanted;
}

void rt_image_extents(int *all_height, int *all_width, const rt_image *image, int height, int width,
                      rt_fit fit) {
  *all_height = height;
  *all_width = width;
  if (fit == RT_FIT_CROP) {
    if ((int64_t)height * image->width >= (int64_t)width * image->height) {
      *all_width = scaled_extent(image->width, image->height, height, width);
    } else {
      *all_height = scaled_extent(image->height, image->width, width, height);
    }
  }
}

int rt_image_scale(const rt_image *image, unsigned char *pixels, int height, int width, rt_fit fit,
                   const char *path, rt_error *error) {
  int all_height, all_width;
  rt_image_extents(&all_height, &all_width, image, height, width, fit);
  if (all_height > MOST_SCALED || all_width > MOST_SCALED) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a picture that %d x %d pixels (height, width) can show, found "
                   "%d x %d, which is too long",
                   path, height, width, image->height, image->width);
  }
  axis down = {0}, across = {0};
  int code = make_axis(&down, image->height, all_height, (all_height - height) / 2, height, error);
  if (code == RT_OK) {
    code = make_axis(&across, image->width, all_width, (all_width - width) / 2, width, error);
  }
  size_t bytes = (size_t)image->height * (size_t)width * sizeof(uint32_t);
  uint32_t *sums = code == RT_OK ? (uint32_t *)rt_allocate(bytes) : NULL;
  uint64_t *columns = code == RT_OK ? (uint64_t *)rt_allocate((size_t)width * 8) : NULL;
  if (code == RT_OK && (sums == NULL || columns == NULL)) {
    code = rt_fail_memory(error, bytes, "the scaling of a picture");
  }
  size_t plane = (size_t)image->height * (size_t)image->width;
  for (int i = 0; i < image->channels && code == RT_OK; i++) {
    scale_plane(image->pixels + (size_t)i * plane, image->width, &down, &across, sums, columns,
                pixels + (size_t)i * (size_t)height * (size_t)width);
  }
  rt_release(sums);
  rt_release(columns);
  release(&down);
  release(&across);
  return code;
}
