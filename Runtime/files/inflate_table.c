// inflate_table.c - tables that decode a prefix code by its next bits.
//
// Codes of up to `bits` bits fill all entries whose number ends in them. Longer ones share a table
// behind, of as many entries as the codes with the same first bits need.

#include "inflate.h"

// The codes by length: shortest first, then by symbol, as their values grow.
typedef struct {
  int counts[RT_CODE_LONGEST + 1];
  int left[RT_CODE_LONGEST + 1];  // of these, not in the table yet
  int count, longest;
  uint16_t symbols[288];
} code_order;

// Orders the symbols; returns null, or what is wrong with the lengths.
static const char *put_in_order(code_order *order, const unsigned char *lengths, int symbols) {
  *order = (code_order){0};
  for (int i = 0; i < symbols; i++) {
    order->counts[lengths[i]]++;
  }
  int starts[RT_CODE_LONGEST + 2] = {0}, unused = 1;
  for (int length = 1; length <= RT_CODE_LONGEST; length++) {
    unused = 2 * unused - order->counts[length];
    if (unused < 0) {
      return "more codes than their lengths leave room for";
    }
    starts[length + 1] = starts[length] + order->counts[length];
    order->left[length] = order->counts[length];
    order->longest = order->counts[length] > 0 ? length : order->longest;
  }
  order->count = starts[RT_CODE_LONGEST + 1];
  // A code of one symbol, or of none, is the only one that may leave bits without a meaning.
  if (unused > 0 && order->longest > 1) {
    return "fewer codes than their lengths need";
  }
  for (int i = 0; i < symbols; i++) {
    if (lengths[i] > 0) {
      order->symbols[starts[lengths[i]]++] = (uint16_t)i;
    }
  }
  return NULL;
}

// The last `length` bits of a code in reverse, as they are read.
static unsigned reverse(unsigned code, int length) {
  unsigned reversed = 0;
  for (int i = 0; i < length; i++) {
    reversed |= (code >> i & 1) << (length - 1 - i);
  }
  return reversed;
}

// The bits that choose from a table for codes from `length` bits on, the first `bits` of which are
// known.
static int bits_behind(const code_order *order, int length, int bits) {
  int more = length - bits, room = 1 << more;
  while (bits + more < order->longest) {
    room -= order->left[bits + more];
    if (room <= 0) {
      break;
    }
    more++;
    room *= 2;
  }
  return more;
}

const char *rt_code_table(uint32_t *table, size_t capacity, int bits,
                          const unsigned char *lengths, int symbols, const uint32_t *results) {
  code_order order;
  const char *problem = put_in_order(&order, lengths, symbols);
  if (problem != NULL) {
    return problem;
  }
  size_t first = (size_t)1 << bits, used = first, start = 0;
  unsigned code = 0, prefix = 0;
  int length = 1, more = 0;
  for (size_t i = 0; i < first; i++) {
    table[i] = RT_CODE_BAD;
  }
  for (int i = 0; i < order.count; i++, code++) {
    int symbol = order.symbols[i];
    for (; length < lengths[symbol]; length++) {
      code *= 2;
    }
    unsigned next = reverse(code, length);
    if (length <= bits) {
      for (size_t k = next; k < first; k += (size_t)1 << length) {
        table[k] = results[symbol] | (uint32_t)length;
      }
    } else {
      if (start == 0 || (next & (first - 1)) != prefix) {
        prefix = next & (unsigned)(first - 1);
        more = bits_behind(&order, length, bits);
        start = used;
        used += (size_t)1 << more;
        if (used > capacity) {
          return "more codes than there is room for";
        }
        table[prefix] = (uint32_t)(start << 16 | RT_CODE_TABLE | (unsigned)more << 8) |
                        (uint32_t)bits;
      }
      for (size_t k = next >> bits; k < (size_t)1 << more; k += (size_t)1 << (length - bits)) {
        table[start + k] = results[symbol] | (uint32_t)(length - bits);
      }
    }
    order.left[length]--;
  }
  return NULL;
}
