// labels_test.c - names of classes: kept with weights, shown beside numbers, compared with data.

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/labels.h"
#include "program/outputs.h"
#include "program/print.h"
#include "program/program.h"
#include "test.h"
#include "tiny.h"

static rt_error error;

static void check_equal(const char *found, const char *expected, int line) {
  test_check(strcmp(found, expected) == 0, expected, __FILE__, line);
  if (strcmp(found, expected) != 0) {
    printf("  found: %s\n", found);
  }
}

#define EQUAL(found, expected) check_equal(found, expected, __LINE__)

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

// ---- What is shown ----

static rt_labels named(const char *lines) {
  rt_labels labels;
  rt_notes notes = {0};
  CHECK(rt_notes_add(&notes, "classes.label", &error, "%s", lines) == RT_OK);
  CHECK(rt_labels_of_input(&labels, &tiny_model, "label", &notes, &error) == RT_OK);
  rt_notes_clear(&notes);
  return labels;
}

static void check_printed(const rt_array *array, const rt_labels *labels, const char *expected,
                          int line) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  rt_print_labelled(stream, "y", array, labels);
  CHECK(fclose(stream) == 0);
  check_equal(text, expected, line);
  free(text);
}

static void check_print(void) {
  rt_labels labels = named("cat\nhorse\nZi\xc3\xa9, long enough to be cut off\nd\x1b[31m");
  int32_t numbers[] = {1, 0, 7, 2, 3};
  rt_array list = {RT_I32, 1, {5}, 5, numbers};
  check_printed(&list, &labels,
                "y i32[5]\n"
                "  [0]  1 horse                    0 cat                     \n"
                "  [2]  7                          2 Zi\xc3\xa9, long enough to be c\n"
                "  [4]  3 d?[31m                  \n",
                __LINE__);
  rt_array table = {RT_I32, 2, {2, 2}, 4, numbers};
  rt_labels two = named("no\nyes");
  check_printed(&table, &two,
                "y i32[2, 2]\n"
                "          0     1\n"
                "  [0] 1 yes 0 no \n"
                "  [1] 7     2    \n",
                __LINE__);
  float shares[] = {0.25f, 0.75f, 0.5f, 0.5f};
  rt_array floats = {RT_F32, 2, {2, 2}, 4, shares};
  check_printed(&floats, &two,
                "y f32[2, 2]\n"
                "          no    yes\n"
                "  [0] 0.2500 0.7500\n"
                "  [1] 0.5000 0.5000\n",
                __LINE__);
  // As many columns as there are no classes.
  check_printed(&floats, &labels,
                "y f32[2, 2]\n"
                "           0      1\n"
                "  [0] 0.2500 0.7500\n"
                "  [1] 0.5000 0.5000\n",
                __LINE__);
  rt_labels_clear(&labels);
  rt_labels_clear(&two);
}

static void check_json(void) {
  rt_labels labels = named("cat\nho\"rse");
  int32_t numbers[] = {1, 0, 7};
  rt_array array = {RT_I32, 1, {3}, 3, numbers};
  int shape[] = {3};
  rt_tensor tensor = {"animal", RT_I32, 1, shape};
  rt_result result = {.tensor = &tensor, .has_examples = 1, .array = &array, .labels = &labels};
  for (int is_lines = 0; is_lines < 2; is_lines++) {
    char *text = NULL;
    size_t size = 0;
    rt_writer writer = {.stream = open_memstream(&text, &size)};
    (is_lines ? rt_json_lines_put : rt_json_put)(&writer, &result, 1);
    CHECK(fclose(writer.stream) == 0 && writer.failure == 0);
    EQUAL(text, is_lines ? "{\"animal\": 1, \"animal_name\": \"ho\\\"rse\"}\n"
                           "{\"animal\": 0, \"animal_name\": \"cat\"}\n"
                           "{\"animal\": 7, \"animal_name\": null}\n"
                         : "{\"animal\": [1, 0, 7], \"animal_name\": [\"ho\\\"rse\", \"cat\", "
                           "null]}\n");
    free(text);
  }
  rt_labels_clear(&labels);
}

