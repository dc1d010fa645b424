// limits_test.c - numbers that a model does not take are refused with file and place, whatever the
// format, before the first step wherever they are cheap to read.

#include <sys/stat.h>

#include "data/dataset.h"
#include "damage.h"

enum { BATCH = 4, LENGTH = 4 };

static const int one[] = {BATCH}, picture[] = {BATCH, 3, 4, 6}, window[] = {BATCH, LENGTH},
                 sound[] = {BATCH, 8};

// Opens a set whose field 'label' may be 0 to `count` - 1; the message must be that of the first
// number that may not, at once or, if it is `late`, when its batch is read.
static void check(const char *format, const char *path, rt_tensor other, rt_field_recipe label,
                  int64_t count, int is_late, const char *message) {
  const rt_tensor inputs[] = {{"label", RT_I64, label.length > 0 ? 2 : 1,
                               label.length > 0 ? window : one}, other};
  const rt_field_recipe fields[] = {label, {.input = other.name}};
  const int field_count = other.name != NULL ? 2 : 1;
  const rt_function step = {.name = "train_step", .input_count = field_count, .inputs = inputs};
  const rt_data_recipe recipe = {.name = "data", .format = format, .field_count = field_count,
                                 .fields = fields};
  const rt_range range = {"train_step", "label", count, 0, NULL};
  const rt_model model = {.range_count = 1, .ranges = &range};
  const char *const paths[] = {path};
  static float room[2][BATCH * 3 * 4 * 6 * 2];
  void *batch[] = {room[0], room[1]};
  rt_dataset data;
  rt_error error = {0};
  CHECK(rt_dataset_open(&data, &recipe, 1, paths, &step, &(rt_holding){0}, NULL, &error) == RT_OK);
  CHECK_TEXT(error.message, "");
  int code = rt_dataset_limit(&data, &model, &step, &error);
  CHECK(code == (is_late ? RT_OK : RT_ERROR_VALUE));
  int64_t late = is_late ? data.count[RT_TRAIN] : 0;
  for (int64_t first = 0; code == RT_OK && first < late; first += BATCH) {
    code = rt_dataset_batch(&data, RT_TRAIN, first, &step, batch, &error);
  }
  CHECK(code == RT_ERROR_VALUE && strcmp(error.message, message) == 0);
  if (strcmp(error.message, message) != 0) {
    printf("  found: %s\n", error.message);
  }
  rt_dataset_close(&data);
}

static const rt_tensor none = {.name = NULL};

static void check_arrays(void) {
  static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 7, 2};
  static unsigned char cifar[4 * 3073];
  static const int64_t labels[] = {0, 1, 2, 9};
  rt_error error = {0};
  const rt_array array = {RT_I64, 1, {4}, 4, (void *)(uintptr_t)labels};
  mkdir("limits", 0777);
  CHECK(rt_npy_write("limits/label.npy", &array, &error) == RT_OK);
  check("npy", "limits", none, (rt_field_recipe){.input = "label"}, 3, 0,
        "limits/label.npy: element 0 of example 3: expected 0 to 2, found 9");
  write_bytes("limits/labels", idx, sizeof idx);
  check("idx", "limits", none, (rt_field_recipe){.input = "label", .source = "labels"}, 3, 0,
        "limits/labels: element 0 of example 2: expected 0 to 2, found 7");
  check("npz", "data/arrays/stored.npz", none, (rt_field_recipe){.input = "label"}, 1, 0,
        "data/arrays/stored.npz: label.npy: element 0 of example 0: expected 0 to 0, found "
        "-5");
  cifar[2 * 3073] = 5;
  write_bytes("limits/data_batch_1.bin", cifar, sizeof cifar);
  check("cifar", "limits", none, (rt_field_recipe){.input = "label"}, 5, 0,
        "limits/data_batch_1.bin: record 2: element 0 of example 2: expected 0 to 4, found 5");
}

static void check_tables(void) {
  const char *table = "kind,label\na,0\nb,1\n\"c\nd\",2\ne,7\n";
  write_bytes("limits.csv", table, strlen(table));
  check("csv", "limits.csv", none, (rt_field_recipe){.input = "label"}, 3, 0,
        "limits.csv: line 6: element 0 of example 3: expected 0 to 2, found 7");
  check("csv", "limits.csv", none,
        (rt_field_recipe){.input = "label", .source = "kind", .kind = "category"}, 3, 0,
        "limits.csv: line 6: element 0 of example 3: expected 0 to 2, found 3");
  check("series", "limits.csv", none, (rt_field_recipe){.input = "label"}, 2, 0,
        "limits.csv: line 4: element 0 of example 2: expected 0 to 1, found 2");
  const char *lines = "{\"label\": 0}\n{\"label\": 2}\n{\"label\": 1}\n{\"label\": 4}\n";
  write_bytes("limits.jsonl", lines, strlen(lines));
  check("boxes", "limits.jsonl", none, (rt_field_recipe){.input = "label"}, 4, 1,
        "limits.jsonl: line 4: element 0 of example 3: expected 0 to 3, found 4");
}

static void check_folders(void) {
  const rt_tensor image = {"image", RT_U8, 4, picture}, wave = {"sound", RT_F32, 2, sound};
  check("images", "data/arrays/images", image, (rt_field_recipe){.input = "label"}, 2, 0,
        "data/arrays/images/dog/1.ppm: element 0 of example 4: expected 0 to 1, found 2");
  mkdir("limits/wav", 0777);
  for (char c = 'a'; c <= 'd'; c++) {
    char path[64];
    rt_file file;
    rt_error error = {0};
    snprintf(path, sizeof path, "limits/wav/%c", c);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "limits/wav/%c/1.wav", c);
    CHECK(rt_file_open(&file, "data/wav/scipy-16.wav", &error) == RT_OK);
    CHECK(rt_file_hold(&file, SIZE_MAX, 0, path, &error) == RT_OK);
    write_bytes(path, file.held, file.size);
    rt_file_close(&file);
  }
  check("wav", "limits/wav", wave, (rt_field_recipe){.input = "label"}, 3, 0,
        "limits/wav/d/1.wav: element 0 of example 3: expected 0 to 2, found 3");
}

static void check_texts(void) {
  write_bytes("limits.txt", "abcdefghijklmn~p", 16);
  check("text", "limits.txt", none, (rt_field_recipe){.input = "label", .length = LENGTH}, 120, 1,
        "limits.txt: byte 12: element 2 of example 3: expected 0 to 119, found 126");
}

int main(void) {
  check_arrays();
  check_tables();
  check_folders();
  check_texts();
  return test_summary();
}
