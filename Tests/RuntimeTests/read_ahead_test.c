// read_ahead_test.c - batches that a thread reads ahead are those that are read when they are
// needed: the same bytes, and the same errors at the same batch.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/read_ahead.h"
#include "files/image.h"
#include "test.h"

enum { PICTURES = 103, OTHERS = 20, SIDE = 9, BATCH = 8, PIXELS = 3 * 6 * 6 };

// ---- Data ------------------------------------------------------------------------

static void write_picture(const char *path, int number) {
  static unsigned char pixels[3 * SIDE * SIDE];
  rt_error error = {0};
  for (int i = 0; i < 3 * SIDE * SIDE; i++) {
    pixels[i] = (unsigned char)(number * 7 + i * i);
  }
  const rt_image image = {3, SIDE, SIDE, pixels};
  CHECK(rt_png_write(path, &image, &error) == RT_OK);
}

// A folder of pictures in two classes, and one of pictures without classes.
static void make_folders(void) {
  static const char *const folders[] = {"ahead", "ahead/a", "ahead/b", "other"};
  for (int i = 0; i < 4; i++) {
    mkdir(folders[i], 0777);
  }
  for (int i = 0; i < PICTURES; i++) {
    char path[64];
    snprintf(path, sizeof path, "ahead/%c/%03d.png", i % 3 == 0 ? 'a' : 'b', i);
    write_picture(path, i);
  }
  for (int i = 0; i < OTHERS; i++) {
    char path[64];
    snprintf(path, sizeof path, "other/%03d.png", i);
    write_picture(path, 1000 + i);
  }
}

static const int picture_shape[] = {BATCH, 3, 6, 6}, label_shape[] = {BATCH},
                 other_shape[] = {4, 3, 6, 6}, rest_shape[] = {1, 3, 6, 6}, one_shape[] = {1};

static const rt_tensor step_inputs[] = {{"image", RT_F32, 4, picture_shape},
                                        {"label", RT_I64, 1, label_shape},
                                        {"other", RT_U8, 4, other_shape}};
static const rt_tensor rest_inputs[] = {{"image", RT_F32, 4, rest_shape},
                                        {"label", RT_I64, 1, one_shape}};

static const rt_function step = {.name = "train_step", .input_count = 3, .inputs = step_inputs};
static const rt_function rest = {.name = "rest", .input_count = 2, .inputs = rest_inputs};

static const rt_field_recipe fields[] = {{.input = "image"}, {.input = "label"}};
static const rt_field_recipe other_fields[] = {{.input = "other", .source = "image"}};
static const rt_data_recipe recipes[] = {
    {.name = "first", .format = "images", .field_count = 2, .fields = fields},
    {.name = "second", .format = "images", .field_count = 1, .fields = other_fields},
};

// Opens both sets, with a reader or without.
static void open_data(rt_dataset *data, int is_ahead) {
  static const char *const paths[] = {"ahead", "other"};
  const rt_holding holding = {.validation = 0.2};
  rt_error error = {0};
  CHECK(rt_dataset_open(data, recipes, 2, paths, &step, &holding, NULL, &error) == RT_OK);
  CHECK_TEXT(error.message, "");
  CHECK((data->reader != NULL) == rt_may_read_ahead());
  if (!is_ahead) {
    rt_ahead_close(data->reader);
    data->reader = NULL;
  }
}

// ---- The same bytes --------------------------------------------------------------

// The inputs of a step.
typedef struct {
  float images[BATCH * PIXELS];
  int64_t labels[BATCH];
  unsigned char others[4 * PIXELS];
} batch;

static int take(const rt_dataset *data, rt_split split, int64_t first, const rt_function *function,
                batch *b, rt_error *error) {
  void *inputs[] = {b->images, b->labels, b->others};
  memset(b, 0xee, sizeof *b);
  return rt_dataset_batch(data, split, first, function, inputs, error);
}

