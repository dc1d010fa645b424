// text_corpus.c - texts as ids.

#include <string.h>

#include "text_parts.h"
#include "tokenizer_parts.h"

// ---- The tokenizer ----

typedef struct {
  rt_trainer *trainer;
  const rt_text_files *files;
} training;

static int learn(void *context, int file, const unsigned char *text, size_t size,
                 rt_error *error) {
  const training *t = (const training *)context;
  return rt_trainer_add(t->trainer, text, size, t->files->items[file].path, error);
}

// Makes the tokenizer of a kind, or reads the one that was saved if it would have to be trained.
static int make_tokenizer(rt_corpus *corpus, const rt_corpus_plan *plan,
                          const rt_text_files *files, rt_error *error) {
  training t = {NULL, files};
  int code = rt_trainer_begin(&t.trainer, plan->kind, plan->folder, plan->place, error);
  if (code != RT_OK) {
    return code;
  }
  int is_trained = rt_trainer_needs_text(t.trainer), is_saved = is_trained && plan->saved != NULL;
  if (is_saved) {
    code = rt_tokenizer_load(&corpus->tokenizer, plan->saved, plan->place, error);
  } else if (is_trained) {
    code = rt_text_files_each(files, 1, learn, &t, error);
  }
  if (code != RT_OK || is_saved) {
    rt_trainer_end(t.trainer, NULL, NULL);
    return code;
  }
  return rt_trainer_end(t.trainer, &corpus->tokenizer, error);
}

// ---- The ids ----

typedef struct {
  rt_corpus *corpus;
  const rt_text_files *files;
} encoding;

// Adds ids in as few bytes as all ids of the tokenizer fit into.
static int append_ids(rt_corpus *corpus, const rt_ids *ids, rt_error *error) {
  size_t count = corpus->count + ids->count;
  int is_small = rt_tokenizer_count(corpus->tokenizer) <= UINT16_MAX + 1;
  int code = is_small ? rt_token_grow(&corpus->small, sizeof(uint16_t), &corpus->capacity, count,
                                      error)
                      : rt_token_grow(&corpus->large, sizeof(int32_t), &corpus->capacity, count,
                                      error);
  for (size_t i = 0; i < ids->count && code == RT_OK; i++) {
    if (is_small) {
      corpus->small[corpus->count + i] = (uint16_t)ids->items[i];
    } else {
      corpus->large[corpus->count + i] = ids->items[i];
    }
  }
  corpus->count = code == RT_OK ? count : corpus->count;
  return code;
}

// Notes where a line is among the ids, or the bytes, of all files.
static int add_line(rt_corpus *corpus, size_t begin, size_t count, size_t number,
                    const char *path, rt_error *error) {
  if (count > UINT32_MAX || number > UINT32_MAX) {
    return rt_fail(error, RT_ERROR_MISMATCH, "%s: line %zu: expected fewer than 2^32 bytes and "
                   "lines", path, number);
  }
  int code = rt_token_grow(&corpus->lines, sizeof(rt_text_line), &corpus->line_capacity,
                           corpus->line_count + 1, error);
  if (code == RT_OK) {
    corpus->lines[corpus->line_count++] =
        (rt_text_line){begin, (uint32_t)count, (uint32_t)number};
  }
  return code;
}

// Encodes the lines of a text that are not empty, each for itself and without its end.
static int encode_lines(const encoding *e, const char *path, const unsigned char *text, size_t size,
                        rt_error *error) {
  rt_corpus *corpus = e->corpus;
  rt_ids ids = {0};
  size_t number = 0, next;
  int code = RT_OK;
  for (size_t at = 0; at < size && code == RT_OK; at = next) {
    const unsigned char *stop = (const unsigned char *)memchr(text + at, '\n', size - at);
    size_t end = stop != NULL ? (size_t)(stop - text) : size;
    next = end + 1;
    number++;
    end -= end > at && text[end - 1] == '\r' ? 1 : 0;
    if (end == at) {
      continue;
    }
    size_t begin = corpus->count;
    ids.count = 0;
    if (corpus->are_bytes) {
      code = add_line(corpus, begin + at, end - at, number, path, error);
      continue;
    }
    char place[1024];
    snprintf(place, sizeof place, "%.900s: line %zu", path, number);
    code = rt_tokenizer_encode(corpus->tokenizer, text + at, end - at, place, &ids, error);
    if (code == RT_OK) {
      code = append_ids(corpus, &ids, error);
    }
    if (code == RT_OK) {
      code = add_line(corpus, begin, ids.count, number, path, error);
    }
  }
  rt_ids_clear(&ids);
  return code;
}

