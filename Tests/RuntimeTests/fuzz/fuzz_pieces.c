// fuzz_pieces.c - cuts any bytes into pieces, trains tokenizers on them, and encodes them.

#include "data/tokenizer_parts.h"
#include "fuzz.h"

// Every piece ends behind its beginning, and the last one at the end.
static void cut(const unsigned char *text, size_t size) {
  for (int kind = 0; kind < RT_PIECE_KINDS; kind++) {
    for (size_t at = 0; at < size;) {
      size_t end = rt_piece_end((rt_pieces)kind, text, size, at);
      ALWAYS(end > at && end <= size);
      at = end;
    }
  }
  rt_word_class found;
  for (size_t at = 0; at < size;) {
    size_t end = rt_word_end(text, size, at, &found);
    ALWAYS(end > at && end <= size);
    at = end;
  }
}

// Trains on the text and encodes it; all kinds but words give it back.
static void train(const char *kind, const unsigned char *text, size_t size) {
  rt_trainer *trainer = NULL;
  rt_tokenizer *t = NULL;
  rt_error error = {0};
  rt_ids ids = {0};
  size_t at = 0;
  ALWAYS(rt_trainer_begin(&trainer, kind, ".", "f", &error) == RT_OK);
  if (rt_trainer_add(trainer, text, size, "f", &error) != RT_OK) {
    ALWAYS_CLEAR(error);
    rt_trainer_end(trainer, NULL, NULL);
    return;
  }
  ALWAYS(rt_trainer_end(trainer, &t, &error) == RT_OK);
  ALWAYS(rt_tokenizer_encode(t, text, size, "f", &ids, &error) == RT_OK);
  for (size_t i = 0; i < ids.count; i++) {
    size_t length;
    const unsigned char *bytes = rt_tokenizer_bytes(t, ids.items[i], &length);
    if (t->kind != RT_WORDS) {
      ALWAYS(length <= size - at && memcmp(bytes, text + at, length) == 0);
      at += length;
    }
  }
  ALWAYS(t->kind == RT_WORDS || at == size);
  rt_ids_clear(&ids);
  rt_tokenizer_destroy(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  cut(copy, size);
  train("bytes", copy, size);
  train("characters", copy, size);
  train("words:20", copy, size);
  train("bpe:300", copy, size);
  free(copy);
  return 0;
}
