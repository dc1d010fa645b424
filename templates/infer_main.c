// @model@_infer.c - runs the functions of '@model@': see runtime/program/infer.c.

#include "@model@.h"
#include "runtime/program/program.h"

int main(int argc, char **argv) { return rt_infer_main(&@model@_model, argc, argv); }
