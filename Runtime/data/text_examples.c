// text_examples.c - a text, or a folder of texts, as examples.
//
// A field whose source is null takes windows of `length` ids, `stride` from one to the next, of all
// files one after the other. With the source 'line' an example is a line that is not empty, cut to
// `length` ids or filled up with `missing`; with 'length', how many ids of it are left.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "text_parts.h"

typedef enum { WINDOW, LINE, LENGTH } field_kind;

// What a field gives.
typedef struct {
  field_kind kind;
  int corpus;
  int64_t length, stride;  // a length of 0: lines are not cut
  int32_t missing;
} text_field;

typedef struct {
  rt_text_files files;
  int corpus_count;
  rt_corpus *corpora;  // of each kind that is used, at most one for each field
  text_field *fields;
} text_data;

// Fails: "data.txt: input 'tokens': expected this, found that".
static int refuse(const rt_examples *examples, const rt_field_recipe *recipe, const char *expected,
                  const char *found, rt_error *error) {
  return rt_fail(error, RT_ERROR_MISMATCH, "%s: input '%s': expected %s, found %s", examples->path,
                 recipe->input, expected, found);
}

// Reads a whole number that stands for missing ids.
static int read_missing(const rt_examples *examples, const rt_field_recipe *recipe,
                        int32_t *missing, rt_error *error) {
  char *end = NULL, found[128];
  errno = 0;
  long value = recipe->missing != NULL ? strtol(recipe->missing, &end, 10) : 0;
  *missing = (int32_t)value;
  if (recipe->missing == NULL || (end != recipe->missing && *end == '\0' && errno == 0 &&
                                  value >= INT32_MIN && value <= INT32_MAX)) {
    return RT_OK;
  }
  snprintf(found, sizeof found, "'%.100s'", recipe->missing);
  return refuse(examples, recipe, "a whole number for missing ids", found, error);
}

// True iff an input of that type can hold ids.
static int takes_ids(rt_dtype dtype) { return dtype >= RT_I8 && dtype <= RT_U64; }

// Reads and checks what the recipe says of a field.
static int read_recipe(const rt_examples *examples, int index, text_field *f, rt_error *error) {
  const rt_example_field *field = &examples->fields[index];
  const rt_field_recipe *recipe = field->recipe;
  const char *source = recipe->source;
  char found[128];
  f->kind = source == NULL ? WINDOW : strcmp(source, "line") == 0 ? LINE : LENGTH;
  f->length = recipe->length;
  f->stride = recipe->stride > 0 ? recipe->stride : recipe->length;
  if (f->kind == LENGTH && strcmp(source, "length") != 0) {
    snprintf(found, sizeof found, "'%.100s'", source);
    return refuse(examples, recipe, "the source 'line', 'length' or none", found, error);
  }
  if (f->length < 0 || f->length > INT32_MAX || recipe->stride < 0 ||
      (f->length == 0 && f->kind != LENGTH)) {
    snprintf(found, sizeof found, "a length of %lld and a stride of %lld",
             (long long)recipe->length, (long long)recipe->stride);
    return refuse(examples, recipe, "a length from 1 to 2^31 - 1 and a stride of 0 or more", found,
                  error);
  }
  if (!takes_ids(field->input->dtype)) {
    return refuse(examples, recipe, "an input of integers, for ids",
                  rt_dtype_name(field->input->dtype), error);
  }
  return read_missing(examples, recipe, &f->missing, error);
}

// Finds the kind of tokenizer, and the length, of fields that do not name them: those of the first
// field of lines.
static const char *complete(const rt_examples *examples, text_field *fields, int index) {
  const char *kind = examples->fields[index].recipe->kind;
  for (int i = 0; i < examples->field_count && fields[index].kind == LENGTH; i++) {
    if (fields[i].kind == LINE) {
      const rt_field_recipe *line = examples->fields[i].recipe;
      kind = kind != NULL ? kind : line->kind;
      fields[index].length = fields[index].length > 0 ? fields[index].length : line->length;
      break;
    }
  }
  return kind != NULL ? kind : "bytes";
}

