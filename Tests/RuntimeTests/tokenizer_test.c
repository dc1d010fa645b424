// tokenizer_test.c - tokenizers: the ids and merges of Hugging Face's tokenizers on texts of many
// scripts (data/tokenizer), and all kinds, as they are and saved and loaded.

#include <stdlib.h>

#include "runtime/data/tokenizer_parts.h"
#include "texts.h"

enum { TEXTS = 1000 };

static unsigned char *texts[TEXTS];
static size_t sizes[TEXTS];

// Cuts the texts out of their file, each into memory of its own.
static void read_texts(void) {
  size_t size, begin = 0;
  unsigned char *all = read_all("data/tokenizer/texts.txt", &size);
  int count = 0;
  for (size_t at = 0; at + 1 < size && count < TEXTS; at++) {
    if (all[at] == 0x1e && all[at + 1] == '\n') {
      texts[count] = (unsigned char *)malloc(at - begin + 1);
      memcpy(texts[count], all + begin, at - begin);
      sizes[count++] = at - begin;
      begin = at + 2;
    }
  }
  CHECK(count == TEXTS && begin == size);
  free(all);
}

static uint32_t checksum(const rt_ids *ids) {
  uint32_t sum = 0;
  for (size_t i = 0; i < ids->count; i++) {
    unsigned char bytes[4];
    for (int k = 0; k < 4; k++) {
      bytes[k] = (unsigned char)((uint32_t)ids->items[i] >> 8 * k);
    }
    sum = rt_checksum(sum, bytes, sizeof bytes);
  }
  return sum;
}

// True iff the ids stand for just the text.
static int gives(const rt_tokenizer *t, const rt_ids *ids, const unsigned char *text, size_t size) {
  size_t at = 0;
  for (size_t i = 0; i < ids->count; i++) {
    size_t length;
    const unsigned char *bytes = rt_tokenizer_bytes(t, ids->items[i], &length);
    if (length > size - at || memcmp(bytes, text + at, length) != 0) {
      return 0;
    }
    at += length;
  }
  return at == size;
}

// Compares the ids of all texts with a column of the checksums. `is_exact` says that the ids give
// the text back.
static void compare_texts(const rt_tokenizer *t, const char *name, const unsigned char *sums,
                          int column, int is_exact) {
  int differ = 0, lost = 0;
  rt_error error = {0};
  for (int i = 0; i < TEXTS; i++) {
    rt_ids ids = {0};
    unsigned long expected = strtoul((const char *)sums + 36 * i + 9 * column, NULL, 16);
    CHECK(rt_tokenizer_encode(t, texts[i], sizes[i], "t", &ids, &error) == RT_OK);
    if (checksum(&ids) != expected && differ++ < 5) {
      printf("  %s: text %d differs: %.*s\n", name, i, (int)sizes[i], (const char *)texts[i]);
    }
    lost += !gives(t, &ids, texts[i], sizes[i]);
    rt_ids_clear(&ids);
  }
  CHECK(differ == 0);
  CHECK(!is_exact || lost == 0);
}

// Compares them before and after saving.
static void compare_all(const char *path, const unsigned char *sums, int column, int is_exact) {
  rt_tokenizer *t = NULL, *again = NULL;
  rt_error error = {0};
  CHECK(rt_tokenizer_read_json(&t, path, &error) == RT_OK);
  if (t == NULL) {
    printf("  %s\n", error.message);
    return;
  }
  compare_texts(t, path, sums, column, is_exact);
  char *saved = rt_tokenizer_save(t, &error);
  CHECK(saved != NULL && rt_tokenizer_load(&again, saved, "w", &error) == RT_OK);
  compare_texts(again, path, sums, column, is_exact);
  char *second = rt_tokenizer_save(again, &error);
  CHECK(second != NULL && strcmp(saved, second) == 0);
  rt_release(saved);
  rt_release(second);
  rt_tokenizer_destroy(t);
  rt_tokenizer_destroy(again);
}

// Matches that are isolated are the same as what is not between them, which is removed.
static void compare_inverted(const unsigned char *sums) {
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  size_t size;
  char *text = (char *)read_all("data/tokenizer/llama3.json", &size);
  char *other = replace(text, "\"Isolated\",\"invert\":false", "\"Removed\",\"invert\":true");
  CHECK(rt_tokenizer_parse_json(&t, other, strlen(other), "f", &error) == RT_OK);
  compare_texts(t, "inverted", sums, 1, 1);
  rt_tokenizer_destroy(t);
  free(other);
  free(text);
}

