// prompt_function.c - which functions can go on with a text, and their tokenizer.

#include <string.h>

#include "../data/tokenizer.h"
#include "prompt.h"

int rt_prompt_shape_of(rt_prompt_shape *shape, const rt_function *function) {
  if (!rt_is_offered(function) || function->input_count != 1 || function->output_count != 1) {
    return 0;
  }
  const rt_tensor *in = &function->inputs[0], *out = &function->outputs[0];
  int is_context = in->dtype >= RT_I16 && in->dtype <= RT_U64 &&
                   (in->rank == 1 || (in->rank == 2 && in->shape[0] == 1));
  if (!is_context || out->dtype > RT_BF16 || out->rank < 1) {
    return 0;
  }
  *shape = (rt_prompt_shape){.function = function,
                             .length = in->shape[in->rank - 1],
                             .count = out->shape[out->rank - 1]};
  size_t elements = rt_tensor_elements(out), count = (size_t)shape->count;
  shape->is_last_only = elements == count && shape->length > 1;
  int has_all = out->rank > 1 && out->shape[out->rank - 2] == shape->length &&
                elements == count * (size_t)shape->length;
  return count > 0 && shape->length > 0 && (elements == count || has_all);
}

int rt_can_prompt(const rt_model *model) {
  rt_prompt_shape shape;
  for (int i = 0; i < model->function_count; i++) {
    if (rt_prompt_shape_of(&shape, &model->functions[i])) {
      return 1;
    }
  }
  return 0;
}

// Reads the tokenizer of a file: JSON, or the text that goes with weights.
static int read_file(rt_tokenizer **tokenizer, const char *path, rt_error *error) {
  enum { MOST_BYTES = 1 << 30 };
  rt_file file;
  char *text = NULL;
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK && file.size > MOST_BYTES) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected a tokenizer of at most 1 GB, found %zu "
                   "bytes", path, file.size);
  }
  if (code == RT_OK) {
    text = (char *)rt_allocate(file.size + 1);
    code = text != NULL ? rt_file_read(&file, text, 0, file.size, path, error)
                        : rt_fail_memory(error, file.size, path);
  }
  if (code == RT_OK) {
    int is_saved = strncmp(text, "tokenizer ", 10) == 0;
    code = is_saved ? rt_tokenizer_load(tokenizer, text, path, error)
                    : rt_tokenizer_parse_json(tokenizer, text, file.size, path, error);
  }
  rt_release(text);
  rt_file_close(&file);
  return code;
}

int rt_prompt_tokenizer(rt_tokenizer **tokenizer, const rt_options *options, rt_error *error) {
  *tokenizer = NULL;
  if (options->tokenizer != NULL) {
    return read_file(tokenizer, options->tokenizer, error);
  }
  const char *path = options->weights;
  if (path == NULL) {
    return rt_fail(error, RT_ERROR_USAGE,
                   "--prompt: expected --weights FILE with a tokenizer, or --tokenizer FILE");
  }
  rt_safetensors file;
  int code = rt_safetensors_open(&file, path, error);
  if (code != RT_OK) {
    return code;
  }
  const char *text = rt_notes_find(&file.notes, "tokenizer");
  code = text != NULL
             ? rt_tokenizer_load(tokenizer, text, path, error)
             : rt_fail(error, RT_ERROR_MISMATCH,
                       "%s: expected the note 'tokenizer', found none; --tokenizer FILE names a "
                       "tokenizer.json", path);
  rt_safetensors_close(&file);
  return code;
}
