// wav_examples.c - a folder of WAV files, each of which is an example.
//
// The headers of all files are read when the set is opened, so that a wrong rate or number of
// channels stops before the training; samples are read with their example, and a truncated file is
// an error then if it was cut since.

#include <string.h>

#include "class_files.h"
#include "formats.h"
#include "wav_rates.h"

// All bytes count for the checksum of so much sound; of more, those of so many files.
enum { SMALL = 64 << 20, SAMPLED = 64 };

typedef struct {
  rt_class_files files;
  rt_wav_rates rates;
  uint64_t bytes;  // of all
} sounds;

static void wav_close(rt_examples *examples) {
  sounds *s = (sounds *)examples->own;
  if (s != NULL) {
    rt_class_files_clear(&s->files);
    rt_wav_rates_clear(&s->rates);
  }
  rt_release(s);
  examples->own = NULL;
}

// True iff a field is the number of the class; else it is the sound.
static int is_label(const rt_example_field *field) {
  const rt_field_recipe *recipe = field->recipe;
  return strcmp(recipe->source != NULL ? recipe->source : recipe->input, "label") == 0;
}

// Sets what an example of a field is.
static int take_type(rt_example_field *field, const char *path, rt_error *error) {
  const rt_field_recipe *recipe = field->recipe;
  const rt_tensor *input = field->input;
  const char *source = recipe->source != NULL ? recipe->source : recipe->input;
  if (is_label(field)) {
    field->dtype = RT_I32;
    field->rank = 0;
    field->elements = 1;
    return RT_OK;
  }
  if (strcmp(source, "sound") != 0) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected 'sound' or 'label' as the source of '%s', found '%.60s'", path,
                   recipe->input, source);
  }
  if (input->rank != 2 && input->rank != 3) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected an input [samples] or [channels, samples] for each sound, found "
                   "'%s' %s",
                   path, recipe->input, rt_tensor_text(type, sizeof type, input));
  }
  int last = input->rank - 1;
  field->is_costly = 1;
  field->dtype = RT_F32;
  field->rank = last;
  field->shape[0] = input->shape[1];
  field->shape[last - 1] = recipe->length > 0 ? recipe->length : input->shape[last];
  field->elements = (size_t)field->shape[0] * (size_t)(last == 2 ? field->shape[1] : 1);
  return RT_OK;
}

// The channels that a field needs; 1 stands for the mean of all.
static int channels_of(const rt_example_field *field) {
  return field->rank == 2 ? (int)field->shape[0] : 1;
}

// Opens a file and finds its sound.
static int open_sound(rt_file *file, rt_wav *wav, const char *path, rt_error *error) {
  int code = rt_file_open(file, path, error);
  return code == RT_OK ? rt_wav_parse(wav, file, path, error) : code;
}

// Checks that a file has the channels that the fields need.
static int check_channels(const rt_examples *examples, const rt_wav *wav, const char *path,
                          rt_error *error) {
  for (int i = 0; i < examples->field_count; i++) {
    int channels = channels_of(&examples->fields[i]);
    if (channels != 1 && channels != wav->channels) {
      return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected %d channels, found %d", path, channels,
                     wav->channels);
    }
  }
  return RT_OK;
}

// Checks all files without reading their samples.
static int check_sounds(rt_examples *examples, rt_error *error) {
  sounds *s = (sounds *)examples->own;
  int code = RT_OK, has_rate = 0;
  for (int i = 0; i < examples->field_count && code == RT_OK && !has_rate; i++) {
    if (!is_label(&examples->fields[i])) {
      code = rt_wav_rates_begin(&s->rates, examples->fields[i].recipe, examples->path, error);
      has_rate = s->rates.is_stated;
    }
  }
  for (int64_t i = 0; i < s->files.count && code == RT_OK; i++) {
    rt_file file;
    rt_wav wav;
    const char *path = s->files.items[i].path;
    code = open_sound(&file, &wav, path, error);
    code = code == RT_OK ? rt_wav_rates_add(&s->rates, &wav, path, error) : code;
    code = code == RT_OK ? check_channels(examples, &wav, path, error) : code;
    s->bytes += file.size;
    rt_file_close(&file);
  }
  for (int i = 0; i < examples->field_count; i++) {
    examples->fields[i].rate = is_label(&examples->fields[i]) ? 0 : s->rates.rate;
  }
  return code;
}

static int wav_open(rt_examples *examples, rt_error *error) {
  sounds *s = (sounds *)rt_allocate(sizeof *s);
  rt_example_field *label = NULL;
  examples->own = s;
  int code = s != NULL ? RT_OK : rt_fail_memory(error, sizeof *s, "sounds");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = take_type(&examples->fields[i], examples->path, error);
    label = is_label(&examples->fields[i]) ? &examples->fields[i] : label;
  }
  if (code == RT_OK) {
    code = rt_class_files_find(&s->files, examples->path, ".wav", label, error);
  }
  code = code == RT_OK ? check_sounds(examples, error) : code;
  if (code == RT_OK) {
    examples->count = s->files.count;
  } else {
    wav_close(examples);
  }
  return code;
}

// Opens the file of an example again: thousands of them cannot stay open.
static int wav_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  const sounds *s = (const sounds *)examples->own;
  const rt_class_file *item = &s->files.items[example];
  const rt_example_field *f = &examples->fields[field];
  if (is_label(f)) {
    memcpy(room, &item->label, sizeof item->label);
    return RT_OK;
  }
  rt_file file;
  rt_wav wav;
  int code = open_sound(&file, &wav, item->path, error);
  if (code == RT_OK) {
    code = rt_wav_rates_read(&s->rates, &wav, &file, channels_of(f), f->shape[f->rank - 1],
                             (float *)room, item->path, error);
  }
  rt_file_close(&file);
  return code;
}

static char *wav_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  const sounds *s = (const sounds *)examples->own;
  (void)field;
  snprintf(text, size, "%s", example < 0 ? examples->path : s->files.items[example].path);
  return text;
}

// The names of all files count, and the bytes of some.
static int wav_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const sounds *s = (const sounds *)examples->own;
  int64_t step = s->bytes <= SMALL ? 1 : (s->files.count + SAMPLED - 1) / SAMPLED;
  int code = RT_OK;
  for (int64_t i = 0; i < s->files.count && code == RT_OK; i++) {
    // The folder may have another name elsewhere.
    const char *path = s->files.items[i].path, *name = path + strlen(examples->path);
    *sum = rt_checksum(*sum, name, strlen(name));
    if (i % step == 0) {
      rt_file file;
      code = rt_file_open(&file, path, error);
      code = code == RT_OK ? rt_file_checksum(&file, sum, path, error) : code;
      rt_file_close(&file);
    }
  }
  return code;
}

const rt_data_format rt_wav_data = {"wav", wav_open, wav_read, NULL,
                                    wav_place, wav_checksum, wav_close};
