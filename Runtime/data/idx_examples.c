// idx_examples.c - a folder with a file of the format IDX for each field, as those of MNIST.
//
// A file begins with two zero bytes, the type, and the number of axes; then the extents follow, and
// the elements. All numbers have the most significant byte first.

#include <string.h>

#include "../files/inflate.h"
#include "array_files.h"
#include "formats.h"

static int fail(const rt_array_file *f, size_t at, const char *expected, const char *found,
                rt_error *error) {
  return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s", f->path, at,
                 expected, found);
}

// The type that a code stands for; -1 if there is none.
static int type_of(int code) {
  static const int types[] = {RT_U8, RT_I8, -1, RT_I16, RT_I32, RT_F32, RT_F64};
  return code >= 8 && code <= 14 ? types[code - 8] : -1;
}

// Reads the extents, and checks the size of the file.
static int read_extents(rt_array_file *f, rt_error *error) {
  unsigned char bytes[4 * RT_MAX_RANK];
  rt_array *array = &f->npy.array;
  int code = rt_file_read(&f->file, bytes, 4, 4 * (size_t)array->rank, f->path, error);
  if (code != RT_OK) {
    return code;
  }
  size_t width = rt_dtype_size(array->dtype);
  int nothing = 0;
  array->elements = 1;
  for (int axis = 0; axis < array->rank; axis++) {
    const unsigned char *at = bytes + 4 * axis;
    uint32_t extent = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    if (extent > 0 && array->elements > SIZE_MAX / 16 / extent) {
      return fail(f, 4 + 4 * (size_t)axis, "a shape of fewer elements than memory has room for",
                  "a larger one", error);
    }
    array->shape[axis] = extent;
    nothing = nothing || extent == 0;
    array->elements *= extent > 0 ? extent : 1;
  }
  array->elements = nothing ? 0 : array->elements;
  f->npy.offset = 4 + 4 * (size_t)array->rank;
  size_t expected = array->elements * width, found = f->file.size - f->npy.offset;
  // More bytes than the shape tells are refused as well: the header may be that of another file.
  if (expected != found) {
    char type[256];
    rt_type_text(type, sizeof type, array->dtype, array->rank, array->shape);
    return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %zu bytes for %s, found %zu%s",
                   f->path, f->npy.offset, expected, type, found,
                   expected > found ? "; the file is cut" : "");
  }
  return RT_OK;
}

// Reads the header of an open file.
static int read_header(rt_array_file *f, rt_error *error) {
  unsigned char begin[32];
  size_t size = f->file.size < sizeof begin ? f->file.size : sizeof begin;
  int code = rt_file_read(&f->file, begin, 0, size, f->path, error);
  if (code != RT_OK) {
    return code;
  }
  if (size < 4 || begin[0] != 0 || begin[1] != 0) {
    return fail(f, 0, "an IDX file, as those of MNIST, that begins with two zero bytes",
                size > 0 && size < 4 ? "fewer than 4 bytes" : rt_file_kind(begin, size), error);
  }
  int type = type_of(begin[2]), rank = begin[3];
  if (type < 0) {
    char found[16];
    snprintf(found, sizeof found, "%d", begin[2]);
    return fail(f, 2, "a type: 8, 9, 11, 12, 13 or 14", found, error);
  }
  if (rank < 1 || rank > RT_MAX_RANK) {
    return fail(f, 3, "from 1 to 16 axes", rank == 0 ? "none" : "more", error);
  }
  if (f->file.size - 4 < 4 * (size_t)rank) {
    return fail(f, 4, "the extents of all axes", "the end; the file is cut", error);
  }
  f->npy.array.dtype = (rt_dtype)type;
  f->npy.array.rank = rank;
  f->npy.swapped = !rt_big_endian();
  return read_extents(f, error);
}

// The path of the file that a field names: as it is, or with ".gz" behind it, or without.
static char *find_path(const char *folder, const char *name) {
  char *path = rt_path_join(folder, name);
  if (path == NULL || rt_is_file(path)) {
    return path;
  }
  size_t length = strlen(path);
  char *other = (char *)rt_allocate(length + sizeof ".gz");
  if (other != NULL) {
    int is_gzip = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    snprintf(other, length + sizeof ".gz", "%.*s%s", (int)(is_gzip ? length - 3 : length), path,
             is_gzip ? "" : ".gz");
  }
  if (other != NULL && !rt_is_file(other)) {
    rt_release(other);
    return path;
  }
  rt_release(path);
  return other;
}

// Opens the file of a field. Compressed ones are recognised by their contents, not by their name,
// and are held in memory as a whole.
static int open_file(rt_array_file *f, const rt_examples *examples, const rt_field_recipe *recipe,
                     void *shared, rt_error *error) {
  (void)shared;
  f->path = find_path(examples->path, rt_source_name(recipe));
  if (f->path == NULL) {
    return rt_fail_memory(error, strlen(examples->path), "a path");
  }
  if (recipe->kind != NULL && strcmp(recipe->kind, "unit") != 0) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected for the input '%s' no kind or the kind 'unit', found '%s'",
                   f->path, recipe->input, recipe->kind);
  }
  int code = rt_file_open(&f->file, f->path, error);
  if (code != RT_OK) {
    rt_fail_more(error, "; the file, or one whose name ends in .gz, holds the input '%s'",
                 recipe->input);
    return code;
  }
  code = rt_is_gzip(&f->file) ? rt_gzip_hold(&f->file, RT_MOST_UNPACKED, f->path, error) : RT_OK;
  code = code == RT_OK ? read_header(f, error) : code;
  f->is_unit = recipe->kind != NULL;
  if (code == RT_OK && f->is_unit && f->npy.array.dtype != RT_U8) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected u8 for the kind 'unit', found %s",
                   f->path, rt_dtype_name(f->npy.array.dtype));
  }
  if (code == RT_OK) {
    code = rt_file_hold(&f->file, RT_MOST_HELD, f->npy.offset, f->path, error);
  }
  return code;
}

static int idx_open(rt_examples *examples, rt_error *error) {
  rt_array_file *files;
  int code = rt_array_files_open(examples, &files, open_file, NULL, error);
  examples->own = files;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    rt_match_shape(&examples->fields[i]);
  }
  return code;
}

static int idx_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  return rt_array_file_read(&((const rt_array_file *)examples->own)[field],
                            &examples->fields[field], example, room, error);
}

static const void *idx_all(const rt_examples *examples, int field) {
  return rt_array_file_all(&((const rt_array_file *)examples->own)[field]);
}

static char *idx_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  (void)example;
  snprintf(text, size, "%s", ((const rt_array_file *)examples->own)[field].path);
  return text;
}

static int idx_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const rt_array_file *files = (const rt_array_file *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_file_checksum(&files[i].file, sum, files[i].path, error);
  }
  return code;
}

static void idx_close(rt_examples *examples) {
  rt_array_files_close((rt_array_file *)examples->own, examples->field_count);
  examples->own = NULL;
}

const rt_data_format rt_idx_data = {"idx", idx_open, idx_read, idx_all,
                                    idx_place, idx_checksum, idx_close};
