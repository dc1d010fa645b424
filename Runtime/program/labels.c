// labels.c - what the numbers of a model stand for.

#include "labels.h"

#include <string.h>

// More text than that is not kept with weights.
enum { MOST_BYTES = 1 << 20 };

static const char prefix[] = "classes.", rate_key[] = "rate";

void rt_labels_clear(rt_labels *labels) {
  rt_release(labels->items);
  rt_release(labels->text);
  *labels = (rt_labels){0, NULL, NULL};
}

const char *rt_label(const rt_labels *labels, double number) {
  int is_one = labels != NULL && number >= 0.0 && number < labels->count &&
               number == (double)(int)number;
  return is_one ? labels->items[(int)number] : NULL;
}

// The lines of a text, which the labels own from now on. What a terminal would obey becomes '?'.
static int split(rt_labels *labels, char *text, rt_error *error) {
  int count = 1;
  for (char *c = text; *c != '\0'; c++) {
    count += *c == '\n';
    *c = *c != '\n' && ((unsigned char)*c < ' ' || *c == 0x7f) ? '?' : *c;
  }
  *labels = (rt_labels){0, (const char **)rt_allocate((size_t)count * sizeof(char *)), text};
  if (labels->items == NULL) {
    rt_labels_clear(labels);
    return rt_fail_memory(error, (size_t)count * sizeof(char *), "the names of classes");
  }
  for (char *line = text; line != NULL;) {
    char *end = strchr(line, '\n');
    labels->items[labels->count++] = line;
    if (end != NULL) {
      *end++ = '\0';
    }
    line = end;
  }
  return RT_OK;
}

// Joins names to lines; null without memory. `*fits` says whether they can be read again.
static char *join(int count, const char *const *names, int *fits) {
  size_t size = 0, used = 0;
  *fits = 1;
  for (int i = 0; i < count; i++) {
    size_t length = strlen(names[i]);
    *fits = *fits && strchr(names[i], '\n') == NULL && length < MOST_BYTES && size < MOST_BYTES;
    size += *fits ? length + 1 : 0;
  }
  char *text = (char *)rt_allocate(size + 1);
  for (int i = 0; text != NULL && *fits && i < count; i++) {
    used += (size_t)snprintf(text + used, size + 1 - used, "%s%s", i > 0 ? "\n" : "", names[i]);
  }
  return text;
}

// The field that feeds an input.
static const rt_example_field *field_of(const rt_dataset *data, int input) {
  const rt_feed *feed = &data->feeds[input];
  return &data->sets[feed->set].files[RT_TRAIN].fields[feed->field];
}

int rt_labels_note(const rt_dataset *data, rt_notes *notes, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < data->feed_count && code == RT_OK; i++) {
    const rt_example_field *field = field_of(data, i);
    if (field->rate > 0 && rt_notes_find(notes, rate_key) == NULL) {
      code = rt_notes_add(notes, rate_key, error, "%lld", (long long)field->rate);
    }
    char key[300];
    int length = snprintf(key, sizeof key, "%s%s", prefix, field->recipe->input), fits;
    if (field->class_count == 0 || (size_t)length >= sizeof key ||
        rt_notes_find(notes, key) != NULL || code != RT_OK) {
      continue;
    }
    char *text = join(field->class_count, (const char *const *)field->classes, &fits);
    code = text == NULL ? rt_fail_memory(error, 0, "the names of classes")
           : fits       ? rt_notes_add(notes, key, error, "%s", text)
                        : RT_OK;
    rt_release(text);
  }
  return code;
}

int rt_labels_copy(const rt_notes *from, rt_notes *notes, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < from->count && code == RT_OK; i++) {
    const rt_note *note = &from->items[i];
    int is_kept = strncmp(note->key, prefix, sizeof prefix - 1) == 0 ||
                  strcmp(note->key, rate_key) == 0;
    if (is_kept && rt_notes_find(notes, note->key) == NULL) {
      code = rt_notes_add(notes, note->key, error, "%s", note->value);
    }
  }
  return code;
}

// The recipe of an input that names its classes, or null.
static const rt_field_recipe *find_recipe(const rt_model *model, const char *input) {
  for (int p = 0; p < model->phase_count; p++) {
    for (int s = 0; s < model->phases[p].set_count; s++) {
      const rt_data_recipe *set = &model->phases[p].sets[s];
      for (int i = 0; i < set->field_count; i++) {
        if (set->fields[i].class_count > 0 && strcmp(set->fields[i].input, input) == 0) {
          return &set->fields[i];
        }
      }
    }
  }
  return NULL;
}

int rt_labels_of_input(rt_labels *labels, const rt_model *model, const char *input,
                       const rt_notes *notes, rt_error *error) {
  char key[300];
  *labels = (rt_labels){0, NULL, NULL};
  int length = snprintf(key, sizeof key, "%s%s", prefix, input), fits = 1;
  const char *kept = (size_t)length < sizeof key ? rt_notes_find(notes, key) : NULL;
  const rt_field_recipe *recipe = find_recipe(model, input);
  if (kept == NULL && recipe == NULL) {
    return RT_OK;
  }
  char *text = kept != NULL ? rt_copy_text(kept)
                            : join(recipe->class_count, recipe->classes, &fits);
  if (text == NULL) {
    return rt_fail_memory(error, 0, "the names of classes");
  }
  if (!fits) {
    rt_release(text);
    return RT_OK;
  }
  return split(labels, text, error);
}

int rt_labels_of_output(rt_labels *labels, const rt_model *model, const rt_function *function,
                        const rt_tensor *output, const rt_notes *notes, rt_error *error) {
  *labels = (rt_labels){0, NULL, NULL};
  for (int i = 0; i < model->class_count; i++) {
    const rt_output_classes *row = &model->classes[i];
    if (strcmp(row->function, function->name) == 0 && strcmp(row->output, output->name) == 0) {
      return rt_labels_of_input(labels, model, row->input, notes, error);
    }
  }
  return RT_OK;
}

int rt_labels_rate(const rt_notes *notes) {
  uint64_t rate = 0;
  int is_stated = rt_notes_find(notes, rate_key) != NULL &&
                  rt_notes_whole(notes, rate_key, INT32_MAX, &rate, "", NULL) == RT_OK;
  return is_stated ? (int)rate : 0;
}

int rt_labels_check(const rt_dataset *data, const rt_notes *notes, const char *path,
                    rt_error *error) {
  static const rt_model none = {.name = ""};
  int code = RT_OK;
  for (int i = 0; i < data->feed_count && code == RT_OK; i++) {
    const rt_example_field *field = field_of(data, i);
    rt_labels labels;
    code = rt_labels_of_input(&labels, &none, field->recipe->input, notes, error);
    if (code == RT_OK && labels.count > 0 && field->class_count > 0) {
      const char *where = data->sets[data->feeds[i].set].path;
      code = rt_classes_check(field, labels.count, labels.items, where, path, error);
    }
    rt_labels_clear(&labels);
  }
  return code;
}