static void test_same_ids(void) {
  size_t size;
  unsigned char *sums = read_all("data/tokenizer/checksums.txt", &size);
  CHECK(size == 36 * TEXTS);
  compare_all("data/tokenizer/gpt2.json", sums, 0, 1);
  compare_all("data/tokenizer/llama3.json", sums, 1, 1);
  compare_all("data/tokenizer/prefix.json", sums, 2, 0);
  compare_all("data/tokenizer/qwen2.json", sums, 3, 1);
  compare_inverted(sums);
  free(sums);
}

// A tokenizer of a kind, trained on a text.
static rt_tokenizer *train(const char *kind, const void *text, size_t size) {
  rt_trainer *trainer = NULL;
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  int code = rt_trainer_begin(&trainer, kind, ".", "kind", &error);
  if (code == RT_OK) {
    code = rt_trainer_add(trainer, text, size, "text", &error);
    if (code == RT_OK) {
      code = rt_trainer_end(trainer, &t, &error);
    } else {
      rt_trainer_end(trainer, NULL, NULL);
    }
  }
  CHECK(code == RT_OK);
  return t;
}

static void test_same_merges(void) {
  size_t size = 0, merge_size;
  unsigned char *merges = read_all("data/tokenizer/merges.txt", &merge_size);
  unsigned char *all = (unsigned char *)malloc(1 << 17);
  for (int i = 0; i < TEXTS; i++) {
    memcpy(all + size, texts[i], sizes[i]);
    size += sizes[i];
    all[size++] = '\n';
  }
  rt_tokenizer *t = train("bpe:900", all, size - 1);
  CHECK(rt_tokenizer_count(t) == 900);
  size_t at = 0;
  for (size_t i = 0; i < t->merge_count; i++) {
    const int32_t parts[2] = {t->merges[i].left, t->merges[i].right};
    for (int side = 0; side < 2; side++) {
      size_t length;
      const unsigned char *bytes = rt_tokenizer_bytes(t, parts[side], &length);
      for (size_t k = 0; k < length; k++) {
        unsigned char letter[4];
        size_t room = rt_utf8_write(letter, rt_byte_letter(bytes[k]));
        CHECK(at + room < merge_size && memcmp(merges + at, letter, room) == 0);
        at += room;
      }
      CHECK(merges[at] == (side == 0 ? ' ' : '\n'));
      at++;
    }
  }
  CHECK(at == merge_size);
  rt_tokenizer_destroy(t);
  free(all);
  free(merges);
}

// ---- The other kinds ----

// Saves and loads a tokenizer of a kind, encodes a text, and gives the ids as text and the bytes of
// the ids.
static void check_kind(const char *kind, const char *training, const char *text,
                       const char *expected, const char *decoded) {
  rt_tokenizer *t = train(kind, training, strlen(training)), *again = NULL;
  rt_error error = {0};
  rt_ids ids = {0};
  char found[256] = "", bytes[256] = "";
  char *saved = rt_tokenizer_save(t, &error);
  CHECK(saved != NULL && rt_tokenizer_load(&again, saved, "w", &error) == RT_OK);
  CHECK(rt_tokenizer_encode(again, text, strlen(text), "t", &ids, &error) == RT_OK);
  for (size_t i = 0; i < ids.count; i++) {
    size_t size;
    const unsigned char *part = rt_tokenizer_bytes(again, ids.items[i], &size);
    snprintf(found + strlen(found), sizeof found - strlen(found), i > 0 ? " %d" : "%d",
             (int)ids.items[i]);
    snprintf(bytes + strlen(bytes), sizeof bytes - strlen(bytes), "%.*s", (int)size,
             (const char *)part);
  }
  check_same(found, expected);
  check_same(bytes, decoded);
  rt_ids_clear(&ids);
  rt_release(saved);
  rt_tokenizer_destroy(t);
  rt_tokenizer_destroy(again);
}

static void test_kinds(void) {
  check_kind("bytes", "", "a\xc3\xa9", "97 195 169", "a\xc3\xa9");
  check_kind("characters", "b\xc3\xa9\na\xf0\x9f\x98\x80", "a\nb\xf0\x9f\x98\x80", "1 0 2 4",
             "a\nb\xf0\x9f\x98\x80");
  // Marks belong to words: the vowels of Hindi are some.
#define RIVER "\xe0\xa4\xa8\xe0\xa4\xa6\xe0\xa5\x80"
  check_kind("words:4", RIVER " x, " RIVER " y, z", RIVER ",q\n\xe0\xa4\xa8", "1 2 0 0",
             " " RIVER ", \xef\xbf\xbd \xef\xbf\xbd");
  check_kind("bpe:258", "low low lower", "lower", "257 68 81", "lower");
}

