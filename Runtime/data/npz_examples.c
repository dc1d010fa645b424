// npz_examples.c - an .npz archive, as numpy.savez writes it, with an array for each field.
//
// The archive stays open while its members are read. A stored member is a part of it, read in
// place or held if it is small; a deflated one must be decompressed as a whole, since DEFLATE
// cannot begin in the middle. Nothing is written to the disk, so that the names of members lead
// nowhere.

#include <string.h>

#include "../files/inflate.h"
#include "array_files.h"
#include "formats.h"

// The archive, and the arrays in it.
typedef struct {
  rt_file file;
  rt_zip zip;
  rt_array_file *arrays;
} archive;

// The member of an array: its name with ".npy", or as it is; null if there is none.
static const rt_zip_member *find_member(const rt_zip *zip, const char *name) {
  size_t length = strlen(name);
  for (int i = 0; i < zip->count; i++) {
    const char *own = zip->members[i].name;
    if (strncmp(own, name, length) == 0 && strcmp(own + length, ".npy") == 0) {
      return &zip->members[i];
    }
  }
  return rt_zip_find(zip, name);
}

// Fails, as the archive has no array of that name; says which it has.
static int fail_missing(const rt_zip *zip, const rt_field_recipe *recipe, rt_error *error) {
  enum { MOST = 10 };
  rt_fail(error, RT_ERROR_MISMATCH, "%s: expected the array '%s' for the input '%s', found",
          zip->path, rt_source_name(recipe), recipe->input);
  for (int i = 0; i < zip->count && i < MOST; i++) {
    const char *name = zip->members[i].name;
    size_t length = strlen(name);
    int is_npy = length > 4 && strcmp(name + length - 4, ".npy") == 0;
    rt_fail_more(error, "%s '%.*s'", i > 0 ? "," : "", (int)(is_npy ? length - 4 : length), name);
  }
  if (zip->count == 0) {
    rt_fail_more(error, " none");
  } else if (zip->count > MOST) {
    rt_fail_more(error, " and %d more", zip->count - MOST);
  }
  return RT_ERROR_MISMATCH;
}

// Opens the array of a field. A stored member that is held is checked against its checksum, as
// deflated ones are; one that stays in the file is not, which would mean to read all of it.
static int open_member(rt_array_file *f, const rt_examples *examples,
                       const rt_field_recipe *recipe, void *shared, rt_error *error) {
  const rt_zip *zip = &((const archive *)shared)->zip;
  const rt_zip_member *member = find_member(zip, rt_source_name(recipe));
  if (member == NULL) {
    return fail_missing(zip, recipe, error);
  }
  size_t size = strlen(examples->path) + strlen(member->name) + sizeof ": ";
  f->path = (char *)rt_allocate(size);
  if (f->path == NULL) {
    return rt_fail_memory(error, size, "a path");
  }
  snprintf(f->path, size, "%s: %s", examples->path, member->name);
  int code = rt_zip_member_open(zip, member, &f->file, error);
  code = code == RT_OK ? rt_npy_parse(&f->npy, &f->file, f->path, error) : code;
  if (code == RT_OK && f->file.held == NULL) {
    code = rt_file_hold(&f->file, RT_MOST_HELD, f->npy.offset, f->path, error);
    if (code == RT_OK && f->file.held != NULL) {
      code = rt_zip_member_check(zip, member, &f->file, error);
    }
  }
  return code;
}

// Arrays are parts of the archive's file, so they are closed first.
static void npz_close(rt_examples *examples) {
  archive *a = (archive *)examples->own;
  if (a != NULL) {
    rt_array_files_close(a->arrays, examples->field_count);
    rt_zip_close(&a->zip);
    rt_file_close(&a->file);
  }
  rt_release(a);
  examples->own = NULL;
}

static int npz_open(rt_examples *examples, rt_error *error) {
  archive *a = (archive *)rt_allocate(sizeof(archive));
  if (a == NULL) {
    return rt_fail_memory(error, sizeof(archive), "an archive");
  }
  examples->own = a;
  int code = rt_file_open(&a->file, examples->path, error);
  if (code == RT_OK) {
    code = rt_zip_open(&a->zip, &a->file, examples->path, error);
    if (code == RT_ERROR_FORMAT && a->zip.count == 0) {
      rt_fail_more(error, "; numpy.savez(FILE, name=array) writes one");
    }
  }
  if (code == RT_OK) {
    code = rt_array_files_open(examples, &a->arrays, open_member, a, error);
  }
  if (code != RT_OK) {
    npz_close(examples);
  }
  return code;
}

static int npz_read(const rt_examples *examples, int field, int64_t example, void *room,
                    rt_error *error) {
  return rt_array_file_read(&((const archive *)examples->own)->arrays[field],
                            &examples->fields[field], example, room, error);
}

static const void *npz_all(const rt_examples *examples, int field) {
  return rt_array_file_all(&((const archive *)examples->own)->arrays[field]);
}

static char *npz_place(const rt_examples *examples, int field, int64_t example, char *text,
                       size_t size) {
  (void)example;
  snprintf(text, size, "%s", ((const archive *)examples->own)->arrays[field].path);
  return text;
}

static int npz_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  const archive *a = (const archive *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_file_checksum(&a->arrays[i].file, sum, a->arrays[i].path, error);
  }
  return code;
}

const rt_data_format rt_npz_data = {"npz", npz_open, npz_read, npz_all,
                                    npz_place, npz_checksum, npz_close};
