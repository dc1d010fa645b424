// safetensors_header.c - reads {"name": {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [0, 24]}, ..., "__metadata__": {"key": "value"}}.
//
// Keys may come in any order. What is not known is refused: it would be lost when the file is
// written again.

#include "safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

// The tensors of a file grow as the header is read.
typedef struct {
  rt_safetensors *file;
  int capacity;
  rt_json json;
} reader;

// Reads the name of a type; those that this runtime lacks are refused by name.
static int read_type(reader *r, rt_stored *tensor) {
  static const struct {
    const char *name;
    rt_dtype dtype;
  } types[] = {{"F32", RT_F32}, {"F64", RT_F64}, {"F16", RT_F16}, {"BF16", RT_BF16},
               {"I8", RT_I8},   {"U8", RT_U8},   {"I16", RT_I16}, {"I32", RT_I32},
               {"I64", RT_I64}, {"U32", RT_U32}, {"U64", RT_U64}, {"BOOL", RT_BOOL}};
  char *name;
  int code = rt_json_string(&r->json, &name);
  if (code != RT_OK) {
    return code;
  }
  code = RT_ERROR_FORMAT;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(name, types[i].name) == 0) {
      tensor->dtype = types[i].dtype;
      code = RT_OK;
    }
  }
  if (code != RT_OK) {
    rt_fail(r->json.error, code,
            "%s: '%s': expected type F64, F32, F16, BF16, I8 ... I64, U8, U32, U64 or "
            "BOOL, found '%.40s'",
            r->json.path, tensor->name, name);
  }
  rt_release(name);
  return code;
}

// Reads integers in brackets, at most `capacity` of them.
static int read_integers(reader *r, uint64_t *values, int capacity, int *count) {
  int code = rt_json_skip(&r->json, '[');
  *count = 0;
  if (code != RT_OK || rt_json_accept(&r->json, ']')) {
    return code;
  }
  do {
    if (*count == capacity) {
      return rt_json_expected(&r->json, capacity == 2 ? "two offsets" : "at most 16 extents");
    }
    code = rt_json_integer(&r->json, &values[(*count)++]);
  } while (code == RT_OK && rt_json_accept(&r->json, ','));
  return code == RT_OK ? rt_json_skip(&r->json, ']') : code;
}

// Checks that the shape and the offsets give the same number of bytes.
static int check_size(reader *r, rt_stored *tensor, const uint64_t *shape) {
  uint64_t bytes = rt_dtype_size(tensor->dtype);
  for (int axis = 0; axis < tensor->rank; axis++) {
    tensor->shape[axis] = shape[axis] <= INT64_MAX ? (int64_t)shape[axis] : INT64_MAX;
    if (shape[axis] > 0 && bytes > INT64_MAX / shape[axis]) {
      return rt_fail(r->json.error, RT_ERROR_FORMAT,
                     "%s: '%s': expected fewer than 2^63 bytes", r->json.path,
                     tensor->name);
    }
    bytes *= shape[axis];
  }
  tensor->elements = (size_t)(bytes / rt_dtype_size(tensor->dtype));
  if (tensor->begin > tensor->end || tensor->end - tensor->begin != bytes) {
    char type[256];
    rt_type_text(type, sizeof type, tensor->dtype, tensor->rank, tensor->shape);
    return rt_fail(r->json.error, RT_ERROR_FORMAT,
                   "%s: '%s': expected %llu bytes for %s, found offsets %llu ... %llu",
                   r->json.path, tensor->name, (unsigned long long)bytes, type,
                   (unsigned long long)tensor->begin, (unsigned long long)tensor->end);
  }
  return RT_OK;
}

