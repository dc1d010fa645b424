// input_files.c - finds and reads what the flag --input names.

#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <unistd.h>

#include "inputs.h"
#include "program.h"

// What of the command line an error is about: "--input x=1,2", cut if it is long.
static const char *place(char text[64], const char *name, const char *value) {
  snprintf(text, 64, "--input %.24s=%.24s%s", name, value, strlen(value) > 24 ? "..." : "");
  return text;
}

// The ending of the last name in a path, with its point; null if it has none.
static const char *ending_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return strrchr(slash != NULL ? slash : path, '.');
}

// Fails, as a text is neither a file that can be read nor a list of numbers.
static int unknown_value(const rt_source *source, const char *text, rt_error *error) {
  char endings[256], where[64];
  rt_reader_endings(endings, sizeof endings);
  place(where, source->slot.tensor->name, text);
  return ending_of(text) != NULL
             ? rt_fail(error, RT_ERROR_USAGE, "%s: expected a file that ends in %s, found '%s'",
                       where, endings, text)
             : rt_fail(error, RT_ERROR_USAGE,
                       "%s: expected a file (%s), numbers with commas between them, or - for "
                       "standard input; '%s' is none of these",
                       where, endings, text);
}

// Sets a source to the text behind "NAME=". A path that exists is a path.
static int set_source(rt_source *source, const char *text, rt_error *warning, rt_error *error) {
  const char *name = source->slot.tensor->name;
  int is_known = rt_reader_for(text) != NULL, is_values = rt_is_values(text);
  int exists = access(text, F_OK) == 0;
  source->text = text;
  if (strcmp(text, "-") == 0) {
    source->origin = RT_FROM_STREAM;
  } else if (rt_is_directory(text)) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--input %s=%s: expected a file, found a folder; --input %s takes a file for "
                   "each input from it",
                   name, text, text);
  } else if (exists && !rt_is_file(text)) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--input %s=%s: expected a file, found a pipe or a device; --input %s=- reads "
                   "standard input",
                   name, text, name);
  } else if (is_known || (exists && (is_values || ending_of(text) == NULL))) {
    source->origin = RT_FROM_FILE;
  } else if (is_values && !exists) {
    source->origin = RT_FROM_VALUES;
  } else {
    return unknown_value(source, text, error);
  }
  if (exists && is_values && !is_known && source->origin == RT_FROM_FILE) {
    const char *also = warning->code != RT_OK ? "; " : "";
    warning->code = RT_ERROR_USAGE;
    rt_fail_more(warning, "%s--input %s=%s: expected a number, found a file '%s', which is read; "
                 "the number is '%s= %s'", also, name, text, text, name, text);
  }
  return RT_OK;
}

// The source that a text names with "NAME=", or null; `*value` is what follows.
static rt_source *named(const rt_sources *sources, const char *text, const char **value) {
  for (int i = 0; i < sources->count; i++) {
    *value = rt_named_value(text, sources->items[i].slot.tensor->name);
    if (*value != NULL) {
      return &sources->items[i];
    }
  }
  return NULL;
}

// Sets the sources that have a text of their own. `*folder` is the one text that names a folder.
static int set_named(rt_sources *sources, const rt_texts *texts, const rt_function *function,
                     const char **folder, rt_error *warning, rt_error *error) {
  const rt_source *stream = NULL;
  *folder = NULL;
  for (int i = 0; i < texts->count; i++) {
    const char *text = texts->items[i], *value;
    rt_source *source = named(sources, text, &value);
    if (source == NULL && rt_is_directory(text) && *folder == NULL) {
      *folder = text;
      continue;
    }
    if (source == NULL && rt_is_directory(text)) {
      return rt_fail(error, RT_ERROR_USAGE, "--input: expected one folder, found '%s' and '%s'",
                     *folder, text);
    }
    if (source == NULL) {
      return rt_unknown_name(text, function, 0, error);
    }
    const char *name = source->slot.tensor->name;
    if (source->origin != RT_FROM_NOTHING) {
      return rt_fail(error, RT_ERROR_USAGE, "--input %s: expected once, found '%s' and '%s'", name,
                     source->text, value);
    }
    int code = set_source(source, value, warning, error);
    if (code == RT_OK && source->origin == RT_FROM_STREAM && stream != NULL) {
      code = rt_fail(error, RT_ERROR_USAGE,
                     "--input %s=-: standard input is read for '%s' already; name a file", name,
                     stream->slot.tensor->name);
    }
    if (code != RT_OK) {
      return code;
    }
    stream = source->origin == RT_FROM_STREAM ? source : stream;
  }
  return RT_OK;
}