static void check_numbers(void) {
  rt_labels labels = named("a\nb\n");
  CHECK(labels.count == 3);
  EQUAL(rt_label(&labels, 1), "b");
  EQUAL(rt_label(&labels, 2), "");
  CHECK(rt_label(&labels, 3) == NULL && rt_label(&labels, -1) == NULL);
  CHECK(rt_label(&labels, 0.5) == NULL && rt_label(&labels, 1e300) == NULL);
  CHECK(rt_label(&labels, (double)NAN) == NULL && rt_label(NULL, 0) == NULL);
  rt_labels_clear(&labels);
  // Which output has names is the model's to say.
  static const rt_output_classes rows[] = {{"infer", "probability", "label"}};
  rt_model model = tiny_model;
  rt_notes notes = {0};
  const rt_function *infer = rt_find_function(&model, "infer");
  CHECK(rt_notes_add(&notes, "classes.label", &error, "x\ny\nz") == RT_OK);
  CHECK(rt_labels_of_output(&labels, &model, infer, &infer->outputs[0], &notes, &error) == RT_OK);
  CHECK(labels.count == 0);
  model.class_count = 1;
  model.classes = rows;
  CHECK(rt_labels_of_output(&labels, &model, infer, &infer->outputs[0], &notes, &error) == RT_OK);
  CHECK(labels.count == 3);
  rt_labels_clear(&labels);
  // The rate of sounds.
  CHECK(rt_labels_rate(&notes) == 0);
  CHECK(rt_notes_add(&notes, "rate", &error, "8000") == RT_OK && rt_labels_rate(&notes) == 8000);
  rt_notes_clear(&notes);
  CHECK(rt_notes_add(&notes, "rate", &error, "-1") == RT_OK && rt_labels_rate(&notes) == 0);
  rt_notes_clear(&notes);
}

// ---- Data ----

static const rt_field_recipe fields[] = {
    {.input = "x", .source = "x"}, {.input = "label", .source = "kind", .kind = "category"}};

static int open_csv(rt_dataset *data, const char *path) {
  static const rt_data_recipe set = {.name = "data", .format = "csv", .field_count = 2,
                                     .fields = fields};
  static const int shape_x[] = {2, 1}, shape[] = {2};
  static const rt_tensor inputs[] = {{"x", RT_F32, 2, shape_x}, {"label", RT_I32, 1, shape}};
  static const rt_function step = {.name = "step", .input_count = 2, .inputs = inputs};
  static const rt_holding holding = {.validation = 0};
  return rt_dataset_open(data, &set, 1, &path, &step, &holding, NULL, &error);
}

static void check_data(void) {
  rt_dataset data;
  rt_notes notes = {0}, copy = {0};
  write_file("a.csv", "x,kind\n1,dog\n2,cat\n3,dog\n4,bird\n");
  write_file("b.csv", "x,kind\n1,dog\n2,cat\n3,dog\n4,cat\n");
  CHECK(open_csv(&data, "a.csv") == RT_OK);
  CHECK(rt_labels_note(&data, &notes, &error) == RT_OK && notes.count == 1);
  EQUAL(rt_notes_find(&notes, "classes.label"), "bird\ncat\ndog");
  CHECK(rt_labels_check(&data, &notes, "w.safetensors", &error) == RT_OK);
  CHECK(rt_labels_copy(&notes, &copy, &error) == RT_OK && copy.count == 1);
  CHECK(rt_labels_copy(&notes, &copy, &error) == RT_OK && copy.count == 1);
  rt_dataset_close(&data);
  // Without birds all numbers are others.
  CHECK(open_csv(&data, "b.csv") == RT_OK);
  CHECK(rt_labels_check(&data, &notes, "w.safetensors", &error) == RT_ERROR_MISMATCH);
  EQUAL(error.message, "b.csv: expected the class 0 of 'label' to be 'bird', as in w.safetensors, "
                       "found 'cat'; the model can name the classes");
  rt_dataset_close(&data);
  // The same between the files of training and those that are held out.
  CHECK(mkdir("both", 0777) == 0 && mkdir("both/train", 0777) == 0 &&
        mkdir("both/validation", 0777) == 0);
  CHECK(rename("a.csv", "both/train/a.csv") == 0 && rename("b.csv", "both/validation/b.csv") == 0);
  CHECK(open_csv(&data, "both") != RT_OK);
  rt_dataset_close(&data);
  rt_notes_clear(&notes);
  rt_notes_clear(&copy);
}

int main(void) {
  CHECK(system("rm -rf labels && mkdir labels") == 0);
  if (chdir("labels") != 0) {
    return 1;
  }
  check_print();
  check_json();
  check_numbers();
  check_data();
  return test_summary();
}
