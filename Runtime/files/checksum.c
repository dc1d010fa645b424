// checksum.c - CRC-32 as in zlib: the polynomial 0xedb88320, inverted before and after.

#include "files.h"

enum { SLICES = 8 };

// table[k][b] is what byte b followed by k zeros leaves.
static void make_tables(uint32_t table[SLICES][256]) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t rest = b;
    for (int bit = 0; bit < 8; bit++) {
      rest = rest >> 1 ^ ((rest & 1) != 0 ? UINT32_C(0xedb88320) : 0);
    }
    table[0][b] = rest;
  }
  for (int k = 1; k < SLICES; k++) {
    for (int b = 0; b < 256; b++) {
      uint32_t before = table[k - 1][b];
      table[k][b] = before >> 8 ^ table[0][before & 255];
    }
  }
}

// The same bit by bit, for so few bytes that tables would cost more.
static uint32_t add_bytes(uint32_t sum, const unsigned char *at, size_t size) {
  for (size_t i = 0; i < size; i++) {
    sum ^= at[i];
    for (int bit = 0; bit < 8; bit++) {
      sum = sum >> 1 ^ ((sum & 1) != 0 ? UINT32_C(0xedb88320) : 0);
    }
  }
  return sum;
}

uint32_t rt_checksum(uint32_t sum, const void *bytes, size_t size) {
  enum { FEW = 256 };
  uint32_t table[SLICES][256];
  const unsigned char *at = (const unsigned char *)bytes;
  sum = ~sum;
  if (size <= FEW) {
    return ~add_bytes(sum, at, size);
  }
  make_tables(table);
  for (; size >= SLICES; size -= SLICES, at += SLICES) {
    sum ^= at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    sum = table[7][sum & 255] ^ table[6][sum >> 8 & 255] ^ table[5][sum >> 16 & 255] ^
          table[4][sum >> 24] ^ table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^
          table[0][at[7]];
  }
  for (; size > 0; size--, at++) {
    sum = sum >> 8 ^ table[0][(sum ^ *at) & 255];
  }
  return ~sum;
}
