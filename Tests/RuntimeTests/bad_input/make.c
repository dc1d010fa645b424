// make.c - makes files for the cases of bad input, which say themselves what is in them.
//
//   make npy VERSION HEADER BYTES     an .npy file whose data are so many zeros
//   make safetensors HEADER BYTES     a .safetensors file, likewise
//   make points N                     N examples of two f32 on three rays, as .npy
//   make labels N                     their classes, as i32
//   make repeat TEXT N                a text, N times
//   make note KEY VALUE FILE          FILE with another text in its metadata, and the checksum that
//                                     belongs to it; '-' as VALUE removes the text
//
// All write to standard output. In texts, %XX is the byte of that hexadecimal number.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/files/files.h"

static void put(const void *bytes, size_t size) {
  if (size > 0 && fwrite(bytes, 1, size, stdout) != size) {
    exit(1);
  }
}

static void put_zeros(long count) {
  for (long i = 0; i < count; i++) {
    put("", 1);
  }
}

// Writes a number in so many bytes, the lowest first.
static void put_number(uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) {
    unsigned char byte = (unsigned char)(value >> 8 * i);
    put(&byte, 1);
  }
}

// Replaces each %XX in place; returns the number of bytes.
static size_t decode(char *text) {
  char *out = text;
  for (const char *c = text; *c != '\0'; c++) {
    unsigned byte = 0;
    if (*c == '%' && sscanf(c + 1, "%2x", &byte) == 1) {
      *out++ = (char)byte;
      c += 2;
    } else {
      *out++ = *c;
    }
  }
  *out = '\0';
  return (size_t)(out - text);
}

static void put_npy(int version, char *header, long bytes) {
  size_t length = decode(header);
  put("\x93NUMPY", 6);
  put_number((uint64_t)version, 2);
  put_number(length, version == 1 ? 2 : 4);
  put(header, length);
  put_zeros(bytes);
}

static void put_points(int count) {
  static const float ends[3][2] = {{1, 0}, {-1, 1}, {-1, -1}};
  char header[128];
  snprintf(header, sizeof header, "{'descr':'<f4','fortran_order':False,'shape':(%d,2)}", count);
  put_npy(1, header, 0);
  for (int k = 0; k < count; k++) {
    for (int i = 0; i < 2; i++) {
      float x = ends[k % 3][i] * (1.0f + (float)(k % 7) / 8.0f);
      uint32_t bits;
      memcpy(&bits, &x, sizeof bits);
      put_number(bits, 4);
    }
  }
}

static void put_labels(int count) {
  char header[128];
  snprintf(header, sizeof header, "{'descr':'<i4','fortran_order':False,'shape':(%d,)}", count);
  put_npy(1, header, 0);
  for (int k = 0; k < count; k++) {
    put_number((uint64_t)k % 3, 4);
  }
}

// Reads a whole file; returns its bytes and sets `*size`.
static char *read_all(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  char *bytes = (char *)calloc(1, 1 << 20);
  if (file == NULL || bytes == NULL) {
    exit(1);
  }
  *size = fread(bytes, 1, (1 << 20) - 1, file);
  fclose(file);
  return bytes;
}

// Writes the file with "KEY":"..." changed in its header, whose texts contain no quotes.
static void put_note(const char *key, const char *value, const char *path) {
  size_t size = 0, used = 0;
  char *bytes = read_all(path, &size), *header = bytes + 8, *out = (char *)calloc(1, 2 << 20);
  uint64_t length = 0;
  for (int i = 0; i < 8; i++) {
    length |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
  }
  char pattern[256];
  snprintf(pattern, sizeof pattern, "\"%s\":\"", key);
  char *found = strstr(header, pattern);
  char *end = found != NULL ? strchr(found + strlen(pattern), '"') : NULL;
  if (out == NULL || end == NULL) {
    exit(1);
  }
  used = (size_t)(found - header);
  memcpy(out, header, used);
  const char *rest = end + 1;
  if (strcmp(value, "-") != 0) {
    used += (size_t)sprintf(out + used, "%s%s\"", pattern, value);
  } else {
    rest += *rest == ',';
    used -= *rest == '}' && out[used - 1] == ',';
  }
  size_t left = (size_t)length - (size_t)(rest - header);
  memcpy(out + used, rest, left);
  used += left;
  // The checksum is that of the whole file with zeros in its place.
  char sum[16], *digits = strstr(out, "\"checksum\":\"");
  unsigned char start[8];
  for (int i = 0; i < 8; i++) {
    start[i] = (unsigned char)((uint64_t)used >> 8 * i);
  }
  memcpy(out + used, header + length, size - 8 - (size_t)length);
  if (digits != NULL && strcmp(key, "checksum") != 0) {
    memset(digits + 12, '0', 8);
    uint32_t crc = rt_checksum(rt_checksum(0, start, 8), out, used + size - 8 - (size_t)length);
    snprintf(sum, sizeof sum, "%08lx", (unsigned long)crc);
    memcpy(digits + 12, sum, 8);
  }
  put(start, 8);
  put(out, used + size - 8 - (size_t)length);
  free(bytes);
  free(out);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "npy") == 0 && argc == 5) {
    put_npy(atoi(argv[2]), argv[3], atol(argv[4]));
  } else if (strcmp(what, "safetensors") == 0 && argc == 4) {
    size_t length = decode(argv[2]);
    put_number(length, 8);
    put(argv[2], length);
    put_zeros(atol(argv[3]));
  } else if (strcmp(what, "points") == 0 && argc == 3) {
    put_points(atoi(argv[2]));
  } else if (strcmp(what, "labels") == 0 && argc == 3) {
    put_labels(atoi(argv[2]));
  } else if (strcmp(what, "repeat") == 0 && argc == 4) {
    for (long i = atol(argv[3]); i > 0; i--) {
      put(argv[2], strlen(argv[2]));
    }
  } else if (strcmp(what, "note") == 0 && argc == 5) {
    put_note(argv[2], argv[3], argv[4]);
  } else {
    fprintf(stderr, "make: see the comment in make.c\n");
    return 2;
  }
  return fclose(stdout) != 0;
}
