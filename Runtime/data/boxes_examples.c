// boxes_examples.c - a file with a JSON object a line, for pictures with boxes.
//
// The file is indexed by lines; a line is parsed each time that one of its fields is read. That
// costs little beside decoding its picture, and keeps nothing in memory but where lines begin.
// Pictures are not opened before they are read, as there may be many.

#include <string.h>

#include "boxes.h"
#include "formats.h"

// Files of so many bytes are held in memory, and all their lines checked when they are opened.
enum { MOST_HELD = 64 << 20 };

typedef struct {
  rt_lines lines;
  rt_box_field *fields;
  int picture;  // the first field of pictures, which boxes are scaled with; -1: there is none
} boxes;

static void boxes_close(rt_examples *examples) {
  boxes *own = (boxes *)examples->own;
  for (int i = 0; own != NULL && own->fields != NULL && i < examples->field_count; i++) {
    rt_box_field_close(&own->fields[i]);
  }
  if (own != NULL) {
    rt_lines_close(&own->lines);
    rt_release(own->fields);
  }
  rt_release(own);
  examples->own = NULL;
}

// Reads a field of a line; of a picture the name.
static int read_line(const boxes *own, int field, int64_t line, void *room, char **name,
                     rt_error *error) {
  char place[512];
  void *block;
  rt_json json = {.error = error, .path = place};
  snprintf(place, sizeof place, "%.480s: line %lld", own->lines.path, (long long)line + 1);
  *name = NULL;
  int code = rt_lines_get(&own->lines, line, &json.bytes, &json.size, &block, error);
  code = code == RT_OK ? rt_box_line_read(&own->fields[field], &json, room, name) : code;
  rt_release(block);
  return code;
}

// Checks all lines, but for the pictures.
static int check_lines(const rt_examples *examples, rt_error *error) {
  const boxes *own = (const boxes *)examples->own;
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    const rt_example_field *f = &examples->fields[i];
    size_t size = f->elements * rt_dtype_size(f->dtype);
    void *room = rt_allocate(size);
    code = room != NULL ? RT_OK : rt_fail_memory(error, size, "an example");
    for (int64_t line = 0; line < own->lines.count && code == RT_OK; line++) {
      char *name;
      code = read_line(own, i, line, room, &name, error);
      rt_release(name);
    }
    rt_release(room);
  }
  return code;
}

// Lets boxes follow the first field of pictures.
static void follow_picture(boxes *own, int field_count) {
  own->picture = -1;
  for (int i = field_count - 1; i >= 0; i--) {
    own->picture = own->fields[i].kind == RT_BOX_PICTURE ? i : own->picture;
  }
  for (int i = 0; i < field_count && own->picture >= 0; i++) {
    if (own->fields[i].kind == RT_BOX_LIST) {
      rt_box_field_follow(&own->fields[i], &own->fields[own->picture]);
    }
  }
}

// Opens the file and, if it is held, checks all lines: a mistake in the last one is then no
// surprise at the end of the first epoch.
static int boxes_open(rt_examples *examples, rt_error *error) {
  boxes *own = (boxes *)rt_allocate(sizeof *own);
  size_t size = (size_t)examples->field_count * sizeof(rt_box_field);
  examples->own = own;
  if (own != NULL) {
    own->fields = (rt_box_field *)rt_allocate(size);
  }
  int code = own != NULL && own->fields != NULL
                 ? rt_lines_open(&own->lines, examples->path, MOST_HELD, error)
                 : rt_fail_memory(error, size, "data fields");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    code = rt_box_field_open(&own->fields[i], &examples->fields[i], examples->path, error);
  }
  if (code == RT_OK) {
    follow_picture(own, examples->field_count);
  }
  if (code == RT_OK && own->lines.count == 0) {
    int is_empty = own->lines.file.size == 0;
    code = rt_fail(error, RT_ERROR_FORMAT, "%s: expected a JSON object in each line, found %s",
                   examples->path, is_empty ? "an empty file" : "only empty lines");
  }
  if (code == RT_OK && own->lines.file.held != NULL) {
    code = check_lines(examples, error);
  }
  if (code == RT_OK) {
    examples->count = own->lines.count;
    examples->held = (own->lines.file.held != NULL ? own->lines.file.size : 0) +
                     ((size_t)own->lines.count + 2) * sizeof(uint64_t);
  } else {
    boxes_close(examples);
  }
  return code;
}

// The path of a picture that is relative to the folder of the file, to be freed with rt_release.
static int find_path(const char *file, const char *name, char **path, rt_error *error) {
  const char *slash = strrchr(file, '/');
  char *folder = rt_copy_text(file);
  if (folder != NULL) {
    folder[slash != NULL ? slash + 1 - file : 0] = '\0';
  }
  *path = folder != NULL ? rt_path_join(*folder != '\0' ? folder : ".", name) : NULL;
  rt_release(folder);
  return *path != NULL ? RT_OK : rt_fail_memory(error, strlen(name), "a path");
}

// Scales the boxes of a line as its picture will be, of which only the size is read.
static int scale(const rt_examples *examples, const rt_box_field *field, int64_t line, void *room,
                 rt_error *error) {
  const boxes *own = (const boxes *)examples->own;
  char *name, *path = NULL;
  int height = 1, width = 1;
  int code = read_line(own, own->picture, line, NULL, &name, error);
  code = code == RT_OK ? find_path(examples->path, name, &path, error) : code;
  code = code == RT_OK ? rt_image_size(&height, &width, path, error) : code;
  if (code == RT_OK) {
    rt_boxes_scale(field, height, width, room);
  }
  rt_release(path);
  rt_release(name);
  return code;
}

// Reads a field of a line; a picture, or boxes that move with it, need the file that the line
// names.
static int boxes_read(const rt_examples *examples, int field, int64_t example, void *room,
                      rt_error *error) {
  const boxes *own = (const boxes *)examples->own;
  const rt_box_field *f = &own->fields[field];
  char *name, *path = NULL;
  int code = read_line(own, field, example, room, &name, error);
  if (code == RT_OK && name != NULL) {
    code = find_path(examples->path, name, &path, error);
    code = code == RT_OK ? rt_box_picture_read(f, path, room, error) : code;
  } else if (code == RT_OK && rt_box_is_scaled(f)) {
    code = scale(examples, f, example, room, error);
  }
  rt_release(path);
  rt_release(name);
  return code;
}

static char *boxes_place(const rt_examples *examples, int field, int64_t example, char *text,
                         size_t size) {
  (void)field;
  if (example < 0) {
    snprintf(text, size, "%s", examples->path);
  } else {
    snprintf(text, size, "%s: line %lld", examples->path, (long long)example + 1);
  }
  return text;
}

// Pictures do not count, as there may be many.
static int boxes_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  return rt_file_checksum(&((const boxes *)examples->own)->lines.file, sum, examples->path, error);
}

const rt_data_format rt_boxes_data = {"boxes", boxes_open, boxes_read, NULL,
                                    boxes_place, boxes_checksum, boxes_close};
