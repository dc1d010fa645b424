// inflate.c - decompresses DEFLATE (RFC 1951): streams, their output, and the codes of blocks.
//
// Output grows by doubling up to a limit. Distances reach back to the begin of the stream and no
// further, so that what stands before it in the same memory is never copied. Every table is
// checked to be a complete code before it is used, so that any bits lead to an entry.

#include <string.h>

#include "inflate_parts.h"

enum { LENGTH_BITS = 7 };  // what the table of the lengths of codes is chosen from by

int rt_inflate_fail(rt_decoder *d, const char *expected, const char *found) {
  d->stream->used = (size_t)(d->at - d->stream->bytes) - (d->count + 7) / 8;
  return rt_fail(d->error, RT_ERROR_FORMAT,
                 "%s: byte %zu of the compressed data: expected %s, found %s", d->path,
                 d->stream->used, expected, found);
}

int rt_inflate_fail_cut(rt_decoder *d) {
  return rt_inflate_fail(d, "more bytes", "the end; the file is cut");
}

int rt_inflate_fail_code(rt_decoder *d, uint32_t entry, const char *expected) {
  return entry >> 16 == 1 ? rt_inflate_fail_cut(d) : rt_inflate_fail(d, expected, "no such code");
}

int rt_inflate_room(rt_decoder *d, size_t bytes) {
  rt_inflation *s = d->stream;
  if (bytes <= s->room - s->written) {
    return RT_OK;
  }
  if (bytes > s->limit - s->written) {
    char most[64];
    snprintf(most, sizeof most, "%zu bytes in all", s->limit);
    return rt_inflate_fail(d, most, "more");
  }
  size_t room = s->room < s->limit / 2 ? 2 * s->room : s->limit;
  room = room < s->written + bytes ? s->written + bytes : room;
  unsigned char *output = (unsigned char *)rt_allocate(room);
  if (output == NULL) {
    return rt_fail_memory(d->error, room, d->path);
  }
  if (s->written > 0) {
    memcpy(output, s->output, s->written);
  }
  rt_release(s->output);
  s->output = output;
  s->room = room;
  return RT_OK;
}

// ---- Codes -----------------------------------------------------------------------

// The entries of literals and lengths, and of distances.
static void fill_results(uint32_t literals[288], uint32_t distances[32]) {
  for (uint32_t i = 0; i < 256; i++) {
    literals[i] = i << 16 | RT_CODE_LITERAL;
  }
  literals[256] = RT_CODE_END;
  for (uint32_t i = 257, base = 3; i < 285; i++) {
    uint32_t extra = i < 265 ? 0 : (i - 261) / 4;
    literals[i] = base << 16 | extra << 8;
    base += 1u << extra;
  }
  literals[285] = (uint32_t)RT_LONGEST_MATCH << 16;
  literals[286] = literals[287] = RT_CODE_BAD;
  for (uint32_t i = 0, base = 1; i < 30; i++) {
    uint32_t extra = i < 4 ? 0 : (i - 2) / 2;
    distances[i] = base << 16 | extra << 8;
    base += 1u << extra;
  }
  distances[30] = distances[31] = RT_CODE_BAD;
}

// Makes the tables of a block from the lengths of its codes.
static int make_tables(rt_decoder *d, const unsigned char *lengths, int literal_count,
                       int distance_count) {
  uint32_t literals[288], distances[32];
  fill_results(literals, distances);
  const char *problem = rt_code_table(d->literals, RT_LITERAL_ROOM, RT_LITERAL_BITS, lengths,
                                      literal_count, literals);
  if (problem == NULL) {
    problem = rt_code_table(d->distances, RT_DISTANCE_ROOM, RT_DISTANCE_BITS,
                            lengths + literal_count, distance_count, distances);
  }
  return problem == NULL ? RT_OK : rt_inflate_fail(d, "a complete prefix code", problem);
}

// The code that blocks without a table of their own have.
static int make_fixed_tables(rt_decoder *d) {
  unsigned char lengths[288 + 32];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  memset(lengths + 288, 5, 32);
  return make_tables(d, lengths, 288, 32);
}

