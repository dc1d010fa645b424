// dataset.h - the examples of a training: which are held out, and in what order they come.

#ifndef RT_DATASET_H
#define RT_DATASET_H

#include "examples.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- ranges.c --------------------------------------------------------------------

struct rt_dataset;

// The allowed values of an integer input; null if unknown.
const rt_range *rt_find_range(const rt_model *model, const char *function, const char *input);

// The first element outside a range, or `count`.
size_t rt_range_find_outside(const rt_range *range, rt_dtype dtype, const void *data,
                             size_t count);

// Reports that element of `data`, which begins with example `first_row` and has `row_elements` for
// each.
int rt_range_fail(const rt_range *range, rt_dtype dtype, const void *data, size_t row_elements,
                  size_t element, int64_t first_row, const char *where, rt_error *error);

// Checks the inputs of a function as they were read, except those of a wrong type.
int rt_ranges_check(const rt_model *model, const rt_function *function, const rt_array *inputs,
                    rt_error *error);

// Checks the integers of a set of examples against what the step `function` of the model takes:
// at once where that costs nothing, else as examples are read.
int rt_dataset_limit(struct rt_dataset *data, const rt_model *model, const rt_function *function,
                     rt_error *error);

// ---- dataset.c, batch.c ----------------------------------------------------------

typedef enum { RT_TRAIN, RT_VALIDATION, RT_TEST, RT_SPLITS } rt_split;

// What part of the examples is held out.
typedef struct {
  double validation, test;  // shares
  int fold, folds;          // or the one of so many equal parts, from 1; 0: none
  int only_named;           // no files of the recipe beside those that are named
} rt_holding;

// One set of examples. Example k of a split is row order[split][k] of its files.
typedef struct {
  const rt_data_recipe *recipe;
  char *path;                    // as it was given
  char *tokenizer;               // of text, as rt_tokenizer_save writes it; or null
  rt_examples files[RT_SPLITS];  // those of training hold all splits that have none of their own
  int64_t count[RT_SPLITS];
  int64_t *order[RT_SPLITS];
  int64_t *base;           // training before it is shuffled
  int64_t *rows;           // all orders, which point into it, and `base`
  int batch;               // examples in a step
  uint32_t pass;           // how often a set that is no longer than others was gone through
  unsigned char *scratch;  // one example as it is stored
} rt_set;

// What feeds an input of a step.
typedef struct {
  int set, field;
  const rt_range *range;  // the allowed values, checked when an example is read; or null
} rt_feed;

// All sets of a training; without one the model makes its own examples. The first set makes the
// epochs: all others are gone through again and again beside it.
typedef struct rt_dataset {
  int set_count;
  rt_set *sets;
  int feed_count;  // the inputs of a step
  rt_feed *feeds;
  int64_t count[RT_SPLITS];  // those of the first set
  uint64_t seed;             // of the order
  int64_t steps_before;      // the present epoch
  struct rt_ahead *reader;  // of the batches that follow (read_ahead.h); or null
  rt_data_recipe made;       // for a model that declares no sets: a file for each input
  rt_field_recipe *made_fields;
} rt_dataset;

// Opens the sets of a training for the inputs of `step`. `paths` has one path for each set. Where a
// folder has subfolders "train" and "validation" (and "test"), these are the splits; else shares
// are held out by a fixed permutation: see split.c. Without sets the first path is a folder with an
// .npy file for each input. Texts that would train a tokenizer take the one given, unless it is
// null. To be freed with rt_dataset_close, also on failure.
int rt_dataset_open(rt_dataset *data, const rt_data_recipe *sets, int set_count,
                    const char *const *paths, const rt_function *step, const rt_holding *holding,
                    const char *tokenizer, rt_error *error);
void rt_dataset_close(rt_dataset *data);

// An error unless there is a batch of each set to train on.
int rt_dataset_check_batch(const rt_dataset *data, rt_error *error);

// In shuffle.c: puts the training examples in the order of `epoch` (from 0), a pure function of
// seed and epoch; an epoch has so many steps.
void rt_dataset_shuffle(rt_dataset *data, uint64_t seed, uint32_t epoch, int64_t steps);

// Copies the examples of a split from number `first` of the first set on into `inputs`, those of
// `function`: the step, or one with the first of its inputs for any number of examples. If that
// costs more than copying, a thread goes on with the batches that follow, as far as OpenMP and the
// number of threads allow; only one thread may call this.
int rt_dataset_batch(const rt_dataset *data, rt_split split, int64_t first,
                     const rt_function *function, void *const *inputs, rt_error *error);

// Copies example `n` of such a batch, for input `i`, to `room`. `scratch` has place for one example
// as it is stored.
int rt_batch_example(const rt_dataset *data, rt_split split, int64_t first,
                     const rt_function *function, int i, int n, void *room, void *scratch,
                     rt_error *error);

// A checksum of the sizes and bytes of all files; of large ones only of a megabyte at both ends.
int rt_dataset_checksum(const rt_dataset *data, uint32_t *sum, rt_error *error);

// The bytes of the files that are held in memory, of the orders, and of batches that are read
// ahead.
size_t rt_dataset_bytes(const rt_dataset *data);

// The tokenizer of the first set that has one, or null.
const char *rt_dataset_tokenizer(const rt_dataset *data);

// The files of a split, which may be those of training.
const rt_examples *rt_set_files(const rt_set *set, rt_split split);

// ---- set_files.c, set_classes.c ----------------------------------------------------

// Opens the files of a set at its path: subfolders that are named after splits, or what the recipe
// says, and makes room for an example.
int rt_set_open_files(rt_set *set, const rt_function *step, int only_named, rt_error *error);

// An error unless the classes of held-out files, where they have names, are those of training.
int rt_set_check_classes(const rt_set *set, rt_error *error);

// An error unless the classes of a field have these names. `where` begins it, and the names are
// those of `whose`.
int rt_classes_check(const rt_example_field *field, int count, const char *const *names,
                     const char *where, const char *whose, rt_error *error);

// ---- split.c ---------------------------------------------------------------------

// Decides which examples of a set belong to which split, and makes the orders.
int rt_set_split(rt_set *set, const rt_holding *holding, rt_error *error);

// ---- shuffle.c -------------------------------------------------------------------

// Puts the training examples of one set in the order of `epoch`.
void rt_set_shuffle(rt_set *set, uint64_t seed, uint32_t epoch);

// Permutes order[0 ... n - 1] as documented in shuffle.c.
void rt_permute(int64_t *order, int64_t n, uint64_t key, uint32_t epoch, uint32_t tag);

// The tags of the two permutations: "spli" and "shuf" as little-endian bytes.
#define RT_TAG_SPLIT UINT32_C(0x696c7073)
#define RT_TAG_SHUFFLE UINT32_C(0x66756873)

#ifdef __cplusplus
}
#endif

#endif
