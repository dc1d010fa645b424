// text_test.c - texts as examples: windows and lines of all kinds of tokenizers, files and folders,
// and recipes and files that are refused.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/data/formats.h"
#include "runtime/data/tokenizer.h"
#include "texts.h"

enum { LENGTH = 4 };

static const int shape_tokens[] = {8, LENGTH}, shape_batch[] = {8};
static const rt_tensor inputs[] = {{"tokens", RT_I32, 2, shape_tokens},
                                   {"length", RT_I32, 1, shape_batch},
                                   {"small", RT_U8, 2, shape_tokens},
                                   {"real", RT_F32, 2, shape_tokens},
                                   {"others", RT_I64, 2, shape_tokens}};
static const rt_function step = {.name = "step", .input_count = 5, .inputs = inputs};

static void write_bytes(const char *path, const char *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void write_text(const char *path, const char *text) {
  write_bytes(path, text, strlen(text));
}

static rt_field_recipe window(const char *input, const char *kind, int64_t length, int64_t stride) {
  return (rt_field_recipe){.input = input, .kind = kind, .length = length, .stride = stride};
}

static rt_field_recipe line(const char *kind, int64_t length, const char *missing) {
  return (rt_field_recipe){
      .input = "tokens", .source = "line", .kind = kind, .length = length, .missing = missing};
}

// All examples of a field as text: "1 2 3 4|5 6 7 8", and the places of the first and the last.
static void check_examples(const char *path, const rt_field_recipe *fields, int count, int field,
                           const char *expected, const char *first, const char *last) {
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = path,
                                 .field_count = count, .fields = fields};
  rt_examples examples;
  rt_error error = {0};
  char text[4096] = "", place[256];
  size_t used = 0;
  int code = rt_examples_open(&examples, &recipe, path, &step, &error);
  CHECK(code == RT_OK);
  if (code != RT_OK) {
    printf("  %s\n", error.message);
  }
  for (int64_t i = 0; i < examples.count && code == RT_OK; i++) {
    int32_t ids[16] = {0};
    code = examples.format->read(&examples, field, i, ids, &error);
    for (size_t k = 0; k < examples.fields[field].elements; k++) {
      used += (size_t)snprintf(text + used, sizeof text - used, "%s%d",
                               k > 0 ? " " : i > 0 ? "|" : "", (int)ids[k]);
    }
  }
  check_same(text, expected);
  if (code == RT_OK && first != NULL) {
    const rt_data_format *format = examples.format;
    check_same(format->place(&examples, field, 0, place, sizeof place), first);
    check_same(format->place(&examples, field, examples.count - 1, place, sizeof place), last);
    check_same(format->place(&examples, field, -1, place, sizeof place), path);
    CHECK(examples.fields[field].tokenizer != NULL);
  }
  rt_examples_close(&examples);
}

