// safetensors_header.h - the interface between safetensors.c and safetensors_header.c.

#ifndef RT_SAFETENSORS_HEADER_H
#define RT_SAFETENSORS_HEADER_H

#include "files.h"

// Reads the header, `length` bytes of text that begin at byte 8 of the file, into `tensors`,
// without looking at the data. The file owns what was read, even on failure.
int rt_safetensors_header(rt_safetensors *file, const unsigned char *text, size_t length,
                          const char *path, rt_error *error);

#endif
