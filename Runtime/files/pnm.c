// pnm.c - reads and writes the formats of Netpbm: PGM (P2, P5) and PPM (P3, P6).
//
// A header of numbers in text, with white space between them and comments from '#' to the end of
// the line; then samples as text, or as one byte each, or as two if the largest one is above 255.
//
// The size of the file is checked against that of the picture before any memory is taken.

#include <string.h>

#include "image.h"

// The position while a file is read.
typedef struct {
  const unsigned char *bytes;
  size_t size, at;
  const char *path;
  rt_error *error;
} cursor;

static int is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static void skip_space(cursor *c) {
  while (c->at < c->size && (is_space(c->bytes[c->at]) || c->bytes[c->at] == '#')) {
    if (c->bytes[c->at] == '#') {
      const void *end = memchr(c->bytes + c->at, '\n', c->size - c->at);
      c->at = end != NULL ? (size_t)((const unsigned char *)end - c->bytes) : c->size - 1;
    }
    c->at++;
  }
}

// Reads a whole number up to `most` behind white space; `what` is what the error expects.
static int read_number(cursor *c, unsigned most, unsigned *value, const char *what) {
  skip_space(c);
  size_t first = c->at;
  uint64_t number = 0;
  while (c->at < c->size && c->bytes[c->at] >= '0' && c->bytes[c->at] <= '9' && number <= most) {
    number = 10 * number + (uint64_t)(c->bytes[c->at++] - '0');
  }
  if (c->at == first || number > most) {
    const char *found = c->at > first        ? "a larger number"
                        : c->at < c->size    ? "another character"
                                             : "the end; the file is cut";
    return rt_fail(c->error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s from 0 to %u, found %s",
                   c->path, first, what, most, found);
  }
  *value = (unsigned)number;
  return RT_OK;
}

// A sample from 0 to 255.
static unsigned char to_byte(unsigned sample, unsigned most) {
  return (unsigned char)(most == 255 ? sample : (sample * 255 + most / 2) / most);
}

static int fail_sample(const cursor *c, size_t at, unsigned most, unsigned found) {
  return rt_fail(c->error, RT_ERROR_FORMAT,
                 "%s: byte %zu: expected a sample from 0 to %u, found %u", c->path, at, most,
                 found);
}

// Reads the samples that stand as text.
static int read_text(cursor *c, unsigned most, rt_image *image) {
  size_t plane = (size_t)image->height * (size_t)image->width;
  size_t channels = (size_t)image->channels;
  int code = RT_OK;
  for (size_t i = 0; i < plane * channels && code == RT_OK; i++) {
    unsigned sample = 0;
    code = read_number(c, most, &sample, "a sample");
    image->pixels[i % channels * plane + i / channels] = to_byte(sample, most);
  }
  return code;
}

// Reads the samples that stand as bytes.
static int read_bytes(cursor *c, unsigned most, rt_image *image) {
  size_t plane = (size_t)image->height * (size_t)image->width;
  size_t width = most > 255 ? 2 : 1, channels = (size_t)image->channels;
  const unsigned char *at = c->bytes + c->at;
  for (size_t i = 0; i < channels; i++) {
    for (size_t k = 0; k < plane; k++) {
      size_t n = (k * channels + i) * width;
      unsigned sample = width == 1 ? at[n] : (unsigned)at[n] << 8 | at[n + 1];
      if (sample > most) {
        return fail_sample(c, c->at + n, most, sample);
      }
      image->pixels[i * plane + k] = to_byte(sample, most);
    }
  }
  return RT_OK;
}

// Checks that the file has the samples that its header tells.
static int check_size(const cursor *c, uint64_t samples, int is_text, unsigned most) {
  // A number of a text needs a character in front of it.
  uint64_t expected = samples * (is_text || most > 255 ? 2 : 1), left = c->size - c->at;
  if (left < expected || (!is_text && left > expected)) {
    return rt_fail(c->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %s%llu bytes of samples, found %llu%s", c->path, c->at,
                   is_text ? "at least " : "", (unsigned long long)expected,
                   (unsigned long long)left, left < expected ? "; the file is cut" : "");
  }
  return RT_OK;
}

