// class_names.h - the names of the classes of a field, and their numbers.

#ifndef RT_CLASS_NAMES_H
#define RT_CLASS_NAMES_H

#include "examples.h"

#ifdef __cplusplus
extern "C" {
#endif

// More different names are rather no classes.
enum { RT_MOST_CLASSES = 65536 };

// Makes room for the names of `most` classes of a field; then adds them one by one, as copies.
int rt_class_room(rt_example_field *field, int64_t most, rt_error *error);
int rt_class_add(rt_example_field *field, const char *name, size_t length, rt_error *error);

// Gives the names of its recipe to the field, unless it has some or the recipe has none.
int rt_class_names_take(rt_example_field *field, rt_error *error);

// Names for finding their numbers. The texts belong to somebody else.
typedef struct {
  const char *name;
  int number;
} rt_class_name;

typedef struct {
  int count;
  rt_class_name *sorted;
} rt_class_names;

// Takes the names in `field->classes`, or if there are none those of the recipe, which the field
// gets then; a name that is there twice is an error that begins with `path`. To be freed with
// rt_class_names_clear, also on failure.
int rt_class_names_make(rt_class_names *names, rt_example_field *field, const char *path,
                        rt_error *error);
void rt_class_names_clear(rt_class_names *names);

// The number of a class, or -1.
int rt_class_names_find(const rt_class_names *names, const char *name);

// The name that is nearest to one that is not known, or null.
const char *rt_class_names_nearest(const rt_class_names *names, const char *name);

// Different names, which are collected in any order.
typedef struct {
  int count;
  char **names;  // owned
  int room;      // in `names`
  int32_t *table;  // 1 + the index of a name, by a hash of it; 0: none
} rt_name_set;

// Adds a name unless it is there; RT_ERROR_VALUE without a message if there are RT_MOST_CLASSES.
int rt_name_set_add(rt_name_set *set, const char *name, rt_error *error);
void rt_name_set_clear(rt_name_set *set);

// Gives the names to the field as its classes, sorted by their bytes; the set is empty then.
void rt_name_set_give(rt_name_set *set, rt_example_field *field);

#ifdef __cplusplus
}
#endif

#endif
