// csv_read.c - reads arrays from text: a line for each example, commas between numbers.
//
// A first line of names is skipped, a byte order mark and blanks around numbers as well; lines may
// end with CR and LF. There are no quotes, no comments and no empty fields.

#include <string.h>

#include "../files/elements.h"
#include "inputs.h"

// The line that is being read, without its end.
typedef struct {
  const char *at, *end;  // what follows it
  const char *line;
  size_t size;
  size_t number;  // from 1
  const char *path;
  rt_error *error;
} cursor;

// What the file must hold: lines of so many numbers each.
typedef struct {
  size_t columns;
  int64_t rows;  // -1: any number, but at least one
} layout;

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Goes to the next line; false at the end of the file.
static int next_line(cursor *c) {
  if (c->at == c->end) {
    return 0;
  }
  const char *end = memchr(c->at, '\n', (size_t)(c->end - c->at));
  c->line = c->at;
  c->at = end != NULL ? end + 1 : c->end;
  end = end != NULL ? end : c->end;
  while (end > c->line && is_blank(end[-1])) {
    end--;
  }
  c->size = (size_t)(end - c->line);
  c->number++;
  return 1;
}

// Cuts the next field off `line`, without blanks around it; `*size` is SIZE_MAX after the last one.
static const char *next_field(const char **line, size_t *left, size_t *size) {
  const char *begin = *line;
  if (*left == SIZE_MAX) {
    *size = SIZE_MAX;
    return begin;
  }
  const char *comma = memchr(begin, ',', *left);
  const char *end = comma != NULL ? comma : begin + *left;
  *left = comma != NULL ? *left - (size_t)(comma + 1 - begin) : SIZE_MAX;
  *line = comma != NULL ? comma + 1 : end;
  while (begin < end && is_blank(*begin)) {
    begin++;
  }
  while (end > begin && is_blank(end[-1])) {
    end--;
  }
  *size = (size_t)(end - begin);
  return begin;
}

// The fields of the present line, by its commas.
static size_t count_fields(const cursor *c) {
  size_t count = 1;
  for (size_t i = 0; i < c->size; i++) {
    count += c->line[i] == ',';
  }
  return count;
}

// True iff the line holds names: none of its fields begins like a number. No text has a zero byte.
static int is_header(const cursor *c) {
  const char *line = c->line;
  size_t left = c->size, size, names = 0;
  if (memchr(line, 0, left) != NULL) {
    return 0;
  }
  for (const char *field = next_field(&line, &left, &size); size != SIZE_MAX;
       field = next_field(&line, &left, &size)) {
    if (rt_begins_number(field, size) || rt_is_number(field, size)) {
      return 0;
    }
    names += size > 0;
  }
  return names > 0;
}

// A hint if other characters than commas seem to separate the numbers.
static void explain(const cursor *c, const char *field, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (strchr("; \t|", field[i]) != NULL && field[i] != '\0') {
      rt_fail_more(c->error, "; commas must stand between the numbers of a line");
      return;
    }
  }
}

// An error about a field, by line and column from 1.
static int bad_field(const cursor *c, size_t column, const char *field, size_t size,
                     const char *expected) {
  enum { SHOWN = 40 };
  if (size == 0) {
    return rt_fail(c->error, RT_ERROR_FORMAT,
                   "%s: line %zu, column %zu: expected %s, found nothing", c->path, c->number,
                   column, expected);
  }
  rt_fail(c->error, RT_ERROR_FORMAT, "%s: line %zu, column %zu: expected %s, found '%.*s%s'",
          c->path, c->number, column, expected, (int)(size < SHOWN ? size : SHOWN), field,
          size > SHOWN ? "..." : "");
  explain(c, field, size);
  return RT_ERROR_FORMAT;
}

// Reads one line of `columns` numbers into `target`.
static int read_line(const cursor *c, size_t columns, rt_dtype dtype, unsigned char *target) {
  const char *line = c->line;
  size_t left = c->size, size, found = count_fields(c), width = rt_dtype_size(dtype);
  if (c->size == 0) {
    return rt_fail(c->error, RT_ERROR_FORMAT, "%s: line %zu: expected %zu number%s, found none",
                   c->path, c->number, columns, columns == 1 ? "" : "s");
  }
  if (found != columns) {
    rt_fail(c->error, RT_ERROR_FORMAT, "%s: line %zu: expected %zu number%s, found %zu", c->path,
            c->number, columns, columns == 1 ? "" : "s", found);
    explain(c, c->line, found == 1 ? c->size : 0);
    return RT_ERROR_FORMAT;
  }
  for (size_t column = 1; column <= columns; column++) {
    const char *field = next_field(&line, &left, &size);
    const char *expected = rt_number_read(dtype, target, field, size);
    if (expected != NULL) {
      return bad_field(c, column, field, size, expected);
    }
    target += width;
  }
  return RT_OK;
}

