// program_test.c - data sets, checkpoints, evaluation and batches, on the model in
// fixture/.

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "runtime/program/training.h"
#include "runtime/runtime.h"
#include "test.h"
#include "tiny.h"

enum { EXAMPLES = 120 };

static void save(const char *path, rt_dtype dtype, int64_t rows, int64_t columns,
                 const void *data) {
  rt_error error = {0};
  rt_array array = {dtype, columns > 0 ? 2 : 1, {rows, columns}, 0, (void *)(uintptr_t)data};
  array.elements = (size_t)(rows * (columns > 0 ? columns : 1));
  CHECK(rt_npy_write(path, &array, &error) == RT_OK);
}

// point[k] = (k / 64, k / 64 + 0.5), label[k] = k mod 3, as u8 and i64.
static void make_data(const char *directory, int64_t examples) {
  static float points[2 * EXAMPLES];
  static int64_t labels[EXAMPLES];
  char path[256];
  rt_error error = {0};
  for (int k = 0; k < EXAMPLES; k++) {
    points[2 * k] = (float)k / 64.0f;
    points[2 * k + 1] = (float)k / 64.0f + 0.5f;
    labels[k] = k % 3;
  }
  CHECK(rt_make_directory(directory, &error) == RT_OK);
  snprintf(path, sizeof path, "%s/point.npy", directory);
  save(path, RT_F32, examples, 2, points);
  snprintf(path, sizeof path, "%s/label.npy", directory);
  save(path, RT_I64, examples, 0, labels);
}

// Opens a folder with an .npy file for each input, of which a share is held out.
static int open_folder(rt_dataset *data, const char *folder, const rt_function *function,
                       double share, rt_error *error) {
  const char *paths[] = {folder};
  const rt_holding holding = {.validation = share};
  int code = rt_dataset_open(data, NULL, 0, paths, function, &holding, NULL, error);
  code = code == RT_OK ? rt_dataset_check_batch(data, error) : code;
  if (code != RT_OK) {
    rt_dataset_close(data);
  }
  return code;
}

static const rt_function *step(void) { return rt_find_function(&tiny_model, "train_step"); }

static void check_split(void) {
  rt_dataset data;
  rt_call call;
  rt_error error = {0};
  char seen[EXAMPLES] = {0};
  make_data("set", EXAMPLES);
  CHECK(open_folder(&data, "set", step(), 0.3, &error) == RT_OK);
  CHECK(data.count[RT_TRAIN] == 84 && data.count[RT_VALIDATION] == 36);
  CHECK(rt_call_create(&call, step(), &error) == RT_OK);

  int64_t order[EXAMPLES];
  for (int k = 0; k < EXAMPLES; k++) {
    order[k] = k;
  }
  rt_permute(order, EXAMPLES, 0, 0, RT_TAG_SPLIT);
  CHECK(memcmp(order + 84, data.sets[0].order[RT_VALIDATION], 36 * sizeof *order) == 0);
  for (int epoch = 0; epoch < 2; epoch++) {
    int64_t shuffled[84];
    memcpy(shuffled, order, sizeof shuffled);
    rt_permute(shuffled, 84, 9, (uint32_t)epoch, RT_TAG_SHUFFLE);
    rt_dataset_shuffle(&data, 9, (uint32_t)epoch, 5);
    CHECK(memcmp(shuffled, data.sets[0].order[RT_TRAIN], sizeof shuffled) == 0);
  }
  int right = 0;
  for (int64_t first = 0; first + 16 <= 84; first += 16) {
    CHECK(rt_dataset_batch(&data, RT_TRAIN, first, step(), call.inputs, &error) == RT_OK);
    const float *points = (const float *)call.inputs[0];
    const int32_t *labels = (const int32_t *)call.inputs[1];
    for (int n = 0; n < 16; n++) {
      int k = (int)(points[2 * n] * 64.0f);
      right += points[2 * n + 1] == (float)k / 64.0f + 0.5f && labels[n] == k % 3 && !seen[k];
      seen[k] = 1;
    }
  }
  CHECK(right == 80);
  rt_call_destroy(&call);
  rt_dataset_close(&data);
}

static void check_directories(void) {
  rt_dataset data;
  rt_error error = {0};
  make_data("two/train", 64);
  make_data("two/validation", 20);
  CHECK(open_folder(&data, "two", step(), 0.5, &error) == RT_OK);
  CHECK(data.count[RT_TRAIN] == 64 && data.count[RT_VALIDATION] == 20);
  CHECK(data.sets[0].order[RT_VALIDATION][0] == 0 && data.sets[0].order[RT_VALIDATION][19] == 19);
  CHECK(data.sets[0].order[RT_TRAIN][63] == 63);
  rt_dataset_close(&data);
}

