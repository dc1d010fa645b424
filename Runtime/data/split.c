// split.c - which examples are held out.
//
// The N examples of one set of files are permuted with key 0, epoch 0 and the tag RT_TAG_SPLIT (see
// shuffle.c). For shares v and t, the last floor(N * t + 0.5) of them are the test examples, the
// floor(N * v + 0.5) before them are held out to validate, and the others are for training, each in
// the order of the permutation. Fold k of n holds out the examples from M * (k - 1) / n to
// M * k / n - 1 of the M that are no test examples (integer division).
//
// A stratified set is permuted in the same way, and then lined up class by class, smallest class
// first, each in the order of the permutation. Of T test examples among N, a class that stands from
// s to e - 1 in that line gives floor(e * T / N) - floor(s * T / N), its last ones: in all T, of
// each class its share rounded up or down, and of rare classes together as well. The others are
// lined up in the same order, and held out likewise; fold k of n holds out those at k - 1,
// n + k - 1, 2n + k - 1 and so on.
//
// Splits that have files of their own keep the order of their files. If one of them does, training
// keeps the order of its files too, unless something is held out of it.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"

// The rows of one set of files, and what is known of them.
typedef struct {
  int64_t count;
  int64_t *rows;      // those that are taken, in order
  double *classes;    // of each row of the files, or null
  double *kinds;      // all different classes, in order
  int64_t *sizes;     // how many rows have each
  int64_t *begins;    // how many rows have smaller ones
  int64_t *seen;      // how many of them came already
  int64_t kind_count;
} row_list;

// The number of the field that feeds an input, or -1.
static int find_field(const rt_examples *files, const char *input) {
  for (int i = 0; i < files->field_count; i++) {
    if (strcmp(files->fields[i].recipe->input, input) == 0) {
      return i;
    }
  }
  return -1;
}

// Reads a field with one number for each example into `values`.
static int read_numbers(const rt_examples *files, const char *input, double *values,
                        void *scratch, rt_error *error) {
  int i = find_field(files, input);
  char place[512];
  const rt_example_field *field = i >= 0 ? &files->fields[i] : NULL;
  if (field == NULL || field->elements != 1) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected one number for each example to choose by, found %zu", input,
                   field != NULL ? field->elements : 0);
  }
  int code = RT_OK;
  for (int64_t k = 0; k < files->count && code == RT_OK; k++) {
    code = files->format->read(files, i, k, scratch, error);
    values[k] = code == RT_OK ? rt_scalar_get(field->dtype, scratch) : 0.0;
    if (code == RT_OK && isnan(values[k])) {
      code = rt_fail(error, RT_ERROR_VALUE, "%s: example %lld: expected a class, found NaN",
                     files->format->place(files, i, k, place, sizeof place), (long long)k);
    }
  }
  return code;
}

static int is_chosen(const rt_data_recipe *recipe, double value) {
  for (int i = 0; i < recipe->chosen_count; i++) {
    if (recipe->chosen_values[i] == value) {
      return 1;
    }
  }
  return 0;
}

// Frees what list_rows and count_classes have made; what is null does not matter.
static void free_rows(row_list *list) {
  rt_release(list->rows);
  rt_release(list->classes);
  rt_release(list->kinds);
  rt_release(list->sizes);
  rt_release(list->begins);
  rt_release(list->seen);
}

