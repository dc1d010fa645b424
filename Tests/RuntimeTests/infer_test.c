// infer_test.c - the infer program, called with command lines: where inputs come from and outputs
// go, what is checked before, and the exact lines that are printed.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/stat.h>

#include "command.h"
#include "runtime/model/processor.h"
#include "runtime/program/program.h"
#include "runtime/runtime.h"

// ---- A model without states, whose functions show all kinds of inputs and outputs ----

static int calls;

// Two rows of an image times a factor, the kind of each row, and the sum of all.
static int run_mix(void *m, const void *const *in, void *const *out) {
  (void)m;
  const float *image = (const float *)in[0], *factor = (const float *)in[1];
  calls++;
  for (int i = 0; i < 6; i++) {
    ((float *)out[0])[i] = image[i] * *factor;
  }
  memcpy(out[1], in[2], 2 * sizeof(int32_t));
  return RT_OK;
}

static int run_total(void *m, const void *const *in, void *const *out) {
  (void)m;
  const double *x = (const double *)in[0];
  *(double *)out[0] = x[0] + x[1] + x[2];
  memcpy(out[1], x, 3 * sizeof(double));
  return RT_OK;
}

static int run_mean(void *m, const void *const *in, void *const *out) {
  (void)m;
  const float *x = (const float *)in[0];
  *(float *)out[0] = 0.5f * (x[0] + x[1]);
  memcpy(out[1], x, 2 * sizeof(float));
  return RT_OK;
}

static const int shape_2_3[] = {2, 3}, shape_2[] = {2}, shape_3[] = {3};
static const rt_tensor mix_in[] = {{"image", RT_F32, 2, shape_2_3},
                                   {"factor", RT_F32, 0, NULL},
                                   {"kind", RT_I32, 1, shape_2}};
static const rt_tensor mix_out[] = {{"scaled", RT_F32, 2, shape_2_3}, {"kind", RT_I32, 1, shape_2}};
static const rt_tensor total_in[] = {{"x", RT_F64, 1, shape_3}, {"bias", RT_F64, 1, shape_2}};
static const rt_tensor total_out[] = {{"total", RT_F64, 0, NULL}, {"copy", RT_F64, 1, shape_3}};
static const rt_tensor mean_in[] = {{"x", RT_F32, 1, shape_2}};
static const rt_tensor mean_out[] = {{"mean", RT_F32, 0, NULL}, {"copy", RT_F32, 1, shape_2}};
static const rt_function functions[] = {
    {"mix", RT_USER, -1, 3, mix_in, 2, mix_out, run_mix},
    {"total", RT_USER, -1, 2, total_in, 2, total_out, run_total},
    {"evaluate", RT_USER, -1, 1, mean_in, 2, mean_out, run_mean},
};
static const rt_range ranges[] = {{"mix", "kind", 3, 0, NULL}};

static void *make(void *memory) { return memory; }

static const rt_model demo = {.name = "demo", .version = "1.0", .function_count = 3,
                              .functions = functions, .range_count = 1, .ranges = ranges,
                              .bytes = 1, .make = make};

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static const char *text_of(const char *path) {
  static char text[1 << 14];
  read_text(path, text, sizeof text);
  return text;
}

static int is_there(const char *path) {
  struct stat status;
  return stat(path, &status) == 0;
}

// Checks that a command line works and prints this, and nothing beside it.
static void check_run(const char *line, const char *expected) {
  CHECK(call_of(&demo, rt_infer_main, line) == 0);
  CHECK_SAME(printed, expected);
  CHECK_SAME(reported, "");
}

// Checks the one line that a command is refused with, before anything is computed.
static void check_refusal(const char *line, const char *message) {
  char expected[2048];
  int before = calls;
  int status = call_of(&demo, rt_infer_main, line);
  CHECK(status == 1 || status == 2);
  snprintf(expected, sizeof expected, "demo-infer: error: %s\n%s", message,
           status == 2 ? "'demo-infer --help' lists all flags\n" : "");
  CHECK_SAME(reported, expected);
  CHECK_SAME(printed, "");
  CHECK(calls == before);
}

