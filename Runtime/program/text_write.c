// text_write.c - writes an output of bytes, or of names or tokens, as text.

#include <string.h>

#include "outputs.h"

int rt_text_check(const rt_result *results, int count, const char *place, rt_error *error) {
  for (int i = 0; i < count; i++) {
    const rt_tensor *tensor = results[i].tensor;
    const int rank = tensor->rank - (results[i].has_examples && tensor->rank > 1 ? 1 : 0);
    if (results[i].words.naming == NULL && (tensor->dtype != RT_U8 || rank != 1)) {
      char type[256];
      return rt_fail(error, RT_ERROR_USAGE,
                     "%s: expected u8 [bytes], or an output with names or tokens, for .txt, found "
                     "%s without; .npy and .csv take numbers",
                     place, rt_tensor_text(type, sizeof type, tensor));
    }
  }
  return RT_OK;
}

// Writes bytes as they are; a line break ends each example.
static void put_bytes(rt_writer *writer, const rt_array *array) {
  const int64_t examples = array->rank > 1 ? array->shape[0] : 1;
  const size_t length = examples > 0 ? array->elements / (size_t)examples : 0;
  for (int64_t i = 0; i < examples; i++) {
    const unsigned char *text = (const unsigned char *)array->data + (size_t)i * length;
    // A text that is shorter than there is room for ends with zeros.
    size_t used = length;
    while (used > 0 && text[used - 1] == 0) {
      used--;
    }
    rt_write(writer, text, used);
    if (used == 0 || text[used - 1] != '\n') {
      rt_write_string(writer, "\n");
    }
  }
}

void rt_text_put(rt_writer *writer, const rt_result *results, int count) {
  for (int i = 0; i < count; i++) {
    if (results[i].words.naming != NULL) {
      rt_words_put(writer, &results[i]);
    } else {
      put_bytes(writer, results[i].array);
    }
  }
}
