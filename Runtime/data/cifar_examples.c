// cifar_examples.c - the binary version of CIFAR-10 and CIFAR-100: records of one or two labels and
// a picture of 3 x 32 x 32 bytes.
//
// A set of several files is one sequence of examples; example k is in the last file whose first
// number is not above k. Files have no header: that their size is a whole number of records, and
// that labels are in range, is all that tells them from others.

#include <string.h>

#include "array_files.h"
#include "cifar.h"
#include "formats.h"

enum { PIXELS = 3 * 32 * 32, MOST_FILES = 99 };

// What a field takes from a record.
typedef enum { PICTURE, FIRST_LABEL, SECOND_LABEL } part;

typedef struct {
  char *path;
  rt_file file;
  int64_t first, count;  // of its examples
} batch;

typedef struct {
  int labels;  // of a record: 1 for CIFAR-10, 2 for CIFAR-100
  int batch_count;
  batch batches[MOST_FILES];
  int is_read;  // a file is not held in memory
  part *parts;  // of the fields
} cifar;

static size_t record_bytes(const cifar *c) { return (size_t)c->labels + PIXELS; }

// ---- Fields ----------------------------------------------------------------------

// Finds what each field takes, and so which version this must be; `labels` stays 0 if any will do.
static int find_parts(rt_examples *examples, cifar *c, rt_error *error) {
  for (int i = 0; i < examples->field_count; i++) {
    rt_example_field *field = &examples->fields[i];
    const char *source = rt_source_name(field->recipe);
    int is_picture = strcmp(source, "image") == 0, is_coarse = strcmp(source, "coarse") == 0;
    int is_fine = strcmp(source, "fine") == 0, is_label = strcmp(source, "label") == 0;
    int labels = is_picture ? 0 : is_label ? 1 : 2;
    if (!is_picture && !is_coarse && !is_fine && !is_label) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected the source 'image', 'label', 'coarse' or 'fine' for the input "
                     "'%s', found '%s'",
                     examples->path, field->recipe->input, source);
    }
    if (c->labels != 0 && labels != 0 && c->labels != labels) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected the source 'label' of CIFAR-10, or 'coarse' and 'fine' of "
                     "CIFAR-100, found both",
                     examples->path);
    }
    c->labels = labels != 0 ? labels : c->labels;
    c->parts[i] = is_picture ? PICTURE : is_fine ? SECOND_LABEL : FIRST_LABEL;
    const int64_t shape[] = {3, 32, 32};
    rt_set_type(field, is_picture && rt_takes_floats(field) ? RT_F32 : RT_U8, is_picture ? 3 : 0,
                shape);
  }
  return RT_OK;
}

// ---- Files -----------------------------------------------------------------------

// Checks the labels of a file that is held.
static int check_labels(const cifar *c, const batch *b, rt_error *error) {
  static const int most[2][2] = {{9, 0}, {19, 99}};
  for (int64_t i = 0; i < b->count; i++) {
    const unsigned char *record = b->file.held + (size_t)i * record_bytes(c);
    for (int k = 0; k < c->labels; k++) {
      if (record[k] > most[c->labels - 1][k]) {
        return rt_fail(error, RT_ERROR_FORMAT,
                       "%s: byte %zu: expected a label from 0 to %d, found %d", b->path,
                       (size_t)i * record_bytes(c) + (size_t)k, most[c->labels - 1][k], record[k]);
      }
    }
  }
  return RT_OK;
}

// Opens one more file, whose path becomes the batch's.
static int open_batch(cifar *c, char *path, int64_t *count, rt_error *error) {
  if (path == NULL) {
    return rt_fail_memory(error, 0, "a path");
  }
  batch *b = &c->batches[c->batch_count++];
  b->path = path;
  int code = rt_file_open(&b->file, path, error);
  if (code != RT_OK) {
    return code;
  }
  // Only pictures are read, which both versions have at different places: the size of the first
  // file tells which it is, if only one of them fits.
  if (c->labels == 0) {
    c->labels = b->file.size % (2 + PIXELS) == 0 && b->file.size % (1 + PIXELS) != 0 ? 2 : 1;
  }
  size_t bytes = record_bytes(c);
  if (b->file.size == 0 || b->file.size % bytes != 0) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: expected records of %zu bytes, as in the binary version of CIFAR-%d, found "
                   "%zu bytes",
                   path, bytes, c->labels == 2 ? 100 : 10, b->file.size);
  }
  b->first = *count;
  b->count = (int64_t)(b->file.size / bytes);
  *count += b->count;
  code = rt_file_hold(&b->file, RT_MOST_HELD, 0, path, error);
  c->is_read |= b->file.held == NULL;
  return code == RT_OK && b->file.held != NULL ? check_labels(c, b, error) : code;
}

