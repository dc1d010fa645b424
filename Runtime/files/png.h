// png.h - the interface between png_read.c and png_rows.c.

#ifndef RT_PNG_H
#define RT_PNG_H

#include "image.h"

// What a PNG file says of its picture.
typedef struct {
  int width, height;
  int depth;   // bits of a sample
  int kind;    // 0: grey, 2: RGB, 3: palette, 4: grey and alpha, 6: RGB and alpha
  int is_interlaced;
  int samples;  // of a pixel in the file
  int palette_size;
  unsigned char palette[256][4];  // red, green, blue, alpha
  int has_alpha;                  // of the palette, or by `key`
  int key[3];                     // the samples of transparent pixels
} rt_png;

// The bytes of all rows, each with the byte of its filter before it.
size_t rt_png_bytes(const rt_png *png);

// Reverses the filters of these rows, in place, and stores the pixels in `image`.
int rt_png_rows(const rt_png *png, unsigned char *rows, rt_image *image, const char *path,
                rt_error *error);

#endif