static void test_windows(void) {
  write_text("text.txt", "abcdefghij");
  rt_field_recipe f = window("tokens", NULL, 4, 0);
  check_examples("text.txt", &f, 1, 0, "97 98 99 100|101 102 103 104", "text.txt: byte 0",
                 "text.txt: byte 4");
  f = window("tokens", "bytes", 4, 3);
  check_examples("text.txt", &f, 1, 0, "97 98 99 100|100 101 102 103|103 104 105 106",
                 "text.txt: byte 0", "text.txt: byte 6");
  f = window("tokens", "characters", 4, 4);
  check_examples("text.txt", &f, 1, 0, "0 1 2 3|4 5 6 7", "text.txt: id 0", "text.txt: id 4");
  // A folder: in the order of names, one text after the other; other names do not count.
  CHECK(mkdir("texts", 0755) == 0 || rt_is_directory("texts"));
  write_text("texts/b.txt", "defg");
  write_text("texts/a.txt", "abc");
  write_text("texts/c.txt", "");
  write_text("texts/d.txt", "hi");
  write_text("texts/e.md", "xxxx");
  write_text("texts/.f.txt", "xxxx");
  f = window("small", "bytes", 4, 4);
  check_examples("texts", &f, 1, 0, "97 98 99 100|101 102 103 104", "texts/a.txt: byte 0",
                 "texts/b.txt: byte 1");
  f = window("tokens", "characters", 4, 5);
  check_examples("texts", &f, 1, 0, "0 1 2 3|5 6 7 8", "texts/a.txt: id 0", "texts/b.txt: id 2");
  // Two windows of the same text.
  const rt_field_recipe both[] = {window("tokens", "characters", 4, 4),
                                  window("others", "characters", 4, 4)};
  check_examples("text.txt", both, 2, 1, "0 1 2 3|4 5 6 7", NULL, NULL);
  // Words: by frequency, then in the order of bytes; the first id is any other word.
  write_text("words.txt", "the cat, the dog, the end.\nna\xc3\xafve 12 na\xc3\xafve");
  f = window("tokens", "words:6", 4, 4);
  check_examples("words.txt", &f, 1, 0, "1 5 3 1|0 3 1 0|0 2 4 2", "words.txt: id 0",
                 "words.txt: id 8");
  f = window("tokens", "bpe:257", 4, 4);
  write_text("pairs.txt", "ababababc");
  check_examples("pairs.txt", &f, 1, 0, "256 256 256 256", NULL, NULL);
}

static void test_lines(void) {
  write_text("lines.txt", "ab\n\nabcdef\r\n\r\nc");
  const rt_field_recipe fields[] = {line("characters", 4, "-1"),
                                    {.input = "length", .source = "length"}};
  // The ends of lines are characters of the text, too: 0 and 1.
  check_examples("lines.txt", fields, 2, 0, "2 3 -1 -1|2 3 4 5|4 -1 -1 -1", "lines.txt: line 1",
                 "lines.txt: line 5");
  check_examples("lines.txt", fields, 2, 1, "2|4|1", "lines.txt: line 1", "lines.txt: line 5");
  const rt_field_recipe bytes = line(NULL, 4, NULL);
  check_examples("lines.txt", &bytes, 1, 0, "97 98 0 0|97 98 99 100|99 0 0 0", "lines.txt: line 1",
                 "lines.txt: line 5");
  check_examples("texts", &bytes, 1, 0, "97 98 99 0|100 101 102 103|104 105 0 0",
                 "texts/a.txt: line 1", "texts/d.txt: line 1");
  const rt_field_recipe whole = {.input = "length", .source = "length", .kind = "bytes"};
  check_examples("lines.txt", &whole, 1, 0, "2|6|1", NULL, NULL);
  // A tokenizer of a file, relative to the text.
  char kind[] = "file:../data/tokenizer/gpt2.json";
  const rt_field_recipe file = line(kind, 4, NULL);
  check_examples("texts", &file, 1, 0, "521 66 0 0|658 69 70 0|71 72 0 0", NULL, NULL);
}

