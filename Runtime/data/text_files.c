// text_files.c - the files of a text.
//
// Few files stay open and few bytes in memory, however many there are: others are opened again
// when they are read, and must have the size that they had.

#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "../files/folder.h"
#include "text_parts.h"
#include "tokenizer_parts.h"

// Files that are kept in memory, together, and files that stay open.
enum { MOST_HELD = 64 << 20, MOST_OPEN = 64 };

static int is_text_name(const char *name) {
  size_t length = strlen(name);
  return length > 4 && strcmp(name + length - 4, ".txt") == 0;
}

// Adds a file; takes `path`, which may be null without memory.
static int add_file(rt_text_files *files, char *path, rt_error *error) {
  int code = path != NULL ? RT_OK : rt_fail_memory(error, 0, "a path");
  if (code == RT_OK && files->count == INT32_MAX) {
    code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected fewer than 2^31 files", path);
  }
  if (code == RT_OK) {
    code = rt_token_grow(&files->items, sizeof(rt_text_file), &files->capacity,
                         (size_t)files->count + 1, error);
  }
  if (code != RT_OK) {
    rt_release(path);
    return code;
  }
  files->items[files->count++] = (rt_text_file){.path = path};
  return RT_OK;
}

// Adds the files of a folder in the order of their names.
static int find_files(rt_text_files *files, const char *folder, rt_error *error) {
  rt_names names;
  int code = rt_folder_list(&names, folder, error);
  if (code != RT_OK) {
    return code;
  }
  for (int64_t i = 0; code == RT_OK && i < names.count; i++) {
    if (is_text_name(names.items[i])) {
      code = add_file(files, rt_path_join(folder, names.items[i]), error);
    }
  }
  rt_names_clear(&names);
  if (code == RT_OK && files->count == 0) {
    code = rt_fail(error, RT_ERROR_FILE, "%s: expected files that end in .txt, found none", folder);
  }
  return code;
}

int rt_text_files_open(rt_text_files *files, const char *path, rt_error *error) {
  *files = (rt_text_files){0};
  int code = rt_is_directory(path) ? find_files(files, path, error)
                                   : add_file(files, rt_copy_text(path), error);
  for (int i = 0; i < files->count && code == RT_OK; i++) {
    rt_text_file *f = &files->items[i];
    code = rt_file_open(&f->file, f->path, error);
    f->size = f->file.size;
    if (code == RT_OK && i >= MOST_OPEN) {
      rt_file_close(&f->file);
    }
  }
  return code;
}

void rt_text_files_close(rt_text_files *files) {
  for (int i = 0; i < files->count; i++) {
    rt_file_close(&files->items[i].file);
    rt_release(files->items[i].path);
  }
  rt_release(files->items);
  *files = (rt_text_files){0};
}

int rt_text_file_read(const rt_text_file *file, void *target, size_t offset, size_t bytes,
                      rt_error *error) {
  if (file->file.held != NULL || file->file.is_open) {
    return rt_file_read(&file->file, target, offset, bytes, file->path, error);
  }
  rt_file again;
  int code = rt_file_open(&again, file->path, error);
  if (code == RT_OK) {
    code = rt_file_read(&again, target, offset, bytes, file->path, error);
  }
  rt_file_close(&again);
  return code;
}

int rt_text_files_hold(rt_text_files *files, rt_error *error) {
  size_t held = 0;
  int code = RT_OK;
  for (int i = 0; i < files->count && code == RT_OK; i++) {
    rt_text_file *f = &files->items[i];
    if (f->file.held != NULL || f->size > MOST_HELD - held) {
      continue;
    }
    if (!f->file.is_open) {
      code = rt_file_open(&f->file, f->path, error);
    }
    if (code == RT_OK && f->file.size != f->size) {
      code = rt_fail(error, RT_ERROR_FILE, "%s: expected %zu bytes as before, found %zu", f->path,
                     f->size, f->file.size);
    }
    if (code == RT_OK) {
      code = rt_file_hold(&f->file, MOST_HELD, 0, f->path, error);
      held += f->size;
    }
  }
  return code;
}

// Checks that a file is text of UTF-8, as far as its first bytes tell.
static int check_text(const rt_text_file *f, const unsigned char *text, rt_error *error) {
  const char *kind = f->size > 0 && text[0] != '<' ? rt_file_known_kind(text, f->size) : NULL;
  if (f->size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
    kind = "UTF-16";
  }
  return kind == NULL ? RT_OK
                      : rt_fail(error, RT_ERROR_FORMAT, "%s: expected text in UTF-8, found %s",
                                f->path, kind);
}

int rt_text_files_each(const rt_text_files *files, int is_text,
                       int (*use)(void *context, int file, const unsigned char *text, size_t size,
                                  rt_error *error),
                       void *context, rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < files->count && code == RT_OK; i++) {
    const rt_text_file *f = &files->items[i];
    unsigned char *text = (unsigned char *)rt_allocate(f->size);
    code = text != NULL ? rt_text_file_read(f, text, 0, f->size, error)
                        : rt_fail_memory(error, f->size, f->path);
    if (code == RT_OK && is_text) {
      code = check_text(f, text, error);
    }
    if (code == RT_OK) {
      code = use(context, i, text, f->size, error);
    }
    rt_release(text);
  }
  return code;
}
