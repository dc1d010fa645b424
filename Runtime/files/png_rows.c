// png_rows.c - the rows of a PNG picture: filters, samples, palettes, and Adam7 passes.

#include <stdlib.h>

#include "png.h"

// The pixels of one pass: every `step`th one from `first` on.
typedef struct {
  int first_x, first_y, step_x, step_y;
} pass;

static const pass whole = {0, 0, 1, 1};
static const pass passes[7] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                               {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

static int extent(int size, int first, int step) {
  return size > first ? (size - first + step - 1) / step : 0;
}

// The bytes of a row of `width` pixels without its filter.
static size_t row_bytes(const rt_png *png, int width) {
  return ((size_t)width * (size_t)(png->samples * png->depth) + 7) / 8;
}

static size_t pass_bytes(const rt_png *png, const pass *p) {
  int width = extent(png->width, p->first_x, p->step_x);
  int height = extent(png->height, p->first_y, p->step_y);
  return width > 0 ? (size_t)height * (row_bytes(png, width) + 1) : 0;
}

size_t rt_png_bytes(const rt_png *png) {
  size_t bytes = png->is_interlaced ? 0 : pass_bytes(png, &whole);
  for (int i = 0; i < 7 && png->is_interlaced; i++) {
    bytes += pass_bytes(png, &passes[i]);
  }
  return bytes;
}

// Whichever of left, above and above left is nearest to their gradient, without branches: which one
// it is changes from pixel to pixel.
static int paeth(int left, int above, int corner) {
  int down = above - corner, across = left - corner;
  int to_left = abs(down), to_above = abs(across), to_corner = abs(down + across);
  int nearest = to_left <= to_above ? left : above;
  int distance = to_left <= to_above ? to_left : to_above;
  return distance <= to_corner ? nearest : corner;
}

// Reverses a filter; `above` is null for the first row, as if it were zeros. `width` are the bytes
// of a pixel.
static void reverse_filter(int filter, unsigned char *row, const unsigned char *above, size_t bytes,
                           size_t width) {
  // The nearest of left, 0 and 0 is left.
  if (filter == 1 || (filter == 4 && above == NULL)) {
    for (size_t i = width; i < bytes; i++) {
      row[i] = (unsigned char)(row[i] + row[i - width]);
    }
  } else if (filter == 2 && above != NULL) {
    for (size_t i = 0; i < bytes; i++) {
      row[i] = (unsigned char)(row[i] + above[i]);
    }
  } else if (filter == 3) {
    for (size_t i = 0; i < bytes; i++) {
      int left = i >= width ? row[i - width] : 0, up = above != NULL ? above[i] : 0;
      row[i] = (unsigned char)(row[i] + (left + up) / 2);
    }
  } else if (filter == 4) {
    for (size_t i = 0; i < width; i++) {
      row[i] = (unsigned char)(row[i] + above[i]);
    }
    for (size_t i = width; i < bytes; i++) {
      row[i] = (unsigned char)(row[i] + paeth(row[i - width], above[i], above[i - width]));
    }
  }
}

// Sample `i` of a row, as it stands there.
static int sample_at(const rt_png *png, const unsigned char *row, size_t i) {
  if (png->depth == 8) {
    return row[i];
  }
  if (png->depth == 16) {
    return row[2 * i] << 8 | row[2 * i + 1];
  }
  size_t bit = i * (size_t)png->depth;
  return row[bit / 8] >> (8 - (size_t)png->depth - bit % 8) & ((1 << png->depth) - 1);
}

// A sample from 0 to 255.
static unsigned char to_byte(const rt_png *png, int sample) {
  return (unsigned char)(png->depth == 16  ? sample >> 8
                         : png->depth == 8 ? sample
                                           : sample * 255 / ((1 << png->depth) - 1));
}

// Stores pixel `x` of a row at `to`, one byte in each plane. False if the palette lacks it.
static int store_pixel(const rt_png *png, const unsigned char *row, int x, unsigned char *to,
                       size_t plane, int channels) {
  int samples[4];
  for (int i = 0; i < png->samples; i++) {
    samples[i] = sample_at(png, row, (size_t)x * (size_t)png->samples + (size_t)i);
  }
  if (png->kind == 3) {
    for (int i = 0; i < channels && samples[0] < png->palette_size; i++) {
      to[(size_t)i * plane] = png->palette[samples[0]][i];
    }
    return samples[0] < png->palette_size;
  }
  int is_key = png->has_alpha;
  for (int i = 0; i < png->samples; i++) {
    is_key = is_key && samples[i] == png->key[i];
    to[(size_t)i * plane] = to_byte(png, samples[i]);
  }
  if (png->has_alpha) {
    to[(size_t)png->samples * plane] = is_key ? 0 : 255;
  }
  return 1;
}

// Stores a row of a pass in row `y` of the picture.
static int store_row(const rt_png *png, const pass *p, const unsigned char *row, int y,
                     rt_image *image, const char *path, rt_error *error) {
  size_t plane = (size_t)png->width * (size_t)png->height;
  unsigned char *line = image->pixels + (size_t)y * (size_t)png->width;
  int width = extent(png->width, p->first_x, p->step_x);
  // Most pictures are of this kind.
  if (png->depth == 8 && png->kind != 3 && !png->has_alpha && !png->is_interlaced) {
    int samples = png->samples;
    for (int i = 0; i < samples; i++) {
      for (int x = 0; x < width; x++) {
        line[(size_t)i * plane + (size_t)x] = row[x * samples + i];
      }
    }
    return RT_OK;
  }
  for (int x = 0; x < width; x++) {
    int column = p->first_x + x * p->step_x;
    if (!store_pixel(png, row, x, line + column, plane, image->channels)) {
      return rt_fail(error, RT_ERROR_FORMAT,
                     "%s: row %d, column %d: expected one of the %d colours of the palette, found "
                     "another",
                     path, y, column, png->palette_size);
    }
  }
  return RT_OK;
}

// Filters refer to the row above of the same pass, as it is without its filter; so rows are
// reversed in place, one after the other.
int rt_png_rows(const rt_png *png, unsigned char *rows, rt_image *image, const char *path,
                rt_error *error) {
  size_t pixel = (size_t)(png->samples * png->depth + 7) / 8;
  int count = png->is_interlaced ? 7 : 1;
  for (int i = 0; i < count; i++) {
    const pass *p = png->is_interlaced ? &passes[i] : &whole;
    int width = extent(png->width, p->first_x, p->step_x);
    size_t bytes = row_bytes(png, width);
    const unsigned char *above = NULL;
    for (int y = p->first_y; y < png->height && width > 0; y += p->step_y) {
      int filter = *rows++;
      if (filter > 4) {
        return rt_fail(error, RT_ERROR_FORMAT,
                       "%s: row %d: expected a filter from 0 to 4, found %d", path, y, filter);
      }
      reverse_filter(filter, rows, above, bytes, pixel);
      int code = store_row(png, p, rows, y, image, path, error);
      if (code != RT_OK) {
        return code;
      }
      above = rows;
      rows += bytes;
    }
  }
  return RT_OK;
}