// The layout of the file for a slot, by the first line of numbers.
static layout make_layout(const rt_slot *slot, const cursor *c) {
  const rt_tensor *tensor = slot->tensor;
  size_t elements = rt_tensor_elements(tensor);
  if (tensor->rank == 0) {
    return (layout){1, 1};
  }
  // A list may stand in one line.
  if (!slot->has_examples && tensor->rank == 1 && count_fields(c) > 1) {
    return (layout){elements, 1};
  }
  size_t columns = 1;
  for (int axis = 1; axis < tensor->rank; axis++) {
    columns *= (size_t)tensor->shape[axis];
  }
  return (layout){columns, slot->has_examples ? -1 : tensor->shape[0]};
}

// True iff nothing but empty lines follows from the present line on.
static int is_end(const cursor *c) {
  const char *rest = c->at;
  while (c->size == 0 && rest < c->end && (is_blank(*rest) || *rest == '\n')) {
    rest++;
  }
  return c->size == 0 && rest == c->end;
}

// Reads all lines from the present one on into `array`, which has room for them.
static int read_lines(cursor *c, layout l, rt_array *array) {
  unsigned char *target = (unsigned char *)array->data;
  int64_t rows = 0;
  do {
    if (rows > 0 && is_end(c)) {
      break;
    }
    if (rows == l.rows) {
      return rt_fail(c->error, RT_ERROR_FORMAT, "%s: line %zu: expected the end after %lld line%s",
                     c->path, c->number, (long long)rows, rows == 1 ? "" : "s");
    }
    int code = read_line(c, l.columns, array->dtype, target);
    if (code != RT_OK) {
      return code;
    }
    target += l.columns * rt_dtype_size(array->dtype);
    rows++;
  } while (next_line(c));
  if (l.rows >= 0 && rows != l.rows) {
    return rt_fail(c->error, RT_ERROR_FORMAT, "%s: expected %lld lines of numbers, found %lld",
                   c->path, (long long)l.rows, (long long)rows);
  }
  array->elements = (size_t)rows * l.columns;
  array->shape[0] = array->rank > 0 && l.rows < 0 ? rows : array->shape[0];
  return RT_OK;
}

// Allocates an element for each field of the rest, which is enough for every line that is right.
static int make_room(rt_array *array, const cursor *c, rt_error *error) {
  size_t fields = count_fields(c) + 1;
  for (const char *at = c->at; at < c->end; at++) {
    fields += *at == ',' || *at == '\n';
  }
  size_t bytes = fields * rt_dtype_size(array->dtype);
  array->data = rt_allocate(bytes);
  return array->data != NULL ? RT_OK : rt_fail_memory(error, bytes, c->path);
}

int rt_csv_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                rt_error *error) {
  *array = (rt_array){.dtype = slot->tensor->dtype, .rank = slot->tensor->rank};
  for (int axis = 0; axis < array->rank && axis < RT_MAX_RANK; axis++) {
    array->shape[axis] = slot->tensor->shape[axis];
  }
  int code = rt_file_hold(file, SIZE_MAX, 0, path, error);
  if (code != RT_OK) {
    return code;
  }
  const char *text = (const char *)file->held;
  const char *kind = rt_file_known_kind(file->held, file->size);
  if (kind != NULL) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: expected a line of numbers, found %s", path, kind);
  }
  size_t mark = file->size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  cursor c = {text + mark, text + file->size, NULL, 0, 0, path, error};
  int is_there = next_line(&c);
  if (is_there && is_header(&c)) {
    is_there = next_line(&c);
  }
  if (!is_there) {
    return rt_fail(error, RT_ERROR_FORMAT, "%s: expected a line of numbers, found %s", path,
                   c.number > 0 ? "only a line of names" : "an empty file");
  }
  layout l = make_layout(slot, &c);
  if (l.columns == 0 || l.rows == 0) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected no lines of numbers for %s, found some",
                   path, rt_slot_text(type, sizeof type, slot));
  }
  code = make_room(array, &c, error);
  if (code == RT_OK) {
    code = read_lines(&c, l, array);
  }
  if (code != RT_OK) {
    rt_release(array->data);
    array->data = NULL;
  }
  return code;
}
