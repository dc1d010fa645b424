// check_data.h - what --check-data finds in a field.

#ifndef RT_CHECK_DATA_H
#define RT_CHECK_DATA_H

#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- check_data_read.c -------------------------------------------------------------

// What was found of a field in one split.
typedef struct {
  int64_t count;  // of finite numbers
  int64_t odd;    // numbers that are not
  double least, most, mean;
  double squares;  // of the distances from the mean, summed
  int64_t *classes;  // how often each is there, if the field holds classes
  int64_t class_count;
} rt_findings;

// One field while it is read.
typedef struct {
  const rt_field *field;
  const rt_range *range;
  rt_findings found[2];
  int64_t bad;     // numbers that are not finite, out of range, or too large for the model's type
  rt_error first;  // about the first of them
} rt_checked;

// Begins with nothing found of a field with that range, which may be null. To be freed with
// rt_checked_free.
int rt_checked_begin(rt_checked *checked, const rt_range *range, rt_error *error);
void rt_checked_free(rt_checked *checked);

// Reads all rows of `checked->field` in the order of the file. They belong to `split`, but to
// RT_VALIDATION where `held`, which may be null, has a one.
int rt_checked_read(rt_checked *checked, rt_split split, const unsigned char *held,
                    rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
