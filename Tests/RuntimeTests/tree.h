// tree.h - files and folders that tests remove, copy and compare thousands of times, for which
// commands of the shell would take most of the time. For files with _GNU_SOURCE.

#ifndef TREE_H
#define TREE_H

#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

// Fails the test if something could not be done to a file. It counts no check, as this is not what
// is tested.
static inline void need(int is_done, const char *path) {
  if (!is_done) {
    CHECK(is_done);
    printf("  %s: %s\n", path, strerror(errno));
  }
}

static inline int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info, (void)kind, (void)at;
  return remove(path);
}

// Removes a file or a folder with all that it holds, if it is there.
static inline void remove_tree(const char *path) {
  int status = nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  need(status == 0 || errno == ENOENT, path);
}

// Copies the bytes of a file to another, which is made.
static inline void copy_file(const char *from, const char *to) {
  static char bytes[1 << 16];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  need(in != NULL, from);
  need(out != NULL, to);
  for (size_t count = 1; in != NULL && out != NULL && count > 0;) {
    count = fread(bytes, 1, sizeof bytes, in);
    need(fwrite(bytes, 1, count, out) == count, to);
  }
  need(in == NULL || fclose(in) == 0, from);
  need(out == NULL || fclose(out) == 0, to);
}

// What copy_tree copies: from a folder, whose path is so long, to another.
static const char *copied_to;
static size_t copied_length;

static inline int copy_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  char target[1024];
  (void)info, (void)at;
  snprintf(target, sizeof target, "%s%s", copied_to, path + copied_length);
  if (kind == FTW_D) {
    return mkdir(target, 0777);
  }
  copy_file(path, target);
  return 0;
}

// Copies a folder of files and folders to a place where nothing is.
static inline void copy_tree(const char *from, const char *to) {
  copied_to = to;
  copied_length = strlen(from);
  need(nftw(from, copy_one, 8, FTW_PHYS) == 0, from);
}

// True iff both files are there and hold the same bytes.
static inline int same_file(const char *a, const char *b) {
  FILE *first = fopen(a, "rb"), *second = fopen(b, "rb");
  int same = first != NULL && second != NULL;
  for (int c = 0; same && c != EOF;) {
    c = getc(first);
    same = c == getc(second);
  }
  need(first == NULL || fclose(first) == 0, a);
  need(second == NULL || fclose(second) == 0, b);
  return same;
}

static inline int is_partial(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info, (void)kind;
  return fnmatch("*.partial", path + at->base, 0) == 0 || strcmp(path + at->base, ".lock") == 0;
}

// True iff nothing of a file that was being written is left in a folder, which may be missing.
static inline int is_tidy(const char *folder) { return nftw(folder, is_partial, 8, FTW_PHYS) != 1; }

#endif