// Reads the lengths of the codes, which are themselves coded.
static int read_lengths(rt_decoder *d, const uint32_t *table, unsigned char *lengths, int count) {
  for (int i = 0; i < count;) {
    uint32_t entry = rt_next_entry(d, table, LENGTH_BITS);
    if ((entry & RT_CODE_BAD) != 0) {
      return rt_inflate_fail_code(d, entry, "the length of a code");
    }
    unsigned symbol = entry >> 16;
    if (symbol < 16) {
      lengths[i++] = (unsigned char)symbol;
      continue;
    }
    if (symbol == 16 && i == 0) {
      return rt_inflate_fail(d, "a length before its repetition", "none");
    }
    int repeats = rt_take(d, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
    if (repeats < 0) {
      return rt_inflate_fail_cut(d);
    }
    repeats += symbol == 18 ? 11 : 3;
    if (repeats > count - i) {
      return rt_inflate_fail(d, "as many lengths as there are codes", "more");
    }
    memset(lengths + i, symbol == 16 ? lengths[i - 1] : 0, (size_t)repeats);
    i += repeats;
  }
  return RT_OK;
}

// Reads the two codes of a block: lengths of codes, which are coded by a third one in front of
// them.
static int read_tables(rt_decoder *d) {
  static const unsigned char order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
  unsigned char lengths[288 + 32] = {0}, own[19] = {0};
  uint32_t table[1 << LENGTH_BITS], results[19];
  int counts = rt_take(d, 14);
  if (counts < 0) {
    return rt_inflate_fail_cut(d);
  }
  int literals = 257 + (counts & 31), distances = 1 + (counts >> 5 & 31);
  if (literals > 286 || distances > 30) {
    return rt_inflate_fail(d, "at most 286 literals and lengths and 30 distances", "more");
  }
  for (int i = 0; i < 4 + (counts >> 10); i++) {
    int length = rt_take(d, 3);
    if (length < 0) {
      return rt_inflate_fail_cut(d);
    }
    own[order[i]] = (unsigned char)length;
  }
  for (uint32_t i = 0; i < 19; i++) {
    results[i] = i << 16;
  }
  const char *problem =
      rt_code_table(table, sizeof table / sizeof *table, LENGTH_BITS, own, 19, results);
  if (problem != NULL) {
    return rt_inflate_fail(d, "a complete prefix code", problem);
  }
  int code = read_lengths(d, table, lengths, literals + distances);
  if (code == RT_OK && lengths[256] == 0) {
    code = rt_inflate_fail(d, "a code for the end of the block", "none");
  }
  return code == RT_OK ? make_tables(d, lengths, literals, distances) : code;
}

// ---- Blocks ----------------------------------------------------------------------

// Copies a block that is not compressed, which begins at a byte.
static int copy_block(rt_decoder *d) {
  rt_inflation *s = d->stream;
  rt_skip(d, d->count % 8);
  d->at -= d->count / 8;
  d->count = 0;
  d->bits = 0;
  if (d->end - d->at < 4) {
    return rt_inflate_fail_cut(d);
  }
  size_t size = (size_t)d->at[0] | (size_t)d->at[1] << 8;
  size_t inverse = (size_t)d->at[2] | (size_t)d->at[3] << 8;
  if ((size ^ inverse) != 0xffff) {
    return rt_inflate_fail(d, "the length of a block and its complement", "two that do not match");
  }
  d->at += 4;
  if ((size_t)(d->end - d->at) < size) {
    return rt_inflate_fail_cut(d);
  }
  int code = rt_inflate_room(d, size);
  if (code == RT_OK && size > 0) {
    memcpy(s->output + s->written, d->at, size);
    s->written += size;
    d->at += size;
  }
  return code;
}

int rt_inflate(rt_inflation *stream, const char *path, rt_error *error) {
  rt_decoder d = {.stream = stream, .path = path, .error = error, .begin = stream->written};
  d.at = stream->bytes;
  d.end = stream->bytes + stream->size;
  int is_last = 0, code = RT_OK;
  if (stream->output == NULL) {
    size_t room = stream->size < SIZE_MAX / 4 ? 4 * stream->size + RT_INFLATE_MARGIN : SIZE_MAX;
    code = rt_inflate_room(&d, room < stream->limit ? room : stream->limit);
  }
  while (code == RT_OK && !is_last) {
    int head = rt_take(&d, 3);
    is_last = head & 1;
    switch (head < 0 ? 4 : head >> 1) {
      case 0:
        code = copy_block(&d);
        break;
      case 1:
        code = make_fixed_tables(&d);
        code = code == RT_OK ? rt_inflate_block(&d) : code;
        break;
      case 2:
        code = read_tables(&d);
        code = code == RT_OK ? rt_inflate_block(&d) : code;
        break;
      case 3:
        code = rt_inflate_fail(&d, "a block of kind 0, 1 or 2", "kind 3");
        break;
      default:
        code = rt_inflate_fail_cut(&d);
    }
  }
  stream->used = (size_t)(d.at - stream->bytes) - d.count / 8;
  return code;
}
