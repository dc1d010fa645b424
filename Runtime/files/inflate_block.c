// inflate_block.c - decodes the symbols of a block of DEFLATE.
//
// Bits are taken from the low end of a word, which is refilled by 8 bytes at once while there are
// as many. The fast loop runs while that holds and the output has room for the longest match; a
// careful one decodes the rest symbol by symbol.

#include <string.h>

#include "inflate_parts.h"

static uint64_t load_word(const unsigned char *at) {
  return at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
         (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
         (uint64_t)at[7] << 56;
}

// Copies a match, and up to 7 bytes behind it.
static void copy_match(unsigned char *to, size_t distance, size_t length) {
  const unsigned char *from = to - distance;
  unsigned char *end = to + length;
  if (distance >= 8) {
    do {
      memcpy(to, from, 8);
      to += 8;
      from += 8;
    } while (to < end);
  } else if (distance == 1) {
    memset(to, *from, length);
  } else {
    do {
      *to++ = *from++;
    } while (to < end);
  }
}

// The loop below keeps the state in variables of its own.
#define REFILL (bits |= load_word(at) << count, at += (63 - count) >> 3, count |= 56)
#define SKIP(n) (bits >>= (n), count -= (unsigned)(n))
#define LOOK(table, n) (table)[bits & ((1u << (n)) - 1)]
#define LOOK_BEHIND(table, entry, n) \
  (table)[((entry) >> 16) + (bits >> (n) & ((1u << ((entry) >> 8 & 15)) - 1))]

// Decodes symbols while input and output have room for any. Stops before a symbol that ends the
// block or is damaged, for the careful loop.
static void decode_fast(rt_decoder *d) {
  rt_inflation *s = d->stream;
  if (s->room - s->written < RT_INFLATE_MARGIN) {
    return;
  }
  const unsigned char *at = d->at;
  uint64_t bits = d->bits;
  unsigned count = d->count;
  unsigned char *to = s->output + s->written, *begin = s->output + d->begin;
  unsigned char *last = s->output + s->room;
  while (d->end - at >= 16 && last - to >= RT_INFLATE_MARGIN) {
    REFILL;
    uint32_t entry = LOOK(d->literals, RT_LITERAL_BITS);
    // Literals directly in the table have at most 11 bits: three of them leave 23 of 56.
    for (int i = 0; i < 3 && (entry & RT_CODE_LITERAL) != 0; i++) {
      SKIP(entry & 255);
      *to++ = (unsigned char)(entry >> 16);
      entry = LOOK(d->literals, RT_LITERAL_BITS);
    }
    REFILL;
    unsigned skipped = 0;
    if ((entry & RT_CODE_TABLE) != 0) {
      entry = LOOK_BEHIND(d->literals, entry, RT_LITERAL_BITS);
      skipped = RT_LITERAL_BITS;
    }
    if ((entry & RT_CODE_ODD) != 0) {
      break;
    }
    uint64_t kept = bits;
    unsigned kept_count = count;
    SKIP(skipped + (entry & 255));
    if ((entry & RT_CODE_LITERAL) != 0) {
      *to++ = (unsigned char)(entry >> 16);
      continue;
    }
    unsigned extra = entry >> 8 & 15;
    size_t length = (entry >> 16) + (size_t)(bits & ((1u << extra) - 1));
    SKIP(extra);
    entry = LOOK(d->distances, RT_DISTANCE_BITS);
    if ((entry & RT_CODE_TABLE) != 0) {
      SKIP(RT_DISTANCE_BITS);
      entry = LOOK_BEHIND(d->distances, entry, 0);
    }
    SKIP(entry & 255);
    extra = entry >> 8 & 15;
    size_t distance = (entry >> 16) + (size_t)(bits & ((1u << extra) - 1));
    SKIP(extra);
    if ((entry & RT_CODE_ODD) != 0 || distance > (size_t)(to - begin)) {
      bits = kept;
      count = kept_count;
      break;
    }
    copy_match(to, distance, length);
    to += length;
  }
  d->at = at;
  d->bits = bits & ((UINT64_C(1) << count) - 1);
  d->count = count;
  s->written = (size_t)(to - s->output);
}

// Decodes what follows a length, and copies the match.
static int decode_match(rt_decoder *d, uint32_t entry) {
  rt_inflation *s = d->stream;
  int more = rt_take(d, entry >> 8 & 15);
  if (more < 0) {
    return rt_inflate_fail_cut(d);
  }
  size_t length = (entry >> 16) + (size_t)more;
  entry = rt_next_entry(d, d->distances, RT_DISTANCE_BITS);
  if ((entry & RT_CODE_BAD) != 0) {
    return rt_inflate_fail_code(d, entry, "a distance");
  }
  more = rt_take(d, entry >> 8 & 15);
  if (more < 0) {
    return rt_inflate_fail_cut(d);
  }
  size_t distance = (entry >> 16) + (size_t)more;
  if (distance > s->written - d->begin) {
    return rt_inflate_fail(d, "a distance within the data", "one before their begin");
  }
  int code = rt_inflate_room(d, length);
  for (size_t i = 0; i < length && code == RT_OK; i++, s->written++) {
    s->output[s->written] = s->output[s->written - distance];
  }
  return code;
}

// Decodes the symbols of a block up to its end.
int rt_inflate_block(rt_decoder *d) {
  for (;;) {
    decode_fast(d);
    uint32_t entry = rt_next_entry(d, d->literals, RT_LITERAL_BITS);
    if ((entry & RT_CODE_BAD) != 0) {
      return rt_inflate_fail_code(d, entry, "a literal or a length");
    }
    if ((entry & RT_CODE_END) != 0) {
      return RT_OK;
    }
    int code = RT_OK;
    if ((entry & RT_CODE_LITERAL) != 0) {
      code = rt_inflate_room(d, 1);
      if (code == RT_OK) {
        d->stream->output[d->stream->written++] = (unsigned char)(entry >> 16);
      }
    } else {
      code = decode_match(d, entry);
    }
    if (code != RT_OK) {
      return code;
    }
  }
}