// Batches of some epochs, out of order here and there, as when a run is resumed or evaluated.
static void check_same(void) {
  static batch a, b;
  rt_dataset now, ahead;
  rt_error error = {0};
  open_data(&now, 0);
  open_data(&ahead, 1);
  int64_t count = now.count[RT_TRAIN], held = now.count[RT_VALIDATION];
  CHECK(count == 82 && held == 21 && ahead.count[RT_TRAIN] == count);
  int same = 0, all = 0;
  for (uint32_t epoch = 0; epoch < 4; epoch++) {
    rt_dataset_shuffle(&now, 5, epoch, count / BATCH);
    rt_dataset_shuffle(&ahead, 5, epoch, count / BATCH);
    for (int64_t first = epoch == 2 ? 3 * BATCH : 0; first + BATCH <= count; first += BATCH) {
      int is_left = epoch == 1 && first == 4 * BATCH;
      for (int i = 0; i < (is_left ? 2 : 1); i++) {
        CHECK(take(&now, RT_TRAIN, first, &step, &a, &error) == RT_OK);
        CHECK(take(&ahead, RT_TRAIN, first, &step, &b, &error) == RT_OK);
        same += memcmp(&a, &b, sizeof a) == 0;
        all++;
      }
    }
    int64_t first = 0;
    for (; first + BATCH <= held; first += BATCH) {
      CHECK(take(&now, RT_VALIDATION, first, &step, &a, &error) == RT_OK);
      CHECK(take(&ahead, RT_VALIDATION, first, &step, &b, &error) == RT_OK);
      same += memcmp(&a, &b, sizeof a) == 0;
      all++;
    }
    for (; first < held; first++) {
      CHECK(take(&now, RT_VALIDATION, first, &rest, &a, &error) == RT_OK);
      CHECK(take(&ahead, RT_VALIDATION, first, &rest, &b, &error) == RT_OK);
      same += memcmp(&a, &b, sizeof a) == 0;
      all++;
    }
  }
  CHECK(same == all && all > 60);
  CHECK(rt_dataset_bytes(&ahead) == rt_dataset_bytes(&now) + rt_ahead_bytes(ahead.reader));
  // The thread may be reading now.
  rt_dataset_close(&now);
  rt_dataset_close(&ahead);
}

// ---- The same errors -------------------------------------------------------------

// The first batch that fails in an epoch, or -1.
static int64_t find_failure(const rt_dataset *data, rt_error *error) {
  static batch b;
  for (int64_t first = 0; first + BATCH <= data->count[RT_TRAIN]; first += BATCH) {
    if (take(data, RT_TRAIN, first, &step, &b, error) != RT_OK) {
      return first / BATCH;
    }
  }
  return -1;
}

static void check_errors(void) {
  static batch a, b;
  rt_dataset now, ahead;
  rt_error first = {0}, second = {0};
  open_data(&now, 0);
  open_data(&ahead, 1);
  rt_dataset_shuffle(&now, 1, 0, 10);
  rt_dataset_shuffle(&ahead, 1, 0, 10);
  unlink("ahead/b/052.png");
  CHECK(truncate("ahead/a/051.png", 60) == 0);
  int64_t failed = find_failure(&now, &first);
  CHECK(failed > 0 && find_failure(&ahead, &second) == failed);
  CHECK(first.code == second.code && strcmp(first.message, second.message) == 0);
  CHECK_TEXT(second.message, "ahead/");
  // The batch fails again, and others do not.
  CHECK(take(&ahead, RT_TRAIN, failed * BATCH, &step, &b, &second) == first.code);
  CHECK(take(&ahead, RT_TRAIN, 0, &step, &b, &second) == RT_OK);
  CHECK(take(&now, RT_TRAIN, 0, &step, &a, &first) == RT_OK && memcmp(&a, &b, sizeof a) == 0);
  CHECK(take(&ahead, RT_TEST, 0, &step, &b, &second) == RT_ERROR_MISMATCH);
  CHECK_TEXT(second.message, "ahead: no examples are held out");
  rt_dataset_close(&now);
  rt_dataset_close(&ahead);
}