static void test_mistakes(void) {
  write_bytes("utf16.txt", "\xff\xfe\x61\x00", 4);
  write_bytes("latin.txt", "na\xefve abc", 9);
  write_bytes("zip.txt", "PK\x03\x04 and more", 14);
  write_text("blank.txt", "\n\r\n\n");
  write_text("empty.txt", "");
  CHECK(mkdir("nothing", 0755) == 0 || rt_is_directory("nothing"));
  const struct {
    const char *path;
    rt_field_recipe field;
    const char *message;
  } cases[] = {
      {"missing.txt", window("tokens", NULL, 4, 0),
       "cannot open 'missing.txt': No such file or directory"},
      {"nothing", window("tokens", NULL, 4, 0),
       "nothing: expected files that end in .txt, found none"},
      {"text.txt", window("tokens", NULL, 11, 0),
       "text.txt: input 'tokens': expected at least 11 ids, found 10"},
      {"text.txt", window("tokens", NULL, 5, 0),
       "text.txt: expected i32[*, 4], found i32[2, 5]"},
      {"text.txt", window("tokens", NULL, 0, 0),
       "text.txt: input 'tokens': expected a length from 1 to 2^31 - 1 and a stride of 0 or more, "
       "found a length of 0 and a stride of 0"},
      {"text.txt", window("tokens", NULL, 4, -1),
       "text.txt: input 'tokens': expected a length from 1 to 2^31 - 1 and a stride of 0 or more, "
       "found a length of 4 and a stride of -1"},
      {"text.txt", window("real", NULL, 4, 0),
       "text.txt: input 'real': expected an input of integers, for ids, found f32"},
      {"text.txt", window("tokens", "letters", 4, 0),
       "text.txt: input 'tokens': expected one of the tokenizers 'bytes', 'characters', 'words:N', "
       "'bpe:N' and 'file:PATH', found 'letters'"},
      {"text.txt", window("tokens", "bpe:255", 4, 0),
       "text.txt: input 'tokens': expected a number of ids from 256 to 16777216 after the colon, "
       "found 'bpe:255'"},
      {"text.txt", window("tokens", "words:5k", 4, 0),
       "text.txt: input 'tokens': expected a number of ids from 2 to 16777216 after the colon, "
       "found 'words:5k'"},
      {"texts", window("tokens", "file:no.json", 4, 0),
       "cannot open 'texts/no.json': No such file or directory"},
      {"text.txt", window("tokens", "file:text.txt", 4, 0),
       "./text.txt: byte 0: expected '{', found 'a'"},
      {"text.txt", line(NULL, 4, "none"),
       "text.txt: input 'tokens': expected a whole number for missing ids, found 'none'"},
      {"text.txt", {.input = "tokens", .source = "word", .length = 4},
       "text.txt: input 'tokens': expected the source 'line', 'length' or none, found 'word'"},
      {"blank.txt", line(NULL, 4, NULL),
       "blank.txt: input 'tokens': expected lines of text, found none that is not empty"},
      {"empty.txt", window("tokens", "characters", 4, 0),
       "empty.txt: input 'tokens': expected at least 4 ids, found 0"},
      {"utf16.txt", window("tokens", "characters", 4, 0),
       "utf16.txt: expected text in UTF-8, found UTF-16"},
      {"zip.txt", line("bpe:300", 4, NULL),
       "zip.txt: expected text in UTF-8, found a zip archive, as torch.save (.pt) and numpy.savez "
       "(.npz) write it"},
      {"latin.txt", window("tokens", "characters", 4, 0),
       "latin.txt: byte 2: expected a character in UTF-8, found byte 239; the kinds 'bytes' and "
       "'bpe:N' take any bytes"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const rt_data_recipe recipe = {.name = "data", .format = "text", .path = cases[i].path,
                                   .field_count = 1, .fields = &cases[i].field};
    rt_examples examples;
    rt_error error = {0};
    CHECK(rt_examples_open(&examples, &recipe, cases[i].path, &step, &error) != RT_OK);
    check_same(error.message, cases[i].message);
    rt_examples_close(&examples);
  }
  const rt_field_recipe pair[] = {window("tokens", "bytes", 4, 0), line(NULL, 4, NULL)};
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "text.txt",
                                 .field_count = 2, .fields = pair};
  rt_examples examples;
  rt_error error = {0};
  CHECK(rt_examples_open(&examples, &recipe, "text.txt", &step, &error) != RT_OK);
  check_same(error.message,
             "text.txt: input 'tokens': expected 2 examples as for 'tokens', found 1");
  rt_examples_close(&examples);
}

