// formats.h - the formats of data sets, each in a file of its own.

#ifndef RT_FORMATS_H
#define RT_FORMATS_H

#include "examples.h"

#ifdef __cplusplus
extern "C" {
#endif

// In npy_examples.c: a folder with an .npy file for each field, whose first axis is the examples.
extern const rt_data_format rt_npy_data;

// In text_examples.c: a text, or a folder of them, as windows of ids or as lines.
extern const rt_data_format rt_text_data;

#ifdef __cplusplus
}
#endif

#endif
