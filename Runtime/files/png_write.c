// png_write.c - writes PNG pictures of 8 bits.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inflate.h"
#include "image.h"

static void put_number(unsigned char *at, uint32_t number) {
  for (int i = 0; i < 4; i++) {
    at[i] = (unsigned char)(number >> (24 - 8 * i));
  }
}

// A chunk is its size, its name, its data and a checksum of the last two.
static void put_chunk(rt_writer *writer, const char *name, const void *data, size_t size) {
  unsigned char head[8], sum[4];
  put_number(head, (uint32_t)size);
  memcpy(head + 4, name, 4);
  uint32_t checksum = rt_checksum(0, head + 4, 4);
  put_number(sum, size > 0 ? rt_checksum(checksum, data, size) : checksum);
  rt_write(writer, head, sizeof head);
  rt_write(writer, data, size);
  rt_write(writer, sum, sizeof sum);
}

// How far the bytes of a row are from 0, as a guess at how well it compresses.
static size_t weight(const unsigned char *row, size_t bytes) {
  size_t sum = 0;
  for (size_t i = 0; i < bytes; i++) {
    sum += row[i] < 128 ? row[i] : 256u - row[i];
  }
  return sum;
}

// Stores row `y` behind the byte of its filter, with whichever of the first three is best: none,
// the difference to the left, or the one to the row above. `row` and `above` have no filter.
static void filter_row(const unsigned char *row, const unsigned char *above, size_t bytes,
                       size_t pixel, unsigned char *scratch, unsigned char *target) {
  size_t best = weight(row, bytes);
  target[0] = 0;
  memcpy(target + 1, row, bytes);
  for (int filter = 1; filter <= 2; filter++) {
    for (size_t i = 0; i < bytes; i++) {
      int before = filter == 2 ? above[i] : i >= pixel ? row[i - pixel] : 0;
      scratch[i] = (unsigned char)(row[i] - before);
    }
    size_t found = weight(scratch, bytes);
    if (found < best) {
      best = found;
      target[0] = (unsigned char)filter;
      memcpy(target + 1, scratch, bytes);
    }
  }
}

// The rows of a picture with their filters; null without memory.
static unsigned char *make_rows(const rt_image *image) {
  size_t pixel = (size_t)image->channels, bytes = (size_t)image->width * pixel;
  size_t height = (size_t)image->height, plane = height * (size_t)image->width;
  unsigned char *rows = (unsigned char *)rt_allocate(height * (bytes + 1));
  unsigned char *lines = (unsigned char *)rt_allocate(3 * bytes);
  if (rows == NULL || lines == NULL) {
    rt_release(rows);
    rt_release(lines);
    return NULL;
  }
  // The line above the first one is zero, as all of them are at first.
  for (size_t y = 0; y < height; y++) {
    unsigned char *line = lines + y % 2 * bytes, *above = lines + (y + 1) % 2 * bytes;
    for (size_t i = 0; i < bytes; i++) {
      line[i] = image->pixels[i % pixel * plane + y * (size_t)image->width + i / pixel];
    }
    filter_row(line, above, bytes, pixel, lines + 2 * bytes, rows + y * (bytes + 1));
  }
  rt_release(lines);
  return rows;
}

void rt_png_put(rt_writer *writer, const rt_image *image) {
  unsigned char *rows = make_rows(image), *packed = NULL;
  size_t bytes = (size_t)image->height * ((size_t)image->width * (size_t)image->channels + 1);
  size_t size = 0;
  if (rows == NULL || rt_zlib_encode(rows, bytes, &packed, &size) != RT_OK) {
    rt_writer_note(writer, ENOMEM);
  } else if (size > INT32_MAX) {
    rt_writer_note(writer, EFBIG);
  } else {
    unsigned char header[13] = {0};
    put_number(header, (uint32_t)image->width);
    put_number(header + 4, (uint32_t)image->height);
    header[8] = 8;
    header[9] = image->channels == 3 ? 2 : 0;
    rt_write(writer, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(writer, "IHDR", header, sizeof header);
    put_chunk(writer, "IDAT", packed, size);
    put_chunk(writer, "IEND", "", 0);
  }
  rt_release(rows);
  rt_release(packed);
}

int rt_png_write(const char *path, const rt_image *image, rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code == RT_OK) {
    rt_png_put(&writer, image);
    code = rt_writer_commit(&writer, error);
  }
  return code;
}
