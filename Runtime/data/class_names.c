// class_names.c - names of classes: those of a recipe, or those that the data have.

#include "class_names.h"

#include <stdlib.h>
#include <string.h>

// Twice as many places as names, and a power of 2.
enum { PLACES = 2 * RT_MOST_CLASSES };

static int compare(const void *a, const void *b) {
  return strcmp(((const rt_class_name *)a)->name, ((const rt_class_name *)b)->name);
}

int rt_class_room(rt_example_field *field, int64_t most, rt_error *error) {
  size_t size = (size_t)most * sizeof(char *);
  field->classes = (char **)rt_allocate(size);
  return field->classes != NULL ? RT_OK : rt_fail_memory(error, size, "the names of classes");
}

int rt_class_add(rt_example_field *field, const char *name, size_t length, rt_error *error) {
  char *copy = (char *)rt_allocate(length + 1);
  if (copy == NULL) {
    return rt_fail_memory(error, length + 1, "the name of a class");
  }
  memcpy(copy, name, length);
  field->classes[field->class_count++] = copy;
  return RT_OK;
}

int rt_class_names_take(rt_example_field *field, rt_error *error) {
  const rt_field_recipe *recipe = field->recipe;
  if (field->classes != NULL || recipe->class_count == 0) {
    return RT_OK;
  }
  int code = rt_class_room(field, recipe->class_count, error);
  for (int i = 0; i < recipe->class_count && code == RT_OK; i++) {
    code = rt_class_add(field, recipe->classes[i], strlen(recipe->classes[i]), error);
  }
  return code;
}

int rt_class_names_make(rt_class_names *names, rt_example_field *field, const char *path,
                        rt_error *error) {
  int code = rt_class_names_take(field, error);
  if (code != RT_OK) {
    return code;
  }
  int count = field->class_count;
  size_t size = (size_t)count * sizeof(rt_class_name);
  *names = (rt_class_names){count, (rt_class_name *)rt_allocate(size)};
  if (names->sorted == NULL) {
    return rt_fail_memory(error, size, "the names of classes");
  }
  for (int i = 0; i < count; i++) {
    names->sorted[i] = (rt_class_name){field->classes[i], i};
  }
  qsort(names->sorted, (size_t)count, sizeof(rt_class_name), compare);
  for (int i = 1; i < count; i++) {
    const rt_class_name *pair = names->sorted + i - 1;
    if (strcmp(pair[0].name, pair[1].name) == 0) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected different classes for '%s', found '%.200s' twice", path,
                     field->recipe->input, pair[0].name);
    }
  }
  return RT_OK;
}

void rt_class_names_clear(rt_class_names *names) {
  rt_release(names->sorted);
  *names = (rt_class_names){0, NULL};
}

int rt_class_names_find(const rt_class_names *names, const char *name) {
  const rt_class_name key = {name, 0};
  const rt_class_name *found =
      names->count > 0 ? (const rt_class_name *)bsearch(&key, names->sorted, (size_t)names->count,
                                                        sizeof key, compare)
                       : NULL;
  return found != NULL ? found->number : -1;
}

const char *rt_class_names_nearest(const rt_class_names *names, const char *name) {
  const char *best = NULL;
  for (int i = 0; i < names->count; i++) {
    // The earlier of two that are as near.
    const char *pair[2] = {best != NULL ? best : names->sorted[i].name, names->sorted[i].name};
    const char *better = rt_nearest(name, 2, pair);
    best = better != NULL ? better : best;
  }
  return best;
}

// The hash FNV-1a.
static uint32_t hash(const char *name) {
  uint32_t value = UINT32_C(2166136261);
  for (; *name != '\0'; name++) {
    value = (value ^ (unsigned char)*name) * UINT32_C(16777619);
  }
  return value ^ value >> 15;
}

// Makes room for another name.
static int grow(rt_name_set *set, rt_error *error) {
  if (set->table == NULL) {
    set->table = (int32_t *)rt_allocate(PLACES * sizeof *set->table);
  }
  if (set->count == set->room) {
    int more = set->room == 0 ? 16 : 2 * set->room;
    char **larger = (char **)rt_allocate((size_t)more * sizeof *larger);
    if (larger != NULL && set->count > 0) {
      memcpy(larger, set->names, (size_t)set->count * sizeof *larger);
    }
    if (larger != NULL) {
      rt_release(set->names);
      set->names = larger;
      set->room = more;
    }
  }
  return set->table != NULL && set->count < set->room
             ? RT_OK
             : rt_fail_memory(error, PLACES * sizeof *set->table, "the names of classes");
}

int rt_name_set_add(rt_name_set *set, const char *name, rt_error *error) {
  int code = grow(set, error);
  if (code != RT_OK) {
    return code;
  }
  uint32_t place = hash(name) % PLACES;
  // Ends, as half of the places are empty.
  while (set->table[place] != 0) {
    if (strcmp(set->names[set->table[place] - 1], name) == 0) {
      return RT_OK;
    }
    place = (place + 1) % PLACES;
  }
  if (set->count == RT_MOST_CLASSES) {
    return RT_ERROR_VALUE;
  }
  char *copy = rt_copy_text(name);
  if (copy == NULL) {
    return rt_fail_memory(error, strlen(name), "the name of a class");
  }
  set->names[set->count++] = copy;
  set->table[place] = set->count;
  return RT_OK;
}

void rt_name_set_clear(rt_name_set *set) {
  for (int i = 0; i < set->count; i++) {
    rt_release(set->names[i]);
  }
  rt_release(set->names);
  rt_release(set->table);
  *set = (rt_name_set){0};
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

void rt_name_set_give(rt_name_set *set, rt_example_field *field) {
  if (set->count > 0) {
    qsort(set->names, (size_t)set->count, sizeof *set->names, compare_texts);
  }
  field->class_count = set->count;
  field->classes = set->names;
  rt_release(set->table);
  *set = (rt_name_set){0};
}
