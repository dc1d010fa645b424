// dataset.c - opens the sets of examples of a training.

#include "read_ahead.h"

#include <string.h>

#include "formats.h"
#include "tokenizer.h"

const rt_examples *rt_set_files(const rt_set *set, rt_split split) {
  return &set->files[set->files[split].format != NULL ? split : RT_TRAIN];
}

// The bytes of the largest example of a set as it is stored.
static size_t example_bytes(const rt_set *set) {
  size_t most = 0;
  for (int split = 0; split < RT_SPLITS; split++) {
    for (int i = 0; i < set->files[split].field_count; i++) {
      const rt_example_field *field = &set->files[split].fields[i];
      size_t bytes = field->elements * rt_dtype_size(field->dtype);
      most = bytes > most ? bytes : most;
    }
  }
  return most;
}

// Opens a set: its files, and which of their examples are held out.
static int open_set(rt_set *set, const rt_data_recipe *recipe, const char *path,
                    const rt_function *step, const rt_holding *holding, const char *tokenizer,
                    rt_error *error) {
  set->recipe = recipe;
  set->tokenizer = tokenizer != NULL ? rt_copy_text(tokenizer) : NULL;
  if (tokenizer != NULL && set->tokenizer == NULL) {
    return rt_fail_memory(error, strlen(tokenizer), "a tokenizer");
  }
  int is_folder = strcmp(recipe->format, rt_npy_data.name) == 0;
  if (path == NULL || !(rt_is_directory(path) || (rt_is_file(path) && !is_folder))) {
    const char *quote = path != NULL ? "'" : "";
    return rt_fail(error, RT_ERROR_FILE,
                   "%s: expected a %s, found %s%s%s; name one with --data", recipe->name,
                   is_folder ? "directory" : "file or a directory", quote,
                   path != NULL ? path : "none", quote);
  }
  set->path = rt_copy_text(path);
  if (set->path == NULL) {
    return rt_fail_memory(error, strlen(path), "a path");
  }
  int code = rt_set_open_files(set, step, holding->only_named, error);
  if (code == RT_OK) {
    code = rt_set_check_classes(set, error);
  }
  if (code == RT_OK) {
    size_t bytes = example_bytes(set);
    set->scratch = (unsigned char *)rt_allocate(bytes);
    code = set->scratch != NULL ? RT_OK : rt_fail_memory(error, bytes, "an example");
  }
  return code == RT_OK ? rt_set_split(set, holding, error) : code;
}

// A recipe for a model that declares no sets: a folder with an .npy file for each input.
static int make_recipe(rt_dataset *data, const rt_function *step, rt_error *error) {
  size_t bytes = (size_t)step->input_count * sizeof(rt_field_recipe);
  data->made_fields = (rt_field_recipe *)rt_allocate(bytes);
  if (data->made_fields == NULL) {
    return rt_fail_memory(error, bytes, "data fields");
  }
  for (int i = 0; i < step->input_count; i++) {
    data->made_fields[i].input = step->inputs[i].name;
  }
  data->made = (rt_data_recipe){.name = "data", .format = "npy",
                                .field_count = step->input_count, .fields = data->made_fields};
  return RT_OK;
}

// Finds which field of which set feeds each input.
static int find_feeds(rt_dataset *data, const rt_function *step, rt_error *error) {
  size_t bytes = (size_t)step->input_count * sizeof(rt_feed);
  data->feeds = (rt_feed *)rt_allocate(bytes);
  if (data->feeds == NULL) {
    return rt_fail_memory(error, bytes, "data fields");
  }
  data->feed_count = step->input_count;
  for (int i = 0; i < step->input_count; i++) {
    rt_feed *feed = &data->feeds[i];
    feed->set = -1;
    for (int s = 0; s < data->set_count; s++) {
      const rt_examples *files = &data->sets[s].files[RT_TRAIN];
      for (int f = 0; f < files->field_count; f++) {
        if (files->fields[f].input == &step->inputs[i]) {
          *feed = (rt_feed){s, f, NULL};
          data->sets[s].batch = step->inputs[i].shape[0];
        }
      }
    }
    if (feed->set < 0) {
      return rt_fail(error, RT_ERROR_MISMATCH, "no data feed the input '%s' of '%s'",
                     step->inputs[i].name, step->name);
    }
  }
  return RT_OK;
}

