// tokenizer_parts.h - what the files of the tokenizer share.

#ifndef RT_TOKENIZER_PARTS_H
#define RT_TOKENIZER_PARTS_H

#include "../files/utf8.h"
#include "tokenizer.h"

// ---- token_table.c ---------------------------------------------------------------

// Makes room for `count` elements of `width` bytes. `*block` comes from rt_allocate and moves.
int rt_token_grow(void *block, size_t width, size_t *capacity, size_t count, rt_error *error);

// Strings of bytes by their numbers, and the other way round.
typedef struct {
  int32_t count;
  size_t *ends;  // of each string in `bytes`; the first begins at 0
  size_t end_capacity;
  unsigned char *bytes;
  size_t byte_capacity;
  int32_t *slots;  // the numbers plus 1 by hash; 0 is free
  size_t slot_count, used;
} rt_strings;

// Appends a string; with `is_found` rt_strings_find will give its number, so it must be new.
int rt_strings_append(rt_strings *strings, const void *bytes, size_t size, int is_found,
                      rt_error *error);
int32_t rt_strings_find(const rt_strings *strings, const void *bytes, size_t size);  // or -1
const unsigned char *rt_strings_bytes(const rt_strings *strings, int32_t number, size_t *size);

// Finds a string or appends it.
int rt_strings_take(rt_strings *strings, const void *bytes, size_t size, int32_t *number,
                    rt_error *error);
void rt_strings_clear(rt_strings *strings);

// Numbers by pairs of ids.
typedef struct {
  uint64_t *keys;
  int32_t *values;
  size_t slot_count, used;
} rt_pairs;

static inline uint64_t rt_pair_key(int32_t left, int32_t right) {
  return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

int rt_pairs_set(rt_pairs *pairs, uint64_t key, int32_t value, rt_error *error);
int32_t rt_pairs_find(const rt_pairs *pairs, uint64_t key);  // or -1
void rt_pairs_clear(rt_pairs *pairs);

// ---- pieces.c --------------------------------------------------------------------

// How a text is cut into pieces that are encoded one by one.
typedef enum { RT_PIECES_WHOLE, RT_PIECES_GPT2, RT_PIECES_LLAMA3, RT_PIECES_QWEN2 } rt_pieces;
enum { RT_PIECE_KINDS = 4 };

extern const char *const rt_piece_names[RT_PIECE_KINDS];

// The pattern's expression in a tokenizer.json, or null.
extern const char *const rt_piece_patterns[RT_PIECE_KINDS];

// The end of the piece that begins at `at`, which is below `size`.
size_t rt_piece_end(rt_pieces pieces, const unsigned char *text, size_t size, size_t at);

// The end of the word, or the white space, at `at`. A word is a sequence of letters, numbers and
// marks, or any other character but white space.
typedef enum { RT_WORD_SPACE, RT_WORD_SIGN, RT_WORD_LETTERS } rt_word_class;
size_t rt_word_end(const unsigned char *text, size_t size, size_t at, rt_word_class *class_found);


// ---- byte_letters.c: bytes as the characters that stand for them in files --------------

// GPT-2's: those that can be printed in Latin-1 stand for themselves, the others for 256, 257 and
// so on. The second one returns -1 for a character that stands for no byte.
uint32_t rt_byte_letter(unsigned char byte);
int rt_letter_byte(uint32_t letter);

// Turns a text of such letters into bytes, in place or elsewhere; returns their number, or SIZE_MAX
// if a character is another.
size_t rt_letters_read(unsigned char *bytes, const char *text, size_t size);

// The byte of number n in the order of the letters.
unsigned char rt_letter_order(int n);

// ---- The tokenizer ----------------------------------------------------------------

typedef enum { RT_BYTES, RT_CHARACTERS, RT_WORDS, RT_BPE } rt_tokenizer_kind;
enum { RT_TOKENIZER_KINDS = 4, RT_TOKENIZER_VERSION = 1 };  // the version of saved texts

extern const char *const rt_tokenizer_kinds[RT_TOKENIZER_KINDS];

// Two ids that become one; the first rule of the list is applied first.
typedef struct {
  int32_t left, right, result;
} rt_merge;

// A token that is found in the text before anything else.
enum {
  RT_ADDED_NORMALIZED = 1,  // only where no token without this flag is
  RT_ADDED_LSTRIP = 2,      // takes white space before it
  RT_ADDED_RSTRIP = 4,
  RT_ADDED_ALL = 7,
  RT_ADDED_FOUND = 8  // in a saved text: pieces may be this token, too
};

typedef struct {
  int32_t id;
  int flags;
} rt_added;

struct rt_tokenizer {
  rt_tokenizer_kind kind;
  rt_strings tokens;  // by id; not those added tokens that only rt_added has
  // Of byte pairs.
  rt_pieces pieces;
  int prefix_space;   // a text that does not begin with a blank gets one
  int whole_first;    // a piece that is a token needs no merges
  int32_t byte_ids[256];
  rt_merge *merges;
  size_t merge_count, merge_capacity;
  rt_pairs pairs;     // the number in `merges` of a pair
  rt_added *added;    // in the order of their bytes
  size_t added_count, added_capacity;
  unsigned char added_starts[256];  // true for the first byte of one
};

// Frees nothing but memory that it replaces; the ids of a merge must exist.
int rt_tokenizer_add_merge(rt_tokenizer *tokenizer, rt_merge merge, rt_error *error);

// Checks what all byte pairs need: an id for each byte, and merges whose bytes are those of their
// parts. Sorts added tokens. Errors begin with `place`.
int rt_tokenizer_finish(rt_tokenizer *tokenizer, const char *place, rt_error *error);

rt_tokenizer *rt_tokenizer_create(rt_tokenizer_kind kind, rt_error *error);

// A word as it stands in the table: letters with a blank before them. `room` grows as needed and is
// to be freed with rt_release.
typedef struct {
  unsigned char *bytes;
  size_t capacity, size;
} rt_word_key;

int rt_word_key_make(rt_word_key *key, const unsigned char *word, size_t size,
                     rt_word_class class_found, rt_error *error);

// ---- bpe_encode.c, words.c, added_tokens.c --------------------------------------------

// Append the ids of a text.
int rt_bpe_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                  rt_ids *ids, rt_error *error);
int rt_words_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                    rt_ids *ids, rt_error *error);
int rt_characters_encode(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size,
                         const char *place, rt_ids *ids, rt_error *error);

// An added token in a text.
typedef struct {
  size_t begin, end;  // with the white space that it takes
  int32_t id;
} rt_added_match;

// Finds the first one from `at` on with or without RT_ADDED_NORMALIZED; false if there is none.
int rt_added_find(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size, size_t at,
                  int normalized, rt_added_match *match);

// ---- bpe_train.c -----------------------------------------------------------------

// Adds merges to a tokenizer that has the bytes until it has `count` ids, or no pair is left.
// Word n occurs `times[n]` times.
int rt_bpe_train(rt_tokenizer *tokenizer, const rt_strings *words, const int64_t *times,
                 int32_t count, rt_error *error);

#endif
