// pieces.c - cuts a text into pieces, as the regular expressions of well known tokenizers do.
//
// An expression is a list of alternatives, of which the first that matches is taken, and every
// character is matched by one of them. They speak of letters, numbers and white space, and of all
// others together. A byte that is not UTF-8 is one of the others.

#include "tokenizer_parts.h"

const char *const rt_piece_names[RT_PIECE_KINDS] = {"whole", "gpt2", "llama3", "qwen2"};

#define LATER(numbers)                                                                        \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" numbers                        \
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

const char *const rt_piece_patterns[RT_PIECE_KINDS] = {
    NULL,
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    LATER("\\p{N}{1,3}"),
    LATER("\\p{N}"),
};

// A text and the character that was looked at last.
typedef struct {
  const unsigned char *text;
  size_t size;
} view;

// The class of the character at `at`, and where it ends; RT_UNICODE_OTHER at the end of the text.
static rt_unicode_class class_at(const view *v, size_t at, size_t *end) {
  if (at >= v->size) {
    *end = at;
    return RT_UNICODE_OTHER;
  }
  uint32_t c = v->text[at];
  *end = at + 1;
  if (c < 0x80) {
    uint32_t letter = (c | 0x20) - 'a', digit = c - '0';
    return letter < 26 ? RT_UNICODE_LETTER
           : digit < 10 ? RT_UNICODE_NUMBER
           : c == ' ' || (c >= 9 && c <= 13) ? RT_UNICODE_SPACE : RT_UNICODE_OTHER;
  }
  *end = at + rt_utf8_read(v->text + at, v->size - at, &c);
  rt_unicode_class class = rt_unicode_class_of(c);
  // These expressions do not speak of marks.
  return class == RT_UNICODE_MARK ? RT_UNICODE_OTHER : class;
}

// The end of the characters of a class from `at` on, at most `most` of them.
static size_t run_end(const view *v, size_t at, rt_unicode_class class, size_t most) {
  size_t end;
  while (at < v->size && most > 0 && class_at(v, at, &end) == class) {
    at = end;
    most--;
  }
  return at;
}

// The end of 's, 't, 're, 've, 'm, 'll or 'd at `at`, or `at` if there is none. With `any_case` the
// long s, U+017F, is an s as well.
static size_t ending_end(const view *v, size_t at, int any_case) {
  if (v->text[at] != '\'' || v->size - at < 2) {
    return at;
  }
  const unsigned char *s = v->text + at;
  unsigned char fold = any_case ? 0x20 : 0;
  unsigned char a = s[1] | fold, b = v->size - at > 2 ? s[2] | fold : 0;
  if (a == 's' || a == 't' || a == 'm' || a == 'd') {
    return at + 2;
  }
  if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) {
    return at + 3;
  }
  return any_case && v->size - at > 2 && s[1] == 0xc5 && s[2] == 0xbf ? at + 3 : at;
}

// \s+(?!\S)|\s+ : white space, but for its last character if it has more and something follows.
static size_t space_end(const view *v, size_t at) {
  size_t end = at, last = at, next;
  while (end < v->size && class_at(v, end, &next) == RT_UNICODE_SPACE) {
    last = end;
    end = next;
  }
  return end == v->size || last == at ? end : last;
}

// The alternatives of GPT-2: endings, a blank and a run of one class, white space.
static size_t gpt2_end(const view *v, size_t at) {
  size_t end = ending_end(v, at, 0), next;
  if (end > at) {
    return end;
  }
  size_t begin = v->text[at] == ' ' ? at + 1 : at;
  rt_unicode_class class = class_at(v, begin, &next);
  return begin < v->size && class != RT_UNICODE_SPACE ? run_end(v, begin, class, SIZE_MAX)
                                                      : space_end(v, at);
}

static int is_break(const view *v, size_t at) {
  return at < v->size && (v->text[at] == '\r' || v->text[at] == '\n');
}

// Behind the last line break of the white space at `at`, or `at` if there is none.
static size_t break_end(const view *v, size_t at) {
  size_t end = at, next;
  for (size_t i = at; i < v->size && class_at(v, i, &next) == RT_UNICODE_SPACE; i = next) {
    end = is_break(v, i) ? next : end;
  }
  return end;
}

// Those of Llama 3, with up to three digits together, and of Qwen2, with one.
static size_t later_end(const view *v, size_t at, size_t digits) {
  size_t end = ending_end(v, at, 1), next, after;
  if (end > at) {
    return end;
  }
  rt_unicode_class class = class_at(v, at, &next);
  if (class == RT_UNICODE_LETTER) {
    return run_end(v, at, class, SIZE_MAX);
  }
  if (class == RT_UNICODE_NUMBER) {
    return run_end(v, at, class, digits);
  }
  if (!is_break(v, at) && class_at(v, next, &after) == RT_UNICODE_LETTER) {
    return run_end(v, next, RT_UNICODE_LETTER, SIZE_MAX);
  }
  size_t begin = v->text[at] == ' ' ? at + 1 : at;
  if (begin < v->size && class_at(v, begin, &after) == RT_UNICODE_OTHER) {
    end = run_end(v, begin, RT_UNICODE_OTHER, SIZE_MAX);
    while (is_break(v, end)) {
      end++;
    }
    return end;
  }
  end = break_end(v, at);
  return end > at ? end : space_end(v, at);
}

size_t rt_piece_end(rt_pieces pieces, const unsigned char *text, size_t size, size_t at) {
  const view v = {text, size};
  switch (pieces) {
    case RT_PIECES_GPT2:
      return gpt2_end(&v, at);
    case RT_PIECES_LLAMA3:
      return later_end(&v, at, 3);
    case RT_PIECES_QWEN2:
      return later_end(&v, at, 1);
    default:
      return size;
  }
}

// True iff a character goes on with a word.
static int is_in_word(const unsigned char *text, size_t size, size_t at, size_t *end) {
  uint32_t character;
  *end = at + rt_utf8_read(text + at, size - at, &character);
  rt_unicode_class class = rt_unicode_class_of(character);
  return class == RT_UNICODE_LETTER || class == RT_UNICODE_NUMBER || class == RT_UNICODE_MARK;
}

size_t rt_word_end(const unsigned char *text, size_t size, size_t at,
                   rt_word_class *class_found) {
  const view v = {text, size};
  size_t end, next;
  if (class_at(&v, at, &end) == RT_UNICODE_SPACE) {
    *class_found = RT_WORD_SPACE;
    return run_end(&v, at, RT_UNICODE_SPACE, SIZE_MAX);
  }
  int is_word = is_in_word(text, size, at, &end);
  *class_found = is_word ? RT_WORD_LETTERS : RT_WORD_SIGN;
  while (is_word && end < size && is_in_word(text, size, end, &next)) {
    end = next;
  }
  return end;
}
