// formats.h - the formats of data sets, each in a file of its own.

#ifndef RT_FORMATS_H
#define RT_FORMATS_H

#include "examples.h"

#ifdef __cplusplus
extern "C" {
#endif

// In npy_examples.c: a folder with an .npy file for each field, whose first axis is the examples.
extern const rt_data_format rt_npy_data;

// In csv_examples.c: a table of text with a line of names; a row is an example.
extern const rt_data_format rt_csv_data;

// In wav_examples.c: a folder of WAV files, in subfolders by class if a field is the class.
extern const rt_data_format rt_wav_data;

// In series_examples.c: windows over the rows of a table or of an .npy file, in order of time.
extern const rt_data_format rt_series_data;

#ifdef __cplusplus
}
#endif

#endif
