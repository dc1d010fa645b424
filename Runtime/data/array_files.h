// array_files.h - what formats share whose fields are arrays in files, with examples as the first
// axis.

#ifndef RT_ARRAY_FILES_H
#define RT_ARRAY_FILES_H

#include "examples.h"

#ifdef __cplusplus
extern "C" {
#endif

// Files of so many bytes are read when they are opened, larger ones example by example.
enum { RT_MOST_HELD = 64 << 20 };

// The array of one field.
typedef struct {
  char *path;  // for messages
  rt_file file;
  rt_npy npy;   // its type, and where its elements begin
  int is_unit;  // bytes become f32 from 0 to 1
} rt_array_file;

// Opens the files of all fields, which must agree in the number of examples. `open` opens the one
// of a field at `examples->path` and sets all of `f`; `shared` is passed to it. On failure nothing
// stays open. The files become `*files`, of which rt_array_files_close frees all.
int rt_array_files_open(rt_examples *examples, rt_array_file **files,
                        int (*open)(rt_array_file *f, const rt_examples *examples,
                                    const rt_field_recipe *recipe, void *shared, rt_error *error),
                        void *shared, rt_error *error);
void rt_array_files_close(rt_array_file *files, int count);

// Reads an example of a field.
int rt_array_file_read(const rt_array_file *f, const rt_example_field *field, int64_t example,
                       void *room, rt_error *error);

// All examples of a field, if they are in memory as they are read; else null.
const void *rt_array_file_all(const rt_array_file *f);

// Makes an example look as its input if only axes of extent 1 differ.
void rt_match_shape(rt_example_field *field);

// Sets the type of an example.
void rt_set_type(rt_example_field *field, rt_dtype dtype, int rank, const int64_t *shape);

// True iff the input of the field has floats.
int rt_takes_floats(const rt_example_field *field);

// Makes f32 from 0 to 1 of bytes that stand in the last `count` bytes of the `count` floats.
void rt_bytes_to_unit(void *room, size_t count);

// The source of a field, or the name of its input.
const char *rt_source_name(const rt_field_recipe *recipe);

#ifdef __cplusplus
}
#endif

#endif
