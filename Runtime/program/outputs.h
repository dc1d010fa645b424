// outputs.h - where the outputs of a function go.

#ifndef RT_OUTPUTS_H
#define RT_OUTPUTS_H

#include "args.h"
#include "labels.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- naming.c: integers as words ---------------------------------------------------

struct rt_tokenizer;

// How the integers of an output become text.
typedef struct {
  const rt_naming *naming;               // null: they stay numbers
  const struct rt_tokenizer *tokenizer;  // of a naming without names
} rt_words;

// How an output becomes text; `tokenizer` may be null.
rt_words rt_words_of(const rt_model *model, const rt_function *function, int output,
                     const struct rt_tokenizer *tokenizer);

// True iff an output of the function is tokens of a text.
int rt_needs_tokenizer(const rt_model *model, const rt_function *function);

// Prints the name of an output and its words: those along the last axis are a line.
void rt_print_words(FILE *stream, const char *name, const rt_words *words, const rt_array *array);

// ---- output_formats.c: the formats of outputs ------------------------------------

// An output, and whether its first axis counts examples. `array` is null before it is computed.
typedef struct {
  const rt_tensor *tensor;
  int has_examples;
  const rt_array *array;
  int columns;  // of a picture made of many; 0: as many as the format likes
  const rt_labels *labels;  // the names of its classes, or null
  int rate;  // frames a second of a sound; 0: 16,000
  rt_words words;
} rt_result;

// A format. `check` says before anything is computed whether it can hold the results; `place`
// begins an error.
typedef struct {
  const char *ending;  // of the names of files: ".npy"
  int most_results;    // in one file; 0: any number
  int (*check)(const rt_result *results, int count, const char *place, rt_error *error);
  void (*write)(rt_writer *writer, const rt_result *results, int count);
} rt_format;

extern const rt_format rt_formats[];
extern const int rt_format_count;

// The format for the ending of a path: .npy without one; null if it is not known.
const rt_format *rt_format_for(const char *path);

// Writes the endings that are known, as ".npy or .csv". Returns `text`.
char *rt_format_endings(char *text, size_t size);

// In csv_write.c: a line for each row of at most two axes, without a line of names.
int rt_csv_check(const rt_result *results, int count, const char *place, rt_error *error);
void rt_csv_put(rt_writer *writer, const rt_result *results, int count);

// In json_write.c: one object with all results, or one a line for each example. What is not finite
// is a string: "NaN", "Infinity", "-Infinity". rt_json_member writes a name and an array.
void rt_json_put(rt_writer *writer, const rt_result *results, int count);
void rt_json_member(rt_writer *writer, const char *name, const rt_array *array);
int rt_json_lines_check(const rt_result *results, int count, const char *place, rt_error *error);
void rt_json_lines_put(rt_writer *writer, const rt_result *results, int count);

// In sound_write.c: a WAV file of 16 bits, from floats -1 to 1 [samples]
// or [channels, samples]. Several examples follow each other in time.
int rt_sound_check(const rt_result *results, int count, const char *place, rt_error *error);
void rt_sound_put(rt_writer *writer, const rt_result *results, int count);

// In text_write.c: words, or the bytes of u8 [bytes] as they are, without zeros at the end; a line
// break ends each example.
int rt_text_check(const rt_result *results, int count, const char *place, rt_error *error);
void rt_text_put(rt_writer *writer, const rt_result *results, int count);

// In png_output.c: one picture, or a grid of those of all examples. Floats are clamped to 0...1.
int rt_png_check(const rt_result *results, int count, const char *place, rt_error *error);
void rt_png_grid_put(rt_writer *writer, const rt_result *results, int count);

// In naming.c: the words of each row in a line.
void rt_words_put(rt_writer *writer, const rt_result *result);

// ---- output_files.c: what --output says --------------------------------------------

// A file, and the results that go there.
typedef struct {
  char *path;  // null: standard output
  const rt_format *format;
  int count;
  rt_result *results;
} rt_destination;

typedef struct {
  int count;
  rt_destination *items;
  int prints;  // true iff outputs without a file are printed
  const rt_model *model;
  const struct rt_tokenizer *tokenizer;  // for outputs that are tokens, or null
} rt_destinations;

// Finds where each output goes, by the texts of --output: NAME=FILE, NAME=- or NAME=-.csv, or a
// folder for all, which is made. All files can be written to then. To be freed with
// rt_destinations_clear, also on failure.
int rt_destinations_find(rt_destinations *destinations, const rt_texts *texts,
                         const rt_model *model, const rt_function *function,
                         const struct rt_tokenizer *tokenizer, rt_error *error);
void rt_destinations_clear(rt_destinations *destinations);

// Writes all outputs: each file whole, and none if one of them cannot be written. Outputs without a
// file are printed to `stream`. `labels` has the names of classes for each output, or is null;
// `rate` is that of sounds, or 0.
int rt_destinations_write(rt_destinations *destinations, const rt_function *function,
                          const rt_array *outputs, const rt_labels *labels, int rate,
                          FILE *stream, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
