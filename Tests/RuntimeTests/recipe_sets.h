// recipe_sets.h - opens data sets by recipes that tests write down, and compares examples.

#ifndef RECIPE_SETS_H
#define RECIPE_SETS_H

#include "damage.h"
#include "data/examples.h"

enum { MOST_FIELDS = 4 };

// A data set with its step, all of which must stay where it is while it is open.
typedef struct {
  rt_field_recipe fields[MOST_FIELDS];
  rt_tensor inputs[MOST_FIELDS];
  rt_function step;
  rt_data_recipe recipe;
  rt_examples examples;
} data_set;

// Adds an input with its recipe; `shape` begins with the batch.
static inline void add_field(data_set *set, const char *name, rt_dtype dtype, int rank,
                             const int *shape, rt_field_recipe recipe) {
  int i = set->recipe.field_count++;
  set->inputs[i] = (rt_tensor){name, dtype, rank, shape};
  set->fields[i] = recipe;
  set->fields[i].input = name;
}

static inline int open_set(data_set *set, const char *format, const char *path, rt_error *error) {
  set->step = (rt_function){.name = "train_step", .input_count = set->recipe.field_count,
                            .inputs = set->inputs};
  set->recipe.name = "data";
  set->recipe.format = format;
  set->recipe.fields = set->fields;
  *error = (rt_error){0};
  return rt_examples_open(&set->examples, &set->recipe, path, &set->step, error);
}

// Opens a set that must be refused with the message.
static inline void refuse_set(data_set *set, const char *format, const char *path, int code,
                              const char *message) {
  rt_error error;
  CHECK(open_set(set, format, path, &error) == code);
  CHECK_TEXT(error.message, message);
  CHECK(strlen(error.message) == strlen(message));
  rt_examples_close(&set->examples);
}

// All examples of a field must be the rows of the array in the file, bit by bit.
static inline void check_field(const data_set *set, int index, const char *npy) {
  const rt_example_field *field = &set->examples.fields[index];
  rt_array expected;
  rt_error error = {0};
  CHECK(rt_npy_read(&expected, npy, &error) == RT_OK);
  CHECK(expected.dtype == field->dtype && expected.rank == field->rank + 1);
  CHECK(expected.shape[0] == set->examples.count);
  CHECK(expected.elements == (size_t)set->examples.count * field->elements);
  size_t size = field->elements * rt_dtype_size(field->dtype), same = 0;
  void *room = malloc(size + 1);
  for (int64_t i = 0; i < set->examples.count && i < expected.shape[0]; i++) {
    CHECK(set->examples.format->read(&set->examples, index, i, room, &error) == RT_OK);
    int is_same = memcmp(room, (const char *)expected.data + (size_t)i * size, size) == 0;
    if (!is_same && same == (size_t)i) {
      printf("%s: example %lld differs\n", npy, (long long)i);
    }
    same += (size_t)is_same;
  }
  CHECK(same == (size_t)set->examples.count);
  free(room);
  rt_release(expected.data);
}

#endif
