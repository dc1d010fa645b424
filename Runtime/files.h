// files.h - arrays and weights in files.

#ifndef RT_FILES_H
#define RT_FILES_H

#include <stdio.h>

#include "support.h"

#ifdef __cplusplus
extern "C" {
#endif

// The highest rank of an array in a file.
enum { RT_MAX_RANK = 16 };

// ---- file.c ----------------------------------------------------------------------

// A whole file, read-only. Pages are loaded as they are touched.
typedef struct {
  const unsigned char *bytes;
  size_t size;
  int descriptor;  // open as long as there are bytes
} rt_file;

// Maps the file `path`; to be freed with rt_file_close.
int rt_file_open(rt_file *file, const char *path, rt_error *error);
void rt_file_close(rt_file *file);

// Copies a part of the file, with all threads, and touches no page of the mapping:
// twice as fast for large parts. Returns RT_ERROR_FILE, with the reason in errno, if
// the system refuses to read.
int rt_file_copy(const rt_file *file, void *target, size_t offset, size_t bytes);

// A file being written beside its final name: `path` changes all at once, when
// the file is committed, or not at all.
typedef struct {
  FILE *stream;
  char *path;
  char *temporary;
} rt_writer;

// Begin; then write to `stream` (errors are noticed at the commit); then exactly
// one of commit (flush, fsync, rename, fsync of the directory) or abandon.
int rt_writer_begin(rt_writer *writer, const char *path, rt_error *error);
int rt_writer_commit(rt_writer *writer, rt_error *error);
void rt_writer_abandon(rt_writer *writer);

// ---- npy.c -----------------------------------------------------------------------

// An array in memory or in a file.
typedef struct {
  rt_dtype dtype;
  int rank;
  int64_t shape[RT_MAX_RANK];
  size_t elements;
  void *data;
} rt_array;

// The header of an .npy file: its array (without data) and where the data begin.
typedef struct {
  rt_array array;
  size_t offset;
  int swapped;  // its bytes are in the other order than this machine's
} rt_npy;

// Checks and reads the header of versions 1 to 3, C order. `path` is for messages.
int rt_npy_parse(rt_npy *npy, const rt_file *file, const char *path,
                 rt_error *error);

// Reads a whole file. `array->data` is to be freed with rt_release.
int rt_npy_read(rt_array *array, const char *path, rt_error *error);

// Writes an array atomically. bf16, which the format lacks, becomes f32.
int rt_npy_write(const char *path, const rt_array *array, rt_error *error);

// ---- safetensors.c, json.c -------------------------------------------------------

// One tensor of a file, to which `name` and `data` belong.
typedef struct {
  char *name;
  rt_dtype dtype;
  int rank;
  int64_t shape[RT_MAX_RANK];
  size_t elements;
  uint64_t begin, end;        // in the data section
  const unsigned char *data;  // little endian, not necessarily aligned
  int taken;                  // free for the reader's use
} rt_stored;

typedef struct {
  rt_file file;
  int count;
  rt_stored *tensors;  // in the order of the header
} rt_safetensors;

// Opens and checks a whole file: header, types, shapes, sizes, gaps and overlaps.
// To be freed with rt_safetensors_close.
int rt_safetensors_open(rt_safetensors *tensors, const char *path,
                        rt_error *error);
void rt_safetensors_close(rt_safetensors *tensors);

// The tensor of that name, or null.
rt_stored *rt_safetensors_find(const rt_safetensors *tensors, const char *name);

// Writes `count` tensors atomically, the ones of wide elements first. `data` returns
// the elements of tensor n; they need to stay valid only until the next call.
int rt_safetensors_write(const char *path, int count, const rt_tensor *tensors,
                         const void *(*data)(void *context, int n), void *context,
                         rt_error *error);

// ---- checkpoint.c ----------------------------------------------------------------

// Writes all states but settings and caches atomically. A parameter that is not finite is an
// error, and what stood there stays.
int rt_checkpoint_save(const rt_model *model, void *instance, const char *path,
                       rt_error *error);

// Reads the parameters and statistics; with `everything` the optimizer's states
// and counters as well. Settings and caches stay as they are. Nothing is changed unless
// all fit. On success `warning` (may be null) has a message if the file holds tensors that
// nobody knows.
int rt_checkpoint_load(const rt_model *model, void *instance, const char *path,
                       int everything, rt_error *warning, rt_error *error);

// Writes `values`, one for each setting, to their states.
void rt_settings_apply(const rt_model *model, void *instance,
                       const double *values);

#ifdef __cplusplus
}
#endif

#endif
