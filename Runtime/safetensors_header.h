// safetensors_header.h - between safetensors.c and safetensors_header.c.

#ifndef RT_SAFETENSORS_HEADER_H
#define RT_SAFETENSORS_HEADER_H

#include "files.h"

// Reads the header, `length` bytes of text that begin at byte 8 of the file, into `tensors`,
// without looking at the data. What was read is the file's even on failure.
int rt_safetensors_header(rt_safetensors *file, const unsigned char *text, size_t length,
                          const char *path, rt_error *error);

#endif
