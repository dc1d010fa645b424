// added_tokens.c - tokens that are found in a text before it is cut into pieces.

#include <string.h>

#include "tokenizer_parts.h"

// The bytes of added token n.
static const unsigned char *bytes_of(const rt_tokenizer *t, size_t n, size_t *size) {
  return rt_strings_bytes(&t->tokens, t->added[n].id, size);
}

// The byte at `depth` of added token n, or -1 behind its end.
static int byte_at(const rt_tokenizer *t, size_t n, size_t depth) {
  size_t size;
  const unsigned char *bytes = bytes_of(t, n, &size);
  return depth < size ? bytes[depth] : -1;
}

// The first token of low ... high - 1, which agree before `depth`, whose byte there is at least
// `byte`.
static size_t bound(const rt_tokenizer *t, size_t low, size_t high, size_t depth, int byte) {
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (byte_at(t, middle, depth) < byte) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// The longest token that stands at the beginning of a text, or -1. As they are sorted, those that
// agree with the text so far stand together, and the shortest of them is the first.
static ptrdiff_t match_at(const rt_tokenizer *t, const unsigned char *text, size_t size,
                          int normalized) {
  size_t low = 0, high = t->added_count;
  ptrdiff_t found = -1;
  for (size_t depth = 0; low < high; depth++) {
    if (byte_at(t, low, depth) < 0 && (t->added[low].flags & RT_ADDED_NORMALIZED) == normalized) {
      found = (ptrdiff_t)low;
    }
    if (depth == size) {
      break;
    }
    low = bound(t, low, high, depth, text[depth]);
    high = bound(t, low, high, depth, text[depth] + 1);
  }
  return found;
}

// The beginning of the white space that ends at `end`, not before `first`.
static size_t space_before(const unsigned char *text, size_t first, size_t end) {
  while (end > first) {
    size_t at = end - 1;
    uint32_t character;
    while (at > first && end - at < 4 && (text[at] & 0xc0) == 0x80) {
      at--;
    }
    if (rt_utf8_read(text + at, end - at, &character) != end - at ||
        rt_unicode_class_of(character) != RT_UNICODE_SPACE) {
      break;
    }
    end = at;
  }
  return end;
}

// The end of the white space at `at`.
static size_t space_after(const unsigned char *text, size_t size, size_t at) {
  uint32_t character;
  while (at < size) {
    size_t length = rt_utf8_read(text + at, size - at, &character);
    if (rt_unicode_class_of(character) != RT_UNICODE_SPACE) {
      break;
    }
    at += length;
  }
  return at;
}

int rt_added_find(const rt_tokenizer *tokenizer, const unsigned char *text, size_t size, size_t at,
                  int normalized, rt_added_match *match) {
  for (size_t begin = at; begin < size && tokenizer->added_count > 0; begin++) {
    ptrdiff_t n = tokenizer->added_starts[text[begin]]
                      ? match_at(tokenizer, text + begin, size - begin, normalized)
                      : -1;
    if (n >= 0) {
      const rt_added *added = &tokenizer->added[n];
      size_t length;
      bytes_of(tokenizer, (size_t)n, &length);
      match->id = added->id;
      match->begin = added->flags & RT_ADDED_LSTRIP ? space_before(text, at, begin) : begin;
      match->end = begin + length;
      if (added->flags & RT_ADDED_RSTRIP) {
        match->end = space_after(text, size, match->end);
      }
      return 1;
    }
  }
  return 0;
}