static void check_bad_data(void) {
  static const float reals[64] = {0};
  static const int64_t wide[16] = {0, 1, INT64_C(1) << 40};
  rt_dataset data;
  rt_call call;
  rt_error error = {0};
  CHECK(open_folder(&data, "nowhere", step(), 0.0, &error) == RT_ERROR_FILE);
  CHECK_TEXT(error.message, "expected a directory, found 'nowhere'");
  make_data("bad", 64);
  save("bad/point.npy", RT_F32, 16, 3, reals);
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "bad/point.npy: expected f32[*, 2], found f32[16, 3]");
  make_data("bad", 64);
  save("bad/label.npy", RT_F32, 64, 0, reals);
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "bad/label.npy: expected i32[*], found f32[64]");
  save("bad/label.npy", RT_I64, 16, 0, wide);
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "expected 64 examples as in 'bad/point.npy', found 16");
  save("bad/point.npy", RT_F32, 16, 2, reals);
  CHECK(open_folder(&data, "bad", step(), 0.5, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "at least one batch of 16 examples to train on, found 8");
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_OK);
  CHECK(rt_call_create(&call, step(), &error) == RT_OK);
  CHECK(rt_dataset_batch(&data, RT_TRAIN, 0, step(), call.inputs, &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "bad/label.npy: element 0 of example 2 does not fit into i32");
  rt_call_destroy(&call);
  rt_dataset_close(&data);
}

// Writes 64 labels, 0 but for `odd`, which stands at `place`, in the other order of bytes.
static void save_swapped(const char *path, int place, unsigned char odd) {
  unsigned char bytes[10 + 118 + 64 * 8];
  memset(bytes, ' ', 128);
  memset(bytes + 128, 0, 64 * 8);
  memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
  const char *order = rt_big_endian() ? "<" : ">";
  int used = snprintf((char *)bytes + 10, 118,
                      "{'descr': '%si8', 'fortran_order': False, 'shape': (64,), }", order);
  bytes[10 + used] = ' ';
  bytes[128 + 8 * place + (rt_big_endian() ? 0 : 7)] = odd;
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes);
  fclose(file);
}

