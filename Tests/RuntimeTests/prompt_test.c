// prompt_test.c - how ids are chosen from logits, and how the infer program goes on with a text.

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <signal.h>
#include <stdlib.h>

#include "command.h"
#include "runtime/data/tokenizer.h"
#include "runtime/files/utf8.h"
#include "runtime/program/program.h"
#include "runtime/program/prompt.h"
#include "runtime/program/sampling.h"
#include "runtime/runtime.h"
#include "sampling_reference.h"

// ---- Sampling ----

// The same logits as in sampling_reference.py.
static void make_logits(int position, float logits[SAMPLING_COUNT]) {
  for (int i = 0; i < SAMPLING_COUNT; i++) {
    logits[i] = (float)((i * 37 + position * 11) % 61) / 8.0f - 3.0f;
  }
  logits[position * 7 % SAMPLING_COUNT] = -INFINITY;
}

static void test_reference(void) {
  rt_error error = {0};
  rt_sampler sampler;
  CHECK(rt_sampler_create(&sampler, SAMPLING_COUNT, &error) == RT_OK);
  for (size_t n = 0; n < sizeof sampling_cases / sizeof *sampling_cases; n++) {
    const rt_sampling *sampling = &sampling_cases[n].sampling;
    int32_t ids[SAMPLING_POSITIONS];
    int same = 1;
    for (int p = 0; p < SAMPLING_POSITIONS; p++) {
      float logits[SAMPLING_COUNT];
      size_t last = p < 8 ? (size_t)p : 8;
      make_logits(p, logits);
      CHECK(rt_sample(&sampler, sampling, RT_F32, logits, ids + p - last, last, (uint64_t)p,
                      &ids[p], &error) == RT_OK);
      same &= ids[p] == sampling_cases[n].ids[p];
    }
    CHECK(same && rt_sampling_check(sampling, &error) == RT_OK);
  }
  rt_sampler_destroy(&sampler);
}

// A share of draws is near its probability: of 20,000 within four deviations.
static void test_shares(void) {
  const rt_sampling sampling = {1.0, 0, 1.0, 0.0, 1.0, 11};
  const double logits[3] = {0.0, log(2.0), log(5.0)};
  int counts[3] = {0};
  rt_sampler sampler;
  rt_error error = {0};
  CHECK(rt_sampler_create(&sampler, 3, &error) == RT_OK);
  for (uint64_t p = 0; p < 20000; p++) {
    int32_t id = 0;
    CHECK(rt_sample(&sampler, &sampling, RT_F64, logits, NULL, 0, p, &id, &error) == RT_OK);
    counts[id]++;
  }
  CHECK(abs(counts[0] - 2500) < 190 && abs(counts[1] - 5000) < 250);
  CHECK(abs(counts[2] - 12500) < 280);
  rt_sampler_destroy(&sampler);
}

static void test_bad_logits(void) {
  const rt_sampling sampling = {0.0, 0, 1.0, 0.0, 1.0, 0};
  const struct {
    float logits[3];
    const char *message;
  } cases[] = {
      {{1, NAN, 2}, "expected finite logits, found nan for id 1"},
      {{1, 2, INFINITY}, "expected finite logits, found inf for id 2"},
      {{-INFINITY, -INFINITY, -INFINITY}, "expected finite logits, found -inf for all 3 ids"},
  };
  rt_sampler sampler;
  rt_error error = {0};
  CHECK(rt_sampler_create(&sampler, 3, &error) == RT_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int32_t id;
    int code = rt_sample(&sampler, &sampling, RT_F32, cases[i].logits, NULL, 0, 0, &id, &error);
    CHECK(code == RT_ERROR_VALUE);
    CHECK_SAME(error.message, cases[i].message);
  }
  rt_sampler_destroy(&sampler);
}

// ---- UTF-8 in pieces ----