// Lists the rows that are taken.
static int list_rows(const rt_set *set, const rt_examples *files, row_list *list,
                     rt_error *error) {
  const rt_data_recipe *recipe = set->recipe;
  size_t count = (size_t)files->count;
  *list = (row_list){0};
  list->rows = (int64_t *)rt_allocate(count * sizeof(int64_t));
  list->classes = (double *)rt_allocate(count * sizeof(double));
  if (list->rows == NULL || list->classes == NULL) {
    return rt_fail_memory(error, 2 * count * sizeof(int64_t), "the examples' order");
  }
  int code = recipe->chosen != NULL
                 ? read_numbers(files, recipe->chosen, list->classes, set->scratch, error)
                 : RT_OK;
  for (int64_t k = 0; k < files->count && code == RT_OK; k++) {
    if (recipe->chosen == NULL || is_chosen(recipe, list->classes[k])) {
      list->rows[list->count++] = k;
    }
  }
  return code;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The number of the class of a row.
static int64_t kind_of(const row_list *list, int64_t row) {
  if (list->kind_count <= 1) {
    return 0;
  }
  const double *found = (const double *)bsearch(&list->classes[row], list->kinds,
                                                (size_t)list->kind_count, sizeof(double), by_value);
  return found != NULL ? found - list->kinds : 0;
}

// Finds the classes and how many rows have each; without a field for it, all are of one class.
static int count_classes(const rt_set *set, const rt_examples *files, row_list *list,
                         rt_error *error) {
  const char *input = set->recipe->stratified;
  size_t count = (size_t)list->count;
  int code = input != NULL ? read_numbers(files, input, list->classes, set->scratch, error) : RT_OK;
  list->kinds = (double *)rt_allocate((count + 1) * sizeof(double));
  if (code == RT_OK && list->kinds == NULL) {
    code = rt_fail_memory(error, count * sizeof(double), "classes");
  }
  if (code != RT_OK) {
    return code;
  }
  list->kind_count = 1;
  if (input != NULL && count > 0) {
    for (int64_t k = 0; k < list->count; k++) {
      list->kinds[k] = list->classes[list->rows[k]];
    }
    qsort(list->kinds, count, sizeof(double), by_value);
    for (size_t k = 1; k < count; k++) {
      if (list->kinds[k] > list->kinds[list->kind_count - 1]) {
        list->kinds[list->kind_count++] = list->kinds[k];
      }
    }
  }
  size_t bytes = (size_t)list->kind_count * sizeof(int64_t);
  list->sizes = (int64_t *)rt_allocate(bytes);
  list->begins = (int64_t *)rt_allocate(bytes);
  list->seen = (int64_t *)rt_allocate(bytes);
  if (list->sizes == NULL || list->begins == NULL || list->seen == NULL) {
    return rt_fail_memory(error, 3 * bytes, "classes");
  }
  for (int64_t k = 0; k < list->count; k++) {
    list->sizes[kind_of(list, list->rows[k])]++;
  }
  for (int64_t kind = 1; kind < list->kind_count; kind++) {
    list->begins[kind] = list->begins[kind - 1] + list->sizes[kind - 1];
  }
  return RT_OK;
}

static int64_t share_of(int64_t count, double share) {
  return (int64_t)floor((double)count * share + 0.5);
}

// How many of the `part` examples that are taken evenly from `all` stand before place `place`.
// Counts are below 2^32, so that the product fits.
static int64_t taken_before(int64_t place, int64_t part, int64_t all) {
  return all > 0 ? (int64_t)((uint64_t)place * (uint64_t)part / (uint64_t)all) : 0;
}

// The split of the example with number `rank` of its class.
static rt_split split_of(const row_list *list, int64_t kind, int64_t rank, const rt_holding *h) {
  int64_t all = list->count, tests = share_of(all, h->test);
  int64_t begin = list->begins[kind], end = begin + list->sizes[kind];
  // Those of the class, and those before it, that are no test examples.
  int64_t first = begin - taken_before(begin, tests, all);
  int64_t rest = end - taken_before(end, tests, all) - first;
  if (rank >= rest) {
    return RT_TEST;
  }
  if (h->folds > 0) {
    int is_out = list->kind_count > 1 ? (first + rank) % h->folds == h->fold - 1
                                      : rank >= rest * (h->fold - 1) / h->folds &&
                                            rank < rest * h->fold / h->folds;
    return is_out ? RT_VALIDATION : RT_TRAIN;
  }
  int64_t others = all - tests, held = share_of(all, h->validation);
  held = held < others ? held : others;
  held = taken_before(first + rest, held, others) - taken_before(first, held, others);
  return rank >= rest - held ? RT_VALIDATION : RT_TRAIN;
}

// Makes room for the orders. `most` has the largest number of examples of each split.
static int make_room(rt_set *set, const int64_t most[RT_SPLITS], rt_error *error) {
  size_t all = (size_t)(2 * most[RT_TRAIN] + most[RT_VALIDATION] + most[RT_TEST]);
  set->rows = (int64_t *)rt_allocate(all * sizeof(int64_t));
  if (set->rows == NULL) {
    return rt_fail_memory(error, all * sizeof(int64_t), "the examples' order");
  }
  set->base = set->rows;
  set->order[RT_TRAIN] = set->base + most[RT_TRAIN];
  set->order[RT_VALIDATION] = set->order[RT_TRAIN] + most[RT_TRAIN];
  set->order[RT_TEST] = set->order[RT_VALIDATION] + most[RT_VALIDATION];
  return RT_OK;
}

// Splits the rows of the files of training.
static int split_rows(rt_set *set, row_list *list, const rt_holding *holding, rt_error *error) {
  int64_t most[RT_SPLITS];
  int is_whole = holding->validation == 0 && holding->test == 0 && holding->folds == 0;
  int has_files = 0;
  for (int split = RT_VALIDATION; split < RT_SPLITS; split++) {
    int is_own = set->files[split].format != NULL;
    most[split] = is_own ? set->files[split].count : list->count;
    has_files |= is_own;
  }
  most[RT_TRAIN] = list->count;
  int code = make_room(set, most, error);
  if (code != RT_OK) {
    return code;
  }
  if (!(is_whole && has_files)) {
    rt_permute(list->rows, list->count, 0, 0, RT_TAG_SPLIT);
  }
  for (int64_t k = 0; k < list->count; k++) {
    int64_t row = list->rows[k], kind = kind_of(list, row);
    rt_split split = split_of(list, kind, list->seen[kind]++, holding);
    set->order[split][set->count[split]++] = row;
  }
  if (set->count[RT_TRAIN] > 0) {
    memcpy(set->base, set->order[RT_TRAIN], (size_t)set->count[RT_TRAIN] * sizeof(int64_t));
  }
  return RT_OK;
}

int rt_set_split(rt_set *set, const rt_holding *holding, rt_error *error) {
  rt_holding h = *holding;
  h.validation = set->files[RT_VALIDATION].format != NULL ? 0.0 : h.validation;
  h.folds = set->files[RT_VALIDATION].format != NULL ? 0 : h.folds;
  h.test = set->files[RT_TEST].format != NULL ? 0.0 : h.test;
  row_list list;
  int code = list_rows(set, &set->files[RT_TRAIN], &list, error);
  if (code == RT_OK) {
    code = count_classes(set, &set->files[RT_TRAIN], &list, error);
  }
  if (code == RT_OK) {
    code = split_rows(set, &list, &h, error);
  }
  free_rows(&list);
  for (int split = RT_VALIDATION; split < RT_SPLITS && code == RT_OK; split++) {
    const rt_examples *files = &set->files[split];
    if (files->format != NULL) {
      code = list_rows(set, files, &list, error);
      if (code == RT_OK && list.count > 0) {
        memcpy(set->order[split], list.rows, (size_t)list.count * sizeof(int64_t));
      }
      set->count[split] = list.count;
      free_rows(&list);
    }
  }
  return code;
}
