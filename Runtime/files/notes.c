// notes.c - the texts in the header of a safetensors file, by their names.
//
// Notes are few, so they are a list that is searched from its begin. A list owns its texts.
// Numbers are checked when they are asked for: a note that a later version writes, or somebody
// else, is no mistake.

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

int rt_notes_own(rt_notes *notes, char *key, char *value, rt_error *error) {
  if (notes->count == notes->capacity) {
    int capacity = notes->capacity > 0 ? 2 * notes->capacity : 32;
    size_t size = (size_t)capacity * sizeof(rt_note);
    rt_note *items = (rt_note *)realloc(notes->items, size);
    if (items == NULL) {
      rt_release(key);
      rt_release(value);
      return rt_fail_memory(error, size, "the notes of a file");
    }
    notes->items = items;
    notes->capacity = capacity;
  }
  notes->items[notes->count++] = (rt_note){key, value};
  return RT_OK;
}

// The text is formatted twice, as its length is not known before.
int rt_notes_add(rt_notes *notes, const char *key, rt_error *error, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  size_t size = length >= 0 ? (size_t)length + 1 : 1;
  char *name = rt_path_join(key, ""), *value = (char *)rt_allocate(size);
  if (name != NULL) {
    name[strlen(key)] = '\0';
  }
  if (value != NULL) {
    vsnprintf(value, size, format, again);
  }
  va_end(again);
  if (name == NULL || value == NULL) {
    rt_release(name);
    rt_release(value);
    return rt_fail_memory(error, size, "the notes of a file");
  }
  return rt_notes_own(notes, name, value, error);
}

void rt_notes_clear(rt_notes *notes) {
  for (int i = 0; i < notes->count; i++) {
    rt_release(notes->items[i].key);
    rt_release(notes->items[i].value);
  }
  free(notes->items);
  *notes = (rt_notes){0};
}

const char *rt_notes_find(const rt_notes *notes, const char *key) {
  for (int i = 0; i < notes->count; i++) {
    if (strcmp(notes->items[i].key, key) == 0) {
      return notes->items[i].value;
    }
  }
  return NULL;
}

// Fails at a note that is missing, `found` is null then, or is no such number.
static int bad_note(const char *path, const char *key, const char *expected, const char *found,
                    rt_error *error) {
  return rt_fail(error, RT_ERROR_FORMAT, "%s: __metadata__ '%s': expected %s, found %s%s%s", path,
                 key, expected, found != NULL ? "'" : "", found != NULL ? found : "none",
                 found != NULL ? "'" : "");
}

int rt_notes_whole(const rt_notes *notes, const char *key, uint64_t most, uint64_t *value,
                   const char *path, rt_error *error) {
  const char *text = rt_notes_find(notes, key);
  char *end = NULL;
  errno = 0;
  *value = text != NULL && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
  if (end == NULL || *end != '\0' || errno != 0 || *value > most) {
    char expected[64];
    snprintf(expected, sizeof expected, "a whole number, 0 to %llu", (unsigned long long)most);
    return bad_note(path, key, expected, text, error);
  }
  return RT_OK;
}

int rt_notes_numbers(const rt_notes *notes, const char *key, int count, double *values,
                     const char *path, rt_error *error) {
  const char *text = rt_notes_find(notes, key);
  char *at = (char *)(uintptr_t)text;
  for (int i = 0; i < count && at != NULL; i++) {
    char *end = at;
    values[i] = strtod(at, &end);
    at = end != at && (*end == ' ' || *end == '\0') ? end : NULL;
  }
  if (at == NULL || *at != '\0') {
    char expected[64];
    snprintf(expected, sizeof expected, count == 1 ? "a number" : "%d numbers", count);
    return bad_note(path, key, expected, text, error);
  }
  return RT_OK;
}