int rt_sources_find(rt_sources *sources, const rt_texts *texts, const rt_function *function,
                    rt_error *warning, rt_error *error) {
  size_t bytes = (size_t)function->input_count * sizeof(rt_source);
  const char *folder;
  *sources = (rt_sources){0, (rt_source *)rt_allocate(bytes)};
  if (sources->items == NULL) {
    return rt_fail_memory(error, bytes, "the inputs");
  }
  sources->count = function->input_count;
  for (int i = 0; i < sources->count; i++) {
    const rt_tensor *tensor = &function->inputs[i];
    sources->items[i].slot = (rt_slot){tensor, rt_has_examples(function, tensor)};
  }
  int code = set_named(sources, texts, function, &folder, warning, error);
  if (code == RT_OK && folder != NULL) {
    code = rt_folder_find(sources, folder, function->name, warning, error);
  }
  return code;
}

void rt_sources_clear(rt_sources *sources) {
  for (int i = 0; i < sources->count; i++) {
    rt_release(sources->items[i].path);
  }
  rt_release(sources->items);
  *sources = (rt_sources){0, NULL};
}

int rt_sources_complete(const rt_sources *sources, rt_error *error) {
  for (int i = 0; i < sources->count; i++) {
    const rt_slot *slot = &sources->items[i].slot;
    char type[256], endings[256];
    if (sources->items[i].origin == RT_FROM_NOTHING) {
      return rt_fail(error, RT_ERROR_USAGE,
                     "--input %s=FILE is missing; expected %s from a file (%s), - or numbers",
                     slot->tensor->name, rt_slot_text(type, sizeof type, slot),
                     rt_reader_endings(endings, sizeof endings));
    }
  }
  return RT_OK;
}

// A batch of zeros.
static int make_zeros(rt_array *array, const rt_tensor *tensor, rt_error *error) {
  *array = (rt_array){.dtype = tensor->dtype, .rank = tensor->rank};
  for (int axis = 0; axis < tensor->rank && axis < RT_MAX_RANK; axis++) {
    array->shape[axis] = tensor->shape[axis];
  }
  array->elements = rt_tensor_elements(tensor);
  array->data = rt_allocate(rt_tensor_bytes(tensor));
  return array->data != NULL ? RT_OK
                             : rt_fail_memory(error, rt_tensor_bytes(tensor), tensor->name);
}

int rt_sources_read(const rt_sources *sources, rt_array *inputs, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < sources->count && code == RT_OK; i++) {
    const rt_source *s = &sources->items[i];
    char where[64];
    switch (s->origin) {
      case RT_FROM_NOTHING:
        code = make_zeros(&inputs[i], s->slot.tensor, error);
        break;
      case RT_FROM_FILE:
        code = rt_input_read(&inputs[i], s->path != NULL ? s->path : s->text, &s->slot, error);
        break;
      case RT_FROM_STREAM:
        code = rt_input_read(&inputs[i], NULL, &s->slot, error);
        break;
      case RT_FROM_VALUES:
        code = rt_values_read(&inputs[i], s->text, &s->slot,
                              place(where, s->slot.tensor->name, s->text), error);
        break;
    }
  }
  return code;
}