// Lets batches be read ahead if an input is costly to read and there may be a second thread.
static void open_reader(rt_dataset *data, const rt_function *step) {
  size_t scratch = 0;
  int is_costly = 0;
  for (int s = 0; s < data->set_count; s++) {
    size_t bytes = example_bytes(&data->sets[s]);
    scratch = bytes > scratch ? bytes : scratch;
    for (int split = 0; split < RT_SPLITS; split++) {
      const rt_examples *files = &data->sets[s].files[split];
      for (int i = 0; i < files->field_count; i++) {
        is_costly |= files->fields[i].is_costly;
      }
    }
  }
  if (is_costly && rt_may_read_ahead()) {
    data->reader = rt_ahead_open(step, scratch);
  }
}

int rt_dataset_open(rt_dataset *data, const rt_data_recipe *sets, int set_count,
                    const char *const *paths, const rt_function *step, const rt_holding *holding,
                    const char *tokenizer, rt_error *error) {
  *data = (rt_dataset){0};
  if (step->input_count == 0) {
    return RT_OK;
  }
  int code = set_count == 0 ? make_recipe(data, step, error) : RT_OK;
  int count = set_count == 0 ? 1 : set_count;
  size_t bytes = (size_t)count * sizeof(rt_set);
  data->sets = code == RT_OK ? (rt_set *)rt_allocate(bytes) : NULL;
  if (code == RT_OK && data->sets == NULL) {
    code = rt_fail_memory(error, bytes, "sets of data");
  }
  for (int s = 0; s < count && code == RT_OK; s++) {
    data->set_count = s + 1;
    code = open_set(&data->sets[s], set_count == 0 ? &data->made : &sets[s], paths[s], step,
                    holding, tokenizer, error);
  }
  if (code == RT_OK) {
    code = find_feeds(data, step, error);
  }
  if (code == RT_OK) {
    memcpy(data->count, data->sets[0].count, sizeof data->count);
    open_reader(data, step);
  }
  return code;
}

int rt_dataset_check_batch(const rt_dataset *data, rt_error *error) {
  for (int s = 0; s < data->set_count; s++) {
    const rt_set *set = &data->sets[s];
    if (set->count[RT_TRAIN] < set->batch) {
      return rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected at least one batch of %d examples to train on, found %lld",
                     set->path, set->batch, (long long)set->count[RT_TRAIN]);
    }
  }
  return RT_OK;
}

void rt_dataset_close(rt_dataset *data) {
  rt_ahead_close(data->reader);
  for (int s = 0; s < data->set_count; s++) {
    rt_set *set = &data->sets[s];
    for (int split = 0; split < RT_SPLITS; split++) {
      rt_examples_close(&set->files[split]);
    }
    rt_release(set->path);
    rt_release(set->tokenizer);
    rt_release(set->rows);
    rt_release(set->scratch);
  }
  rt_release(data->sets);
  rt_release(data->feeds);
  rt_release(data->made_fields);
  *data = (rt_dataset){0};
}

int rt_dataset_checksum(const rt_dataset *data, uint32_t *sum, rt_error *error) {
  int code = RT_OK;
  *sum = 0;
  for (int s = 0; s < data->set_count; s++) {
    for (int split = 0; split < RT_SPLITS && code == RT_OK; split++) {
      const rt_examples *files = &data->sets[s].files[split];
      code = files->format != NULL ? files->format->checksum(files, sum, error) : RT_OK;
    }
  }
  return code;
}

const char *rt_dataset_tokenizer(const rt_dataset *data) {
  for (int s = 0; s < data->set_count; s++) {
    if (data->sets[s].tokenizer != NULL) {
      return data->sets[s].tokenizer;
    }
  }
  return NULL;
}

size_t rt_dataset_bytes(const rt_dataset *data) {
  size_t bytes = rt_ahead_bytes(data->reader);
  for (int s = 0; s < data->set_count; s++) {
    const rt_set *set = &data->sets[s];
    for (int split = 0; split < RT_SPLITS; split++) {
      bytes += set->files[split].held + (size_t)set->count[split] * sizeof(int64_t);
    }
    bytes += (size_t)set->count[RT_TRAIN] * sizeof(int64_t);
  }
  return bytes;
}
