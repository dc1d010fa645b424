// elements.h - elements of tensors as text.

#ifndef RT_ELEMENTS_H
#define RT_ELEMENTS_H

#include "../model/support.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- element_read.c ---------------------------------------------------------------

// Reads `size` bytes as one element. Reals are decimal, or nan or inf with a sign; integers must be
// whole and fit, also as 3.0 or 3e2; bool is 0, 1, true or false. Nothing else may stand there.
// Returns null, or what was expected, as "a number".
const char *rt_number_read(rt_dtype dtype, void *target, const char *text, size_t size);

// True iff the text is a number of any type, or begins like one.
int rt_is_number(const char *text, size_t size);
int rt_begins_number(const char *text, size_t size);

// ---- element_text.c ---------------------------------------------------------------

// Room for any element.
enum { RT_LONGEST_NUMBER = 32 };

// Writes an element with as few digits as tell it from all others: "0.1". Bool is 0 or 1. Returns
// `text`.
char *rt_element_text(char text[RT_LONGEST_NUMBER], rt_dtype dtype, const void *element);

#ifdef __cplusplus
}
#endif

#endif
