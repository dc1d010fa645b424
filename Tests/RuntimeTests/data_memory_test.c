// data_memory_test.c - every allocation of data sets and pictures fails in turn: an error says so,
// and nothing stays allocated.
//
// Linked with --wrap for each function __wrap_... below, so that calls of the runtime arrive here.

#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>

#include "data_sets.h"
#include "files/image.h"

static long room = -1;  // allocations that still succeed; negative: all
static long held;       // allocations that were not given back

// Counts one allocation; false if it must fail.
static int take(void) {
  if (room >= 0 && room-- == 0) {
    errno = ENOMEM;
    return 0;
  }
  held++;
  return 1;
}

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
DIR *__real_opendir(const char *path);
int __real_closedir(DIR *folder);

void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);
DIR *__wrap_opendir(const char *path);
int __wrap_closedir(DIR *folder);

void *__wrap_calloc(size_t count, size_t size) {
  return take() ? __real_calloc(count, size) : NULL;
}

void __wrap_free(void *block) {
  held -= block != NULL;
  __real_free(block);
}

DIR *__wrap_opendir(const char *path) { return take() ? __real_opendir(path) : NULL; }

int __wrap_closedir(DIR *folder) {
  held--;
  return __real_closedir(folder);
}

// Opens a data set, reads an example of each field, and computes the checksum.
static int use_set(const char *format, const char *path, const char *first, const char *second,
                   const int *extents, rt_error *error) {
  static unsigned char example[3072 * 4];
  set s = {0};
  uint32_t sum = 0;
  add(&s, first, NULL, NULL, RT_U8, extents);
  if (second != NULL) {
    add(&s, second, NULL, NULL, RT_I64, SHAPE(0));
  }
  int code = open_set(&s, format, path);
  for (int i = 0; i < s.recipe.field_count && code == RT_OK; i++) {
    code = read_one(&s, i, 1, example);
  }
  if (code == RT_OK) {
    code = s.examples.format->checksum(&s.examples, &sum, &s.error);
  }
  rt_examples_close(&s.examples);
  *error = s.error;
  return code;
}

// Writes a grid of two pictures and reads it.
static int use_grid(rt_error *error) {
  float pixels[2 * 3 * 4 * 4] = {0.5f};
  const rt_array array = {RT_F32, 4, {2, 3, 4, 4}, 96, pixels};
  rt_image grid, back;
  int code = rt_image_grid(&grid, &array, 0, -1, "pictures", error);
  code = code == RT_OK ? rt_png_write("grid.png", &grid, error) : code;
  if (code == RT_OK) {
    code = rt_image_read(&back, "grid.png", error);
    code = code == RT_OK ? rt_image_convert(&back, 1, error) : code;
    rt_release(back.pixels);
  }
  rt_release(grid.pixels);
  return code;
}

static int use(int which, rt_error *error) {
  switch (which) {
    case 0:
      return use_set("idx", "data/arrays/idx", "train-images-idx3-ubyte",
                     "train-labels-idx1-ubyte", SHAPE(1, 4, 6, 0), error);
    case 1:
      return use_set("cifar", "data/arrays/cifar10", "image", "label", SHAPE(3, 32, 32, 0), error);
    case 2:
      return use_set("npz", "data/arrays/stored.npz", "image", "label", SHAPE(4, 6, 0), error);
    case 3:
      return use_set("npz", "data/arrays/compressed.npz", "image", "label", SHAPE(4, 6, 0), error);
    case 4:
      return use_set("images", "data/arrays/images", "image", "label", SHAPE(3, 2, 9, 0), error);
    case 5:
      return use_set("images", "data/arrays/plain", "image", NULL, SHAPE(7, 7, 0), error);
    default:
      return use_grid(error);
  }
}

int main(void) {
  for (int which = 0; which < 7; which++) {
    int code = -1;
    for (long number = 0; number < 400 && code != RT_OK; number++) {
      rt_error error = {0};
      room = number;
      held = 0;
      code = use(which, &error);
      int is_over = room >= 0;
      room = -1;
      CHECK(held == 0);
      CHECK(is_over == (code == RT_OK));
      CHECK(code == RT_OK || code == RT_ERROR_MEMORY || code == RT_ERROR_FILE);
      if (code != RT_OK) {
        CHECK_TEXT(error.message, code == RT_ERROR_MEMORY ? "no memory for" : "annot");
      }
    }
    CHECK(code == RT_OK);
  }
  return test_summary();
}
