// tokenizer_files_test.c - tokenizer.json and saved tokenizers that are refused, each with its
// message.

#include <stdlib.h>

#include "runtime/data/tokenizer.h"
#include "texts.h"

// A file of data/tokenizer, what is replaced in it, and the message.
typedef struct {
  const char *file, *old, *other, *message;
} bad_json;

static void check_json(const bad_json *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char path[64];
    size_t size;
    rt_tokenizer *t = NULL;
    rt_error error = {0};
    snprintf(path, sizeof path, "data/tokenizer/%s.json", cases[i].file);
    char *good = (char *)read_all(path, &size);
    char *bad = replace(good, cases[i].old, cases[i].other);
    CHECK(rt_tokenizer_parse_json(&t, bad, strlen(bad), "f", &error) != RT_OK && t == NULL);
    check_same(error.message, cases[i].message);
    rt_tokenizer_destroy(t);
    free(good);
    free(bad);
  }
}

static void test_settings(void) {
  static const bad_json cases[] = {
      {"prefix", "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}",
       "f: normalizer: expected null, as texts are taken as they are, found 'NFC'"},
      {"prefix", "\"pre_tokenizer\":{\"type\":\"ByteLevel\"",
       "\"pre_tokenizer\":{\"type\":\"Digits\"",
       "f: pre_tokenizer: expected 'ByteLevel', alone or after a 'Split', found 'Digits'"},
      {"prefix", "\"pre_tokenizer\"", "\"other\"",
       "f: pre_tokenizer: expected 'ByteLevel', alone or after a 'Split', found none"},
      {"llama3", "\\\\p{N}{1,3}", "\\\\p{N}{1,2}",
       "f: pre_tokenizer: Split: expected the expression of GPT-2, of Llama 3 or of Qwen2, found "
       "'(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,2}| "
       "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'"},
      {"llama3", "\"behavior\":\"Isolated\"", "\"behavior\":\"Removed\"",
       "f: pre_tokenizer: Split: expected a pattern whose matches are isolated, found another"},
      {"llama3", "\"use_regex\":false", "\"use_regex\":true",
       "f: pre_tokenizer: ByteLevel: expected no use_regex and no add_prefix_space after a "
       "'Split', found use_regex"},
      {"prefix", "\"decoder\":{\"type\":\"ByteLevel\"", "\"decoder\":{\"type\":\"WordPiece\"",
       "f: decoder: expected 'ByteLevel', found 'WordPiece'"},
      {"prefix", "\"type\":\"BPE\"", "\"type\":\"Unigram\"",
       "f: model: type: expected 'BPE', found 'Unigram'"},
      {"prefix", "\"byte_fallback\":false", "\"byte_fallback\":true",
       "f: model: byte_fallback: expected false, found true"},
      {"prefix", "\"dropout\":null", "\"dropout\":0.1",
       "f: model: dropout: expected null, found another value"},
      {"prefix", "\"end_of_word_suffix\":null", "\"end_of_word_suffix\":\"</w>\"",
       "f: model: end_of_word_suffix: expected '', found '</w>'"},
      {"prefix", "\"continuing_subword_prefix\":null", "\"continuing_subword_prefix\":\"##\"",
       "f: model: continuing_subword_prefix: expected '', found '##'"},
  };
  check_json(cases, sizeof cases / sizeof *cases);
}

