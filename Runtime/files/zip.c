// zip.c - reads zip archives: the directory at their end, and members that are stored or deflated.
//
// The directory at the end of an archive is what counts; of the header before a member only its
// length is used, since some programs leave the sizes there empty. Every place and size is checked
// against the file, so that members may overlap but not leave it. Nothing is extracted to the
// disk.

#include <string.h>

#include "inflate.h"

enum {
  END_SIZE = 22,        // of the record that ends an archive, without its comment
  ENTRY_SIZE = 46,      // of a member in the directory, without its texts
  HEADER_SIZE = 30,     // of a member before its data, without its texts
  MOST_COMMENT = 65535,
  MOST_MEMBERS = 65534
};

static size_t number_at(const unsigned char *at, int bytes) {
  size_t number = 0;
  for (int i = 0; i < bytes; i++) {
    number |= (size_t)at[i] << 8 * i;
  }
  return number;
}

static int fail_at(const rt_zip *zip, size_t at, const char *expected, const char *found,
                   rt_error *error) {
  return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s", zip->path, at,
                 expected, found);
}

static int fail_large(const rt_zip *zip, size_t at, rt_error *error) {
  return fail_at(zip, at, "an archive of less than 4 GB and 65535 files", "one of the kind zip64",
                 error);
}

// Finds the record at the end, and copies it. A comment may follow.
static int find_end(const rt_zip *zip, size_t *at, unsigned char end[END_SIZE], rt_error *error) {
  size_t size = zip->file->size;
  size_t most = size < END_SIZE + MOST_COMMENT ? size : END_SIZE + MOST_COMMENT;
  unsigned char *tail = (unsigned char *)rt_allocate(most);
  if (tail == NULL) {
    return rt_fail_memory(error, most, zip->path);
  }
  int code = rt_file_read(zip->file, tail, size - most, most, zip->path, error), is_found = 0;
  for (size_t i = most; code == RT_OK && !is_found && i >= END_SIZE; i--) {
    const unsigned char *record = tail + i - END_SIZE;
    is_found = memcmp(record, "PK\5\6", 4) == 0 && number_at(record + 20, 2) == most - i;
    if (is_found) {
      memcpy(end, record, END_SIZE);
      *at = size - most + i - END_SIZE;
    }
  }
  if (code == RT_OK && !is_found) {
    int is_zip = most >= 4 && most == size && memcmp(tail, "PK\3\4", 4) == 0;
    code = fail_at(zip, is_zip ? size : 0, "the directory of a zip archive",
                   is_zip        ? "the end; the file is cut"
                   : most < size ? "none"
                                 : rt_file_kind(tail, most),
                   error);
  }
  rt_release(tail);
  return code;
}

// Reads a member of the directory at `entry`, which stands at byte `place` of the file. `*used` are
// its bytes.
static int read_entry(rt_zip *zip, const unsigned char *entry, size_t left, size_t place,
                      size_t *used, rt_error *error) {
  if (left < ENTRY_SIZE || memcmp(entry, "PK\1\2", 4) != 0) {
    return fail_at(zip, place, "a file of the directory", left < ENTRY_SIZE ? "its end" :
                   "other contents", error);
  }
  size_t name = number_at(entry + 28, 2);
  size_t texts = name + number_at(entry + 30, 2) + number_at(entry + 32, 2);
  if (left - ENTRY_SIZE < texts || memchr(entry + ENTRY_SIZE, 0, name) != NULL) {
    return fail_at(zip, place, "the name of a file", "more bytes than there are, or zeros", error);
  }
  rt_zip_member *m = &zip->members[zip->count];
  *m = (rt_zip_member){NULL, (int)number_at(entry + 10, 2), number_at(entry + 42, 4),
                       number_at(entry + 20, 4), number_at(entry + 24, 4),
                       (uint32_t)number_at(entry + 16, 4)};
  if (m->header == UINT32_MAX || m->packed == UINT32_MAX || m->size == UINT32_MAX) {
    return fail_large(zip, place, error);
  }
  if ((number_at(entry + 8, 2) & 1) != 0) {
    return fail_at(zip, place, "files without a password", "an encrypted one", error);
  }
  m->name = (char *)rt_allocate(name + 1);
  if (m->name == NULL) {
    return rt_fail_memory(error, name + 1, zip->path);
  }
  memcpy(m->name, entry + ENTRY_SIZE, name);
  zip->count++;
  *used = ENTRY_SIZE + texts;
  return RT_OK;
}

// Reads `count` members from `size` bytes of the directory, which begins at byte `place`.
static int read_directory(rt_zip *zip, size_t place, size_t size, size_t count, rt_error *error) {
  unsigned char *directory = (unsigned char *)rt_allocate(size);
  zip->members = (rt_zip_member *)rt_allocate(count * sizeof(rt_zip_member));
  int code = directory != NULL && zip->members != NULL
                 ? rt_file_read(zip->file, directory, place, size, zip->path, error)
                 : rt_fail_memory(error, size, zip->path);
  size_t at = 0, used = 0;
  for (size_t i = 0; i < count && code == RT_OK; i++, at += used) {
    code = read_entry(zip, directory + at, size - at, place + at, &used, error);
  }
  rt_release(directory);
  return code;
}

