// boxes.h - the parts of the format 'boxes'.

#ifndef RT_BOXES_H
#define RT_BOXES_H

#include "../files/image.h"
#include "../files/lines.h"
#include "class_names.h"
#include "json_walk.h"

// The numbers of a box: two corners and the class.
enum { RT_BOX_NUMBERS = 5 };

typedef enum { RT_BOX_LIST, RT_BOX_PICTURE, RT_BOX_VALUES } rt_box_kind;

// How a field is made of a line.
typedef struct {
  const rt_example_field *field;
  const char *member;      // of the object in the line
  rt_box_kind kind;
  rt_class_names classes;  // that the recipe names
  rt_fit fit;              // of a picture
  int channels, height, width;
} rt_box_field;

// ---- boxes_field.c -----------------------------------------------------------------

// Sets what an example of the field is. To be freed with rt_box_field_close, also on failure.
int rt_box_field_open(rt_box_field *field, rt_example_field *example, const char *path,
                      rt_error *error);
void rt_box_field_close(rt_box_field *field);

// Reads the picture at `name`, which is relative to the folder of the file `path`.
int rt_box_picture_read(const rt_box_field *field, const char *path, const char *name, void *room,
                        rt_error *error);

// ---- boxes_line.c ------------------------------------------------------------------

// Reads a line: boxes and numbers into `room`; of a picture only its name, which becomes `*name`,
// to be freed with rt_release. `json` is the line, and its path names it.
int rt_box_line_read(const rt_box_field *field, rt_json *json, void *room, char **name);

#endif
