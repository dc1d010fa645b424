// image.c - pictures: reading by content, and channels.
//
// Formats are told by their first bytes, whatever the name says. A picture is decoded with the
// channels that it has, converted to those that are wanted, and scaled last.

#include <string.h>

#include "image.h"

int rt_image_check(uint64_t width, uint64_t height, size_t at, const char *path, rt_error *error) {
  if (width < 1 || width > RT_MOST_EXTENT || height < 1 || height > RT_MOST_EXTENT ||
      width * height > RT_MOST_PIXELS) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected a width and a height from 1 to %d and at most %d "
                   "pixels, found %llu x %llu",
                   path, at, RT_MOST_EXTENT, RT_MOST_PIXELS, (unsigned long long)width,
                   (unsigned long long)height);
  }
  return RT_OK;
}

int rt_image_make(rt_image *image, int channels, int height, int width, const char *what,
                  rt_error *error) {
  size_t bytes = (size_t)channels * (size_t)height * (size_t)width;
  *image = (rt_image){channels, height, width, (unsigned char *)rt_allocate(bytes)};
  return image->pixels != NULL ? RT_OK : rt_fail_memory(error, bytes, what);
}

int rt_is_image_name(const char *path) {
  static const char *const endings[] = {".png", ".ppm", ".pgm", ".pnm"};
  size_t length = strlen(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings && length >= 4; i++) {
    int same = 1;
    for (size_t k = 0; k < 4; k++) {
      char c = path[length - 4 + k];
      same = same && (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) == endings[i][k];
    }
    if (same) {
      return 1;
    }
  }
  return 0;
}

// Holds the file of a picture in memory, unless it is so large that it is rather something else.
static int hold(rt_file *file, const char *path, rt_error *error) {
  enum { LARGEST = INT32_MAX };
  return file->size <= LARGEST
             ? rt_file_hold(file, LARGEST, 0, path, error)
             : rt_fail(error, RT_ERROR_FORMAT,
                       "%s: expected a picture of less than 2 GB, found %zu bytes", path,
                       file->size);
}

int rt_image_read_open(rt_image *image, rt_file *file, const char *path, rt_error *error) {
  *image = (rt_image){0};
  int code = hold(file, path, error);
  if (code != RT_OK) {
    return code;
  }
  const unsigned char *begin = file->held;
  if (file->size >= 2 && begin[0] == 'P' && begin[1] >= '1' && begin[1] <= '7') {
    return rt_pnm_read(image, file, path, error);
  }
  if (file->size >= 4 && memcmp(begin, "\x89PNG", 4) == 0) {
    return rt_png_read(image, file, path, error);
  }
  return rt_fail(error, RT_ERROR_FORMAT, "%s: byte 0: expected a PNG, PPM or PGM image, found %s",
                 path, rt_file_kind(begin, file->size));
}

int rt_image_read(rt_image *image, const char *path, rt_error *error) {
  rt_file file;
  *image = (rt_image){0};
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK) {
    code = rt_image_read_open(image, &file, path, error);
  }
  rt_file_close(&file);
  return code;
}

int rt_image_size(int *height, int *width, const char *path, rt_error *error) {
  unsigned char begin[24];
  rt_file file;
  int code = rt_file_open(&file, path, error);
  size_t size = file.size < sizeof begin ? file.size : sizeof begin;
  code = code == RT_OK ? rt_file_read(&file, begin, 0, size, path, error) : code;
  int is_png = code == RT_OK && size == sizeof begin && memcmp(begin, "\x89PNG", 4) == 0 &&
               memcmp(begin + 12, "IHDR", 4) == 0;
  if (is_png) {
    uint32_t numbers[2] = {0, 0};
    for (int i = 0; i < 8; i++) {
      numbers[i / 4] = numbers[i / 4] << 8 | begin[16 + i];
    }
    code = rt_image_check(numbers[0], numbers[1], 16, path, error);
    *width = code == RT_OK ? (int)numbers[0] : 0;
    *height = code == RT_OK ? (int)numbers[1] : 0;
  } else if (code == RT_OK && size >= 2 && begin[0] == 'P' && begin[1] >= '1' && begin[1] <= '7') {
    // Comments of any length may stand before the size.
    code = hold(&file, path, error);
    code = code == RT_OK ? rt_pnm_size(height, width, &file, path, error) : code;
  } else if (code == RT_OK) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: byte 0: expected a PNG, PPM or PGM image, found %s",
                   path, rt_file_kind(begin, size));
  }
  rt_file_close(&file);
  return code;
}

// The luma of Rec. 601 with weights of 16 bits, rounded.
static void to_grey(const unsigned char *pixels, size_t plane, unsigned char *grey) {
  for (size_t i = 0; i < plane; i++) {
    uint32_t sum = 19595u * pixels[i] + 38470u * pixels[plane + i] + 7471u * pixels[2 * plane + i];
    grey[i] = (unsigned char)((sum + 0x8000) >> 16);
  }
}

int rt_image_convert(rt_image *image, int channels, rt_error *error) {
  size_t plane = (size_t)image->height * (size_t)image->width;
  int found = image->channels;
  if (found == channels) {
    return RT_OK;
  }
  rt_image converted;
  int code = rt_image_make(&converted, channels, image->height, image->width, "a picture", error);
  if (code != RT_OK) {
    return code;
  }
  int colours = channels < 3 ? 1 : 3;
  if (found >= 3 && colours == 1) {
    to_grey(image->pixels, plane, converted.pixels);
  } else {
    for (int i = 0; i < colours; i++) {
      memcpy(converted.pixels + (size_t)i * plane,
             image->pixels + (found < 3 ? 0 : (size_t)i * plane), plane);
    }
  }
  if (channels % 2 == 0) {
    unsigned char *alpha = converted.pixels + (size_t)colours * plane;
    if (found % 2 == 0) {
      memcpy(alpha, image->pixels + (size_t)(found - 1) * plane, plane);
    } else {
      memset(alpha, 255, plane);
    }
  }
  rt_release(image->pixels);
  *image = converted;
  return RT_OK;
}

int rt_image_read_as(unsigned char *pixels, int channels, int height, int width, rt_fit fit,
                     rt_file *file, const char *path, rt_error *error) {
  rt_image image;
  int code = rt_image_read_open(&image, file, path, error);
  code = code == RT_OK ? rt_image_convert(&image, channels, error) : code;
  int is_same = image.height == height && image.width == width;
  if (code == RT_OK && !is_same && fit == RT_FIT_EXACT) {
    code = rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a picture of %d x %d pixels (height, width), found %d x %d", path,
                   height, width, image.height, image.width);
  }
  if (code == RT_OK && is_same) {
    memcpy(pixels, image.pixels, (size_t)channels * (size_t)height * (size_t)width);
  } else if (code == RT_OK) {
    code = rt_image_scale(&image, pixels, height, width, fit, path, error);
  }
  rt_release(image.pixels);
  return code;
}
