// split_test.c - which examples are held out, and their order: the counts are those of
// scikit-learn, the permutation is the stored one.

#include "data/dataset.h"
#include "damage.h"

enum { BATCH = 4, MOST = 1797 };

static const int shape[] = {BATCH};
static const rt_tensor inputs[] = {{"label", RT_U8, 1, shape}};
static const rt_function step = {.name = "train_step", .input_count = 1, .inputs = inputs};
static const rt_field_recipe fields[] = {{.input = "label"}};

// Writes so many labels of each class, in turns.
static void write_labels(const int *counts, int classes) {
  static unsigned char labels[MOST];
  rt_error error = {0};
  int left[128], used = 0;
  memcpy(left, counts, (size_t)classes * sizeof *left);
  for (int is_over = 0; !is_over;) {
    is_over = 1;
    for (int c = 0; c < classes; c++) {
      if (left[c]-- > 0 && used < MOST) {
        labels[used++] = (unsigned char)c;
        is_over = 0;
      }
    }
  }
  const rt_array array = {RT_U8, 1, {used}, (size_t)used, labels};
  CHECK(rt_make_directory("labels", &error) == RT_OK);
  CHECK(rt_npy_write("labels/label.npy", &array, &error) == RT_OK);
}

// Opens the labels, and counts the classes of each split.
static void open_labels(rt_dataset *data, const rt_data_recipe *recipe, rt_holding holding,
                        int counts[RT_SPLITS][128]) {
  static const char *const paths[] = {"labels"};
  rt_error error = {0};
  CHECK(rt_dataset_open(data, recipe, 1, paths, &step, &holding, NULL, &error) == RT_OK);
  CHECK_TEXT(error.message, "");
  memset(counts, 0, RT_SPLITS * sizeof *counts);
  const rt_set *set = &data->sets[0];
  char seen[MOST] = {0};
  int once = 1;
  for (int split = 0; split < RT_SPLITS; split++) {
    for (int64_t k = 0; k < set->count[split]; k++) {
      unsigned char label = 0;
      int64_t row = set->order[split][k];
      once &= !seen[row];
      seen[row] = 1;
      once &= set->files[0].format->read(&set->files[0], 0, row, &label, &error) == RT_OK;
      counts[split][label & 127]++;
    }
  }
  CHECK(once);
}

static rt_data_recipe recipe_for(const char *stratified) {
  return (rt_data_recipe){.name = "data", .format = "npy", .field_count = 1, .fields = fields,
                          .stratified = stratified};
}

// The digits of scikit-learn.
static const int digits[10] = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};

// StratifiedKFold(5) and KFold(5) hold out 360, 360, 359, 359 and 359 of them.
static void check_folds(void) {
  static const int sizes[] = {360, 360, 359, 359, 359};
  write_labels(digits, 10);
  for (int fold = 1; fold <= 5; fold++) {
    rt_dataset data;
    int counts[RT_SPLITS][128];
    const rt_data_recipe recipe = recipe_for("label"), plain = recipe_for(NULL);
    open_labels(&data, &recipe, (rt_holding){.fold = fold, .folds = 5}, counts);
    CHECK(data.count[RT_VALIDATION] == sizes[fold - 1]);
    CHECK(data.count[RT_TRAIN] + data.count[RT_VALIDATION] == MOST);
    for (int c = 0; c < 10; c++) {
      int held = counts[RT_VALIDATION][c];
      CHECK(held == digits[c] / 5 || held == (digits[c] + 4) / 5);
    }
    rt_dataset_close(&data);
    open_labels(&data, &plain, (rt_holding){.fold = fold, .folds = 5}, counts);
    CHECK(data.count[RT_VALIDATION] == 359 || data.count[RT_VALIDATION] == 360);
    rt_dataset_close(&data);
  }
}

