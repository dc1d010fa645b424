// output_files.c - finds and writes what the flag --output names.
//
// All files are written under temporary names before the first one takes its own, and standard
// output comes last, as it cannot be taken back. So a full disk leaves no part of the results.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "outputs.h"
#include "print.h"
#include "program.h"

// True iff the path is standard output: "-", or "-.csv" with an ending that is known.
static int is_stream(const char *path) {
  return path[0] == '-' && (path[1] == '\0' || (path[1] == '.' && rt_format_for(path) != NULL));
}

// The destination of that path, which is added if it is new; null without memory.
static rt_destination *destination_of(rt_destinations *d, const char *path, int outputs) {
  for (int i = 0; i < d->count; i++) {
    const char *other = d->items[i].path;
    if (other == NULL ? is_stream(path) : strcmp(other, path) == 0) {
      return &d->items[i];
    }
  }
  rt_destination *added = &d->items[d->count];
  added->results = (rt_result *)rt_allocate((size_t)outputs * sizeof(rt_result));
  added->path = is_stream(path) ? NULL : rt_copy_text(path);
  d->count++;
  return added->results != NULL && (added->path != NULL || is_stream(path)) ? added : NULL;
}

// Adds an output to a file. `text` is that of the command line.
static int add(rt_destinations *d, const char *path, const char *text,
               const rt_function *function, int output, rt_error *error) {
  const rt_tensor *tensor = &function->outputs[output];
  char endings[256];
  const rt_format *format = rt_format_for(path);
  if (format == NULL) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--output %s: expected a name that ends in %s, found '%s'", text,
                   rt_format_endings(endings, sizeof endings), path);
  }
  rt_destination *to = destination_of(d, path, function->output_count);
  if (to == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  for (int i = 0; i < to->count; i++) {
    if (to->results[i].tensor == tensor) {
      return RT_OK;
    }
  }
  if (to->count > 0 && (to->format != format || to->count == format->most_results)) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--output %s: expected one output in a file, found '%s' and '%s'; .json and "
                   ".jsonl take several",
                   text, to->results[0].tensor->name, tensor->name);
  }
  to->format = format;
  to->results[to->count++] =
      (rt_result){.tensor = tensor,
                  .has_examples = rt_has_examples(function, tensor),
                  .words = rt_words_of(d->model, function, output, d->tokenizer)};
  char place[512];
  snprintf(place, sizeof place, "--output %.480s", text);
  return format->check(to->results, to->count, place, error);
}

// Adds all outputs: to a file of their own in a folder, which is made, or to one file.
static int add_all(rt_destinations *d, const char *text, const rt_function *function,
                   rt_error *error) {
  const char *slash = strrchr(text, '/');
  int has_ending = strchr(slash != NULL ? slash : text, '.') != NULL;
  int is_file = !rt_is_directory(text) &&
                (is_stream(text) || (has_ending && rt_format_for(text) != NULL));
  int code = is_file ? RT_OK : rt_make_directory(text, error);
  for (int i = 0; i < function->output_count && code == RT_OK; i++) {
    char name[512];
    snprintf(name, sizeof name, "%s.npy", function->outputs[i].name);
    char *path = is_file ? rt_copy_text(text) : rt_path_join(text, name);
    code = path != NULL ? add(d, path, text, function, i, error)
                        : rt_fail_memory(error, strlen(text), "a path");
    rt_release(path);
  }
  return code;
}

// Adds what one text of the command line says.
static int add_text(rt_destinations *d, const char *text, const rt_function *function,
                    rt_error *error) {
  for (int i = 0; i < function->output_count; i++) {
    const char *path = rt_named_value(text, function->outputs[i].name);
    if (path != NULL) {
      return add(d, path, text, function, i, error);
    }
  }
  return strchr(text, '=') == NULL ? add_all(d, text, function, error)
                                   : rt_unknown_name(text, function, 1, error);
}

// Checks that a file can be written to.
static int check(const rt_destination *to, rt_error *error) {
  if (to->path != NULL) {
    return rt_writer_check(to->path, error);
  }
  return to->format == &rt_formats[0] && isatty(STDOUT_FILENO)
             ? rt_fail(error, RT_ERROR_USAGE,
                       "--output %s=-: expected a pipe or a file for .npy, found a terminal; as "
                       "text it is %s=-.csv or %s=-.json",
                       to->results[0].tensor->name, to->results[0].tensor->name,
                       to->results[0].tensor->name)
             : RT_OK;
}

