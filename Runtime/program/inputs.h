// inputs.h - where the inputs of a function come from.

#ifndef RT_INPUTS_H
#define RT_INPUTS_H

#include "args.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- readers.c: the formats of inputs --------------------------------------------

// An input of a function, and whether its first axis counts examples, of which there may be any
// number.
typedef struct {
  const rt_tensor *tensor;
  int has_examples;
} rt_slot;

// A format. The array that `read` makes has the type and the rank of the slot if the format has
// none of its own; its data are to be freed with rt_release. Errors begin with `path`.
typedef struct {
  const char *ending;  // of the names of files: ".npy"
  const char *magic;   // the bytes that each file begins with; null: any
  int (*read)(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
              rt_error *error);
} rt_reader;

// All formats; the last one takes what none of the others knows.
extern const rt_reader rt_readers[];
extern const int rt_reader_count;

// The reader for the ending of a path, or null.
const rt_reader *rt_reader_for(const char *path);

// Writes the endings that are known, as ".npy or .csv". Returns `text`.
char *rt_reader_endings(char *text, size_t size);

// Reads a file by the ending of its name; without one, by its first bytes. A null `path` is
// standard input.
int rt_input_read(rt_array *array, const char *path, const rt_slot *slot, rt_error *error);

// The types that a slot takes, as "f32[*, 2]". Returns `text`.
char *rt_slot_text(char *text, size_t size, const rt_slot *slot);

// In csv_read.c: lines of numbers. A line is an example, or a row of an input without examples.
int rt_csv_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                rt_error *error);

// In sound_read.c: a WAV file is one example, or an input without examples: [samples], the mean of
// all channels, or [channels, samples]. A longer sound is cut, zeros follow a shorter one.
int rt_sound_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                  rt_error *error);

// In picture_input.c: a PNG, PPM or PGM file as one example, or as the whole input; scaled until it
// covers the height and the width, and cut. Floats get 0 to 1, integers 0 to 255.
int rt_picture_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                    rt_error *error);

// ---- input_values.c: numbers on the command line -----------------------------------

// True iff the text is a list of numbers, or begins as one.
int rt_is_values(const char *text);

// Reads numbers with commas between them: all elements, or those of one or several examples.
// `what` begins an error, as "--input x=1,2".
int rt_values_read(rt_array *array, const char *text, const rt_slot *slot, const char *what,
                   rt_error *error);

// ---- input_files.c: what --input says ----------------------------------------------

typedef enum { RT_FROM_NOTHING, RT_FROM_FILE, RT_FROM_STREAM, RT_FROM_VALUES } rt_origin;

// Where an input comes from.
typedef struct {
  rt_slot slot;
  rt_origin origin;
  const char *text;  // of the command line: a path, or numbers
  char *path;        // of a file in a folder, owned
} rt_source;

typedef struct {
  int count;
  rt_source *items;
} rt_sources;

// Finds what each input comes from, by the texts of --input: NAME=FILE, NAME=-, NAME=NUMBERS, or a
// folder. Nothing is read. `warning` says what of a folder is not used, or that a number is the
// name of a file. To be freed with rt_sources_clear, also on failure.
int rt_sources_find(rt_sources *sources, const rt_texts *texts, const rt_function *function,
                    rt_error *warning, rt_error *error);
void rt_sources_clear(rt_sources *sources);

// Checks that no input is missing.
int rt_sources_complete(const rt_sources *sources, rt_error *error);

// Reads all inputs. Missing ones are zero, one batch each.
int rt_sources_read(const rt_sources *sources, rt_array *inputs, rt_error *error);

// In input_folder.c: gives the files in `folder` to the sources that have none. An error lists the
// inputs without a file; the warning, what is no input.
int rt_folder_find(rt_sources *sources, const char *folder, const char *function,
                   rt_error *warning, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