// Reads the numbers behind the first two characters.
static int read_header(cursor *c, unsigned *width, unsigned *height, unsigned *most) {
  size_t at = c->at;
  int code = read_number(c, INT32_MAX, width, "a width");
  code = code == RT_OK ? read_number(c, INT32_MAX, height, "a height") : code;
  code = code == RT_OK ? rt_image_check(*width, *height, at, c->path, c->error) : code;
  if (code == RT_OK) {
    skip_space(c);
    at = c->at;
    code = read_number(c, 65535, most, "the largest sample");
  }
  if (code == RT_OK && *most == 0) {
    code = rt_fail(c->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected the largest sample from 1 to 65535, found 0", c->path,
                   at);
  }
  return code;
}

// Checks the first two characters; `*kind` is the second one.
static int read_kind(const rt_file *file, char *kind, const char *path, rt_error *error) {
  *kind = file->size > 2 && file->held[0] == 'P' ? (char)file->held[1] : 0;
  int is_known = *kind == '2' || *kind == '3' || *kind == '5' || *kind == '6';
  if (is_known && (is_space(file->held[2]) || file->held[2] == '#')) {
    return RT_OK;
  }
  return rt_fail(error, RT_ERROR_FORMAT,
                 "%s: byte 0: expected a PGM or PPM image, of kind P2, P3, P5 or P6, found %s",
                 path, *kind >= '1' && *kind <= '7' ? "another kind"
                                                    : rt_file_kind(file->held, file->size));
}

int rt_pnm_size(int *height, int *width, const rt_file *file, const char *path, rt_error *error) {
  cursor c = {file->held, file->size, 2, path, error};
  unsigned wide = 0, high = 0, most = 0;
  char kind;
  int code = read_kind(file, &kind, path, error);
  code = code == RT_OK ? read_header(&c, &wide, &high, &most) : code;
  *width = (int)wide;
  *height = (int)high;
  return code;
}

int rt_pnm_read(rt_image *image, const rt_file *file, const char *path, rt_error *error) {
  cursor c = {file->held, file->size, 2, path, error};
  unsigned width = 0, height = 0, most = 0;
  char kind;
  *image = (rt_image){0};
  int code = read_kind(file, &kind, path, error);
  int is_text = kind < '5', channels = kind == '3' || kind == '6' ? 3 : 1;
  code = code == RT_OK ? read_header(&c, &width, &height, &most) : code;
  if (code == RT_OK && !is_text) {
    int is_there = c.at < c.size && is_space(c.bytes[c.at]);
    code = is_there ? RT_OK
                    : rt_fail(error, RT_ERROR_FORMAT,
                              "%s: byte %zu: expected white space before the samples, found %s",
                              path, c.at, c.at < c.size ? "another character" : "the end");
    c.at++;
  }
  if (code == RT_OK) {
    code = check_size(&c, (uint64_t)width * height * (unsigned)channels, is_text, most);
  }
  if (code == RT_OK) {
    code = rt_image_make(image, channels, (int)height, (int)width, path, error);
  }
  if (code == RT_OK) {
    code = is_text ? read_text(&c, most, image) : read_bytes(&c, most, image);
  }
  skip_space(&c);
  if (code == RT_OK && is_text && c.at < c.size) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected the end, found more", path,
                   c.at);
  }
  if (code != RT_OK) {
    rt_release(image->pixels);
    *image = (rt_image){0};
  }
  return code;
}

int rt_pnm_write(const char *path, const rt_image *image, rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  size_t plane = (size_t)image->height * (size_t)image->width;
  rt_write_text(&writer, "P%d\n%d %d\n255\n", image->channels == 3 ? 6 : 5, image->width,
                image->height);
  for (size_t k = 0; k < plane; k++) {
    unsigned char pixel[4];
    for (int i = 0; i < image->channels && i < 4; i++) {
      pixel[i] = image->pixels[(size_t)i * plane + k];
    }
    rt_write(&writer, pixel, image->channels == 3 ? 3 : 1);
  }
  return rt_writer_commit(&writer, error);
}
