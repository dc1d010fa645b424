// class_list.c - the names of the classes of a field.

#include <string.h>

#include "class_list.h"

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
