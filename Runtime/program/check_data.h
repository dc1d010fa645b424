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
  const rt_examples *files;
  int field;
  const rt_range *range;
  rt_findings found[RT_SPLITS];
  int64_t bad;     // numbers that are not finite, out of range, or too large for the model's type
  rt_error first;  // about the first of them
} rt_checked;

// Begins with nothing found of a field with that range, which may be null. To be freed with
// rt_checked_free.
int rt_checked_begin(rt_checked *checked, const rt_range *range, rt_error *error);
void rt_checked_free(rt_checked *checked);

// Reads all examples of the field in the order of the files. They belong to `split`, but to
// those that `held` has for each example, unless it is null.
int rt_checked_read(rt_checked *checked, rt_split split, const unsigned char *held,
                    rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
