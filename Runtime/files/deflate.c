// deflate.c - compresses to DEFLATE (RFC 1951): matches of three bytes and more, found by a hash of
// them, in one block of the fixed codes; or blocks that are stored, if these are smaller.

#include <string.h>

#include "inflate.h"

enum {
  HASH_BITS = 15,
  WINDOW = 1 << 15,
  MOST_TRIES = 16,  // of earlier places with the same hash
  LEAST_MATCH = 3,
  LONGEST_MATCH = 258,
  LARGEST_STORED = 65535
};

// Bits that are written from the low end of each byte on.
typedef struct {
  unsigned char *at;
  uint64_t bits;
  unsigned count;
} bit_writer;

// Earlier places: the last one of each hash, and the one before each place of the window; 0 is
// none, others count from 1.
typedef struct {
  size_t last[1 << HASH_BITS];
  size_t before[WINDOW];
} places;

// Appends bits, the lowest one first; whole bytes leave the word.
static void put(bit_writer *w, unsigned value, unsigned count) {
  w->bits |= (uint64_t)value << w->count;
  w->count += count;
  for (; w->count >= 8; w->count -= 8, w->bits >>= 8) {
    *w->at++ = (unsigned char)w->bits;
  }
}

// Writes a code, whose first bit is its highest one.
static void put_code(bit_writer *w, unsigned code, unsigned count) {
  unsigned reversed = 0;
  for (unsigned i = 0; i < count; i++) {
    reversed |= (code >> i & 1) << (count - 1 - i);
  }
  put(w, reversed, count);
}

// Writes a literal, a length or the end by the fixed code.
static void put_symbol(bit_writer *w, unsigned symbol) {
  if (symbol < 144) {
    put_code(w, 0x30 + symbol, 8);
  } else if (symbol < 256) {
    put_code(w, 0x190 + symbol - 144, 9);
  } else if (symbol < 280) {
    put_code(w, symbol - 256, 7);
  } else {
    put_code(w, 0xc0 + symbol - 280, 8);
  }
}

// Appends a length and a distance in the fixed code.
static void put_match(bit_writer *w, unsigned length, unsigned distance) {
  unsigned extra = 0, base = length - LEAST_MATCH;
  if (length == LONGEST_MATCH) {
    put_symbol(w, 285);
  } else {
    for (; base >> extra >= 8; extra++) {
    }
    put_symbol(w, 257 + 4 * extra + (base >> extra));
    put(w, base & ((1u << extra) - 1), extra);
  }
  base = distance - 1;
  for (extra = 0; base >> extra >= 4; extra++) {
  }
  put_code(w, 2 * extra + (base >> extra), 5);
  put(w, base & ((1u << extra) - 1), extra);
}

static unsigned hash_of(const unsigned char *at) {
  uint32_t three = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
  return three * UINT32_C(2654435761) >> (32 - HASH_BITS);
}

static void remember(places *p, const unsigned char *bytes, size_t i) {
  unsigned hash = hash_of(bytes + i);
  p->before[i % WINDOW] = p->last[hash];
  p->last[hash] = i + 1;
}

// The longest match of the bytes from `i` on, or 0; the nearest one of that length.
static size_t find_match(const places *p, const unsigned char *bytes, size_t size, size_t i,
                         size_t *distance) {
  size_t most = size - i < LONGEST_MATCH ? size - i : LONGEST_MATCH, best = LEAST_MATCH - 1;
  size_t place = most >= LEAST_MATCH ? p->last[hash_of(bytes + i)] : 0;
  for (int tries = 0; tries < MOST_TRIES && place > 0 && i - (place - 1) <= WINDOW; tries++) {
    const unsigned char *other = bytes + place - 1;
    size_t length = 0;
    while (length < most && other[length] == bytes[i + length]) {
      length++;
    }
    if (length > best) {
      best = length;
      *distance = i - (place - 1);
    }
    if (best == most) {
      break;
    }
    // The ring of places keeps no older ones than the window has.
    size_t next = p->before[(place - 1) % WINDOW];
    place = next < place ? next : 0;
  }
  return best >= LEAST_MATCH ? best : 0;
}

static size_t stored_size(size_t size) { return size + 5 * (size / LARGEST_STORED + 1); }

size_t rt_deflate_most(size_t size) { return size + size / 8 + stored_size(0) + 16; }

// Writes blocks that are not compressed, for data that would grow.
static size_t store(const unsigned char *bytes, size_t size, unsigned char *packed) {
  unsigned char *to = packed;
  size_t part;
  do {
    part = size < LARGEST_STORED ? size : LARGEST_STORED;
    to[0] = part == size;
    to[1] = (unsigned char)part;
    to[2] = (unsigned char)(part >> 8);
    to[3] = (unsigned char)~to[1];
    to[4] = (unsigned char)~to[2];
    if (part > 0) {
      memcpy(to + 5, bytes, part);
    }
    to += 5 + part;
    bytes += part;
    size -= part;
  } while (size > 0);
  return (size_t)(to - packed);
}

size_t rt_deflate(const unsigned char *bytes, size_t size, unsigned char *packed) {
  places *p = (places *)rt_allocate(sizeof(places));
  if (p == NULL) {
    return 0;
  }
  bit_writer w = {packed, 0, 0};
  put(&w, 3, 3);  // the last block, of the fixed codes
  for (size_t i = 0; i < size;) {
    size_t distance = 0, length = find_match(p, bytes, size, i, &distance);
    if (length > 0) {
      put_match(&w, (unsigned)length, (unsigned)distance);
    } else {
      put_symbol(&w, bytes[i]);
    }
    for (size_t end = i + (length > 0 ? length : 1); i < end; i++) {
      if (size - i >= LEAST_MATCH) {
        remember(p, bytes, i);
      }
    }
  }
  put_symbol(&w, 256);
  put(&w, 0, w.count > 0 ? 8 - w.count : 0);
  rt_release(p);
  size_t used = (size_t)(w.at - packed);
  return used <= stored_size(size) ? used : store(bytes, size, packed);
}