// Reads {"dtype": ..., "shape": ..., "data_offsets": ...}, each once.
static int read_tensor(reader *r, rt_stored *tensor) {
  uint64_t shape[RT_MAX_RANK], offsets[2];
  int seen = 0;
  int code = rt_json_skip(&r->json, '{');
  if (code != RT_OK) {
    return code;
  }
  do {
    char *key;
    int bit = 0, count = 2;
    code = rt_json_string(&r->json, &key);
    if (code == RT_OK) {
      bit = strcmp(key, "dtype") == 0          ? 1
            : strcmp(key, "shape") == 0        ? 2
            : strcmp(key, "data_offsets") == 0 ? 4
                                               : 0;
      rt_release(key);
      code = bit != 0 && (seen & bit) == 0
                 ? rt_json_skip(&r->json, ':')
                 : rt_json_expected(&r->json, "dtype, shape and data_offsets, each once");
      seen |= bit;
    }
    if (code == RT_OK && bit == 1) {
      code = read_type(r, tensor);
    } else if (code == RT_OK && bit == 2) {
      code = read_integers(r, shape, RT_MAX_RANK, &tensor->rank);
    } else if (code == RT_OK) {
      code = read_integers(r, offsets, 2, &count);
    }
    if (code == RT_OK && count != 2) {
      code = rt_json_expected(&r->json, "two offsets");
    }
  } while (code == RT_OK && rt_json_accept(&r->json, ','));
  if (code == RT_OK) {
    code = rt_json_skip(&r->json, '}');
  }
  if (code == RT_OK && seen != 7) {
    code = rt_json_expected(&r->json, "dtype, shape and data_offsets, each once");
  }
  if (code != RT_OK) {
    return code;
  }
  tensor->begin = offsets[0];
  tensor->end = offsets[1];
  return check_size(r, tensor, shape);
}

// Reads the object of strings under "__metadata__". They are found by going through all of them, so
// that there must not be many.
static int read_metadata(reader *r) {
  enum { MOST_NOTES = 10000 };
  int code = rt_json_skip(&r->json, '{');
  if (code != RT_OK || rt_json_accept(&r->json, '}')) {
    return code;
  }
  do {
    char *key, *value = NULL;
    code = rt_json_string(&r->json, &key);
    if (code == RT_OK && r->file->notes.count == MOST_NOTES) {
      code = rt_fail(r->json.error, RT_ERROR_FORMAT,
                     "%s: __metadata__: expected at most %d texts, found more", r->json.path,
                     MOST_NOTES);
    }
    if (code == RT_OK && rt_notes_find(&r->file->notes, key) != NULL) {
      code = rt_fail(r->json.error, RT_ERROR_FORMAT,
                     "%s: __metadata__ '%s': expected each name once, found it twice",
                     r->json.path, key);
    }
    if (code == RT_OK) {
      code = rt_json_skip(&r->json, ':');
    }
    if (code == RT_OK) {
      code = rt_json_string(&r->json, &value);
    }
    if (code == RT_OK) {
      code = rt_notes_own(&r->file->notes, key, value, r->json.error);
    } else {
      rt_release(key);
    }
  } while (code == RT_OK && rt_json_accept(&r->json, ','));
  return code == RT_OK ? rt_json_skip(&r->json, '}') : code;
}

// Adds room for one more tensor and returns it, zeroed; null without memory.
static rt_stored *grow(reader *r) {
  if (r->file->count == r->capacity) {
    int capacity = r->capacity > 0 ? 2 * r->capacity : 64;
    size_t size = (size_t)capacity * sizeof(rt_stored);
    rt_stored *tensors = (rt_stored *)realloc(r->file->tensors, size);
    if (tensors == NULL) {
      return NULL;
    }
    r->file->tensors = tensors;
    r->capacity = capacity;
  }
  rt_stored *tensor = &r->file->tensors[r->file->count];
  memset(tensor, 0, sizeof *tensor);
  return tensor;
}

int rt_safetensors_header(rt_safetensors *file, const unsigned char *text, size_t length,
                          const char *path, rt_error *error) {
  reader state = {file, 0, {text, length, 0, 8, path, error}};
  reader *r = &state;
  int code = rt_json_skip(&r->json, '{');
  int empty = code == RT_OK && rt_json_accept(&r->json, '}');
  while (code == RT_OK && !empty) {
    char *name;
    code = rt_json_string(&r->json, &name);
    if (code != RT_OK) {
      return code;
    }
    code = rt_json_skip(&r->json, ':');
    rt_stored *tensor = NULL;
    if (code == RT_OK && strcmp(name, "__metadata__") == 0) {
      code = read_metadata(r);
    } else if (code == RT_OK) {
      tensor = grow(r);
      if (tensor == NULL) {
        code = rt_fail_memory(r->json.error, sizeof *tensor, "a list of tensors");
      } else {
        tensor->name = name;
        r->file->count++;
        code = read_tensor(r, tensor);
      }
    }
    if (tensor == NULL) {
      rt_release(name);
    }
    if (code == RT_OK && !rt_json_accept(&r->json, ',')) {
      code = rt_json_skip(&r->json, '}');
      empty = 1;
    }
  }
  if (code == RT_OK) {
    rt_json_space(&r->json);
    code = r->json.at == r->json.size ? RT_OK : rt_json_expected(&r->json, "the end");
  }
  return code;
}