// ---- Inputs ----

static void check_inputs(void) {
  const char *scaled = "scaled f32[1, 3]\n      0 1 2\n  [0] 2 4 6\nkind i32[1]\n  2\n";
  check_run("mix --input image=1,2,3 --input factor=2 --input kind=2", scaled);
  write_text("image.csv", "a,b,c\n1,2,3\n");
  write_text("kind", "2\n");
  check_run("mix --input image=image.csv --input factor=2 --input kind=kind", scaled);
  standard_input = "image.csv";
  check_run("mix --input image=- --input factor=2 --input kind=2", scaled);
  standard_input = NULL;
  // A folder, of which one input is given otherwise.
  CHECK(system("mkdir -p all && cp image.csv all && cp kind all/kind.csv") == 0);
  check_run("mix --input all --input factor=2", scaled);
  // An example more than a batch; the scalar is the same for all.
  check_run("mix --input image=1,2,3,4,5,6,7,8,9 --input factor=-1 --input kind=0,1,2",
            "scaled f32[3, 3]\n       0  1  2\n  [0] -1 -2 -3\n  [1] -4 -5 -6\n  [2] -7 -8 -9\n"
            "kind i32[3]\n  0 1 2\n");
  check_run("total --input x=1,2,3 --input bias=0,0", "total 6\ncopy f64[3]\n  1 2 3\n");
  // A file whose name is a number wins; with a blank in front, it is a number.
  write_text("2", "1\n");
  CHECK(call_of(&demo, rt_infer_main, "mix --input image=1,2,3 --input factor=2 --input kind=2") ==
        0);
  CHECK_SAME(reported,
             "demo-infer: warning: --input factor=2: expected a number, found a file '2', which is "
             "read; the number is 'factor= 2'; --input kind=2: expected a number, found a file "
             "'2', which is read; the number is 'kind= 2'\n");
  CHECK_SAME(printed, "scaled f32[1, 3]\n      0 1 2\n  [0] 1 2 3\nkind i32[1]\n  1\n");
  check_run("mix --input image=1,2,3 --input factor=~2 --input kind=~2", scaled);
  CHECK(remove("2") == 0);
}

