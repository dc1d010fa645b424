// @model@_train.c - trains '@model@': see runtime/train.c.

#include "@model@.h"
#include "runtime/program.h"

int main(int argc, char **argv) { return rt_train_main(&@model@_model, argc, argv); }
