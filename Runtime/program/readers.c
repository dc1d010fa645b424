// readers.c - the formats of inputs. A new one is a row here and a file with its function.

#include <string.h>

#include "inputs.h"

// An .npy file, whose type and shape are checked later, with those of all inputs.
static int read_npy(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                    rt_error *error) {
  (void)slot;
  return rt_npy_read_open(array, file, path, error);
}

const rt_reader rt_readers[] = {
    {".npy", "\x93NUMPY", read_npy},
    {".png", "\x89PNG", rt_picture_read},
    {".ppm", "P6\n", rt_picture_read},
    {".pgm", "P5\n", rt_picture_read},
    {".wav", "RIFF", rt_sound_read},
    {".csv", NULL, rt_csv_read},
};

const int rt_reader_count = sizeof rt_readers / sizeof *rt_readers;

const rt_reader *rt_reader_for(const char *path) {
  for (int i = 0; i < rt_reader_count; i++) {
    if (rt_ends_in(path, rt_readers[i].ending)) {
      return &rt_readers[i];
    }
  }
  return NULL;
}

char *rt_reader_endings(char *text, size_t size) {
  size_t used = 0;
  for (int i = 0; i < rt_reader_count; i++) {
    const char *comma = i == 0 ? "" : i + 1 < rt_reader_count ? ", " : " or ";
    int length = snprintf(text + used, size - used, "%s%s", comma, rt_readers[i].ending);
    used = length > 0 && (size_t)length < size - used ? used + (size_t)length : size - 1;
  }
  return text;
}

// The reader for a file of a known or unknown name; `file` is open.
static const rt_reader *choose(const char *path, rt_file *file, const char *name,
                               rt_error *error) {
  const rt_reader *by_ending = path != NULL ? rt_reader_for(path) : NULL;
  if (by_ending != NULL) {
    return by_ending;
  }
  unsigned char begin[32] = {0};
  size_t size = file->size < sizeof begin ? file->size : sizeof begin;
  if (rt_file_read(file, begin, 0, size, name, error) != RT_OK) {
    return NULL;
  }
  for (int i = 0; i < rt_reader_count; i++) {
    const char *magic = rt_readers[i].magic;
    if (magic != NULL && size >= strlen(magic) && memcmp(begin, magic, strlen(magic)) == 0) {
      return &rt_readers[i];
    }
  }
  const char *kind = rt_file_known_kind(begin, size);
  if (kind != NULL) {
    char endings[256];
    rt_fail(error, RT_ERROR_FORMAT, "%s: byte 0: expected the contents of %s, found %s", name,
            rt_reader_endings(endings, sizeof endings), kind);
    return NULL;
  }
  return &rt_readers[rt_reader_count - 1];
}

int rt_input_read(rt_array *array, const char *path, const rt_slot *slot, rt_error *error) {
  const char *name = path != NULL ? path : "standard input";
  rt_file file = {0};
  *array = (rt_array){0};
  int code = path != NULL ? rt_file_open(&file, path, error) : rt_file_hold_input(&file, error);
  if (code == RT_OK) {
    const rt_reader *reader = choose(path, &file, name, error);
    code = reader != NULL ? reader->read(array, &file, name, slot, error) : error->code;
  }
  rt_file_close(&file);
  return code;
}

char *rt_slot_text(char *text, size_t size, const rt_slot *slot) {
  int64_t shape[RT_MAX_RANK] = {0};
  int rank = slot->tensor->rank < RT_MAX_RANK ? slot->tensor->rank : RT_MAX_RANK;
  for (int axis = 0; axis < rank; axis++) {
    shape[axis] = axis == 0 && slot->has_examples ? -1 : slot->tensor->shape[axis];
  }
  return rt_type_text(text, size, slot->tensor->dtype, rank, shape);
}