static void test_stream(void) {
  static const struct {
    const char *bytes, *text;
  } cases[] = {
      {"a\xc3\xa9z", "a\xc3\xa9z"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"\xf0\x9f\x98", "\xef\xbf\xbd"},
      {"\xc3(", "\xef\xbf\xbd("},
      {"\xe2\x82\xe2\x82\xac", "\xef\xbf\xbd\xe2\x82\xac"},
      {"\x80\xff", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xf4\x90", "\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
    char text[64] = "";
    FILE *file = fopen("stream.txt", "w");
    rt_utf8_stream stream = {{0}, 0};
    CHECK(file != NULL);
    for (const char *c = cases[n].bytes; *c != '\0'; c++) {
      rt_utf8_put(&stream, (const unsigned char *)c, 1, file);
    }
    rt_utf8_end(&stream, file);
    CHECK(fclose(file) == 0);
    read_text("stream.txt", text, sizeof text);
    CHECK_SAME(text, cases[n].text);
  }
}

// ---- A model that counts, and one that repeats what was two ids before ----

enum { LENGTH = 6, COUNT = 260 };

static int is_interrupted;

static int run_next(void *m, const void *const *in, void *const *out) {
  const int32_t *ids = (const int32_t *)in[0];
  (void)m;
  for (int p = 0; p < LENGTH; p++) {
    for (int i = 0; i < COUNT; i++) {
      ((float *)out[0])[p * COUNT + i] = i == ids[p] + 1 ? 9.0f : 0.0f;
    }
  }
  if (is_interrupted) {
    raise(SIGINT);
  }
  return RT_OK;
}

static int run_again(void *m, const void *const *in, void *const *out) {
  const int16_t *ids = (const int16_t *)in[0];
  (void)m;
  for (int i = 0; i < COUNT; i++) {
    ((double *)out[0])[i] = i == ids[LENGTH - 2] ? 9.0 : 0.0;
  }
  return RT_OK;
}

static int run_other(void *m, const void *const *in, void *const *out) {
  (void)m;
  *(float *)out[0] = *(const float *)in[0];
  return RT_OK;
}

static const int one_length[] = {1, LENGTH}, length[] = {LENGTH}, count[] = {COUNT},
                 one_length_count[] = {1, LENGTH, COUNT};
static const rt_tensor next_in[] = {{"tokens", RT_I32, 2, one_length}};
static const rt_tensor next_out[] = {{"logits", RT_F32, 3, one_length_count}};
static const rt_tensor again_in[] = {{"tokens", RT_I16, 1, length}};
static const rt_tensor again_out[] = {{"logits", RT_F64, 1, count}};
static const rt_tensor other_in[] = {{"x", RT_F32, 0, NULL}};
static const rt_tensor other_out[] = {{"y", RT_F32, 0, NULL}};
static const rt_function functions[] = {
    {"infer", RT_USER, -1, 1, next_in, 1, next_out, run_next},
    {"again", RT_USER, -1, 1, again_in, 1, again_out, run_again},
    {"other", RT_USER, -1, 1, other_in, 1, other_out, run_other},
};
static const rt_range ranges[] = {{"again", "tokens", 256, 0, NULL}};

static void *make(void *memory) { return memory; }

static const rt_model demo = {.name = "demo", .version = "1.0", .function_count = 3,
                              .functions = functions, .range_count = 1, .ranges = ranges,
                              .bytes = 1, .make = make};
static const rt_model plain = {.name = "plain", .version = "1.0", .function_count = 1,
                               .functions = functions + 2, .bytes = 1, .make = make};

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

// Weights without a tensor, and with a tokenizer unless that is null.
static void write_weights(const char *path, const char *tokenizer) {
  rt_notes notes = {0};
  rt_error error = {0};
  if (tokenizer != NULL) {
    CHECK(rt_notes_add(&notes, "tokenizer", &error, "%s", tokenizer) == RT_OK);
  }
  CHECK(rt_safetensors_write_noted(path, NULL, &notes, 0, NULL, NULL, NULL, &error) == RT_OK);
  rt_notes_clear(&notes);
}

static void write_files(void) {
  write_weights("bytes.safetensors", "tokenizer 1\nkind bytes\nend\n");
  write_weights("none.safetensors", NULL);
  write_weights("torn.safetensors", "tokenizer 1\nkind bytes\n");
  write_weights("letters.safetensors", "tokenizer 1\nkind characters\ntokens 3\na\nb\nc\nend\n");
  write_text("bytes.txt", "tokenizer 1\nkind bytes\nend\n");
}

static void test_programs(void) {
  const struct {
    const char *line, *printed;
  } cases[] = {
      {"--weights bytes.safetensors --prompt a --temp 0 -n 3", "abcd\n"},
      {"--tokenizer bytes.txt --prompt a --temp 0 --n 3", "abcd\n"},
      // Longer than the context, before and after.
      {"--tokenizer bytes.txt --prompt abcabcabc --temp 0 -n 9", "abcabcabcdefghijkl\n"},
      {"again --tokenizer bytes.txt --prompt xy --temp 0 -n 9", "xyxyxyxyxyx\n"},
      {"again --tokenizer bytes.txt --prompt \xc3\xa9 --temp 0 -n 4", "\xc3\xa9\xc3\xa9\xc3\xa9\n"},
      // A character that is not complete is shown at the end only.
      {"again --tokenizer bytes.txt --prompt \xc3\xa9 --temp 0 -n 3",
       "\xc3\xa9\xc3\xa9\xef\xbf\xbd\n"},
      {"--tokenizer bytes.txt --prompt a~b --temp 0 -n 0", "a b\n"},
      // Nothing but the likeliest stays.
      {"--tokenizer bytes.txt --prompt a --top-k 1 -n 3", "abcd\n"},
      {"--tokenizer bytes.txt --prompt a --top-k 0 --top-p 0.1 --min-p 0 -n 3", "abcd\n"},
      {"--tokenizer bytes.txt --prompt a --top-k 0 --top-p 1 --min-p 0.5 -n 3", "abcd\n"},
      // A penalty on what was before makes no difference to what comes next, but a high one does.
      {"again --tokenizer bytes.txt --prompt xy --temp 0 --repeat-penalty 1.5 -n 4", "xyxyxy\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(call_of(&demo, rt_infer_main, cases[i].line) == 0);
    CHECK_SAME(printed, cases[i].printed);
  }
  CHECK(call_of(&demo, rt_infer_main, "--tokenizer bytes.txt --prompt abc --temp 0 -n 3") == 0);
  CHECK_TEXT(reported, "demo-infer: prompt: 3 ids, ");
  CHECK_TEXT(reported, " ids/s; generation: 3 ids, ");
  // The same seed gives the same text, another one another.
  char first[256];
  const char *line = "--tokenizer bytes.txt --prompt a --temp 9 --top-k 0 --top-p 1 --min-p 0 "
                     "--seed 5 -n 20";
  CHECK(call_of(&demo, rt_infer_main, line) == 0);
  snprintf(first, sizeof first, "%.250s", printed);
  CHECK(call_of(&demo, rt_infer_main, line) == 0);
  CHECK_SAME(printed, first);
  CHECK(call_of(&demo, rt_infer_main, "--tokenizer bytes.txt --prompt a --temp 9 --top-k 0 --top-p "
                                      "1 --min-p 0 --seed 6 -n 20") == 0);
  CHECK(strcmp(printed, first) != 0);
  is_interrupted = 1;
  CHECK(call_of(&demo, rt_infer_main, "--tokenizer bytes.txt --prompt a --temp 0 -n 30") == 0);
  CHECK_SAME(printed, "ab\n");
  is_interrupted = 0;
}

static void test_mistakes(void) {
  static const struct {
    int status;
    const char *line, *message;
  } cases[] = {
      {1, "--weights none.safetensors --prompt a",
       "none.safetensors: expected the note 'tokenizer', found none; --tokenizer FILE names a "
       "tokenizer.json"},
      {1, "--weights torn.safetensors --prompt a",
       "torn.safetensors: tokenizer: line 3: expected 'end' as the last line, found ''"},
      {1, "--weights letters.safetensors --prompt abx",
       "--prompt: byte 2: expected one of the 3 characters of the training text, found 'x'; the "
       "kind 'bytes' takes any text"},
      {1, "--tokenizer missing.json --prompt a",
       "cannot open 'missing.json': No such file or directory"},
      {1, "again --tokenizer data/tokenizer/prefix.json --prompt a",
       "data/tokenizer/prefix.json: expected a tokenizer of at most 256 ids, as 'again' takes, "
       "found 302"},
      {2, "--prompt a", "--prompt: expected --weights FILE with a tokenizer, or --tokenizer FILE"},
      {2, "--prompt= --tokenizer bytes.txt", "--prompt: expected TEXT, found ''"},
      {2, "other --prompt a --tokenizer bytes.txt",
       "--prompt: expected a function with one input of integers, [L] or [1, L], and one output of "
       "logits, [.., L, V] or [V]; 'other' is another"},
      {2, "--temp 0.5", "--temp: expected --prompt TEXT beside it"},
      {2, "-n 5", "-n: expected --prompt TEXT beside it"},
      {2, "--prompt a --tokenizer bytes.txt --temp -1", "--temp: expected 0 or more, found -1"},
      {2, "--prompt a --tokenizer bytes.txt --top-p 0",
       "--top-p: expected a number above 0, up to 1, found 0"},
      {2, "--prompt a --tokenizer bytes.txt --min-p 2",
       "--min-p: expected a number from 0 to 1, found 2"},
      {2, "--prompt a --tokenizer bytes.txt --repeat-penalty 0",
       "--repeat-penalty: expected a number above 0, found 0"},
      {2, "--prompt a --tokenizer bytes.txt --input tokens=1",
       "--prompt and --input: expected one of them, found both"},
      {2, "-n", "--n needs a value, N"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char expected[1024];
    snprintf(expected, sizeof expected, "demo-infer: error: %s\n%s", cases[i].message,
             cases[i].status == 2 ? "'demo-infer --help' lists all flags\n" : "");
    CHECK(call_of(&demo, rt_infer_main, cases[i].line) == cases[i].status);
    CHECK_SAME(reported, expected);
  }
  CHECK(call_of(&plain, rt_infer_main, "--prompt a") == 2);
  CHECK_TEXT(reported, "--prompt: no function of the model goes on with a text");
  CHECK(call_of(&demo, rt_infer_main, "--help") == 0);
  CHECK_TEXT(printed, "  -n N                ids to add to it at most (default 128)\n");
  CHECK_TEXT(printed, " --prompt 'Once upon a time'\n");
  CHECK(call_of(&plain, rt_infer_main, "--help") == 0);
  CHECK(strstr(printed, "--prompt") == NULL);
}

int main(void) {
  test_reference();
  test_shares();
  test_bad_logits();
  test_stream();
  write_files();
  test_programs();
  test_mistakes();
  return test_summary();
}