// Labels that are no class, in either order of bytes.
static void check_ranges(void) {
  static int64_t labels[64];
  rt_dataset data;
  rt_error error = {0};
  make_data("bad", 64);
  labels[40] = 3;
  save("bad/label.npy", RT_I64, 64, 0, labels);
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_OK);
  CHECK(rt_dataset_limit(&data, &tiny_model, step(), &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "bad/label.npy: element 0 of example 40: expected 0 to 2, found 3");
  rt_dataset_close(&data);
  save_swapped("bad/label.npy", 2, 4);
  CHECK(open_folder(&data, "bad", step(), 0.0, &error) == RT_OK);
  CHECK(rt_dataset_limit(&data, &tiny_model, step(), &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "bad/label.npy: element 0 of example 2: expected 0 to 2, found 4");
  rt_dataset_close(&data);

  static const int64_t others[] = {-100};
  static const int32_t rows[6] = {0, 2, -100, 1, -1, 0};
  const rt_range range = {"train_step", "label", 3, 1, others};
  CHECK(rt_range_find_outside(&range, RT_I32, rows, 4) == 4);
  CHECK(rt_range_find_outside(&range, RT_I32, rows, 6) == 4);
  rt_model model = tiny_model;
  model.ranges = &range;
  const rt_array inputs[] = {{RT_F32, 2, {3, 2}, 0, NULL},
                             {RT_I32, 2, {3, 2}, 6, (void *)(uintptr_t)rows}};
  CHECK(rt_ranges_check(&model, step(), inputs, &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message,
             "input 'label': element 0 of example 2: expected 0 to 2, or -100, found -1");
}

// 84 for training and 36 held out: two full batches of 16, and 4 one by one.
static void check_evaluation(void) {
  rt_dataset data;
  rt_evaluation evaluation;
  rt_error error = {0};
  double settings[] = {0.5};
  void *model = rt_model_create(&tiny_model);
  CHECK(rt_prepare(&tiny_model, model, 3, settings, NULL, NULL, &error) == RT_OK);
  CHECK(open_folder(&data, "set", step(), 0.3, &error) == RT_OK);
  CHECK(rt_evaluation_create(&evaluation, &tiny_model, 0, &data, RT_VALIDATION, &error) == RT_OK);
  CHECK(rt_evaluation_run(&evaluation, model, &data, &error) == RT_OK);

  float best, probability[8][3], point[8][2] = {{0}};
  int right = 0;
  for (int k = 0; k < 36; k++) {
    int row = (int)data.sets[0].order[RT_VALIDATION][k];
    point[0][0] = (float)row / 64.0f;
    point[0][1] = (float)row / 64.0f + 0.5f;
    tiny_infer((tiny_t *)model, point[0], probability[0]);
    int top = probability[0][1] > probability[0][0] ? 1 : 0;
    top = probability[0][2] > probability[0][top] ? 2 : top;
    right += top == row % 3;
  }
  CHECK(fabs(evaluation.metrics[1] - right / 36.0) < 1e-6);
  memcpy(&best, (char *)model + tiny_model.states[3].offset, sizeof best);
  CHECK(best == (float)evaluation.metrics[0]);
  rt_evaluation_destroy(&evaluation);
  rt_dataset_close(&data);

  rt_model_destroy(model);
}

static const void *nth(void *context, int n) {
  return ((const void *const *)context)[n];
}

static void check_checkpoints(void) {
  rt_error error = {0}, warning = {0};
  double settings[] = {0.25};
  tiny_t *model = tiny_create(), *other = tiny_create();
  size_t size = tiny_model.state_bytes;
  CHECK(rt_prepare(&tiny_model, model, 1, settings, NULL, NULL, &error) == RT_OK);
  CHECK(rt_prepare(&tiny_model, other, 1, settings, NULL, NULL, &error) == RT_OK);
  CHECK(memcmp(model, other, size) == 0);
  CHECK(rt_prepare(&tiny_model, other, 2, settings, NULL, NULL, &error) == RT_OK);
  CHECK(memcmp(model, other, size) != 0);
  CHECK(rt_checkpoint_save(&tiny_model, model, "c.safetensors", &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, other, "c.safetensors", 1, &warning, &error) == RT_OK);
  CHECK(memcmp(model, other, size) == 0);
  CHECK(warning.code == RT_OK);

  // What PyTorch would write: an alias, doubles, and names of its own.
  static const int shape[] = {3, 2};
  static const double weight[] = {1, 2, 3, 4, 5, 6};
  static const float bias[] = {7, 8, 9};
  const rt_tensor tensors[] = {{"head.weight", RT_F64, 2, shape},
                               {"linear.bias", RT_F32, 1, shape},
                               {"extra", RT_F32, 1, shape}};
  const void *data[] = {weight, bias, bias};
  CHECK(rt_safetensors_write("p.safetensors", 3, tensors, nth, data, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, other, "p.safetensors", 0, &warning, &error) == RT_OK);
  CHECK_TEXT(warning.message, "p.safetensors: ignored, not in the model: 'extra'");
  const float *block = (const float *)other;
  CHECK(block[0] == 1.0f && block[1] == 2.0f && block[5] == 6.0f);

  // All that does not fit, in one message, and nothing changes.
  const rt_tensor wrong[] = {{"linear.weight", RT_F32, 1, shape}};
  CHECK(rt_safetensors_write("w.safetensors", 1, wrong, nth, &data[1], &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, other, "w.safetensors", 0, &warning, &error) ==
        RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "w.safetensors: 2 of 2 states of 'tiny' do not match");
  CHECK_TEXT(error.message, "'linear.weight': expected f32[3, 2], found f32[3]");
  CHECK_TEXT(error.message, "'linear.bias': expected f32[3], not in the file");
  CHECK(block[0] == 1.0f);

  // A cache is neither written nor read, whatever a file holds.
  static const int64_t calls = 9;
  int64_t *kept = (int64_t *)((char *)other + tiny_model.states[6].offset);
  rt_safetensors file;
  CHECK(rt_safetensors_open(&file, "c.safetensors", &error) == RT_OK);
  CHECK(file.count == 5 && rt_safetensors_find(&file, "calls") == NULL);
  rt_safetensors_close(&file);
  *kept = 3;
  CHECK(rt_checkpoint_load(&tiny_model, other, "c.safetensors", 1, &warning, &error) == RT_OK);
  CHECK(*kept == 3);
  const rt_tensor more[] = {tensors[0], tensors[1], {"calls", RT_I64, 0, NULL}};
  const void *more_data[] = {weight, bias, &calls};
  CHECK(rt_safetensors_write("m.safetensors", 3, more, nth, more_data, &error) == RT_OK);
  CHECK(rt_checkpoint_load(&tiny_model, other, "m.safetensors", 0, &warning, &error) == RT_OK);
  CHECK(*kept == 3);

  // What is not finite is not saved.
  ((float *)other)[4] = NAN;
  CHECK(rt_checkpoint_save(&tiny_model, other, "c.safetensors", &error) == RT_ERROR_VALUE);
  CHECK_TEXT(error.message, "c.safetensors: 'linear.weight': expected finite elements, found");
  CHECK(rt_checkpoint_load(&tiny_model, other, "c.safetensors", 1, &warning, &error) == RT_OK);
  tiny_destroy(model);
  tiny_destroy(other);
}

// What a file gives is not drawn before; without init_rest it is, and states are the same.
static void check_preparation(void) {
  rt_error error = {0};
  double settings[] = {0.25};
  size_t size = tiny_model.state_bytes;
  rt_model plain = tiny_model;
  plain.function_count--;
  CHECK(rt_find_function(&plain, "init_rest") == NULL);
  tiny_t *model = tiny_create(), *other = tiny_create();
  memset(model, 0x55, size);
  memset(other, 0x55, size);
  CHECK(rt_prepare(&tiny_model, model, 1, settings, "none", NULL, &error) == RT_ERROR_FILE);
  CHECK(*(const uint32_t *)model == 0x55555555);
  CHECK(rt_prepare(&tiny_model, model, 1, settings, "p.safetensors", NULL, &error) == RT_OK);
  CHECK(rt_prepare(&plain, other, 1, settings, "p.safetensors", NULL, &error) == RT_OK);
  for (int i = 0; i < tiny_model.state_count; i++) {
    const rt_state *state = &tiny_model.states[i];
    CHECK(memcmp((char *)model + state->offset,
                 (char *)other + state->offset,
                 rt_tensor_bytes(&state->tensor)) == 0);
  }
  CHECK(rt_prepare(&tiny_model, model, 1, settings, "w.safetensors", NULL, &error) ==
        RT_ERROR_MISMATCH);
  tiny_destroy(model);
  tiny_destroy(other);
}

static void check_batches(void) {
  static const int counts[] = {1, 7, 8, 9, 24};
  const rt_function *infer = rt_find_function(&tiny_model, "infer");
  rt_error error = {0};
  rt_call call;
  uint64_t seed = 5;
  tiny_t *model = tiny_create();
  tiny_init(model, &seed);
  CHECK(rt_call_create(&call, infer, &error) == RT_OK);
  float points[24][2], one[8][2] = {{0}}, expected[8][3];
  for (int n = 0; n < 24; n++) {
    points[n][0] = (float)n * 0.1f;
    points[n][1] = 1.0f - (float)n * 0.2f;
  }
  for (int i = 0; i < 5; i++) {
    rt_array input = {RT_F32, 2, {counts[i], 2}, (size_t)counts[i] * 2, points};
    rt_array output = {0};
    CHECK(rt_run_batches(&call, model, &input, &output, &error) == RT_OK);
    CHECK(output.shape[0] == counts[i] && output.elements == (size_t)counts[i] * 3);
    int right = 0;
    for (int n = 0; n < counts[i]; n++) {
      memcpy(one[0], points[n], sizeof one[0]);
      tiny_infer(model, one[0], expected[0]);
      right += memcmp(expected[0], (float *)output.data + 3 * n, sizeof expected[0]) == 0;
    }
    CHECK(right == counts[i]);
    rt_release(output.data);
  }
  rt_array input = {RT_F32, 2, {8, 3}, 24, points}, output = {0};
  CHECK(rt_run_batches(&call, model, &input, &output, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "input 'point': expected f32[*, 2], found f32[8, 3]");
  input = (rt_array){RT_F32, 2, {0, 2}, 0, points};
  CHECK(rt_run_batches(&call, model, &input, &output, &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "input 'point': expected at least one example, found none");
  rt_call_destroy(&call);
  tiny_destroy(model);
}

// Memory is aligned and zero, also where a block lay before.
static void check_memory(void) {
  static const size_t sizes[] = {0, 1, 64, 1000, 3 << 20, (9 << 20) + 1};
  for (int i = 0; i < 12; i++) {
    size_t size = sizes[i % 6], used = 0;
    unsigned char *block = (unsigned char *)rt_allocate(size);
    CHECK(block != NULL && (uintptr_t)block % RT_ALIGNMENT == 0);
    for (size_t n = 0; n < size; n++) {
      used += block[n] != 0;
    }
    CHECK(used == 0);
    memset(block, 0xff, size);
    rt_release(block);
  }
  CHECK(rt_allocate(SIZE_MAX) == NULL && rt_allocate(SIZE_MAX - 64) == NULL);
  rt_release(NULL);
}

int main(void) {
  check_memory();
  check_split();
  check_directories();
  check_bad_data();
  check_ranges();
  check_evaluation();
  check_checkpoints();
  check_preparation();
  check_batches();
  return test_summary();
}
