// library.h - what a model in a library of C offers beside its functions.

#ifndef RT_LIBRARY_H
#define RT_LIBRARY_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- library.c -------------------------------------------------------------------

// Gives a model the weights of a file, and all other states their first values; or writes what
// of it the infer program needs, and more. A failure puts one line into `message`, which has room
// for `size` bytes or is null.
int rt_library_load(const rt_model *model, void *instance, const char *path, char *message,
                    size_t size);
int rt_library_save(const rt_model *model, void *instance, const char *path, char *message,
                    size_t size);

#ifdef __cplusplus
}
#endif

#endif