int rt_destinations_find(rt_destinations *destinations, const rt_texts *texts,
                         const rt_model *model, const rt_function *function,
                         const struct rt_tokenizer *tokenizer, rt_error *error) {
  rt_destinations *d = destinations;
  size_t most = (size_t)texts->count * (size_t)function->output_count;
  *d = (rt_destinations){.items = (rt_destination *)rt_allocate(most * sizeof(rt_destination)),
                         .prints = 1,
                         .model = model,
                         .tokenizer = tokenizer};
  if (d->items == NULL) {
    return rt_fail_memory(error, most * sizeof(rt_destination), "the outputs");
  }
  int code = RT_OK;
  for (int i = 0; i < texts->count && code == RT_OK; i++) {
    code = add_text(d, texts->items[i], function, error);
  }
  for (int i = 0; i < d->count && code == RT_OK; i++) {
    code = check(&d->items[i], error);
    d->prints = d->prints && d->items[i].path != NULL;
  }
  return code;
}

void rt_destinations_clear(rt_destinations *destinations) {
  for (int i = 0; i < destinations->count; i++) {
    rt_release(destinations->items[i].path);
    rt_release(destinations->items[i].results);
  }
  rt_release(destinations->items);
  *destinations = (rt_destinations){.count = 0};
}

// Writes to standard output, which nothing can take back, so that it comes last.
static int write_stream(const rt_destination *to, rt_error *error) {
  rt_writer writer = {.stream = stdout};
  to->format->write(&writer, to->results, to->count);
  if (fflush(stdout) != 0) {
    rt_writer_note(&writer, errno);
  }
  return writer.failure == 0 ? RT_OK
                             : rt_fail(error, RT_ERROR_FILE,
                                       "cannot write to standard output: %s",
                                       strerror(writer.failure));
}

// Writes all files under temporary names; then they take their names.
static int write_files(const rt_destinations *d, rt_error *error) {
  size_t bytes = (size_t)d->count * sizeof(rt_writer);
  rt_writer *writers = (rt_writer *)rt_allocate(bytes);
  int code = writers != NULL ? RT_OK : rt_fail_memory(error, bytes, "the outputs");
  for (int i = 0; i < d->count && code == RT_OK; i++) {
    const rt_destination *to = &d->items[i];
    if (to->path != NULL) {
      code = rt_writer_begin(&writers[i], to->path, error);
    }
    if (to->path != NULL && code == RT_OK) {
      to->format->write(&writers[i], to->results, to->count);
      code = rt_writer_flush(&writers[i], error);
    }
  }
  for (int i = 0; writers != NULL && i < d->count; i++) {
    if (writers[i].path != NULL && code == RT_OK) {
      code = rt_writer_commit(&writers[i], error);
    } else {
      rt_writer_abandon(&writers[i]);
    }
  }
  rt_release(writers);
  return code;
}

int rt_destinations_write(rt_destinations *destinations, const rt_function *function,
                          const rt_array *outputs, const rt_labels *labels, int rate,
                          FILE *stream, rt_error *error) {
  rt_destinations *d = destinations;
  const rt_destination *standard = NULL;
  for (int i = 0; i < d->count; i++) {
    rt_destination *to = &d->items[i];
    for (int n = 0; n < to->count; n++) {
      ptrdiff_t output = to->results[n].tensor - function->outputs;
      to->results[n].array = &outputs[output];
      to->results[n].rate = rate;
      to->results[n].labels = labels != NULL ? &labels[output] : NULL;
    }
    standard = to->path == NULL ? to : standard;
  }
  int code = write_files(d, error);
  if (code == RT_OK && standard != NULL) {
    code = write_stream(standard, error);
  }
  for (int i = 0; i < function->output_count && code == RT_OK && d->prints; i++) {
    int is_placed = 0;
    for (int k = 0; k < d->count; k++) {
      for (int n = 0; n < d->items[k].count; n++) {
        is_placed = is_placed || d->items[k].results[n].tensor == &function->outputs[i];
      }
    }
    rt_words words = rt_words_of(d->model, function, i, d->tokenizer);
    if (!is_placed && words.naming != NULL) {
      rt_print_words(stream, function->outputs[i].name, &words, &outputs[i]);
    } else if (!is_placed) {
      rt_print_labelled(stream, function->outputs[i].name, &outputs[i],
                        labels != NULL ? &labels[i] : NULL);
    }
  }
  return code;
}
