// cifar.h - the interface between cifar_examples.c and cifar_classes.c.

#ifndef RT_CIFAR_H
#define RT_CIFAR_H

#include "examples.h"

// Gives a field the names of its `count` classes: those of the recipe, or the lines of `file` in
// the folder of `path`, if it is there.
int rt_cifar_classes(rt_example_field *field, const char *path, const char *file, int count,
                     rt_error *error);

#endif