static void check_bad_inputs(void) {
  const char *rest = "--input factor=2 --input kind=0";
  static const struct {
    const char *line, *message;
  } cases[] = {
      {"--input image=1,2", "--input image=1,2: expected 3 numbers for each example of f32[*, 3], "
                            "found 2"},
      {"--input image=1,2,x", "--input image=1,2,x: number 3: expected a number, found 'x'"},
      {"--input image=cat.gif", "--input image=cat.gif: expected a file that ends in .npy, .png, "
                                ".ppm, .pgm, .wav or .csv, found 'cat.gif'"},
      {"--input image=cat", "--input image=cat: expected a file (.npy, .png, .ppm, .pgm, .wav or "
                            ".csv), numbers with commas between them, or - for standard input; "
                            "'cat' is none of these"},
      {"--input image=cat.npy", "cannot open 'cat.npy': No such file or directory"},
      {"--input image=all", "--input image=all: expected a file, found a folder; --input all takes "
                            "a file for each input from it"},
      {"--input image=/dev/null", "--input image=/dev/null: expected a file, found a pipe or a "
                                  "device; --input image=- reads standard input"},
      {"--input image=1,2,3 --input image=4,5,6",
       "--input image: expected once, found '1,2,3' and '4,5,6'"},
      {"--input imgae=1,2,3", "--input: expected NAME=FILE for one of image f32[*, 3], factor "
                              "f32[], kind i32[*]; found 'imgae=1,2,3'; did you mean 'image'?"},
      {"--input 3", "--input: expected NAME=FILE for one of image f32[*, 3], factor f32[], kind "
                    "i32[*]; found '3', which is no folder"},
      {"", "--input image=FILE is missing; expected f32[*, 3] from a file (.npy, .png, .ppm, .pgm, "
           ".wav or .csv), - or numbers"},
      {"--input image=bad.csv", "bad.csv: line 2, column 3: expected a number, found 'six'"},
      {"--input image=flat.npy", "input 'image': expected f32[*, 3], found f32[3]"},
      {"--input image=1,2,3,4,5,6", "input 'kind': expected 2 examples as in 'image', found 1"},
      {"--input all --input empty", "--input: expected one folder, found 'all' and 'empty'"},
      {"--input empty", "--input empty: expected a file for image (f32[*, 3]); found no file with "
                        "such a name"},
      {"--input odd", "--input odd: expected a file for image (f32[*, 3]); found only 'imgae.csv', "
                      "'masks.npy'"},
      {"--input image=page", "page: byte 0: expected the contents of .npy, .png, .ppm, .pgm, .wav "
                             "or .csv, found a page of HTML or XML"},
      {"--input image=dot.pgm", "dot.pgm: expected f32[*, 3], found a picture; one fits into "
                                "[N, C, H, W], [C, H, W] or [H, W] of numbers"},
  };
  float flat[3] = {1, 2, 3};
  rt_error error = {0};
  write_text("bad.csv", "1,2,3\n4,5,six\n");
  write_text("page", "<html>");
  write_text("dot.pgm", "P2 1 1 255 7");
  CHECK(system("mkdir -p empty odd && touch odd/imgae.csv odd/masks.npy odd/notes.txt") == 0);
  CHECK(rt_npy_write("flat.npy", &(rt_array){RT_F32, 1, {3}, 3, flat}, &error) == RT_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char line[512];
    snprintf(line, sizeof line, "mix %s %s", rest, cases[i].line);
    check_refusal(line, cases[i].message);
  }
  check_refusal("mix --input image=1,2,3 --input factor=1 --input kind=9",
                "input 'kind': element 0 of example 0: expected 0 to 2, found 9");
  check_refusal("total --input x=- --input bias=-",
                "--input bias=-: standard input is read for 'x' already; name a file");
  check_refusal("total --input x=flat.npy --input bias=flat.npy",
                "input 'bias': expected f64[2], found f32[3]");
  // All that do not fit are listed.
  check_refusal("mix --input image=flat.npy --input factor=flat.npy --input kind=flat.npy",
                "input 'image': expected f32[*, 3], found f32[3]; input 'factor': expected f32[], "
                "found f32[3]; input 'kind': expected i32[*], found f32[3]");
}

static void check_folder_warning(void) {
  CHECK(system("cp flat.npy all/extra.npy && touch all/notes.txt") == 0);
  CHECK(call_of(&demo, rt_infer_main, "mix --input all --input factor=2") == 0);
  CHECK_SAME(reported, "demo-infer: warning: all: expected only inputs of 'mix'; not read: "
                       "'extra.npy'\n");
  CHECK(system("cp flat.npy all/image.npy") == 0);
  CHECK(call_of(&demo, rt_infer_main, "mix --input all --input factor=2") == 2);
  CHECK_TEXT(reported, "all: expected one file for the input 'image', found ");
}

// ---- Outputs ----

#define MIX "mix --input image=1,2,3,4,5,6 --input factor=0.1 --input kind=1,2 "

