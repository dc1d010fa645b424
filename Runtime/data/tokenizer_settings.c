// tokenizer_settings.c - the settings of a tokenizer.json that say how a text is cut into pieces.

#include <string.h>

#include "tokenizer_file.h"

int rt_refuse_part(const rt_tokenizer_file *file, const char *part, const char *expected,
                   const char *found) {
  return rt_fail(file->error, RT_ERROR_MISMATCH, "%s: %s: expected %s, found %s", file->place, part,
                 expected, found);
}

// The same with what is found in quotes.
static int refuse_name(const rt_tokenizer_file *file, const char *part, const char *expected,
                       const char *found) {
  char text[1024];
  snprintf(text, sizeof text, "'%.1000s'", found);
  return rt_refuse_part(file, part, expected, found != NULL ? text : "null");
}

// ---- The type of a part ----

static int take_type(void *context, rt_json *json, const char *key) {
  char **type = (char **)context;
  return strcmp(key, "type") == 0 && *type == NULL ? rt_json_string(json, type)
                                                   : rt_json_pass(json);
}

// Finds the type of the object that stands next, to be freed with rt_release, without reading the
// object; null for null.
static int find_type(rt_json *json, char **type) {
  *type = NULL;
  size_t at = json->at;
  if (rt_json_accept_word(json, "null")) {
    return RT_OK;
  }
  int code = rt_json_walk_object(json, take_type, type);
  json->at = at;
  if (code == RT_OK && *type == NULL) {
    code = rt_json_expected(json, "an object with a 'type'");
  }
  if (code != RT_OK) {
    rt_release(*type);
    *type = NULL;
  }
  return code;
}

int rt_read_normalizer(rt_tokenizer_file *file, rt_json *json) {
  char *type;
  int code = find_type(json, &type);
  if (code == RT_OK && type != NULL) {
    code = refuse_name(file, "normalizer", "null, as texts are taken as they are", type);
  }
  rt_release(type);
  return code;
}

int rt_read_decoder(rt_tokenizer_file *file, rt_json *json) {
  char *type;
  int code = find_type(json, &type);
  if (code == RT_OK && type != NULL && strcmp(type, "ByteLevel") != 0) {
    code = refuse_name(file, "decoder", "'ByteLevel'", type);
  } else if (code == RT_OK && type != NULL) {
    code = rt_json_pass(json);
  }
  rt_release(type);
  return code;
}

// ---- The pre-tokenizer ----

// What its parts say.
typedef struct {
  rt_tokenizer_file *file;
  int part_count;       // in a sequence
  int is_split;         // there is a Split
  rt_pieces pieces;     // of the Split
  int is_byte_level, uses_pattern, prefix_space;
  int is_isolated, is_removed, is_inverted;
} settings;

// Finds the pattern whose expression this is.
static int take_pattern(void *context, rt_json *json, const char *key) {
  settings *s = (settings *)context;
  char *pattern = NULL;
  int code = rt_json_string(json, &pattern);
  for (int i = 0; i < RT_PIECE_KINDS && code == RT_OK; i++) {
    if (strcmp(key, "Regex") == 0 && rt_piece_patterns[i] != NULL &&
        strcmp(pattern, rt_piece_patterns[i]) == 0) {
      s->pieces = (rt_pieces)i;
    }
  }
  if (code == RT_OK && s->pieces == RT_PIECES_WHOLE) {
    code = refuse_name(s->file, "pre_tokenizer: Split",
                       "the expression of GPT-2, of Llama 3 or of Qwen2", pattern);
  }
  rt_release(pattern);
  return code;
}

// Reads a member of a Split.
static int take_split(void *context, rt_json *json, const char *key) {
  settings *s = (settings *)context;
  if (strcmp(key, "pattern") == 0) {
    return rt_json_walk_object(json, take_pattern, s);
  }
  if (strcmp(key, "invert") == 0) {
    return rt_json_truth(json, 0, &s->is_inverted);
  }
  if (strcmp(key, "behavior") == 0) {
    char *behavior;
    int code = rt_json_string(json, &behavior);
    if (code == RT_OK) {
      s->is_isolated = strcmp(behavior, "Isolated") == 0;
      s->is_removed = strcmp(behavior, "Removed") == 0;
    }
    rt_release(behavior);
    return code;
  }
  return rt_json_pass(json);
}

// Takes a member of a pre-tokenizer ByteLevel.
static int take_byte_level(void *context, rt_json *json, const char *key) {
  settings *s = (settings *)context;
  return strcmp(key, "add_prefix_space") == 0 ? rt_json_truth(json, 0, &s->prefix_space)
         : strcmp(key, "use_regex") == 0      ? rt_json_truth(json, 0, &s->uses_pattern)
                                              : rt_json_pass(json);
}

// Reads a ByteLevel, or the Split before it. What is between matches is nothing, so what is kept
// of them when they are inverted and removed is the same.
static int take_part(void *context, rt_json *json, const char *key) {
  settings *s = (settings *)context;
  char *type;
  (void)key;
  int code = find_type(json, &type);
  if (code == RT_OK && type != NULL && strcmp(type, "Split") == 0 && s->part_count == 0) {
    s->is_split = 1;
    code = rt_json_walk_object(json, take_split, s);
    int is_known = s->is_inverted ? s->is_removed : s->is_isolated;
    if (code == RT_OK && (!is_known || s->pieces == RT_PIECES_WHOLE)) {
      code = rt_refuse_part(s->file, "pre_tokenizer: Split",
                            "a pattern whose matches are isolated", "another");
    }
  } else if (code == RT_OK && type != NULL && strcmp(type, "ByteLevel") == 0 &&
             !s->is_byte_level) {
    s->is_byte_level = s->uses_pattern = s->prefix_space = 1;
    code = rt_json_walk_object(json, take_byte_level, s);
  } else if (code == RT_OK) {
    code = refuse_name(s->file, "pre_tokenizer", "'ByteLevel', alone or after a 'Split'", type);
  }
  s->part_count++;
  rt_release(type);
  return code;
}

static int take_sequence(void *context, rt_json *json, const char *key) {
  return strcmp(key, "pretokenizers") == 0 ? rt_json_walk_list(json, take_part, context)
                                           : rt_json_pass(json);
}

int rt_read_pre_tokenizer(rt_tokenizer_file *file, rt_json *json) {
  settings s = {.file = file};
  char *type;
  int code = find_type(json, &type);
  if (code == RT_OK && type != NULL && strcmp(type, "Sequence") == 0) {
    code = rt_json_walk_object(json, take_sequence, &s);
  } else if (code == RT_OK && type != NULL) {
    code = take_part(&s, json, NULL);
  }
  rt_release(type);
  if (code != RT_OK) {
    return code;
  }
  if (!s.is_byte_level) {
    return rt_refuse_part(file, "pre_tokenizer", "'ByteLevel', alone or after a 'Split'", "none");
  }
  if (s.is_split && (s.uses_pattern || s.prefix_space)) {
    return rt_refuse_part(file, "pre_tokenizer: ByteLevel",
                          "no use_regex and no add_prefix_space after a 'Split'",
                          s.uses_pattern ? "use_regex" : "add_prefix_space");
  }
  file->tokenizer->prefix_space = s.prefix_space;
  file->tokenizer->pieces = s.is_split       ? s.pieces
                            : s.uses_pattern ? RT_PIECES_GPT2
                                             : RT_PIECES_WHOLE;
  return RT_OK;
}