// With a tokenizer of another text, only kinds that would be trained change.
static void test_saved(void) {
  static const char saved[] = "tokenizer 1\nkind characters\ntokens 3\nj\na\nb\nend\n";
  static const struct {
    const char *kind, *tokenizer;
    int32_t first;
    const char *message;
  } cases[] = {
      {"characters", saved, 0, "text.txt: byte 2: expected one of the 3 characters of the training "
                               "text, found 'c'; the kind 'bytes' takes any text"},
      {"bytes", saved, 97, NULL},
      {"characters", NULL, 0, NULL},
      {"characters", "tokenizer 1\nkind characters\n", 0,
       "text.txt: input 'tokens': tokenizer: line 3: expected 'tokens' and a number, found ''"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const rt_field_recipe f = window("tokens", cases[i].kind, 4, 0);
    const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "text.txt",
                                   .field_count = 1, .fields = &f};
    rt_examples examples;
    rt_error error = {0};
    int32_t ids[4] = {-1};
    int code = rt_examples_open_encoded(&examples, &recipe, "text.txt", &step, cases[i].tokenizer,
                                        &error);
    CHECK((code == RT_OK) == (cases[i].message == NULL));
    check_same(error.message, cases[i].message != NULL ? cases[i].message : "");
    if (code == RT_OK) {
      CHECK(rt_text_data.read(&examples, 0, 0, ids, &error) == RT_OK && ids[0] == cases[i].first);
    }
    rt_examples_close(&examples);
  }
}

// A file that became shorter, and one that changed.
static void test_changes(void) {
  const rt_field_recipe f = window("tokens", "bytes", 4, 0);
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "big.txt",
                                 .field_count = 1, .fields = &f};
  rt_examples examples;
  rt_error error = {0};
  FILE *file = fopen("big.txt", "wb");
  CHECK(file != NULL && fseek(file, (64 << 20) + 1, SEEK_SET) == 0 && fputc('x', file) == 'x' &&
        fclose(file) == 0);
  CHECK(rt_examples_open(&examples, &recipe, "big.txt", &step, &error) == RT_OK);
  CHECK(examples.count == (64 << 20) / 4);
  int32_t ids[4];
  uint32_t first = 0, second = 0;
  CHECK(rt_text_data.read(&examples, 0, examples.count - 1, ids, &error) == RT_OK && ids[3] == 0);
  CHECK(rt_text_data.checksum(&examples, &first, &error) == RT_OK);
  CHECK(truncate("big.txt", 100) == 0);
  CHECK(rt_text_data.read(&examples, 0, examples.count - 1, ids, &error) != RT_OK);
  check_same(error.message, "big.txt: expected 67108866 bytes, found fewer; the file was truncated "
                            "while it was read");
  rt_examples_close(&examples);
  CHECK(rt_examples_open(&examples, &recipe, "big.txt", &step, &error) == RT_OK);
  CHECK(rt_text_data.checksum(&examples, &second, &error) == RT_OK && first != second);
  rt_examples_close(&examples);
}

// More files than stay open at once.
static void test_many_files(void) {
  char path[64], expected[4096] = "";
  size_t used = 0;
  CHECK(mkdir("many", 0755) == 0 || rt_is_directory("many"));
  for (int i = 0; i < 200; i++) {
    snprintf(path, sizeof path, "many/%03d.txt", i);
    write_text(path, "abcd");
    used += (size_t)snprintf(expected + used, sizeof expected - used, "%s97 98 99 100",
                             i > 0 ? "|" : "");
  }
  const rt_field_recipe f = window("tokens", NULL, 4, 0);
  check_examples("many", &f, 1, 0, expected, "many/000.txt: byte 0", "many/199.txt: byte 0");
}

// More ids than 16 bits have numbers: a word for each number, and the last ones at the end.
static void test_many_ids(void) {
  enum { WORDS = 70000 };
  FILE *file = fopen("numbers.txt", "w");
  for (int i = 0; i < WORDS && file != NULL; i++) {
    fprintf(file, "%05d\n", i);
  }
  CHECK(file != NULL && fclose(file) == 0);
  const rt_field_recipe f = window("tokens", "words:80000", 4, 0);
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "numbers.txt",
                                 .field_count = 1, .fields = &f};
  rt_examples examples;
  rt_error error = {0};
  int32_t ids[4];
  CHECK(rt_examples_open(&examples, &recipe, "numbers.txt", &step, &error) == RT_OK);
  CHECK(examples.count == WORDS / 4);
  CHECK(rt_tokenizer_count(examples.fields[0].tokenizer) == WORDS + 1);
  CHECK(rt_text_data.read(&examples, 0, examples.count - 1, ids, &error) == RT_OK);
  CHECK(ids[0] == WORDS - 3 && ids[3] == WORDS);
  rt_examples_close(&examples);
}

