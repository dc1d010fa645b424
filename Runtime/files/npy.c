// npy.c - NumPy's array files: a magic number, a version, the length of the header,
// the header (a Python dictionary), the elements.

#include <stdint.h>
#include <string.h>

#include "files.h"

enum { LONGEST_HEADER = 1 << 20 };

// The position while the header is read. `end` is one past its last byte.
typedef struct {
  const char *at, *begin, *end;
  const char *path;
  rt_error *error;
} cursor;

static int malformed(const cursor *c, const char *expected) {
  char found[16];
  if (c->at < c->end) {
    unsigned char byte = (unsigned char)*c->at;
    snprintf(found, sizeof found, byte >= 32 && byte < 127 ? "'%c'" : "byte %d", byte);
  } else {
    snprintf(found, sizeof found, "its end");
  }
  return rt_fail(c->error, RT_ERROR_FORMAT,
                 "%s: byte %td of the header: expected %s, found %s", c->path,
                 c->at - c->begin, expected, found);
}

static void skip_spaces(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')) {
    c->at++;
  }
}

// Skips `word` if it comes next.
static int accept(cursor *c, const char *word) {
  size_t length = strlen(word);
  skip_spaces(c);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0) {
    return 0;
  }
  c->at += length;
  return 1;
}

// Reads a quoted string without escapes into `text`.
static int read_string(cursor *c, char *text, size_t size) {
  skip_spaces(c);
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"')) {
    return malformed(c, "a string");
  }
  char quote = *c->at++;
  size_t length = 0;
  for (; c->at < c->end && *c->at != quote; c->at++) {
    if (*c->at == '\\' || length + 1 == size) {
      return malformed(c, "a short plain string");
    }
    text[length++] = *c->at;
  }
  text[length] = '\0';
  return accept(c, quote == '"' ? "\"" : "'") ? RT_OK : malformed(c, "a closing quote");
}

// Reads the type, such as "<f4".
static int read_type(cursor *c, rt_npy *npy) {
  static const struct {
    const char *code;
    rt_dtype dtype;
  } types[] = {{"f4", RT_F32}, {"f8", RT_F64}, {"f2", RT_F16}, {"i1", RT_I8},
               {"u1", RT_U8},  {"i2", RT_I16}, {"i4", RT_I32}, {"i8", RT_I64},
               {"u4", RT_U32}, {"u8", RT_U64}, {"b1", RT_BOOL}};
  char text[32];
  skip_spaces(c);
  if (c->at < c->end && *c->at == '[') {
    return rt_fail(c->error, RT_ERROR_FORMAT,
                   "%s: expected an array of numbers, found records", c->path);
  }
  int code = read_string(c, text, sizeof text);
  if (code != RT_OK) {
    return code;
  }
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (text[0] != '\0' && strcmp(text + 1, types[i].code) == 0 &&
        strchr("<>|=", text[0]) != NULL) {
      npy->array.dtype = types[i].dtype;
      npy->swapped = (text[0] == '>' && !rt_big_endian()) ||
                     (text[0] == '<' && rt_big_endian());
      return RT_OK;
    }
  }
  return rt_fail(c->error, RT_ERROR_FORMAT,
                 "%s: expected elements of type f2, f4, f8, i1 ... i8, u1, u4, u8 or "
                 "b1, found '%s'; array.astype(TYPE) converts it",
                 c->path, text);
}

// Reads a tuple of extents and counts the elements.
static int read_shape(cursor *c, rt_array *array) {
  if (!accept(c, "(")) {
    return malformed(c, "'('");
  }
  array->rank = 0;
  array->elements = 1;
  int nothing = 0;
  while (!accept(c, ")")) {
    uint64_t extent = 0;
    const char *first = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
      extent = extent * 10 + (uint64_t)(*c->at - '0');
      if (c->at - first > 17) {
        return malformed(c, "an extent of at most 18 digits");
      }
    }
    if (c->at == first) {
      return malformed(c, "an extent");
    }
    if (array->rank == RT_MAX_RANK) {
      return malformed(c, "at most 16 axes");
    }
    array->shape[array->rank++] = (int64_t)extent;
    nothing = nothing || extent == 0;
    if (extent > 0 && array->elements > SIZE_MAX / 16 / extent) {
      return malformed(c, "a shape of fewer elements than memory has room for");
    }
    array->elements *= extent > 0 ? (size_t)extent : 1;
    if (!accept(c, ",") && (c->at == c->end || *c->at != ')')) {
      return malformed(c, "',' or ')'");
    }
    skip_spaces(c);
  }
  array->elements = nothing ? 0 : array->elements;
  return RT_OK;
}

