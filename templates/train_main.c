// @model@_train.c - trains '@model@': see runtime/program/train.c.

#include "@model@.h"
#include "runtime/program/program.h"

int main(int argc, char **argv) { return rt_train_main(&@model@_model, argc, argv); }