static void check_outputs(void) {
  check_run(MIX "--output scaled=s.csv --output kind=k.jsonl", "");
  CHECK_SAME(text_of("s.csv"), "0.1,0.2,0.3\n0.4,0.5,0.6\n");
  CHECK_SAME(text_of("k.jsonl"), "{\"kind\": 1}\n{\"kind\": 2}\n");
  const char *lines = "{\"scaled\": [0.1, 0.2, 0.3], \"kind\": 1}\n"
                      "{\"scaled\": [0.4, 0.5, 0.6], \"kind\": 2}\n";
  check_run(MIX "--output scaled=b.jsonl --output kind=b.jsonl", "");
  CHECK_SAME(text_of("b.jsonl"), "{\"scaled\": [0.1, 0.2, 0.3], \"kind\": 1}\n"
                                 "{\"scaled\": [0.4, 0.5, 0.6], \"kind\": 2}\n");
  check_run(MIX "--output -.jsonl", lines);
  // With an output on standard output, the others are not printed.
  check_run(MIX "--output kind=-.csv", "1\n2\n");
  check_run(MIX "--output scaled=b.json", "kind i32[2]\n  1 2\n");
  CHECK_SAME(text_of("b.json"), "{\"scaled\": [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]}\n");
  check_run("evaluate --input x=1,2 --output both.json", "");
  CHECK_SAME(text_of("both.json"), "{\"mean\": 1.5, \"copy\": [1, 2]}\n");
  // What one program writes, another one reads.
  CHECK(call_of(&demo, rt_infer_main, MIX "--output scaled=- --output kind=k.npy") == 0);
  CHECK(memcmp(printed, "\x93NUMPY", 6) == 0);
  CHECK(system("cp printed.txt piped") == 0);
  standard_input = "piped";
  check_run("mix --input image=- --input factor=10 --input kind=k.npy --output scaled=-.csv",
            "1,2,3\n4,5,6\n");
  standard_input = NULL;
}

