// text_parts.h - the parts of the format 'text'.

#ifndef RT_TEXT_PARTS_H
#define RT_TEXT_PARTS_H

#include "../files/files.h"
#include "tokenizer.h"

// ---- text_files.c ----------------------------------------------------------------

typedef struct {
  char *path;
  rt_file file;  // closed again if there are many
  size_t size;
} rt_text_file;

typedef struct {
  int count;
  size_t capacity;
  rt_text_file *items;
} rt_text_files;

// Opens a file, or all of a folder whose names end in .txt, in the order of their names. To be
// closed with rt_text_files_close, also on failure.
int rt_text_files_open(rt_text_files *files, const char *path, rt_error *error);
void rt_text_files_close(rt_text_files *files);

// Reads a part of a file.
int rt_text_file_read(const rt_text_file *file, void *target, size_t offset, size_t bytes,
                      rt_error *error);

// Calls `use` with the whole text of each file. With `is_text` a file that is none is an error.
int rt_text_files_each(const rt_text_files *files, int is_text,
                       int (*use)(void *context, int file, const unsigned char *text, size_t size,
                                  rt_error *error),
                       void *context, rt_error *error);

// Keeps small files in memory, as bytes are read from them again and again.
int rt_text_files_hold(rt_text_files *files, rt_error *error);

// ---- text_corpus.c ---------------------------------------------------------------

// A line that is not empty: its first id or byte, how many there are, and its number in its file.
typedef struct {
  size_t begin;
  uint32_t count;
  uint32_t number;
} rt_text_line;

// All files as ids of one kind, one after the other; or as their bytes, which stay in the files.
typedef struct {
  const char *kind;
  int in_lines;  // each line was encoded for itself
  rt_tokenizer *tokenizer;
  int are_bytes;
  size_t count;    // of ids
  uint16_t *small;  // if all ids fit
  int32_t *large;  // else
  size_t capacity;
  rt_text_line *lines;
  size_t line_count, line_capacity;
  size_t *ends;       // of each file: the ids up to there
  size_t *line_ends;  // of each file: the lines up to there
} rt_corpus;

// Where a corpus comes from.
typedef struct {
  const char *kind;
  int in_lines;
  const char *folder;  // of the file of a tokenizer
  const char *saved;   // a tokenizer instead of one that is trained, or null
  const char *place;   // for errors about the kind
} rt_corpus_plan;

// Makes the tokenizer and the ids. To be freed with rt_corpus_clear, also on failure.
int rt_corpus_make(rt_corpus *corpus, const rt_corpus_plan *plan, rt_text_files *files,
                   rt_error *error);
void rt_corpus_clear(rt_corpus *corpus);

// Copies `count` ids from `begin` on.
int rt_corpus_read(const rt_corpus *corpus, const rt_text_files *files, size_t begin, size_t count,
                   int32_t *ids, rt_error *error);

// The number of the file that has the id, or the line, `at`.
int rt_corpus_file(const size_t *ends, int count, size_t at);

#endif
