// files.h - arrays and weights in files.

#ifndef RT_FILES_H
#define RT_FILES_H

#include <stdio.h>

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// The highest rank of an array in a file.
enum { RT_MAX_RANK = 16 };

// ---- file.c: files to read -------------------------------------------------------

// An open regular file: never a pipe, which could block, or a device, which could be endless.
typedef struct {
  size_t size;
  int is_open, descriptor;
  size_t begin;         // in the file of the descriptor, if this is a part of one, not to be closed
  unsigned char *held;  // all of it in memory, or null
  void *block;          // which owns `held`
} rt_file;

// Opens the file `path`; to be freed with rt_file_close.
int rt_file_open(rt_file *file, const char *path, rt_error *error);
void rt_file_close(rt_file *file);

// Reads a part of the file, with all threads if it is large. A file that has become shorter is
// an error.
int rt_file_read(const rt_file *file, void *target, size_t offset, size_t bytes,
                 const char *path, rt_error *error);

// Reads the whole file into memory if it has at most `limit` bytes. Byte `aligned` of it is where
// numbers of any type may begin.
int rt_file_hold(rt_file *file, size_t limit, size_t aligned, const char *path, rt_error *error);

// Reads what is left of standard input into memory, as if it were a file. In file_stream.c.
int rt_file_hold_input(rt_file *file, rt_error *error);

// In file_kind.c: what a file with these first bytes is, for messages: "a zip archive". If that is
// not known, the second returns null.
const char *rt_file_kind(const unsigned char *bytes, size_t size);
const char *rt_file_known_kind(const unsigned char *bytes, size_t size);

// ---- nearest.c -------------------------------------------------------------------

// The word of `words` nearest to `word` by edit distance, or null if none is near.
const char *rt_nearest(const char *word, int count, const char *const *words);

// ---- write.c: files to write -----------------------------------------------------

// A file being written beside its final name, under a name of its own: `path` changes all at once,
// when the file is committed, or not at all. Links are followed. A device, a pipe, and the file
// that standard output goes to are written directly. A signal that interrupts a write does no harm.
typedef struct {
  int is_open, descriptor;  // of the file
  unsigned char *buffer;    // of RT_WRITER_ROOM bytes, for those that are not in the file yet
  size_t buffered;
  FILE *stream;      // written instead of a file, of somebody else; without both, bytes are counted
  char *path;        // as it was given
  char *target;      // with links resolved
  char *temporary;   // null if the path is written directly
  uint64_t written;  // bytes
  int failure;       // the number of the first error, or 0
  uint32_t checksum;     // of the bytes, if `is_summed`
  int is_summed;
  const char *previous;  // the name that the old file takes at a commit; or null
} rt_writer;

// Begin; then write; then exactly one of commit (flush, fsync, rename, fsync of the folder), which
// reports the first error, or abandon.
int rt_writer_begin(rt_writer *writer, const char *path, rt_error *error);
int rt_writer_commit(rt_writer *writer, rt_error *error);
void rt_writer_abandon(rt_writer *writer);

// Begins a file that is visible while it is written, such as a log. rt_writer_flush flushes it and
// reports the first error so far.
int rt_writer_begin_growing(rt_writer *writer, const char *path, rt_error *error);
int rt_writer_flush(rt_writer *writer, rt_error *error);

// The same, but appends to the file if it exists. rt_writer_synchronise flushes it to the disk.
int rt_writer_begin_more(rt_writer *writer, const char *path, rt_error *error);
int rt_writer_synchronise(rt_writer *writer, rt_error *error);

// Checks that `path` can be written, without changing it.
int rt_writer_check(const char *path, rt_error *error);

// Stores errno if it is the first error; later ones only follow from it.
void rt_writer_note(rt_writer *writer, int reason);

// In keep.c: gives the regular file `path`, if there is one, the second name `previous` in place of
// whatever had it. `path` is there at every moment. Returns 0, or -1 and errno.
int rt_keep_file(const char *path, const char *previous);

// ---- rows.c ----------------------------------------------------------------------

// Opens a CSV file whose rows begin with a growing number, to add rows. With a `last` that is not
// negative the rows up to that number stay, and the last of them is copied to `tail` (which may be
// null); all others are dropped, such as a torn one. A first line other than `header`, which ends
// with a line break, is an error then. Errors of rows are reported when they are flushed.
int rt_rows_open(rt_writer *writer, const char *path, const char *header, int64_t last, char *tail,
                 size_t tail_size, rt_error *error);

// ---- write_bytes.c, write_text.c ----------------------------------------------------------------

// Write bytes, text, or a string as JSON with its quotes. `format` gives at most 1023 bytes.
void rt_write(rt_writer *writer, const void *bytes, size_t size);
void rt_write_text(rt_writer *writer, const char *format, ...) RT_PRINTF(2, 3);
void rt_write_string(rt_writer *writer, const char *text);
void rt_write_json(rt_writer *writer, const char *text);

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
  int swapped;  // its byte order is not this machine's
} rt_npy;

// Checks and reads the header of versions 1 to 3, C order. `path` is for messages.
int rt_npy_parse(rt_npy *npy, const rt_file *file, const char *path,
                 rt_error *error);

// Reads a whole file. `array->data` is to be freed with rt_release.
int rt_npy_read(rt_array *array, const char *path, rt_error *error);
int rt_npy_read_open(rt_array *array, rt_file *file, const char *path, rt_error *error);

// Writes an array. bf16, which the format lacks, becomes f32. rt_npy_put writes to an open file.
int rt_npy_write(const char *path, const rt_array *array, rt_error *error);
void rt_npy_put(rt_writer *writer, const rt_array *array);

