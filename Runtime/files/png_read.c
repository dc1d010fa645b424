// png_read.c - reads PNG pictures: chunks and their checksums, the header, palettes and
// transparency; png_rows.c decodes the rows.
//
// The chunks are walked once: the header gives the size, from which the bytes of all rows follow;
// the data of the IDAT chunks are then decompressed into exactly that room. DEFLATE makes at most
// 1032 bytes of one, so a small file that claims a huge picture is refused before memory is taken
// for it.

#include <string.h>

#include "inflate.h"
#include "png.h"

// A chunk of the file.
typedef struct {
  const unsigned char *data;
  size_t size;
  size_t at;  // where its data begin in the file
  char name[5];
} chunk;

// The file while it is read.
typedef struct {
  const rt_file *file;
  const char *path;
  rt_error *error;
  rt_png png;
  chunk first;          // the first IDAT
  size_t packed;        // bytes of all of them
  int data_count;       // how many there are
  int is_over;          // other chunks have followed them
  int has_palette, has_key;
} reader;

static int fail(const reader *r, size_t at, const char *expected, const char *found) {
  return rt_fail(r->error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s", r->path, at,
                 expected, found);
}

static uint32_t number_at(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// ---- Chunks ----------------------------------------------------------------------

// Reads the chunk at byte `at` of the file, and checks it.
static int read_chunk(const reader *r, size_t at, chunk *c) {
  size_t left = r->file->size - at;
  const unsigned char *bytes = r->file->held + at;
  if (left < 12) {
    return fail(r, at, "a chunk, up to one named IEND", "the end; the file is cut");
  }
  *c = (chunk){bytes + 8, number_at(bytes), at + 8, {0}};
  for (int i = 0; i < 4; i++) {
    char letter = (char)bytes[4 + i];
    int is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter) {
      return fail(r, at + 4, "a chunk's name of four letters", "other contents");
    }
    c->name[i] = letter;
  }
  if (c->size > left - 12) {
    return rt_fail(r->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %zu bytes of the chunk %s, found %zu; the file is cut",
                   r->path, c->at, c->size, c->name, left - 12);
  }
  uint32_t sum = rt_checksum(0, bytes + 4, c->size + 4), found = number_at(c->data + c->size);
  if (sum != found) {
    return rt_fail(r->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected the checksum %08lx of the chunk %s, found %08lx; the "
                   "file is damaged",
                   r->path, c->at + c->size, (unsigned long)sum, c->name, (unsigned long)found);
  }
  return RT_OK;
}

// Reads the size and the kind of the picture, and refuses those that PNG does not have.
static int read_header(reader *r, const chunk *c) {
  static const int samples[7] = {1, 0, 3, 1, 2, 0, 4};
  rt_png *png = &r->png;
  if (strcmp(c->name, "IHDR") != 0 || c->size != 13) {
    return fail(r, c->at - 8, "the chunk IHDR of 13 bytes", "another");
  }
  uint32_t width = number_at(c->data), height = number_at(c->data + 4);
  if (rt_image_check(width, height, c->at, r->path, r->error) != RT_OK) {
    return RT_ERROR_FORMAT;
  }
  png->width = (int)width;
  png->height = (int)height;
  png->depth = c->data[8];
  png->kind = c->data[9];
  png->samples = png->kind < 7 ? samples[png->kind] : 0;
  int depth = png->depth, kind = png->kind;
  int is_small = depth == 1 || depth == 2 || depth == 4;
  int fits = depth == 8 || (is_small && (kind == 0 || kind == 3)) || (depth == 16 && kind != 3);
  if (png->samples == 0 || !fits) {
    return rt_fail(r->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected a kind of picture that PNG has, found kind %d with %d "
                   "bits",
                   r->path, c->at + 8, kind, depth);
  }
  if (c->data[10] != 0 || c->data[11] != 0 || c->data[12] > 1) {
    return fail(r, c->at + 10, "methods that PNG has: 0, 0, and 0 or 1", "others");
  }
  png->is_interlaced = c->data[12];
  return RT_OK;
}

// Reads the colours; all are opaque until a tRNS chunk says otherwise.
static int read_palette(reader *r, const chunk *c) {
  rt_png *png = &r->png;
  size_t most = png->kind == 3 ? (size_t)1 << png->depth : 256;
  if (r->has_palette || r->data_count > 0 || c->size % 3 != 0 || c->size == 0 ||
      c->size / 3 > most || png->kind == 0 || png->kind == 4) {
    return fail(r, c->at, "one palette before the picture, with no more colours than the bits tell",
                "another");
  }
  r->has_palette = 1;
  png->palette_size = (int)(c->size / 3);
  for (int i = 0; i < png->palette_size; i++) {
    memcpy(png->palette[i], c->data + 3 * i, 3);
    png->palette[i][3] = 255;
  }
  return RT_OK;
}

