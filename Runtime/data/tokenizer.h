// tokenizer.h - text as numbers: each id of a tokenizer stands for some bytes.

#ifndef RT_TOKENIZER_H
#define RT_TOKENIZER_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rt_tokenizer rt_tokenizer;

// Ids that are appended to; to be freed with rt_ids_clear. Begins as {0}.
typedef struct {
  int32_t *items;
  size_t count, capacity;
} rt_ids;

int rt_ids_add(rt_ids *ids, int32_t id, rt_error *error);
void rt_ids_clear(rt_ids *ids);

// ---- tokenizer.c -----------------------------------------------------------------

// How many ids there are: they are 0 to below this.
int32_t rt_tokenizer_count(const rt_tokenizer *tokenizer);

// Appends the ids of a text, which is any bytes. `place` names it in errors, which there are only
// without memory, for a text of more than 2 GB, and of the kind 'characters' for others than those
// of the training.
int rt_tokenizer_encode(const rt_tokenizer *tokenizer, const void *text, size_t size,
                        const char *place, rt_ids *ids, rt_error *error);

// The bytes of an id, which may end within a character of UTF-8 (rt_utf8_put holds such back); none
// for a number that is no id.
const unsigned char *rt_tokenizer_bytes(const rt_tokenizer *tokenizer, int32_t id, size_t *size);

// The id whose bytes, or whose added token, are just these; -1 if there is none.
int32_t rt_tokenizer_find(const rt_tokenizer *tokenizer, const void *bytes, size_t size);

// Encodes a text and keeps the first `length` ids; if there are fewer, the rest become `fill`.
int rt_tokenizer_fill(const rt_tokenizer *tokenizer, const void *text, size_t size,
                      const char *place, int32_t *ids, size_t length, int32_t fill,
                      rt_error *error);

void rt_tokenizer_destroy(rt_tokenizer *tokenizer);

// ---- tokenizer_train.c: tokenizers by the name of their kind ----------------------------

// "bytes"        the 256 bytes
// "characters"   the code points of the training text, in their order; others are errors
// "words:N"      the N - 1 most frequent words of the text (the first in the order of bytes, if
//                equally so) from id 1 on; id 0 is every other word. A word is a sequence of
//                letters, numbers and marks, with a blank before it; or any other character but
//                white space
// "bpe:N"        byte pairs, trained to N ids, with the pieces of GPT-2
// "file:PATH"    a tokenizer.json, relative to `folder`
typedef struct rt_trainer rt_trainer;

// Reads a kind; errors begin with `place`. To be ended with rt_trainer_end.
int rt_trainer_begin(rt_trainer **trainer, const char *kind, const char *folder,
                     const char *place, rt_error *error);

// True iff the tokenizer depends on texts.
int rt_trainer_needs_text(const rt_trainer *trainer);

// Counts what is in a text; several are as if they were apart.
int rt_trainer_add(rt_trainer *trainer, const void *text, size_t size, const char *place,
                   rt_error *error);

// Makes the tokenizer unless `tokenizer` is null, and frees the trainer in any case. The tokenizer
// is to be freed with rt_tokenizer_destroy; null on failure.
int rt_trainer_end(rt_trainer *trainer, rt_tokenizer **tokenizer, rt_error *error);

// ---- tokenizer_json.c, tokenizer_save.c, tokenizer_load.c -------------------------------

// Reads a tokenizer.json of Hugging Face with byte pairs. `place` is its path, for errors.
int rt_tokenizer_parse_json(rt_tokenizer **tokenizer, const void *text, size_t size,
                            const char *place, rt_error *error);
int rt_tokenizer_read_json(rt_tokenizer **tokenizer, const char *path, rt_error *error);

// The tokenizer as a text of UTF-8 without control characters but line breaks, to be freed with
// rt_release; null and an error without memory.
char *rt_tokenizer_save(const rt_tokenizer *tokenizer, rt_error *error);

// Reads such a text. `place` names it in errors.
int rt_tokenizer_load(rt_tokenizer **tokenizer, const char *text, const char *place,
                      rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
