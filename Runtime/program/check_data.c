// check_data.c - --check-data: what is in a data set, and what must not be there.

#include <math.h>

#include "check_data.h"
#include "training.h"

enum { CLASSES_SHOWN = 12, CLASSES_A_LINE = 6 };

static const char *const split_names[RT_SPLITS] = {"training", "held out", "test"};

// How many examples there are of each class, of the first dozen.
static void print_classes(FILE *stream, const rt_findings *f) {
  int64_t missing = 0;
  char text[32];
  for (int64_t k = 0; k < f->class_count; k++) {
    missing += f->classes[k] == 0;
    if (k < CLASSES_SHOWN) {
      const char *before = k == 0 ? "    " : k % CLASSES_A_LINE == 0 ? ",\n    " : ", ";
      fprintf(stream, "%s%lld: %s", before, (long long)k, rt_count_text(text, f->classes[k]));
    }
  }
  if (f->class_count > CLASSES_SHOWN) {
    fprintf(stream, " and %lld more", (long long)(f->class_count - CLASSES_SHOWN));
  }
  if (missing > 0) {
    fprintf(stream, "; %lld of %lld never", (long long)missing, (long long)f->class_count);
  }
  fprintf(stream, "%s", f->class_count > 0 ? "\n" : "");
}

// The least or the largest number of a field; integers have no point.
static char *extreme_text(char text[32], rt_dtype dtype, double value) {
  if (dtype <= RT_BF16 || fabs(value) >= 1e15) {
    return rt_number_text(text, value);
  }
  snprintf(text, 32, "%.0f", value);
  return text;
}

// Prints the rows of a field. A field with only one number is worth a warning.
static void print_field(FILE *stream, const char *program, const rt_checked *c,
                        const rt_set *set) {
  const rt_example_field *field = &c->files->fields[c->field];
  const char *name = field->input->name;
  char type[256], texts[5][32];
  int64_t shape[RT_MAX_RANK] = {-1};
  for (int axis = 0; axis < field->rank && axis + 1 < RT_MAX_RANK; axis++) {
    shape[axis + 1] = field->shape[axis];
  }
  fprintf(stream, "%s %s", name,
          rt_type_text(type, sizeof type, field->dtype, field->rank + 1, shape));
  if (c->range != NULL) {
    fprintf(stream, ", 0 to %lld", (long long)c->range->count - 1);
  }
  fprintf(stream, "\n");
  for (int split = 0; split < RT_SPLITS; split++) {
    const rt_findings *f = &c->found[split];
    if (set->count[split] == 0) {
      continue;
    }
    double deviation = f->count > 0 ? sqrt(f->squares / (double)f->count) : 0.0;
    fprintf(stream, "  %-8s %12s %10s %10s %10s %10s %10s\n", split_names[split],
            rt_count_text(texts[0], f->count + f->odd),
            f->count > 0 ? extreme_text(texts[1], field->dtype, f->least) : "-",
            f->count > 0 ? extreme_text(texts[2], field->dtype, f->most) : "-",
            f->count > 0 ? rt_number_text(texts[3], f->mean) : "-",
            f->count > 0 ? rt_number_text(texts[4], deviation) : "-",
            rt_count_text(type, f->odd));
    print_classes(stream, f);
    if (f->count > 1 && f->least == f->most) {
      rt_error warning = {RT_OK, ""};
      rt_fail(&warning, RT_ERROR_VALUE, "'%s', %s: expected different numbers, found only %s", name,
              split_names[split], extreme_text(texts[1], field->dtype, f->least));
      fflush(stream);
      rt_warn(program, &warning);
    }
  }
}

// Marks for each example of the files of training which split it belongs to, or the last one if it
// is not taken; null without memory.
static unsigned char *mark_splits(const rt_set *set) {
  size_t count = (size_t)set->files[RT_TRAIN].count;
  unsigned char *marks = (unsigned char *)rt_allocate(count);
  for (int split = 0; marks != NULL && split < RT_SPLITS; split++) {
    int is_own = set->files[split].format != NULL;
    for (int64_t k = 0; (split == RT_TRAIN || !is_own) && k < set->count[split]; k++) {
      marks[set->order[split][k]] = (unsigned char)split;
    }
  }
  return marks;
}

// Reads and prints what feeds an input; adds to `bad` the numbers that must not be there, the first
// of which is in the error.
static int check_feed(const rt_dataset *data, const rt_options *o, const rt_function *step, int i,
                      int64_t *bad, FILE *stream, rt_error *error) {
  const rt_feed *feed = &data->feeds[i];
  const rt_set *set = &data->sets[feed->set];
  unsigned char *marks = mark_splits(set);
  rt_checked c;
  int code =
      rt_checked_begin(&c, rt_find_range(o->model, step->name, step->inputs[i].name), error);
  if (code == RT_OK && marks == NULL) {
    code = rt_fail_memory(error, 0, "the examples' order");
  }
  c.field = feed->field;
  for (int split = 0; split < RT_SPLITS && code == RT_OK; split++) {
    c.files = &set->files[split];
    if (c.files->format != NULL) {
      code = rt_checked_read(&c, (rt_split)split, split == RT_TRAIN ? marks : NULL, error);
    }
  }
  if (code == RT_OK) {
    c.files = &set->files[RT_TRAIN];
    print_field(stream, o->program, &c, set);
    if (c.bad > 0 && *bad == 0 && error != NULL) {
      *error = c.first;
    }
    *bad += c.bad;
  }
  rt_checked_free(&c);
  rt_release(marks);
  return code;
}

int rt_check_data(const rt_options *options, FILE *stream, rt_error *error) {
  const rt_options *o = options;
  int phase = 0;
  int code = rt_phase_find(o, &phase, error);
  const rt_function *step =
      code == RT_OK ? rt_function_of(o->model, phase, RT_TRAIN_STEP) : NULL;
  if (step == NULL || step->input_count == 0) {
    return code != RT_OK ? code
                         : rt_fail(error, RT_ERROR_USAGE, "--check-data: '%s' trains on no data",
                                   o->model->name);
  }
  rt_dataset data;
  int64_t bad = 0;
  char a[32], b[32];
  // Out of range is what is looked for.
  code = rt_data_open(&data, o, phase, RT_UNCHECKED, NULL, error);
  if (code == RT_OK) {
    code = rt_dataset_check_batch(&data, error);
  }
  for (int s = 0; s < data.set_count && code == RT_OK; s++) {
    const rt_set *set = &data.sets[s];
    fprintf(stream, "%s: %s examples to train on, %s held out\n", set->path,
            rt_count_text(a, set->count[RT_TRAIN]), rt_count_text(b, set->count[RT_VALIDATION]));
  }
  if (code == RT_OK) {
    fprintf(stream, "  %-8s %12s %10s %10s %10s %10s %10s\n", "", "values", "least", "largest",
            "mean", "deviation", "not finite");
  }
  for (int i = 0; i < step->input_count && code == RT_OK; i++) {
    code = check_feed(&data, o, step, i, &bad, stream, error);
  }
  rt_dataset_close(&data);
  if (code == RT_OK && bad > 1) {
    rt_fail_more(error, "; %s such numbers in all", rt_count_text(a, bad));
  }
  return code == RT_OK && bad > 0 ? RT_ERROR_VALUE : code;
}
