// examples.h - examples in files of any format.

#ifndef RT_EXAMPLES_H
#define RT_EXAMPLES_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- formats.c -------------------------------------------------------------------

typedef struct rt_examples rt_examples;

// One field: what feeds an input of a step.
typedef struct {
  const rt_field_recipe *recipe;  // what the model says
  const rt_tensor *input;  // of the step; its first extent is the batch, the rest an example's
  rt_dtype dtype;          // an example as `read` gives it; set by `open`
  int rank;
  int64_t shape[RT_MAX_RANK];
  size_t elements;
  int is_costly;    // reading one takes more than copying it: a file is read, or something decoded
  int class_count;  // of the names of classes that the data have, or 0
  char **classes;   // by their numbers; each is to be freed with rt_release, and so is the list
  int64_t rate;     // frames a second of a sound, or 0
  struct rt_tokenizer *tokenizer;  // of text, owned by the format; or null
} rt_example_field;

// A format: how a data set lies in files. A new one is a row of the table in formats.c, and a file.
typedef struct {
  const char *name;  // in a recipe: "idx"

  // Opens the files at `examples->path`, which is a folder or a file, and checks them as far as can
  // be done without reading all. Sets the number of examples, the bytes that it holds in memory,
  // the type of each field, which must be the one that the input needs, or convertible, and whether
  // reading it is costly. Must free what it has opened if it fails.
  int (*open)(rt_examples *examples, rt_error *error);

  // Reads an example of a field into `room`, which has place for its elements. Several threads may
  // call it at once.
  int (*read)(const rt_examples *examples, int field, int64_t example, void *room,
              rt_error *error);

  // All examples of a field one after the other, if they are in memory so; else null. May be null.
  const void *(*all)(const rt_examples *examples, int field);

  // The file and the place in it that an example comes from, for a message, as
  // "data/iris.csv: line 17"; without a place where `example` is negative. Returns `text`.
  char *(*place)(const rt_examples *examples, int field, int64_t example, char *text, size_t size);

  // Adds what the files hold to a checksum: all bytes of small ones, sizes and both ends of large
  // ones, as rt_file_checksum does.
  int (*checksum)(const rt_examples *examples, uint32_t *sum, rt_error *error);

  void (*close)(rt_examples *examples);
} rt_data_format;

// The examples of an open data set.
struct rt_examples {
  const rt_data_format *format;
  const rt_data_recipe *recipe;
  char *path;
  const char *tokenizer;  // as rt_tokenizer_save wrote it: instead of one that is trained; or null
  int64_t count;
  size_t held;  // bytes that are kept in memory
  int field_count;
  rt_example_field *fields;
  void *own;  // the format's
};

// All formats.
extern const rt_data_format *const rt_data_formats[];
extern const int rt_data_format_count;

// Opens the data set `recipe` at `path` for the inputs of `step` that have the names of its fields.
// Checks the types of all fields. To be freed with rt_examples_close, also on failure.
int rt_examples_open(rt_examples *examples, const rt_data_recipe *recipe, const char *path,
                     const rt_function *step, rt_error *error);

// The same with a tokenizer, such as that of the weights, for texts that would train one; null is
// none.
int rt_examples_open_encoded(rt_examples *examples, const rt_data_recipe *recipe, const char *path,
                             const rt_function *step, const char *tokenizer, rt_error *error);
void rt_examples_close(rt_examples *examples);

// Checks that the examples of a field fit its input, which rt_examples_open does as well: for
// formats that check something else afterwards. `place` begins an error.
int rt_examples_check(const rt_examples *examples, int field, const char *place, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