int rt_zip_open(rt_zip *zip, const rt_file *file, const char *path, rt_error *error) {
  unsigned char end[END_SIZE] = {0};
  size_t at = 0;
  *zip = (rt_zip){.file = file, .path = path};
  int code = find_end(zip, &at, end, error);
  if (code != RT_OK) {
    return code;
  }
  size_t count = number_at(end + 10, 2), size = number_at(end + 12, 4);
  size_t begin = number_at(end + 16, 4);
  if (count > MOST_MEMBERS || size == UINT32_MAX || begin == UINT32_MAX) {
    return fail_large(zip, at, error);
  }
  if (number_at(end + 4, 2) != 0 || number_at(end + 8, 2) != count) {
    return fail_at(zip, at, "an archive in one file", "a part of several", error);
  }
  if (begin > at || size > at - begin || count > size / ENTRY_SIZE) {
    return fail_at(zip, at, "a directory before this byte", "another place; the file is damaged",
                   error);
  }
  return read_directory(zip, begin, size, count, error);
}

void rt_zip_close(rt_zip *zip) {
  for (int i = 0; i < zip->count; i++) {
    rt_release(zip->members[i].name);
  }
  rt_release(zip->members);
  *zip = (rt_zip){0};
}

const rt_zip_member *rt_zip_find(const rt_zip *zip, const char *name) {
  for (int i = 0; i < zip->count; i++) {
    if (strcmp(zip->members[i].name, name) == 0) {
      return &zip->members[i];
    }
  }
  return NULL;
}

// Where the data of a member begin.
static int find_data(const rt_zip *zip, const rt_zip_member *m, size_t *begin, rt_error *error) {
  unsigned char header[HEADER_SIZE];
  size_t size = zip->file->size;
  int fits = m->header <= size && size - m->header >= HEADER_SIZE;
  int code = fits ? rt_file_read(zip->file, header, m->header, HEADER_SIZE, zip->path, error) : 0;
  if (code != RT_OK) {
    return code;
  }
  if (!fits || memcmp(header, "PK\3\4", 4) != 0) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected the file '%s', found %s",
                   zip->path, m->header, m->name, fits ? "other contents" : "the end");
  }
  *begin = m->header + HEADER_SIZE + number_at(header + 26, 2) + number_at(header + 28, 2);
  if (*begin > size || size - *begin < m->packed) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected %zu bytes of the file '%s', found %zu", zip->path,
                   *begin, m->packed, m->name, *begin < size ? size - *begin : 0);
  }
  return RT_OK;
}

// Decompresses a member into memory.
static int hold_deflated(const rt_zip *zip, const rt_zip_member *m, size_t begin, rt_file *file,
                         rt_error *error) {
  char place[512];
  snprintf(place, sizeof place, "%.300s: %.200s", zip->path, m->name);
  unsigned char *packed = (unsigned char *)rt_allocate(m->packed);
  if (packed == NULL) {
    return rt_fail_memory(error, m->packed, place);
  }
  int code = rt_file_read(zip->file, packed, begin, m->packed, zip->path, error);
  rt_inflation stream = {.bytes = packed, .size = m->packed, .limit = m->size};
  code = code == RT_OK ? rt_inflate(&stream, place, error) : code;
  rt_release(packed);
  if (code == RT_OK && stream.output == NULL) {
    stream.output = (unsigned char *)rt_allocate(0);
    code = stream.output != NULL ? RT_OK : rt_fail_memory(error, 0, place);
  }
  if (code == RT_OK && (stream.written != m->size || stream.used != m->packed)) {
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected %zu bytes, found %zu", place, m->size,
                   stream.written);
  }
  *file = (rt_file){.size = stream.written, .held = stream.output, .block = stream.output};
  if (code == RT_OK) {
    code = rt_zip_member_check(zip, m, file, error);
  }
  if (code != RT_OK) {
    rt_file_close(file);
  }
  return code;
}

int rt_zip_member_open(const rt_zip *zip, const rt_zip_member *member, rt_file *file,
                       rt_error *error) {
  size_t begin = 0;
  *file = (rt_file){0};
  int code = find_data(zip, member, &begin, error);
  if (code != RT_OK) {
    return code;
  }
  if (member->method == 8) {
    return hold_deflated(zip, member, begin, file, error);
  }
  if (member->method != 0 || member->packed != member->size) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: %s: expected a file that is stored or deflated, found method %d",
                   zip->path, member->name, member->method);
  }
  file->size = member->size;
  file->descriptor = zip->file->descriptor;
  file->begin = zip->file->begin + begin;
  file->held = zip->file->held != NULL ? zip->file->held + begin : NULL;
  return RT_OK;
}

int rt_zip_member_check(const rt_zip *zip, const rt_zip_member *member, const rt_file *file,
                        rt_error *error) {
  uint32_t found = file->size > 0 ? rt_checksum(0, file->held, file->size) : 0;
  return found == member->checksum
             ? RT_OK
             : rt_fail(error, RT_ERROR_FORMAT,
                       "%s: %s: expected the checksum %08lx, found %08lx; the file is damaged",
                       zip->path, member->name, (unsigned long)member->checksum,
                       (unsigned long)found);
}
