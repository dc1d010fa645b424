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

// In boxes_examples.c: a file with a JSON object a line: boxes, numbers, and the path of a picture.
extern const rt_data_format rt_boxes_data;

// In npz_examples.c: an .npz archive with an array for each field.
extern const rt_data_format rt_npz_data;

// In idx_examples.c: a folder with a file for each field, as MNIST has them, compressed or not. The
// kind "unit" makes f32 from 0 to 1 of bytes.
extern const rt_data_format rt_idx_data;

// In cifar_examples.c: the binary version of CIFAR-10 or CIFAR-100, a folder or one file; sources
// "image", and "label", or "coarse" and "fine". Inputs with floats get pictures from 0 to 1.
extern const rt_data_format rt_cifar_data;

// In images_examples.c: a folder with PNG, PPM or PGM files, or with a folder of them for each
// class; sources "image" and "label"; kinds "crop", "stretch" and "exact". Inputs with floats get
// pictures from 0 to 1.
extern const rt_data_format rt_images_data;

// In text_examples.c: a text, or a folder of them, as windows of ids or as lines.
extern const rt_data_format rt_text_data;

#ifdef __cplusplus
}
#endif

#endif