static int is_letter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// The end of a part of a text from `at` on, of about a megabyte, which has the ids that it has in
// the whole text: no word or piece of a tokenizer that was trained here goes beyond a line feed
// between two letters. All of the text where that is not known.
static size_t part_end(const rt_tokenizer *t, const unsigned char *text, size_t size, size_t at) {
  enum { PART = 1 << 20 };
  int is_known = t->kind == RT_CHARACTERS || t->kind == RT_WORDS ||
                 (t->kind == RT_BPE && t->pieces != RT_PIECES_WHOLE && t->added_count == 0 &&
                  !t->prefix_space);
  for (size_t i = at + PART; is_known && i < size; i++) {
    if (text[i - 1] == '\n' && is_letter(text[i]) && is_letter(text[i - 2])) {
      return i;
    }
  }
  return size;
}

// Encodes a text part by part, so that few ids are held in 4 bytes.
static int encode_parts(rt_corpus *corpus, const char *path, const unsigned char *text, size_t size,
                        rt_ids *ids, rt_error *error) {
  int code = RT_OK;
  for (size_t at = 0, end; at < size && code == RT_OK; at = end) {
    end = part_end(corpus->tokenizer, text, size, at);
    ids->count = 0;
    code = rt_tokenizer_encode(corpus->tokenizer, text + at, end - at, path, ids, error);
    if (code != RT_OK && code != RT_ERROR_MEMORY && at > 0) {
      // The place in the message is that in the whole text.
      ids->count = 0;
      return rt_tokenizer_encode(corpus->tokenizer, text, size, path, ids, error);
    }
    code = code == RT_OK ? append_ids(corpus, ids, error) : code;
  }
  return code;
}

// Adds the ids of a file, and where it ends among them.
static int encode(void *context, int file, const unsigned char *text, size_t size,
                  rt_error *error) {
  const encoding *e = (const encoding *)context;
  rt_corpus *corpus = e->corpus;
  const char *path = e->files->items[file].path;
  rt_ids ids = {0};
  int code = RT_OK;
  if (corpus->in_lines) {
    code = encode_lines(e, path, text, size, error);
  } else {
    code = encode_parts(corpus, path, text, size, &ids, error);
  }
  rt_ids_clear(&ids);
  corpus->count += corpus->are_bytes ? size : 0;
  corpus->ends[file] = corpus->count;
  corpus->line_ends[file] = corpus->line_count;
  return code;
}

int rt_corpus_make(rt_corpus *corpus, const rt_corpus_plan *plan, rt_text_files *files,
                   rt_error *error) {
  size_t bytes = (size_t)files->count * sizeof(size_t);
  *corpus = (rt_corpus){.kind = plan->kind, .in_lines = plan->in_lines};
  corpus->ends = (size_t *)rt_allocate(bytes);
  corpus->line_ends = (size_t *)rt_allocate(bytes);
  if (corpus->ends == NULL || corpus->line_ends == NULL) {
    return rt_fail_memory(error, bytes, "the files of a text");
  }
  int code = make_tokenizer(corpus, plan, files, error);
  if (code != RT_OK) {
    return code;
  }
  corpus->are_bytes = strcmp(plan->kind, "bytes") == 0;
  if (corpus->are_bytes) {
    code = rt_text_files_hold(files, error);
  }
  if (corpus->are_bytes && !plan->in_lines) {
    for (int i = 0; i < files->count; i++) {
      corpus->ends[i] = corpus->count += files->items[i].size;
    }
    return code;
  }
  encoding e = {corpus, files};
  return code == RT_OK ? rt_text_files_each(files, !corpus->are_bytes, encode, &e, error) : code;
}

void rt_corpus_clear(rt_corpus *corpus) {
  rt_tokenizer_destroy(corpus->tokenizer);
  rt_release(corpus->small);
  rt_release(corpus->large);
  rt_release(corpus->lines);
  rt_release(corpus->ends);
  rt_release(corpus->line_ends);
  *corpus = (rt_corpus){0};
}

int rt_corpus_file(const size_t *ends, int count, size_t at) {
  int low = 0, high = count - 1;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (ends[middle] <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Reads bytes as ids, from one file after the other.
static int read_bytes(const rt_corpus *corpus, const rt_text_files *files, size_t begin,
                      size_t count, int32_t *ids, rt_error *error) {
  unsigned char part[4096];
  int code = RT_OK;
  while (count > 0 && code == RT_OK) {
    int file = rt_corpus_file(corpus->ends, files->count, begin);
    size_t left = corpus->ends[file] - begin;
    size_t size = count < left ? count : left;
    size = size < sizeof part ? size : sizeof part;
    size_t offset = files->items[file].size - left;
    code = rt_text_file_read(&files->items[file], part, offset, size, error);
    for (size_t i = 0; i < size && code == RT_OK; i++) {
      ids[i] = part[i];
    }
    ids += size;
    begin += size;
    count -= size;
  }
  return code;
}

int rt_corpus_read(const rt_corpus *corpus, const rt_text_files *files, size_t begin, size_t count,
                   int32_t *ids, rt_error *error) {
  if (corpus->are_bytes) {
    return read_bytes(corpus, files, begin, count, ids, error);
  }
  for (size_t i = 0; i < count; i++) {
    ids[i] = corpus->small != NULL ? corpus->small[begin + i] : corpus->large[begin + i];
  }
  return RT_OK;
}