// The folder that other files are relative to, to be freed with rt_release.
static char *folder_of(const char *path) {
  char *folder = rt_copy_text(path);
  char *slash = folder != NULL && !rt_is_directory(path) ? strrchr(folder, '/') : NULL;
  if (slash != NULL) {
    slash[slash == folder ? 1 : 0] = '\0';
  } else if (folder != NULL && !rt_is_directory(path)) {
    strcpy(folder, ".");
  }
  return folder;
}

// Finds the corpus of a field, or makes it.
static int find_corpus(rt_examples *examples, text_data *data, int index, const char *folder,
                       rt_error *error) {
  text_field *f = &data->fields[index];
  const char *kind = complete(examples, data->fields, index);
  int in_lines = f->kind != WINDOW;
  for (f->corpus = 0; f->corpus < data->corpus_count; f->corpus++) {
    const rt_corpus *corpus = &data->corpora[f->corpus];
    if (strcmp(corpus->kind, kind) == 0 && corpus->in_lines == in_lines) {
      return RT_OK;
    }
  }
  char place[512];
  snprintf(place, sizeof place, "%.400s: input '%.80s'", examples->path,
           examples->fields[index].recipe->input);
  const rt_corpus_plan plan = {kind, in_lines, folder, examples->tokenizer, place};
  data->corpus_count++;
  return rt_corpus_make(&data->corpora[f->corpus], &plan, &data->files, error);
}

// The bytes that the texts and their ids take in memory. Sets whether reading a field is costly: if
// its bytes stay in files.
static size_t count_held(rt_examples *examples, const text_data *data) {
  size_t bytes = 0;
  int is_read = 0;
  for (int i = 0; i < data->files.count; i++) {
    const rt_text_file *f = &data->files.items[i];
    bytes += f->file.held != NULL ? f->size : 0;
    is_read |= f->file.held == NULL;
  }
  for (int i = 0; i < data->corpus_count; i++) {
    const rt_corpus *c = &data->corpora[i];
    size_t width = c->small != NULL ? sizeof *c->small : c->large != NULL ? sizeof *c->large : 0;
    bytes += (width > 0 ? c->count * width : 0) + c->line_count * sizeof *c->lines;
  }
  for (int i = 0; i < examples->field_count; i++) {
    const text_field *f = &data->fields[i];
    examples->fields[i].is_costly =
        is_read && f->kind != LENGTH && data->corpora[f->corpus].are_bytes;
  }
  return bytes;
}

// Sets the type of a field, and the number of examples, which all fields must agree on.
static int count_examples(rt_examples *examples, text_data *data, int index, rt_error *error) {
  rt_example_field *field = &examples->fields[index];
  const text_field *f = &data->fields[index];
  const rt_corpus *corpus = &data->corpora[f->corpus];
  int64_t count = (int64_t)corpus->line_count;
  field->tokenizer = corpus->tokenizer;
  field->dtype = RT_I32;
  field->rank = f->kind == LENGTH ? 0 : 1;
  field->shape[0] = f->length;
  field->elements = f->kind == LENGTH ? 1 : (size_t)f->length;
  if (f->kind == WINDOW && corpus->count < field->elements) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: input '%s': expected at least %lld ids, found %zu", examples->path,
                   field->recipe->input, (long long)f->length, corpus->count);
  }
  if (f->kind == WINDOW) {
    count = (int64_t)((corpus->count - field->elements) / (size_t)f->stride) + 1;
  } else if (count == 0) {
    return refuse(examples, field->recipe, "lines of text", "none that is not empty", error);
  }
  if (index > 0 && count != examples->count) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: input '%s': expected %lld examples as for '%s', found %lld",
                   examples->path, field->recipe->input, (long long)examples->count,
                   examples->fields[0].recipe->input, (long long)count);
  }
  examples->count = count;
  return RT_OK;
}

static void text_close(rt_examples *examples) {
  text_data *data = (text_data *)examples->own;
  if (data != NULL) {
    for (int i = 0; i < data->corpus_count; i++) {
      rt_corpus_clear(&data->corpora[i]);
    }
    for (int i = 0; i < examples->field_count; i++) {
      examples->fields[i].tokenizer = NULL;
    }
    rt_text_files_close(&data->files);
    rt_release(data->corpora);
    rt_release(data->fields);
    rt_release(data);
  }
  examples->own = NULL;
}

