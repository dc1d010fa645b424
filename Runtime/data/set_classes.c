// set_classes.c - the names of classes in several files, which must agree on their numbers.
//
// Where a model does not name the classes, those that some files have get their numbers in
// alphabetical order. If one of them is missing in other files, all that follow have other numbers
// there, and nothing but their names tells.

#include <string.h>

#include "dataset.h"

int rt_classes_check(const rt_example_field *field, int count, const char *const *names,
                     const char *where, const char *whose, rt_error *error) {
  const char *input = field->recipe->input;
  for (int i = 0; i < count || i < field->class_count; i++) {
    const char *expected = i < count ? names[i] : NULL;
    const char *found = i < field->class_count ? field->classes[i] : NULL;
    if (expected == NULL || found == NULL || strcmp(expected, found) != 0) {
      const char *before = expected != NULL ? "'" : "", *behind = found != NULL ? "'" : "";
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected the class %d of '%s' to be %s%.60s%s, as in %s, found "
                     "%s%.60s%s; the model can name the classes",
                     where, i, input, before, expected != NULL ? expected : "none", before, whose,
                     behind, found != NULL ? found : "none", behind);
    }
  }
  return RT_OK;
}

int rt_set_check_classes(const rt_set *set, rt_error *error) {
  const rt_examples *train = &set->files[RT_TRAIN];
  int code = RT_OK;
  for (int split = RT_TRAIN + 1; split < RT_SPLITS; split++) {
    const rt_examples *files = &set->files[split];
    for (int i = 0; i < files->field_count && code == RT_OK; i++) {
      const rt_example_field *first = &train->fields[i];
      // A file of names may lie beside one of them only.
      if (first->class_count > 0 && files->fields[i].class_count > 0) {
        code = rt_classes_check(&files->fields[i], first->class_count,
                                (const char *const *)first->classes, files->path, train->path,
                                error);
      }
    }
  }
  return code;
}
