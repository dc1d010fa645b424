// inflate_parts.h - what inflate.c and inflate_block.c share.

#ifndef RT_INFLATE_PARTS_H
#define RT_INFLATE_PARTS_H

#include "inflate.h"

enum {
  RT_LITERAL_BITS = 11,  // what the tables are chosen from by
  RT_DISTANCE_BITS = 8,
  RT_LITERAL_ROOM = 2342,  // entries that any code of these lengths needs at most
  RT_DISTANCE_ROOM = 402,
  RT_LONGEST_MATCH = 258,
  RT_INFLATE_MARGIN = RT_LONGEST_MATCH + 16  // what a round of the fast loop writes at most
};

// The state of a stream.
typedef struct {
  rt_inflation *stream;
  const unsigned char *at, *end;  // the input behind `bits`
  uint64_t bits;                  // the next ones at the low end; those above `count` are zero
  unsigned count;
  size_t begin;  // of the stream's output
  const char *path;
  rt_error *error;
  uint32_t literals[RT_LITERAL_ROOM], distances[RT_DISTANCE_ROOM];
} rt_decoder;

// Fail at the present byte. The last one says what stands in place of a code, `entry`.
int rt_inflate_fail(rt_decoder *d, const char *expected, const char *found);
int rt_inflate_fail_cut(rt_decoder *d);
int rt_inflate_fail_code(rt_decoder *d, uint32_t entry, const char *expected);

// Makes room for `bytes` bytes more of output.
int rt_inflate_room(rt_decoder *d, size_t bytes);

// In inflate_block.c: decodes the symbols of a block up to its end.
int rt_inflate_block(rt_decoder *d);

// Has at least `count` bits in `bits`, if the input has; zeros follow its end.
static inline void rt_refill(rt_decoder *d, unsigned count) {
  while (d->count < count && d->at < d->end) {
    d->bits |= (uint64_t)*d->at++ << d->count;
    d->count += 8;
  }
}

static inline void rt_skip(rt_decoder *d, unsigned count) {
  d->bits >>= count;
  d->count -= count;
}

// Takes up to 16 bits; -1 if the input ends before.
static inline int rt_take(rt_decoder *d, unsigned count) {
  rt_refill(d, count);
  if (d->count < count) {
    return -1;
  }
  int value = (int)(d->bits & ((UINT64_C(1) << count) - 1));
  rt_skip(d, count);
  return value;
}

// Decodes the next symbol of a table. The result has RT_CODE_BAD if no code fits; its value is 1 if
// that is because the input ends.
static inline uint32_t rt_next_entry(rt_decoder *d, const uint32_t *table, int bits) {
  rt_refill(d, 32);
  uint32_t entry = table[d->bits & ((1u << bits) - 1)];
  unsigned first = 0;
  if ((entry & RT_CODE_TABLE) != 0) {
    first = (unsigned)bits;
    entry = table[(entry >> 16) + (d->bits >> bits & ((1u << (entry >> 8 & 15)) - 1))];
  }
  if (first + (entry & 255) > d->count) {
    return RT_CODE_BAD | 1u << 16;
  }
  rt_skip(d, first + (entry & 255));
  return entry;
}

#endif
