// inflate.h - compressed data: DEFLATE (RFC 1951) and what is made of it.

#ifndef RT_INFLATE_H
#define RT_INFLATE_H

#include "files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- inflate.c, inflate_table.c: DEFLATE to read -----------------------------------

// Data to be decompressed, and what has become of them so far.
typedef struct {
  const unsigned char *bytes;
  size_t size;
  size_t used;            // of these bytes: up to the end of the stream, or to where it is damaged
  unsigned char *output;  // null, or from rt_allocate; the caller frees it, also on failure
  size_t written, room;   // bytes of the output that are written, and that there are
  size_t limit;           // the most bytes that the output may have
} rt_inflation;

// Decompresses one stream behind what is written already, which it does not refer to. The output
// moves when it grows; there is room for 4 bytes a byte of the stream, then for twice what is
// written.
int rt_inflate(rt_inflation *stream, const char *path, rt_error *error);

// A table of a prefix code. An entry is of the symbol whose code the next bits begin with: its
// value in the upper 16 bits, then flags, the number of extra bits in 4, and in 8 the bits to skip.
// RT_CODE_TABLE leads to entry `value` and behind, chosen by that many further bits.
enum {
  RT_CODE_LITERAL = 1 << 15,
  RT_CODE_END = 1 << 14,
  RT_CODE_TABLE = 1 << 13,
  RT_CODE_BAD = 1 << 12,  // no symbol has such a code
  RT_CODE_ODD = RT_CODE_END | RT_CODE_TABLE | RT_CODE_BAD,
  RT_CODE_LONGEST = 15
};

// Makes a table from the lengths of the codes, which `bits` bits choose from; `results` are the
// entries of the symbols without the bits to skip. Returns null, or what is wrong with the lengths.
const char *rt_code_table(uint32_t *table, size_t capacity, int bits,
                          const unsigned char *lengths, int symbols, const uint32_t *results);

// ---- zlib.c: streams of zlib (RFC 1950) ----------------------------------------------

// Decompresses exactly `expected` bytes into `output`, and checks their checksum.
int rt_zlib_decode(const unsigned char *bytes, size_t size, unsigned char *output, size_t expected,
                   const char *path, rt_error *error);

// Compresses; `*packed` is to be freed with rt_release. Returns RT_OK or RT_ERROR_MEMORY.
int rt_zlib_encode(const unsigned char *bytes, size_t size, unsigned char **packed,
                   size_t *packed_size);

// In deflate.c: compresses into `packed`, which has room for rt_deflate_most(size) bytes; returns
// the bytes that are used, or 0 without memory.
size_t rt_deflate_most(size_t size);
size_t rt_deflate(const unsigned char *bytes, size_t size, unsigned char *packed);

// ---- gzip.c ------------------------------------------------------------------------

// The most bytes that are decompressed into memory.
#define RT_MOST_UNPACKED (SIZE_MAX / 2 < UINT32_MAX ? SIZE_MAX / 2 : UINT32_MAX)

// True iff the file begins like one of gzip.
int rt_is_gzip(const rt_file *file);

// Puts the decompressed bytes of a .gz file, of all its members, in place of the file: it is held
// in memory then. More than `limit` bytes are an error.
int rt_gzip_hold(rt_file *file, size_t limit, const char *path, rt_error *error);

// ---- zip.c -------------------------------------------------------------------------

// A file in an archive.
typedef struct {
  char *name;
  int method;           // 0: stored, 8: deflated
  size_t header;        // where its header is
  size_t packed, size;  // bytes in the archive, and of the file
  uint32_t checksum;
} rt_zip_member;

typedef struct {
  const rt_file *file;
  const char *path;
  int count;
  rt_zip_member *members;  // in the order of the archive's directory
} rt_zip;

// Reads the directory of an archive, which stays the caller's, as does `path`. To be freed with
// rt_zip_close, also on failure.
int rt_zip_open(rt_zip *zip, const rt_file *file, const char *path, rt_error *error);
void rt_zip_close(rt_zip *zip);

// The member of that name, or null.
const rt_zip_member *rt_zip_find(const rt_zip *zip, const char *name);

// Opens a member as a file. A stored one is a part of the archive, read where it lies, and its
// checksum is not checked; a deflated one is held in memory, up to RT_MOST_UNPACKED bytes. To be
// freed with rt_file_close, before the archive.
int rt_zip_member_open(const rt_zip *zip, const rt_zip_member *member, rt_file *file,
                       rt_error *error);

// Checks the checksum of a member that is held in memory.
int rt_zip_member_check(const rt_zip *zip, const rt_zip_member *member, const rt_file *file,
                        rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
