// set_files.c - finds and opens the files of a set: those of all splits, or one after the other.

#include <string.h>

#include "dataset.h"
#include "formats.h"
#include "tokenizer.h"

// The most examples: shuffling draws 32 bits for each.
#define MOST_EXAMPLES INT64_C(0xffffffff)

static const char *const split_names[RT_SPLITS] = {"train", "validation", "test"};

// Keeps the tokenizer of the files of training, so that other files are read with it.
static int keep_tokenizer(rt_set *set, rt_error *error) {
  const rt_examples *files = &set->files[RT_TRAIN];
  for (int i = 0; set->tokenizer == NULL && i < files->field_count; i++) {
    if (files->fields[i].tokenizer != NULL) {
      set->tokenizer = rt_tokenizer_save(files->fields[i].tokenizer, error);
      if (set->tokenizer == NULL) {
        return RT_ERROR_MEMORY;
      }
    }
  }
  return RT_OK;
}

// Opens the files of a split.
static int open_files(rt_set *set, rt_split split, const char *path, const rt_function *step,
                      rt_error *error) {
  rt_examples *files = &set->files[split];
  int code =
      rt_examples_open_encoded(files, set->recipe, path, step, set->tokenizer, error);
  if (code == RT_OK && files->count > MOST_EXAMPLES) {
    char place[512];
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected fewer than 2^32 examples",
                   files->format->place(files, 0, -1, place, sizeof place));
  }
  if (code == RT_OK && split == RT_TRAIN) {
    code = keep_tokenizer(set, error);
  }
  if (code != RT_OK) {
    rt_examples_close(files);
  }
  return code;
}

// Opens subfolders that are named after splits. Sets `*found` iff there are some, which takes one
// for training and one to validate.
static int open_subfolders(rt_set *set, const char *path, const rt_function *step, int *found,
                           rt_error *error) {
  char *folders[RT_SPLITS] = {NULL};
  int code = RT_OK;
  for (int split = 0; split < RT_SPLITS && code == RT_OK; split++) {
    folders[split] = rt_path_join(path, split_names[split]);
    code = folders[split] != NULL ? RT_OK : rt_fail_memory(error, strlen(path), "a path");
  }
  *found = code == RT_OK && rt_is_directory(folders[RT_TRAIN]) &&
           rt_is_directory(folders[RT_VALIDATION]);
  for (int split = 0; split < RT_SPLITS && *found && code == RT_OK; split++) {
    if (split != RT_TEST || rt_is_directory(folders[split])) {
      code = open_files(set, (rt_split)split, folders[split], step, error);
    }
  }
  for (int split = 0; split < RT_SPLITS; split++) {
    rt_release(folders[split]);
  }
  return code;
}

// Opens held-out examples in files of their own, whose path belongs to the folder of `path`.
static int open_own(rt_set *set, rt_split split, const char *own, const char *path,
                    const rt_function *step, rt_error *error) {
  if (own == NULL) {
    return RT_OK;
  }
  // Beside a file, in a folder.
  char *folder = rt_copy_text(path);
  char *slash = folder != NULL && !rt_is_directory(path) ? strrchr(folder, '/') : NULL;
  if (slash != NULL) {
    *slash = '\0';
  }
  int has_folder = slash != NULL || rt_is_directory(path);
  char *joined = folder != NULL ? rt_path_join(has_folder ? folder : ".", own) : NULL;
  int code = joined != NULL ? open_files(set, split, joined, step, error)
                            : rt_fail_memory(error, strlen(own), "a path");
  rt_release(joined);
  rt_release(folder);
  return code;
}

int rt_set_open_files(rt_set *set, const rt_function *step, int only_named, rt_error *error) {
  const rt_data_recipe *recipe = set->recipe;
  int has_subfolders = 0, code = RT_OK;
  if (rt_is_directory(set->path)) {
    code = open_subfolders(set, set->path, step, &has_subfolders, error);
  }
  if (code == RT_OK && !has_subfolders) {
    code = open_files(set, RT_TRAIN, set->path, step, error);
    if (code == RT_OK && !only_named) {
      code = open_own(set, RT_VALIDATION, recipe->validation, set->path, step, error);
    }
    if (code == RT_OK && !only_named) {
      code = open_own(set, RT_TEST, recipe->test, set->path, step, error);
    }
  }
  return code;
}