// Each class gives its share, rounded up or down, as train_test_split does.
static void check_shares(void) {
  rt_dataset data;
  int counts[RT_SPLITS][128];
  const rt_data_recipe recipe = recipe_for("label");
  open_labels(&data, &recipe, (rt_holding){.validation = 0.2, .test = 0.1}, counts);
  CHECK(data.count[RT_VALIDATION] == 359 && data.count[RT_TEST] == 180);
  for (int c = 0; c < 10; c++) {
    double held = counts[RT_VALIDATION][c], tests = counts[RT_TEST][c];
    CHECK(held > 0.2 * digits[c] - 1.5 && held < 0.2 * digits[c] + 1.5);
    CHECK(tests > 180.0 / MOST * digits[c] - 1 && tests < 180.0 / MOST * digits[c] + 1);
  }
  rt_dataset_close(&data);
}

// A hundred classes of two examples: a tenth of all is held out, not a tenth of each, rounded.
static void check_rare(void) {
  int few[100], counts[RT_SPLITS][128];
  const rt_data_recipe recipe = recipe_for("label");
  rt_dataset data;
  for (int c = 0; c < 100; c++) {
    few[c] = 2;
  }
  write_labels(few, 100);
  open_labels(&data, &recipe, (rt_holding){.validation = 0.1}, counts);
  CHECK(data.count[RT_VALIDATION] == 20);
  for (int c = 0; c < 100; c++) {
    CHECK(counts[RT_VALIDATION][c] <= 1);
  }
  rt_dataset_close(&data);
  for (int fold = 1; fold <= 5; fold++) {
    open_labels(&data, &recipe, (rt_holding){.fold = fold, .folds = 5}, counts);
    CHECK(data.count[RT_VALIDATION] == 40);
    rt_dataset_close(&data);
  }
  // More than there is: nothing is left for training.
  open_labels(&data, &recipe, (rt_holding){.validation = 0.5, .test = 0.5}, counts);
  CHECK(data.count[RT_TRAIN] == 0 && data.count[RT_TEST] == 100);
  rt_dataset_close(&data);
}

// Only some classes, which are split by themselves.
static void check_chosen(void) {
  static const double values[] = {3, 7};
  rt_dataset data;
  int counts[RT_SPLITS][128];
  rt_data_recipe recipe = recipe_for("label");
  recipe.chosen = "label";
  recipe.chosen_count = 2;
  recipe.chosen_values = values;
  write_labels(digits, 10);
  open_labels(&data, &recipe, (rt_holding){.validation = 0.25}, counts);
  CHECK(data.count[RT_TRAIN] + data.count[RT_VALIDATION] == 183 + 179);
  CHECK(counts[RT_TRAIN][3] + counts[RT_VALIDATION][3] == 183);
  CHECK(counts[RT_VALIDATION][7] == 44 || counts[RT_VALIDATION][7] == 45);
  rt_dataset_close(&data);
}

// What shuffle.c defines, as this computes it in Python (philox is that of Salmon and others):
//   for i in range(n - 1, 0, -1):
//     j = philox((i // 4, epoch, tag, 0), (key % 2**32, key >> 32))[i % 4] * (i + 1) >> 32
//     order[i], order[j] = order[j], order[i]
static void check_permutation(void) {
  static const struct {
    uint64_t key;
    uint32_t epoch;
    int64_t order[10];
  } cases[] = {
      {UINT64_C(0x0), 0, {3, 9, 2, 8, 4, 0, 1, 6, 5, 7}},
      {UINT64_C(0x1), 0, {7, 1, 8, 2, 3, 4, 6, 5, 9, 0}},
      {UINT64_C(0x1), 1, {3, 2, 4, 7, 6, 9, 5, 8, 0, 1}},
      {UINT64_C(0x123456789abcdef), 77, {9, 3, 4, 7, 5, 6, 1, 2, 8, 0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t order[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    rt_permute(order, 10, cases[i].key, cases[i].epoch, RT_TAG_SHUFFLE);
    CHECK(memcmp(order, cases[i].order, sizeof order) == 0);
  }
}

int main(void) {
  check_folds();
  check_shares();
  check_rare();
  check_chosen();
  check_permutation();
  return test_summary();
}