// A long text is encoded part by part and has the ids of the whole text.
static void test_parts(void) {
  static const char *const kinds[] = {"bpe:300", "characters", "words:60"};
  static const char *const words[] = {"the", "cat's", "\xc3\xa9t\xc3\xa9", "42", "\n\n", "x\ny",
                                      "?!\n", "  ", "\xe3\x80\x80", "I'll\n", "\n", " \n a"};
  enum { MOST = 2500000 };
  char *text = (char *)malloc(MOST);
  size_t size = 0, bytes;
  uint32_t state = 1;
  while (text != NULL && size < MOST - 16) {
    state = state * 1664525u + 1013904223u;
    const char *word = words[(state >> 16) % (sizeof words / sizeof *words)];
    size += (size_t)sprintf(text + size, state >> 30 == 0 ? "%s" : "%s ", word);
  }
  write_bytes("long.txt", text, size);
  free(text);
  unsigned char *whole = read_all("long.txt", &bytes);
  for (int i = 0; i < 3; i++) {
    const rt_field_recipe f = window("tokens", kinds[i], 4, 0);
    const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "long.txt",
                                   .field_count = 1, .fields = &f};
    rt_examples examples;
    rt_error error = {0};
    rt_ids all = {0};
    CHECK(rt_examples_open(&examples, &recipe, "long.txt", &step, &error) == RT_OK);
    CHECK(rt_tokenizer_encode(examples.fields[0].tokenizer, whole, bytes, "", &all, &error) ==
          RT_OK);
    CHECK(examples.count == (int64_t)(all.count / 4) && all.count > 500000);
    int64_t same = 0;
    for (int64_t k = 0; k < examples.count; k++) {
      int32_t ids[4];
      int code = rt_text_data.read(&examples, 0, k, ids, &error);
      same += code == RT_OK && memcmp(ids, all.items + 4 * k, sizeof ids) == 0;
    }
    CHECK(same == examples.count);
    rt_ids_clear(&all);
    rt_examples_close(&examples);
  }
  free(whole);
}

// The place of a character that a tokenizer lacks is that in the whole text.
static void test_late_mistake(void) {
  enum { AT = 2200000 };
  char *text = (char *)malloc(AT + 2);
  memset(text, 'a', AT + 1);
  for (size_t i = 1; i < AT; i += 3) {
    text[i] = '\n';
  }
  const rt_field_recipe f = window("tokens", "characters", 4, 0);
  const rt_data_recipe recipe = {.name = "data", .format = "text", .path = "late.txt",
                                 .field_count = 1, .fields = &f};
  rt_examples examples;
  rt_error error = {0};
  write_bytes("late.txt", text, AT);
  CHECK(rt_examples_open(&examples, &recipe, "late.txt", &step, &error) == RT_OK);
  char *tokenizer = rt_tokenizer_save(examples.fields[0].tokenizer, &error);
  rt_examples_close(&examples);
  text[AT] = 'b';
  write_bytes("late.txt", text, AT + 1);
  CHECK(rt_examples_open_encoded(&examples, &recipe, "late.txt", &step, tokenizer, &error) !=
        RT_OK);
  CHECK_TEXT(error.message, "late.txt: byte 2200000: ");
  rt_examples_close(&examples);
  rt_release(tokenizer);
  free(text);
}

int main(void) {
  test_windows();
  test_parts();
  test_late_mistake();
  test_lines();
  test_mistakes();
  test_saved();
  test_changes();
  test_many_files();
  test_many_ids();
  return test_summary();
}