// ---- checksum.c, notes.c -----------------------------------------------------------

// The CRC-32 of zlib, of bytes that follow others with the checksum `sum`, 0 at first.
uint32_t rt_checksum(uint32_t sum, const void *bytes, size_t size);

// In file_checksum.c: continues a checksum with the size of a file and its bytes; of one that is
// not held in memory and is large, only with a megabyte at both ends.
int rt_file_checksum(const rt_file *file, uint32_t *sum, const char *path, rt_error *error);

// The texts under __metadata__ in a safetensors file, by name and in order.
typedef struct {
  char *key, *value;
} rt_note;

typedef struct {
  int count, capacity;
  rt_note *items;
} rt_notes;

// Adds a text; rt_notes_own takes both strings, which rt_release frees, also on failure. To be
// freed with rt_notes_clear.
int rt_notes_add(rt_notes *notes, const char *key, rt_error *error, const char *format, ...)
    RT_PRINTF(4, 5);
int rt_notes_own(rt_notes *notes, char *key, char *value, rt_error *error);
void rt_notes_clear(rt_notes *notes);

// The text of that name, or null.
const char *rt_notes_find(const rt_notes *notes, const char *key);

// Reads a whole number up to `most`, or numbers between spaces. Errors name `path` and the key.
int rt_notes_whole(const rt_notes *notes, const char *key, uint64_t most, uint64_t *value,
                   const char *path, rt_error *error);
int rt_notes_numbers(const rt_notes *notes, const char *key, int count, double *values,
                     const char *path, rt_error *error);

// ---- safetensors.c, json.c -------------------------------------------------------

// One tensor of a file, to which `name` belongs.
typedef struct {
  char *name;
  rt_dtype dtype;
  int rank;
  int64_t shape[RT_MAX_RANK];
  size_t elements;
  uint64_t begin, end;  // in the data section
  int taken;            // free for the reader's use
} rt_stored;

typedef struct {
  rt_file file;
  size_t data;  // where the data section begins
  int count;
  rt_stored *tensors;  // in the order of the header
  rt_notes notes;      // the texts of __metadata__
} rt_safetensors;

// Opens and checks a whole file: header, types, shapes, sizes, gaps and overlaps.
// To be freed with rt_safetensors_close.
int rt_safetensors_open(rt_safetensors *tensors, const char *path,
                        rt_error *error);
void rt_safetensors_close(rt_safetensors *tensors);

// The same for `tensors->file`, which is open; what was read is to be closed even on failure.
int rt_safetensors_parse(rt_safetensors *tensors, const char *path, rt_error *error);

// Reads `count` elements of a tensor from element `first` on, in this machine's byte order.
int rt_safetensors_read(const rt_safetensors *tensors, const rt_stored *tensor, size_t first,
                        size_t count, void *target, const char *path, rt_error *error);

// The tensor of that name, or null.
rt_stored *rt_safetensors_find(const rt_safetensors *tensors, const char *name);

// Writes `count` tensors, the ones of wide elements first. `data` returns
// the elements of tensor n; they need to stay valid only until the next call.
int rt_safetensors_write(const char *path, int count, const rt_tensor *tensors,
                         const void *(*data)(void *context, int n), void *context,
                         rt_error *error);

// The same with `notes` unless that is null, to which it adds 'checksum': that of the file with
// eight zeros in its place. The old file takes the name `previous` unless that is null.
int rt_safetensors_write_noted(const char *path, const char *previous, rt_notes *notes, int count,
                               const rt_tensor *tensors, const void *(*data)(void *context, int n),
                               void *context, rt_error *error);

// Checks the checksum of a file; one without is an error.
int rt_safetensors_verify(const rt_safetensors *tensors, const char *path, rt_error *error);

// ---- checkpoint.c, checkpoint_save.c -----------------------------------------------

// Writes all states but settings and caches. A parameter that is not finite, or a statistic that is
// NaN, is an error; the old file stays.
int rt_checkpoint_save(const rt_model *model, void *instance, const char *path,
                       rt_error *error);

// The same with notes.
int rt_weights_save(const rt_model *model, void *instance, const char *path, rt_notes *notes,
                    rt_error *error);

// The same with caches and notes, so that a training can go on exactly.
int rt_checkpoint_save_noted(const rt_model *model, void *instance, const char *path,
                             const char *previous, rt_notes *notes, rt_error *error);

// Writes all states as they are, settings and numbers that are not finite included.
int rt_states_save(const rt_model *model, void *instance, const char *path, rt_notes *notes,
                   rt_error *error);

// What a load reads: parameters and statistics; the optimizer's states and counters as well; caches
// as well; or those parameters and statistics that fit, at least one. Settings stay as they are.
enum { RT_LOAD_WEIGHTS, RT_LOAD_STATES, RT_LOAD_CACHES, RT_LOAD_FITTING };

// Changes nothing unless all fit, but for RT_LOAD_FITTING. Parameters that are not finite, and
// statistics that are NaN, are an error; the model is not to be used then. On success `warning`
// (may be null) names the states that were not loaded, and tensors that the model lacks.
int rt_checkpoint_load(const rt_model *model, void *instance, const char *path,
                       int what, rt_error *warning, rt_error *error);

// An error if a parameter is not finite or a statistic NaN; `outcome` ends the message.
int rt_state_check(const rt_state *state, const void *data, const char *path, const char *outcome,
                   rt_error *error);

// Writes `values`, one for each setting, to their states.
void rt_settings_apply(const rt_model *model, void *instance,
                       const double *values);

#ifdef __cplusplus
}
#endif

#endif
