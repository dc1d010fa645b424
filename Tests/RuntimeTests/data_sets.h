// data_sets.h - opens data sets of any format, and checks what they hold or why they are refused.

#ifndef DATA_SETS_H
#define DATA_SETS_H

#include "damage.h"
#include "data/examples.h"
#include "test.h"

// Two texts must be the same.
static inline void check_same(const char *found, const char *expected, int line) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, line);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

// ---- Data sets -------------------------------------------------------------------

// A data set of up to two fields.
typedef struct {
  rt_tensor inputs[2];
  int shapes[2][4];
  rt_field_recipe fields[2];
  rt_function step;
  rt_data_recipe recipe;
  rt_examples examples;
  rt_error error;
} set;

// Adds an input of a batch of 7 with these further extents, which end with 0.
static inline void add(set *s, const char *name, const char *source, const char *kind,
                       rt_dtype dtype, const int *extents) {
  int i = s->recipe.field_count++, rank = 1;
  s->shapes[i][0] = 7;
  for (; *extents != 0; extents++) {
    s->shapes[i][rank++] = *extents;
  }
  s->inputs[i] = (rt_tensor){name, dtype, rank, s->shapes[i]};
  s->fields[i] = (rt_field_recipe){.input = name, .source = source, .kind = kind};
  s->step.input_count = s->recipe.field_count;
}

#define SHAPE(...) ((const int[]){__VA_ARGS__})

static inline int open_set(set *s, const char *format, const char *path) {
  s->step.name = "train";
  s->step.inputs = s->inputs;
  s->recipe.name = "data";
  s->recipe.format = format;
  s->recipe.fields = s->fields;
  return rt_examples_open(&s->examples, &s->recipe, path, &s->step, &s->error);
}

static inline int read_one(set *s, int field, int64_t example, void *room) {
  return s->examples.format->read(&s->examples, field, example, room, &s->error);
}

// The data set must be refused with this message.
static inline void refuse(set *s, const char *format, const char *path, const char *message,
                          int line) {
  int code = open_set(s, format, path);
  test_check(code != RT_OK && code == s->error.code, message, __FILE__, line);
  check_same(s->error.message, message, line);
  rt_examples_close(&s->examples);
}

// Byte `i` of the values that make.py computes.
static inline unsigned char value_at(int64_t i, int64_t seed) {
  return (unsigned char)((i * i + 7 * i * seed) >> 3);
}

#endif