// Checks the recipe before it reads any file.
static int open_fields(rt_examples *examples, text_data *data, rt_error *error) {
  size_t count = (size_t)examples->field_count;
  data->fields = (text_field *)rt_allocate(count * sizeof(text_field));
  data->corpora = (rt_corpus *)rt_allocate(count * sizeof(rt_corpus));
  char *folder = folder_of(examples->path);
  int code = data->fields != NULL && data->corpora != NULL && folder != NULL
                 ? RT_OK
                 : rt_fail_memory(error, count * sizeof(rt_corpus), "data fields");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = read_recipe(examples, i, &data->fields[i], error);
  }
  if (code == RT_OK) {
    code = rt_text_files_open(&data->files, examples->path, error);
  }
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = find_corpus(examples, data, i, folder, error);
    code = code == RT_OK ? count_examples(examples, data, i, error) : code;
  }
  examples->held = code == RT_OK ? count_held(examples, data) : 0;
  rt_release(folder);
  return code;
}

static int text_open(rt_examples *examples, rt_error *error) {
  text_data *data = (text_data *)rt_allocate(sizeof(text_data));
  examples->own = data;
  int code = data != NULL ? open_fields(examples, data, error)
                          : rt_fail_memory(error, sizeof(text_data), "a text");
  if (code != RT_OK) {
    text_close(examples);
  }
  return code;
}

static int text_read(const rt_examples *examples, int field, int64_t example, void *room,
                     rt_error *error) {
  const text_data *data = (const text_data *)examples->own;
  const text_field *f = &data->fields[field];
  const rt_corpus *corpus = &data->corpora[f->corpus];
  int32_t *ids = (int32_t *)room;
  size_t length = (size_t)f->length;
  if (f->kind == WINDOW) {
    return rt_corpus_read(corpus, &data->files, (size_t)(example * f->stride), length, ids, error);
  }
  const rt_text_line *line = &corpus->lines[example];
  size_t count = length > 0 && line->count > length ? length : line->count;
  if (f->kind == LENGTH) {
    ids[0] = (int32_t)(count < INT32_MAX ? count : INT32_MAX);
    return RT_OK;
  }
  for (size_t i = count; i < length; i++) {
    ids[i] = f->missing;
  }
  return rt_corpus_read(corpus, &data->files, line->begin, count, ids, error);
}

// Windows are named by where they begin in their file, lines by their number.
static char *text_place(const rt_examples *examples, int field, int64_t example, char *text,
                        size_t size) {
  const text_data *data = (const text_data *)examples->own;
  const text_field *f = &data->fields[field];
  const rt_corpus *corpus = &data->corpora[f->corpus];
  if (example < 0) {
    snprintf(text, size, "%s", examples->path);
  } else if (f->kind == WINDOW) {
    size_t at = (size_t)(example * f->stride);
    int file = rt_corpus_file(corpus->ends, data->files.count, at);
    at -= file > 0 ? corpus->ends[file - 1] : 0;
    snprintf(text, size, "%s: %s %zu", data->files.items[file].path,
             corpus->are_bytes ? "byte" : "id", at);
  } else {
    int file = rt_corpus_file(corpus->line_ends, data->files.count, (size_t)example);
    snprintf(text, size, "%s: line %u", data->files.items[file].path,
             (unsigned)corpus->lines[example].number);
  }
  return text;
}

static int text_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const text_data *data = (const text_data *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < data->files.count && code == RT_OK; i++) {
    const rt_text_file *f = &data->files.items[i];
    rt_file again = {0};
    int is_ready = f->file.is_open || f->file.held != NULL;
    code = is_ready ? RT_OK : rt_file_open(&again, f->path, error);
    if (code == RT_OK) {
      code = rt_file_checksum(is_ready ? &f->file : &again, sum, f->path, error);
    }
    rt_file_close(&again);
  }
  return code;
}

const rt_data_format rt_text_data = {"text", text_open, text_read, NULL,
                                    text_place, text_checksum, text_close};