// Reads which colours are transparent.
static int read_transparency(reader *r, const chunk *c) {
  rt_png *png = &r->png;
  size_t most = (size_t)png->palette_size, size = png->kind == 0 ? 2 : 6;
  int is_palette = png->kind == 3;
  int fits = is_palette ? r->has_palette && c->size <= most : c->size == size && png->kind < 3;
  if (r->has_key || r->data_count > 0 || !fits) {
    return fail(r, c->at, "one list of transparent colours, between the palette and the picture",
                "another");
  }
  r->has_key = png->has_alpha = 1;
  for (size_t i = 0; i < c->size && is_palette; i++) {
    png->palette[i][3] = c->data[i];
  }
  for (size_t i = 0; i < c->size / 2 && !is_palette; i++) {
    png->key[i] = c->data[2 * i] << 8 | c->data[2 * i + 1];
  }
  return RT_OK;
}

// Reads what a chunk behind the first one says.
static int take_chunk(reader *r, const chunk *c) {
  int is_data = strcmp(c->name, "IDAT") == 0;
  if (is_data && r->is_over) {
    return fail(r, c->at - 8, "all chunks IDAT in a row", "another one");
  }
  r->is_over = r->data_count > 0 && !is_data;
  if (is_data) {
    if (r->data_count == 0 && r->png.kind == 3 && !r->has_palette) {
      return fail(r, c->at - 8, "a palette before the picture", "none");
    }
    r->first = r->data_count == 0 ? *c : r->first;
    r->data_count++;
    r->packed += c->size;
    return RT_OK;
  }
  if (strcmp(c->name, "PLTE") == 0) {
    return read_palette(r, c);
  }
  if (strcmp(c->name, "tRNS") == 0) {
    return read_transparency(r, c);
  }
  // The case of the first letter says whether a picture can be read without the chunk.
  return c->name[0] >= 'a' ? RT_OK : fail(r, c->at - 8, "chunks of PNG that are known", "another");
}

// Reads all chunks up to IEND.
static int read_chunks(reader *r) {
  size_t at = 8;
  chunk c;
  int code = read_chunk(r, at, &c);
  code = code == RT_OK ? read_header(r, &c) : code;
  while (code == RT_OK) {
    at = c.at + c.size + 4;
    code = read_chunk(r, at, &c);
    if (code == RT_OK && strcmp(c.name, "IEND") == 0) {
      return r->data_count > 0 ? RT_OK : fail(r, at, "a chunk IDAT before the end", "none");
    }
    code = code == RT_OK ? take_chunk(r, &c) : code;
  }
  return code;
}

// ---- The picture -----------------------------------------------------------------

// Gathers the data of all chunks IDAT, which stand in a row.
static void gather(const reader *r, unsigned char *packed) {
  const unsigned char *data = r->first.data;
  size_t size = r->first.size;
  for (int i = 0; i < r->data_count; i++) {
    memcpy(packed, data, size);
    packed += size;
    data += size + 12;
    size = i + 1 < r->data_count ? number_at(data - 8) : 0;
  }
}

// Decompresses the rows into memory of their own.
static int unpack(const reader *r, unsigned char **rows) {
  enum { MOST_RATIO = 1032 };  // of DEFLATE
  size_t bytes = rt_png_bytes(&r->png);
  if (bytes / MOST_RATIO > r->packed) {
    return rt_fail(r->error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected the data of %d x %d pixels, found only %zu bytes",
                   r->path, r->first.at, r->png.width, r->png.height, r->packed);
  }
  const unsigned char *packed = r->first.data;
  unsigned char *gathered = NULL;
  if (r->data_count > 1) {
    packed = gathered = (unsigned char *)rt_allocate(r->packed);
  }
  *rows = (unsigned char *)rt_allocate(bytes);
  int code = packed != NULL && *rows != NULL ? RT_OK : rt_fail_memory(r->error, bytes, r->path);
  if (code == RT_OK && gathered != NULL) {
    gather(r, gathered);
  }
  if (code == RT_OK) {
    code = rt_zlib_decode(packed, r->packed, *rows, bytes, r->path, r->error);
  }
  rt_release(gathered);
  return code;
}

int rt_png_read(rt_image *image, const rt_file *file, const char *path, rt_error *error) {
  reader r = {.file = file, .path = path, .error = error};
  *image = (rt_image){0};
  if (file->size < 8 || memcmp(file->held, "\x89PNG\r\n\x1a\n", 8) != 0) {
    return fail(&r, 0, "a PNG image", rt_file_kind(file->held, file->size));
  }
  int code = read_chunks(&r);
  unsigned char *rows = NULL;
  code = code == RT_OK ? unpack(&r, &rows) : code;
  if (code == RT_OK) {
    int channels = (r.png.kind == 3 ? 3 : r.png.samples) + r.png.has_alpha;
    code = rt_image_make(image, channels, r.png.height, r.png.width, path, error);
  }
  if (code == RT_OK) {
    code = rt_png_rows(&r.png, rows, image, path, error);
  }
  rt_release(rows);
  if (code != RT_OK) {
    rt_release(image->pixels);
    *image = (rt_image){0};
  }
  return code;
}