static void check_bad_outputs(void) {
  static const struct {
    const char *line, *message;
  } cases[] = {
      {"--output scaled=s.tex", "--output scaled=s.tex: expected a name that ends in .npy, .csv, "
                                ".png, .json, .jsonl, .wav or .txt, found 's.tex'"},
      {"--output scaled=s.png",
       "--output scaled=s.png: expected pictures [N, C, H, W], [C, H, W], [N, H, W] or [H, W] of 1 "
       "or 3 channels, floats or u8, for .png, found f32[*, 3]; .npy takes any"},
      {"--output scale=s.npy", "--output: expected NAME=FILE for one of scaled f32[*, 3], kind "
                               "i32[*]; found 'scale=s.npy'; did you mean 'scaled'?"},
      {"--output scaled=p.npy --output kind=p.npy",
       "--output kind=p.npy: expected one output in a file, found 'scaled' and 'kind'; .json and "
       ".jsonl take several"},
      {"--output p.csv", "--output p.csv: expected one output in a file, found 'scaled' and "
                         "'kind'; .json and .jsonl take several"},
      {"--output scaled=-.csv --output kind=-.json",
       "--output kind=-.json: expected one output in a file, found 'scaled' and 'kind'; .json and "
       ".jsonl take several"},
      {"--output scaled=none/s.npy", "cannot write 'none/s.npy': No such file or directory"},
      {"--output kind=k2.csv --output scaled=none/s.npy",
       "cannot write 'none/s.npy': No such file or directory"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char line[512];
    snprintf(line, sizeof line, MIX "%s", cases[i].line);
    check_refusal(line, cases[i].message);
  }
  CHECK(!is_there("k2.csv") && !is_there("p.npy") && !is_there("p.csv"));
  check_refusal("evaluate --input x=1,2 --output both.jsonl",
                "--output both.jsonl: expected outputs with a row for each example, found 'mean', "
                "which is one for all; .json takes both");
  check_refusal("evaluate --input x=1,2,3",
                "output 'mean' belongs to a whole batch: expected 2 examples, found 3");
  // A file that cannot be written leaves none of the others.
  if (is_there("/dev/full")) {
    CHECK(call_of(&demo, rt_infer_main, MIX "--output kind=k3.npy --output scaled=/dev/full") == 1);
    CHECK_SAME(reported, "demo-infer: error: cannot write '/dev/full': No space left on device\n");
    CHECK(!is_there("k3.npy"));
  }
}

// ---- The choice of what runs ----

static void check_choice(void) {
  check_refusal("", "expected the name of a function; the functions are: mix total evaluate");
  check_refusal("mxi", "no function 'mxi'; did you mean 'mix'? the functions are: mix total "
                       "evaluate");
  check_refusal("evaluate-data", "'demo' has no step of evaluation; a model has one if its 'train' "
                                 "holds examples out, with 'validation:'");
  check_refusal("mix --warm-up 3", "--warm-up: expected --bench N beside it");
  check_refusal("mix --format json", "--format: expected --bench N beside it");
  check_refusal("mix --bench 3 --repeats 0", "--repeats: expected 1 or more, found 0");
  check_refusal("mix --bench 3 --format jsn",
                "--format: expected text, markdown, csv or json, found 'jsn'");
  check_refusal("mix --bench 3 --output all",
                "--output: expected no --bench beside it, as that writes no outputs");
  check_refusal("mix --threads 1,2", "--threads: expected one number, found '1,2'; --bench N takes "
                                     "several");
  check_refusal("mix --bench 1 --threads 1,x", "--threads: expected a whole number, or up to 16 "
                                               "with commas between them, found '1,x'");
  check_refusal("mix --bench 1 --threads 2,0", "--threads: expected a whole number, or up to 16 "
                                               "with commas between them, found '2,0'");
  check_refusal("mix --data all",
                "--data: the model is not trained, so there are no data");
  CHECK(call_of(&demo, rt_infer_main, "--help") == 0);
  for (const char *at = printed; *at != '\0'; at += strcspn(at, "\n") + 1) {
    CHECK(strcspn(at, "\n") <= 80);
  }
  CHECK_TEXT(printed, "\nfunctions; * is any number of examples:\n  mix, 2 at a time\n"
                      "    input   image   f32[*, 3]\n    input   factor  f32[]\n"
                      "    input   kind    i32[*]\n    output  scaled  f32[*, 3]\n"
                      "    output  kind    i32[*]\n  total\n");
  CHECK_TEXT(printed, "\nfor example:\n  program mix --input image=0,0,0 --input factor=0 --input "
                      "kind=0\n  program mix --bench 100\n");
  check_run("mix --input image=0,0,0 --input factor=0 --input kind=0",
            "scaled f32[1, 3]\n      0 1 2\n  [0] 0 0 0\nkind i32[1]\n  0\n");
}

static void check_bench(void) {
  calls = 0;
  CHECK(call_of(&demo, rt_infer_main, "mix --bench 5 --warm-up 2 --repeats 3 --threads 1,1") == 0);
  CHECK(calls == 2 * 3 * (2 + 5));
  char line[128];
  CHECK(strstr(printed, "function  cpu ") == printed);
  snprintf(line, sizeof line, "  examples/s\nmix       %s      2        1  ", rt_processor_name());
  CHECK_TEXT(printed, line);
  CHECK(call_of(&demo, rt_infer_main, "total --bench 4 --format csv") == 0);
  CHECK(strstr(printed, "model,version,function,cpu,batch,threads,warm_up,runs,repeats,mean_ms,"
                        "deviation_ms,median_ms,min_ms,max_ms,calls_per_second\n"
                        "demo,1.0,total,") == printed);
  snprintf(line, sizeof line, "\ndemo,1.0,total,%s,0,", rt_processor_name());
  CHECK_TEXT(printed, line);
  CHECK(call_of(&demo, rt_infer_main, "mix --bench 4 --format json") == 0);
  CHECK(strstr(printed, "[\n  {\"model\": \"demo\", \"version\": \"1.0\", \"function\": \"mix\", "
                        "\"cpu\": \"") == printed);
  snprintf(line, sizeof line, "\"cpu\": \"%s\", \"batch\": 2, ", rt_processor_name());
  CHECK_TEXT(printed, line);
  CHECK(call_of(&demo, rt_infer_main, "mix --bench 4 --format markdown") == 0);
  CHECK(strstr(printed, "| model | function | cpu ") == printed);
  CHECK_TEXT(printed, " | batch | threads |");
  snprintf(line, sizeof line, "\n| demo  | mix      | %s |     2 |", rt_processor_name());
  CHECK_TEXT(printed, line);
}

int main(void) {
  CHECK(system("rm -rf infer && mkdir infer") == 0 && chdir("infer") == 0);
  check_inputs();
  check_bad_inputs();
  check_folder_warning();
  check_outputs();
  check_bad_outputs();
  check_choice();
  check_bench();
  return test_summary();
}
