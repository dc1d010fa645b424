// support.h - errors, memory, and differences between systems.

#ifndef RT_SUPPORT_H
#define RT_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define RT_PRINTF(text, first)
#endif

// ---- error.c ---------------------------------------------------------------------

enum {
  RT_OK = 0,
  RT_ERROR_MEMORY,    // an allocation failed
  RT_ERROR_FILE,      // the system refused to open, read or write
  RT_ERROR_FORMAT,    // a file is malformed
  RT_ERROR_MISMATCH,  // a file is well formed, but not what the model needs
  RT_ERROR_VALUE,     // a number is out of range or not finite
  RT_ERROR_USAGE      // the command line; the programs exit with 2
};

// What went wrong, as one message without a final full stop or newline:
// "file: position: expected this, found that".
typedef struct {
  int code;
  char message[4096];
} rt_error;

// Sets the message, with control characters as question marks, and returns `code`. A null `error`
// is allowed.
int rt_fail(rt_error *error, int code, const char *format, ...) RT_PRINTF(3, 4);

// Appends to the message, cut to fit; `format` may begin with a line break. A null `error` is
// allowed.
void rt_fail_more(rt_error *error, const char *format, ...) RT_PRINTF(2, 3);

// Out of memory for `bytes` bytes of `what`; returns RT_ERROR_MEMORY.
int rt_fail_memory(rt_error *error, size_t bytes, const char *what);

// `action` ("open", "write") failed on `path` for the reason in errno; returns
// RT_ERROR_FILE.
int rt_fail_system(rt_error *error, const char *action, const char *path);

// What a code above means in general, as "out of memory".
const char *rt_error_text(int code);

// Prints "program: error: message" on stderr and returns the exit status: 2 for
// bad usage, else 1.
int rt_report(const char *program, const rt_error *error);

// Prints "program: warning: message" on stderr, if there is a message.
void rt_warn(const char *program, const rt_error *warning);

// ---- probe.c ---------------------------------------------------------------------

// Prints one line on stderr about a value inside a function, for debugging: its name
// and type, least, mean and largest element, and how many are not finite.
void rt_probe(const char *name, const void *data, rt_dtype dtype, size_t count);

// ---- arena.c ---------------------------------------------------------------------

// The alignment in bytes of every buffer.
enum { RT_ALIGNMENT = 64 };

// Zeroed memory aligned to RT_ALIGNMENT (also for 0 bytes), or null. The caller
// owns it and gives it to rt_release, which accepts null.
void *rt_allocate(size_t bytes);
void rt_release(void *block);

// A copy of a text, to be freed with rt_release; null without memory.
char *rt_copy_text(const char *text);

// Makes a model in memory of its own, or returns null; to be freed with rt_model_destroy.
void *rt_model_create(const rt_model *model);
void rt_model_destroy(void *instance);

// ---- convert.c -------------------------------------------------------------------

// Converts `count` elements. Allowed are: the same type; anything to f32 or f64
// by value; f32 or f64 to f16 or bf16; integer or bool to integer when all values
// fit; integers 0 and 1 to bool. On failure returns RT_ERROR_VALUE and in `*bad`
// the first element that does not fit.
int rt_convert(rt_dtype to, void *target, rt_dtype from, const void *source,
               size_t count, size_t *bad);

// True iff rt_convert knows the pair of types.
int rt_convertible(rt_dtype to, rt_dtype from);

// In finite.c: the first element that is not finite (with `nan_only`: that is NaN), or `count` if
// there is none. It runs at the speed of memory.
size_t rt_find_not_finite(rt_dtype dtype, const void *data, size_t count, int nan_only);

// Reverses the bytes of each of `count` elements of `width` bytes.
void rt_swap_bytes(void *data, size_t width, size_t count);

// True iff this machine stores the most significant byte first.
int rt_big_endian(void);

// ---- threads.c -------------------------------------------------------------------

// Checks a number of threads, or that in OMP_NUM_THREADS if it is 0: more than a machine can have
// are refused, since OpenMP would crash.
int rt_check_threads(int count, rt_error *error);

// Checks that the stacks of the main thread and of OpenMP's threads (OMP_STACKSIZE) are large
// enough for kernels.
int rt_check_stack(rt_error *error);

// Asks OpenMP for `count` threads; 0 leaves the default. Returns the number of
// threads that will run: 1 without OpenMP.
int rt_set_threads(int count);

// ---- platform.c ------------------------------------------------------------------

// Seconds of a clock that never goes back.
double rt_seconds(void);

// If standard output is closed, keeps files from getting its descriptor, so that writing to it is
// an error that rt_flush_output reports.
void rt_reserve_streams(void);

// Flushes standard output; an error if anything that was printed is lost.
int rt_flush_output(rt_error *error);

// `first` and `second` joined with a slash (just `second` if that is absolute),
// to be freed with rt_release; null without memory.
char *rt_path_join(const char *first, const char *second);

// The path without links and "..", or as it is if it does not exist; to be freed with rt_release,
// null without memory.
char *rt_path_real(const char *path);

// The directory of the running executable, else of `argv0`, else "."; to be freed
// with rt_release; null without memory.
char *rt_executable_directory(const char *argv0);

// Creates a directory and its parents; one that exists is fine.
int rt_make_directory(const char *path, rt_error *error);

// True iff `path` is a directory, or a regular file.
int rt_is_directory(const char *path);
int rt_is_file(const char *path);

// True iff the file `path`, which need not exist, lies in `directory`.
int rt_lies_in(const char *path, const char *directory);

#ifdef __cplusplus
}
#endif

#endif
