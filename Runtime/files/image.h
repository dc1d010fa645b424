// image.h - pictures in files and in memory.

#ifndef RT_IMAGE_H
#define RT_IMAGE_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// A picture of 1 (grey), 2 (grey, alpha), 3 (red, green, blue) or 4 channels (and alpha).
typedef struct {
  int channels, height, width;
  unsigned char *pixels;  // [channels, height, width]; to be freed with rt_release
} rt_image;

// The largest height and width, and the most pixels.
enum { RT_MOST_EXTENT = 1 << 20, RT_MOST_PIXELS = 1 << 28 };

// Checks the size that a file says, which stands at byte `at`.
int rt_image_check(uint64_t width, uint64_t height, size_t at, const char *path, rt_error *error);

// ---- image.c ---------------------------------------------------------------------

// Reads a PNG, PPM or PGM file, whatever its name, with the channels it has. `path` is for messages
// if the file is open, which is held in memory then.
int rt_image_read(rt_image *image, const char *path, rt_error *error);
int rt_image_read_open(rt_image *image, rt_file *file, const char *path, rt_error *error);

// The height and width of a picture, from the beginning of its file; nothing else of it is checked.
int rt_image_size(int *height, int *width, const char *path, rt_error *error);

// Reads a picture with so many channels and of that size into `pixels`, which has room for them.
// The file is open, and held in memory then.
typedef enum {
  RT_FIT_CROP,     // scales the picture until it covers the size, and cuts its middle
  RT_FIT_STRETCH,  // scales both sides on their own
  RT_FIT_EXACT     // another size is an error
} rt_fit;
int rt_image_read_as(unsigned char *pixels, int channels, int height, int width, rt_fit fit,
                     rt_file *file, const char *path, rt_error *error);

// True iff the name ends as that of a picture that can be read.
int rt_is_image_name(const char *path);

// Allocates the pixels of a picture. `what` is for the message.
int rt_image_make(rt_image *image, int channels, int height, int width, const char *what,
                  rt_error *error);

// Changes the number of channels in place. Grey is the luma of Rec. 601; alpha is dropped, whatever
// it hides, and is 255 where there was none.
int rt_image_convert(rt_image *image, int channels, rt_error *error);

// ---- image_scale.c ---------------------------------------------------------------

// Scales to the size: each pixel is the mean of the area that it covers along an axis that becomes
// shorter, and between its neighbours along one that becomes longer. Computed with integers, so
// that the bytes are the same everywhere. `fit` is not RT_FIT_EXACT.
int rt_image_scale(const rt_image *image, unsigned char *pixels, int height, int width, rt_fit fit,
                   const char *path, rt_error *error);

// The size that a picture is scaled to before its middle is cut: at least that which is wanted.
// `fit` is not RT_FIT_EXACT.
void rt_image_extents(int *all_height, int *all_width, const rt_image *image, int height, int width,
                      rt_fit fit);

// ---- png_read.c, pnm.c: formats, of files that are held in memory ------------------------

// PNG of any kind. Of samples with 16 bits the upper 8 are kept.
int rt_png_read(rt_image *image, const rt_file *file, const char *path, rt_error *error);

// P2, P3, P5 and P6. Samples are scaled to 0...255 and rounded.
int rt_pnm_read(rt_image *image, const rt_file *file, const char *path, rt_error *error);
int rt_pnm_size(int *height, int *width, const rt_file *file, const char *path, rt_error *error);

// ---- png_write.c, pnm.c ----------------------------------------------------------------

// Writes a grey or an RGB picture. Without memory the writer notes that.
void rt_png_put(rt_writer *writer, const rt_image *image);
int rt_png_write(const char *path, const rt_image *image, rt_error *error);

// P5 or P6.
int rt_pnm_write(const char *path, const rt_image *image, rt_error *error);

// ---- image_grid.c ----------------------------------------------------------------

// True iff an array of that rank and shape holds pictures: [N, C, H, W], or [N, H, W] of grey ones,
// where C is 1 or 3.
int rt_is_grid(int rank, const int64_t *shape);

// Makes one picture of an array of pictures, with so many of them in a row; 0: as many as make it
// about square. Lines of 2 white pixels separate and surround them, but for a single one. Floats
// from `low` to 1 become 0...255, others beyond are clamped, NaN is 0; u8 stays as it is.
int rt_image_grid(rt_image *grid, const rt_array *array, int columns, double low, const char *what,
                  rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