// Reads the dictionary: each of the three keys once, in any order.
static int read_header(cursor *c, rt_npy *npy) {
  int seen = 0;
  if (!accept(c, "{")) {
    return malformed(c, "'{'");
  }
  while (!accept(c, "}")) {
    char key[32];
    int code = read_string(c, key, sizeof key);
    if (code != RT_OK) {
      return code;
    }
    if (!accept(c, ":")) {
      return malformed(c, "':'");
    }
    int bit = 0;
    if (strcmp(key, "descr") == 0) {
      bit = 1;
      code = read_type(c, npy);
    } else if (strcmp(key, "shape") == 0) {
      bit = 2;
      code = read_shape(c, &npy->array);
    } else if (strcmp(key, "fortran_order") == 0) {
      bit = 4;
      if (accept(c, "True")) {
        return rt_fail(c->error, RT_ERROR_FORMAT,
                       "%s: expected C order, found Fortran order; "
                       "convert it with numpy.ascontiguousarray",
                       c->path);
      }
      code = accept(c, "False") ? RT_OK : malformed(c, "True or False");
    }
    if (code != RT_OK) {
      return code;
    }
    if (bit == 0 || (seen & bit) != 0) {
      return malformed(c, "descr, fortran_order and shape, each once");
    }
    seen |= bit;
    skip_spaces(c);
    if (!accept(c, ",") && (c->at == c->end || *c->at != '}')) {
      return malformed(c, "',' or '}'");
    }
  }
  skip_spaces(c);
  if (seen != 7 || c->at != c->end) {
    return malformed(c, seen == 7 ? "nothing more"
                                  : "descr, fortran_order and shape, each once");
  }
  return RT_OK;
}

// Reads magic, version and the length of the header; `*begin` is where that stands.
static int read_preamble(const rt_file *file, size_t *begin, size_t *length, const char *path,
                         rt_error *error) {
  unsigned char bytes[32] = {0};
  size_t size = file->size < sizeof bytes ? file->size : sizeof bytes;
  int code = rt_file_read(file, bytes, 0, size, path, error);
  if (code != RT_OK) {
    return code;
  }
  if (size < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0) {
    int cut = size > 0 && size < 12 && memcmp(bytes, "\x93NUMPY", size < 6 ? size : 6) == 0;
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 0: expected an .npy file, found %s; numpy.save(FILE, array) writes "
                   "one",
                   path, cut ? "fewer than 12 bytes" : rt_file_kind(bytes, size));
  }
  if (bytes[6] < 1 || bytes[6] > 3) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 6: expected version 1, 2 or 3, found %d", path, bytes[6]);
  }
  *begin = bytes[6] == 1 ? 10 : 12;
  *length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  if (bytes[6] > 1) {
    *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  }
  if (*length > file->size - *begin) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 8: expected a header of %zu bytes, found %zu", path, *length,
                   file->size - *begin);
  }
  if (*length > LONGEST_HEADER) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte 8: expected a header of at most %d bytes, found %zu", path,
                   LONGEST_HEADER, *length);
  }
  return RT_OK;
}

int rt_npy_parse(rt_npy *npy, const rt_file *file, const char *path, rt_error *error) {
  size_t begin = 0, length = 0;
  *npy = (rt_npy){0};
  int code = read_preamble(file, &begin, &length, path, error);
  if (code != RT_OK) {
    return code;
  }
  char *text = (char *)rt_allocate(length);
  if (text == NULL) {
    return rt_fail_memory(error, length, "a header");
  }
  code = rt_file_read(file, text, begin, length, path, error);
  if (code == RT_OK) {
    cursor c = {text, text, text + length, path, error};
    code = read_header(&c, npy);
  }
  rt_release(text);
  if (code != RT_OK) {
    return code;
  }
  npy->offset = begin + length;
  size_t expected = npy->array.elements * rt_dtype_size(npy->array.dtype);
  if (expected != file->size - npy->offset) {
    char type[256];
    rt_type_text(type, sizeof type, npy->array.dtype, npy->array.rank,
                 npy->array.shape);
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %zu bytes for %s, found %zu%s", path, npy->offset,
                   expected, type, file->size - npy->offset,
                   expected > file->size - npy->offset ? "; the file is cut" : "");
  }
  return RT_OK;
}

int rt_npy_read_open(rt_array *array, rt_file *file, const char *path, rt_error *error) {
  rt_npy npy;
  *array = (rt_array){0};
  int code = rt_npy_parse(&npy, file, path, error);
  if (code != RT_OK) {
    return code;
  }
  size_t width = rt_dtype_size(npy.array.dtype);
  size_t size = npy.array.elements * width;
  void *data = rt_allocate(size);
  code = data != NULL ? rt_file_read(file, data, npy.offset, size, path, error)
                      : rt_fail_memory(error, size, path);
  if (code != RT_OK) {
    rt_release(data);
    return code;
  }
  *array = npy.array;
  array->data = data;
  if (npy.swapped) {
    rt_swap_bytes(data, width, array->elements);
  }
  return RT_OK;
}

int rt_npy_read(rt_array *array, const char *path, rt_error *error) {
  rt_file file;
  *array = (rt_array){0};
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK) {
    code = rt_npy_read_open(array, &file, path, error);
  }
  rt_file_close(&file);
  return code;
}