// ---- A file that is not held -----------------------------------------------------

enum { ROWS = 20000, COLUMNS = 3500 };  // 70 MB

static const int row_shape[] = {BATCH, COLUMNS};
static const rt_tensor row_inputs[] = {{"row", RT_U8, 2, row_shape}};
static const rt_function row_step = {.name = "train_step", .input_count = 1, .inputs = row_inputs};
static const rt_field_recipe row_fields[] = {{.input = "row"}};
static const rt_data_recipe row_recipe = {.name = "rows", .format = "npy", .field_count = 1,
                                          .fields = row_fields};

// Every 40th row says its number; the others are holes in the file.
static void write_rows(void) {
  char header[128];
  memset(header, ' ', sizeof header);
  memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
  int used = snprintf(header + 10, 118, "{'descr': '|u1', 'fortran_order': False, 'shape': "
                      "(%d, %d), }", ROWS, COLUMNS);
  header[10 + used] = ' ';
  header[127] = '\n';
  mkdir("rows", 0777);
  FILE *file = fopen("rows/row.npy", "wb");
  CHECK(file != NULL && fwrite(header, 1, sizeof header, file) == sizeof header);
  for (int i = 0; i < ROWS && file != NULL; i += 40) {
    const unsigned char number[] = {(unsigned char)i, (unsigned char)(i >> 8)};
    CHECK(fseek(file, 128 + (long)i * COLUMNS, SEEK_SET) == 0);
    CHECK(fwrite(number, 1, 2, file) == 2);
  }
  CHECK(file != NULL && fclose(file) == 0);
  CHECK(truncate("rows/row.npy", 128 + (off_t)ROWS * COLUMNS) == 0);
}

static void check_large(void) {
  static const char *const paths[] = {"rows"};
  static unsigned char room[BATCH * COLUMNS];
  void *batch_inputs[] = {room};
  rt_dataset data;
  rt_error error = {0};
  write_rows();
  CHECK(rt_dataset_open(&data, &row_recipe, 1, paths, &row_step, &(rt_holding){0}, NULL, &error) ==
        RT_OK);
  CHECK(data.sets[0].files[0].held == 0 && (data.reader != NULL) == rt_may_read_ahead());
  rt_dataset_shuffle(&data, 3, 0, ROWS / BATCH);
  int right = 0, code = RT_OK;
  for (int64_t first = 0; first < 1000 * BATCH && code == RT_OK; first += BATCH) {
    code = rt_dataset_batch(&data, RT_TRAIN, first, &row_step, batch_inputs, &error);
    for (int n = 0; n < BATCH; n++) {
      int64_t row = data.sets[0].order[RT_TRAIN][first + n];
      int64_t found = room[n * COLUMNS] | room[n * COLUMNS + 1] << 8;
      right += found == (row % 40 == 0 ? row : 0);
    }
  }
  CHECK(code == RT_OK && right == 1000 * BATCH);
  rt_dataset_close(&data);
  unlink("rows/row.npy");
}

// A reader that never reads, and one that ends while it does.
static void check_ends(void) {
  static batch b;
  rt_error error = {0};
  for (int i = 0; i < 20; i++) {
    rt_dataset data;
    open_data(&data, 1);
    rt_dataset_shuffle(&data, 1, 0, 10);
    if (i % 2 == 1) {
      CHECK(take(&data, RT_TRAIN, 0, &step, &b, &error) == RT_OK);
    }
    if (i % 4 == 3) {
      rt_dataset_shuffle(&data, 1, 1, 10);
    }
    rt_dataset_close(&data);
  }
}

int main(void) {
  make_folders();
  check_same();
  check_large();
  check_ends();
  check_errors();
  return test_summary();
}