// Opens the files of a folder: data_batch_1.bin and so on, or train.bin.
static int open_folder(rt_examples *examples, cifar *c, rt_error *error) {
  int code = RT_OK, missing = 0;
  for (int i = 1; i <= MOST_FILES && code == RT_OK; i++) {
    char name[32];
    snprintf(name, sizeof name, "data_batch_%d.bin", i);
    char *path = rt_path_join(examples->path, name);
    if (path != NULL && !rt_is_file(path)) {
      missing = missing == 0 ? i : missing;
      rt_release(path);
    } else if (missing > 0 && path != NULL) {
      code = rt_fail(error, RT_ERROR_FILE,
                     "%s: expected 'data_batch_%d.bin' before '%s', found none", examples->path,
                     missing, name);
      rt_release(path);
    } else {
      code = open_batch(c, path, &examples->count, error);
    }
  }
  if (code == RT_OK && c->batch_count == 0) {
    char *path = rt_path_join(examples->path, "train.bin");
    if (path != NULL && !rt_is_file(path)) {
      rt_release(path);
      return rt_fail(error, RT_ERROR_FILE,
                     "%s: expected 'data_batch_1.bin' and so on, as in the binary version of "
                     "CIFAR-10, or 'train.bin' of CIFAR-100, found none; a path of one file reads "
                     "that",
                     examples->path);
    }
    code = open_batch(c, path, &examples->count, error);
  }
  return code;
}

// ---- The format ------------------------------------------------------------------

static void cifar_close(rt_examples *examples) {
  cifar *c = (cifar *)examples->own;
  for (int i = 0; c != NULL && i < c->batch_count; i++) {
    rt_file_close(&c->batches[i].file);
    rt_release(c->batches[i].path);
  }
  if (c != NULL) {
    rt_release(c->parts);
  }
  rt_release(c);
  examples->own = NULL;
}

static int cifar_open(rt_examples *examples, rt_error *error) {
  cifar *c = (cifar *)rt_allocate(sizeof(cifar));
  size_t size = (size_t)examples->field_count * sizeof(part);
  examples->own = c;
  if (c != NULL) {
    c->parts = (part *)rt_allocate(size);
  }
  int code = c != NULL && c->parts != NULL ? find_parts(examples, c, error)
                                           : rt_fail_memory(error, sizeof(cifar), "data files");
  if (code == RT_OK) {
    code = rt_is_directory(examples->path)
               ? open_folder(examples, c, error)
               : open_batch(c, rt_copy_text(examples->path), &examples->count, error);
  }
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    const char *file = c->labels == 1             ? "batches.meta.txt"
                       : c->parts[i] == FIRST_LABEL ? "coarse_label_names.txt"
                                                    : "fine_label_names.txt";
    int count = c->labels == 1 ? 10 : c->parts[i] == FIRST_LABEL ? 20 : 100;
    examples->fields[i].is_costly = c->is_read;
    if (c->parts[i] != PICTURE) {
      code = rt_cifar_classes(&examples->fields[i], examples->path, file, count, error);
    }
  }
  for (int i = 0; code == RT_OK && i < c->batch_count; i++) {
    examples->held += c->batches[i].file.held != NULL ? c->batches[i].file.size : 0;
  }
  if (code != RT_OK) {
    cifar_close(examples);
  }
  return code;
}

static const batch *batch_of(const cifar *c, int64_t example) {
  int i = 0;
  while (i + 1 < c->batch_count && example >= c->batches[i + 1].first) {
    i++;
  }
  return &c->batches[i];
}

// Reads a byte of a label, or the picture behind the labels, which is stored plane by plane as
// inputs have it.
static int cifar_read(const rt_examples *examples, int field, int64_t example, void *room,
                      rt_error *error) {
  const cifar *c = (const cifar *)examples->own;
  const batch *b = batch_of(c, example);
  part wanted = c->parts[field];
  size_t offset = (size_t)(example - b->first) * record_bytes(c);
  int is_unit = examples->fields[field].dtype == RT_F32;
  if (wanted != PICTURE) {
    return rt_file_read(&b->file, room, offset + (wanted == SECOND_LABEL), 1, b->path, error);
  }
  unsigned char *to = (unsigned char *)room + (is_unit ? PIXELS * (sizeof(float) - 1) : 0);
  int code = rt_file_read(&b->file, to, offset + (size_t)c->labels, PIXELS, b->path, error);
  if (code == RT_OK && is_unit) {
    rt_bytes_to_unit(room, PIXELS);
  }
  return code;
}

static char *cifar_place(const rt_examples *examples, int field, int64_t example, char *text,
                         size_t size) {
  const cifar *c = (const cifar *)examples->own;
  (void)field;
  if (example < 0) {
    snprintf(text, size, "%s", examples->path);
  } else {
    const batch *b = batch_of(c, example);
    snprintf(text, size, "%s: record %lld", b->path, (long long)(example - b->first));
  }
  return text;
}

static int cifar_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const cifar *c = (const cifar *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < c->batch_count && code == RT_OK; i++) {
    code = rt_file_checksum(&c->batches[i].file, sum, c->batches[i].path, error);
  }
  return code;
}

const rt_data_format rt_cifar_data = {"cifar", cifar_open, cifar_read, NULL,
                                    cifar_place, cifar_checksum, cifar_close};
