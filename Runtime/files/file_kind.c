// file_kind.c - what a file is, by its first bytes, for messages about files of another format.

#include <string.h>

#include "files.h"

const char *rt_file_known_kind(const unsigned char *bytes, size_t size) {
  static const struct {
    const char *begin;
    size_t length;
    const char *name;
  } kinds[] = {
      {"PK\x03\x04", 4,
       "a zip archive, as torch.save (.pt) and numpy.savez (.npz) write it"},
      {"\x80\x02", 2, "a Python pickle, as old versions of torch.save write it"},
      {"\x80\x03", 2, "a Python pickle"},
      {"\x80\x04", 2, "a Python pickle"},
      {"\x80\x05", 2, "a Python pickle"},
      {"\x93NUMPY", 6, "an .npy file"},
      {"\x89HDF", 4, "an HDF5 file"},
      {"GGUF", 4, "a GGUF file"},
      {"\x1f\x8b", 2, "a gzip archive"},
      {"\x89PNG", 4, "a PNG image"},
      {"version https://git-lfs", 23, "a pointer of Git LFS, not the file itself"},
      {"<", 1, "a page of HTML or XML"},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (size >= kinds[i].length && memcmp(bytes, kinds[i].begin, kinds[i].length) == 0) {
      return kinds[i].name;
    }
  }
  // A safetensors file: the length of the header, below 2^32, then the header.
  if (size > 8 && memcmp(bytes + 4, "\0\0\0\0{", 5) == 0) {
    return "a safetensors file";
  }
  return size == 0 ? "an empty file" : NULL;
}

// True iff all bytes are those of text.
static int is_text(const unsigned char *bytes, size_t size) {
  size_t i = 0;
  while (i < size && ((bytes[i] >= 32 && bytes[i] < 127) || bytes[i] == '\t' ||
                      bytes[i] == '\r' || bytes[i] == '\n')) {
    i++;
  }
  return i == size;
}

const char *rt_file_kind(const unsigned char *bytes, size_t size) {
  const char *kind = rt_file_known_kind(bytes, size);
  return kind != NULL ? kind : is_text(bytes, size) ? "text" : "other contents";
}