// Bytes that are no UTF-8, and the edges of fill.
static void test_edges(void) {
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  rt_ids ids = {0};
  const unsigned char bytes[] = {'a', 0xff, 0xc3, ' ', 0xe2, 0x82, 0, 0x80, '\n', 0xf0};
  CHECK(rt_tokenizer_read_json(&t, "data/tokenizer/llama3.json", &error) == RT_OK);
  CHECK(rt_tokenizer_encode(t, bytes, sizeof bytes, "t", &ids, &error) == RT_OK);
  CHECK(gives(t, &ids, bytes, sizeof bytes));
  rt_ids_clear(&ids);
  CHECK(rt_tokenizer_find(t, "<|end|>", 7) == 600 && rt_tokenizer_find(t, "<|end", 5) == -1);
  CHECK(rt_tokenizer_find(t, "a", 1) == 64);
  size_t size = 1;
  rt_tokenizer_bytes(t, -1, &size);
  CHECK(size == 0);
  rt_tokenizer_bytes(t, rt_tokenizer_count(t), &size);
  CHECK(size == 0);
  int32_t filled[4] = {9, 9, 9, 9};
  CHECK(rt_tokenizer_fill(t, "a!", 2, "t", filled, 3, -7, &error) == RT_OK);
  CHECK(filled[0] == 64 && filled[1] == 0 && filled[2] == -7 && filled[3] == 9);
  CHECK(rt_tokenizer_fill(t, "a!!b", 4, "t", filled, 2, -7, &error) == RT_OK);
  CHECK(filled[0] == 64 && filled[2] == -7);
  rt_tokenizer_destroy(t);
}

// A long piece takes time that grows little faster than its length.
static void test_long_piece(void) {
  enum { LONG = 1 << 20 };
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  rt_ids ids = {0};
  unsigned char *text = (unsigned char *)malloc(LONG);
  CHECK(text != NULL && rt_tokenizer_read_json(&t, "data/tokenizer/gpt2.json", &error) == RT_OK);
  for (size_t i = 0; i < LONG; i++) {
    text[i] = (unsigned char)("aabbeinrst"[i * i / 7 % 10]);
  }
  double begin = rt_seconds();
  CHECK(rt_tokenizer_encode(t, text, LONG, "t", &ids, &error) == RT_OK);
  CHECK(rt_seconds() - begin < 20.0 && gives(t, &ids, text, LONG));
  rt_ids_clear(&ids);
  rt_tokenizer_destroy(t);
  free(text);
}

// All tables of classes: how many characters of each there are in Unicode 16.0.
static void test_classes(void) {
  int counts[5] = {0};
  for (uint32_t c = 0; c <= RT_LAST_CHARACTER; c++) {
    counts[rt_unicode_class_of(c)]++;
  }
  CHECK(counts[RT_UNICODE_LETTER] == 141028 && counts[RT_UNICODE_NUMBER] == 1911);
  CHECK(counts[RT_UNICODE_MARK] == 2501 && counts[RT_UNICODE_SPACE] == 25);
  CHECK(rt_unicode_class_of(RT_NO_CHARACTER) == RT_UNICODE_OTHER);
}

// A tokenizer goes through the header of a file of weights as it is.
static void test_note(void) {
  rt_tokenizer *t = NULL;
  rt_notes notes = {0};
  rt_safetensors file;
  rt_error error = {0};
  CHECK(rt_tokenizer_read_json(&t, "data/tokenizer/gpt2.json", &error) == RT_OK);
  char *saved = rt_tokenizer_save(t, &error);
  CHECK(rt_notes_add(&notes, "tokenizer", &error, "%s", saved) == RT_OK);
  CHECK(rt_safetensors_write_noted("note.safetensors", NULL, &notes, 0, NULL, NULL, NULL, &error) ==
        RT_OK);
  CHECK(rt_safetensors_open(&file, "note.safetensors", &error) == RT_OK);
  check_same(rt_notes_find(&file.notes, "tokenizer"), saved);
  rt_safetensors_close(&file);
  rt_notes_clear(&notes);
  rt_release(saved);
  rt_tokenizer_destroy(t);
}

int main(void) {
  read_texts();
  test_same_ids();
  test_same_merges();
  test_classes();
  test_note();
  test_kinds();
  test_edges();
  test_long_piece();
  for (int i = 0; i < TEXTS; i++) {
    free(texts[i]);
  }
  return test_summary();
}