static void test_tokens(void) {
  static const bad_json cases[] = {
      {"prefix", "\"single_word\":false", "\"single_word\":true",
       "f: added_tokens: expected no single_word, found it"},
      {"prefix", "\"id\":300", "\"id\":400",
       "f: expected the ids 0 to 301, each for one token, found 400 for '<mask>'"},
      {"prefix", "\"content\":\"<mask>\"", "\"content\":\"<s>\"",
       "f: expected an added token once, found '<s>' with the ids 300 and 301"},
      {"prefix", "\"!\":0", "\"!\":1",
       "f: expected the ids 0 to 301, each for one token, found 1 for '\"'"},
      {"prefix", "\"!\":0", "\"\xe4\xbd\xa0\":0",
       "f: model: vocab: expected tokens whose letters stand for bytes, found '\xe4\xbd\xa0'; only "
       "byte-level vocabularies are read"},
      {"prefix", "\"!\":0", "\"zz\":0",
       "f: expected a token for each of the 256 bytes, found none for byte 33"},
      {"prefix", "\"!\":0", "\"\\\"\":0",
       "f: model: vocab: expected each token once and an id below 2^31, found '\"' with id 1"},
      {"prefix", "\"!\":0", "\"!\":-1", "f: byte 707: expected an integer, 0 or more, found '-'"},
      {"prefix", "\"merges\":[", "\"merges\":[\"a b c\",",
       "f: byte 3331: expected a merge of two tokens with a blank between them, found ','"},
      {"prefix", "\"merges\":[", "\"merges\":[[\"a\"],",
       "f: byte 3329: expected two tokens in a merge, found ','"},
      {"prefix", "\"merges\":[", "\"merges\":[[\"a\",\"a\",\"b\"],",
       "f: byte 3333: expected two tokens, found '\"'"},
      {"prefix", "\"merges\":[", "\"merges\":[\"q qq\",",
       "f: model: merges: expected tokens of the vocabulary, found 'qq' in merge 0"},
      {"prefix", "\"merges\"", "\"other\"",
       "f: model: expected a 'vocab' and 'merges', found none"},
      {"prefix", "\"version\":\"1.0\"", "\"version\":1.",
       "f: byte 13: expected a digit, found ','"},
      {"prefix", "\"version\":\"1.0\"", "\"version\":[1,{\"a\":[]}",
       "f: byte 35: expected ']', found ':'"},
      {"prefix", "}}\n", "}}x", "f: byte 3702: expected the end of the file, found 'x'"},
      {"prefix", "}}\n", "}", "f: byte 3701: expected '}', found the end"},
      {"prefix", "{", "[", "f: byte 0: expected '{', found '['"},
  };
  check_json(cases, sizeof cases / sizeof *cases);
  // Values that are passed over may not be too deep.
  char deep[256];
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  snprintf(deep, sizeof deep, "{\"x\":%.*s", 80,
           "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
  CHECK(rt_tokenizer_parse_json(&t, deep, strlen(deep), "f", &error) != RT_OK);
  check_same(error.message,
             "f: byte 69: expected values at most 64 deep in each other, found '['");
}

static void test_bad_text(void) {
  static const struct {
    const char *old, *other, *message;
  } cases[] = {
      {"tokenizer 1", "tokenizer 2",
       "w: tokenizer: line 1: expected version 1, which this program reads, found 'tokenizer 2'"},
      {"tokenizer 1", "tokens",
       "w: tokenizer: line 1: expected 'tokenizer' and a number, found 'tokens'"},
      {"kind bpe", "kind wordpiece",
       "w: tokenizer: line 2: expected a known 'kind', found 'kind wordpiece'"},
      {"pieces gpt2", "pieces gpt3",
       "w: tokenizer: line 3: expected a known 'pieces', found 'pieces gpt3'"},
      {"flags 1", "flags 4", "w: tokenizer: line 4: expected 0 to 3, found 'flags 4'"},
      {"added 2", "added 99999999",
       "w: tokenizer: line 5: expected no more than there are lines, found 'added 99999999'"},
      {"300 2", "300 16",
       "w: tokenizer: line 6: expected the id of another added token, and its flags, found "
       "'300 16'"},
      {"300 2", "301 2",
       "w: tokenizer: line 7: expected the id of another added token, and its flags, found "
       "'301 4'"},
      {"300 2", "302 2",
       "w: tokenizer: line 310: expected a token for the id of each added one, found '<s>'"},
      {"\n!\n", "\n\n",
       "w: tokenizer: line 9: expected letters that stand for bytes, found ''"},
      {"\n!\n", "\n\"\n", "w: tokenizer: line 10: expected another token, found '\"'"},
      {"\n!\n", "\n\xe4\xbd\xa0\n",
       "w: tokenizer: line 9: expected letters that stand for bytes, found '\xe4\xbd\xa0'"},
      {"\n!\n", "\n!!\n",
       "w: expected a token for each of the 256 bytes, found none for byte 33"},
      {"merges 44\n", "merges 44\n500 1\n",
       "w: tokenizer: line 312: expected the ids of another merge, found '500 1'"},
      {"merges 44\n", "merges 45\n1 1 256\n",
       "w: merge 0: expected a token with the bytes of both, found another"},
      {"merges 44\n", "merges 44\n1  1\n",
       "w: tokenizer: line 312: expected the ids of another merge, found '1  1'"},
      {"end\n", "end\nx", "w: tokenizer: line 356: expected 'end' as the last line, found 'end'"},
      {"end\n", "", "w: tokenizer: line 356: expected 'end' as the last line, found ''"},
  };
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  CHECK(rt_tokenizer_read_json(&t, "data/tokenizer/prefix.json", &error) == RT_OK);
  char *good = rt_tokenizer_save(t, &error);
  rt_tokenizer_destroy(t);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *bad = replace(good, cases[i].old, cases[i].other);
    CHECK(rt_tokenizer_load(&t, bad, "w", &error) != RT_OK && t == NULL);
    check_same(error.message, cases[i].message);
    rt_tokenizer_destroy(t);
    free(bad);
  }
  rt_release(good);
}

int main(void) {
  test_settings();
  test_tokens();
  test_bad_text();
  return test_summary();
}
