// byte_letters.c - bytes as characters that can be printed, as in files of GPT-2.

#include "tokenizer_parts.h"

// True iff a byte stands for itself as a character of Latin-1.
static int is_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
}

// The others are 0 to 0x20, 0x7f to 0xa0, and 0xad.
uint32_t rt_byte_letter(unsigned char byte) {
  if (is_itself(byte)) {
    return byte;
  }
  return byte <= 0x20 ? 256u + byte : byte <= 0xa0 ? 256u + 33u + byte - 0x7fu : 256u + 67u;
}

int rt_letter_byte(uint32_t letter) {
  if (letter < 256) {
    return is_itself(letter) ? (int)letter : -1;
  }
  letter -= 256;
  return letter <= 0x20   ? (int)letter
         : letter < 67    ? (int)(letter - 33 + 0x7f)
         : letter == 67   ? 0xad
                          : -1;
}

size_t rt_letters_read(unsigned char *bytes, const char *text, size_t size) {
  const unsigned char *s = (const unsigned char *)text;
  size_t count = 0;
  for (size_t at = 0; at < size; count++) {
    uint32_t letter;
    at += rt_utf8_read(s + at, size - at, &letter);
    int byte = rt_letter_byte(letter);
    if (byte < 0) {
      return SIZE_MAX;
    }
    bytes[count] = (unsigned char)byte;
  }
  return count;
}

unsigned char rt_letter_order(int n) {
  // 94 from '!' on, 12 from 0xa1 on, 82 from 0xae on, then those that do not stand for themselves.
  uint32_t letter = n < 94    ? 0x21u + (uint32_t)n
                    : n < 106 ? 0xa1u + (uint32_t)n - 94
                    : n < 188 ? 0xaeu + (uint32_t)n - 106
                              : 256u + (uint32_t)n - 188;
  return (unsigned char)rt_letter_byte(letter);
}
