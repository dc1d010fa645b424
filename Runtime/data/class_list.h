// class_list.h - the names of the classes of a field.

#ifndef RT_CLASS_LIST_H
#define RT_CLASS_LIST_H

#include "examples.h"

// Makes room for the names of `most` classes; then adds them one by one.
int rt_class_room(rt_example_field *field, int64_t most, rt_error *error);
int rt_class_add(rt_example_field *field, const char *name, size_t length, rt_error *error);

#endif
