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
  rt_fit fit;              // of a picture, or of the one that boxes lie in
  int channels, height, width;
  int are_fractions;       // corners are parts of the width and height, not pixels
} rt_box_field;

// ---- boxes_field.c -----------------------------------------------------------------

// Sets what an example of the field is. To be freed with rt_box_field_close, also on failure.
int rt_box_field_open(rt_box_field *field, rt_example_field *example, const char *path,
                      rt_error *error);
void rt_box_field_close(rt_box_field *field);

// Reads the picture at `path`.
int rt_box_picture_read(const rt_box_field *field, const char *path, void *room, rt_error *error);

// ---- boxes_scale.c -----------------------------------------------------------------

// Lets the boxes of a field be scaled as the picture of another one is. Those whose picture keeps
// its size stay as they are.
void rt_box_field_follow(rt_box_field *boxes, const rt_box_field *picture);

// True iff the boxes change with their picture.
int rt_box_is_scaled(const rt_box_field *boxes);

// Changes the boxes in `room` as the picture of `height` and `width`, which they lie in, is scaled
// and cut. A box is clipped at the edges; one of which nothing is left leaves no gap.
void rt_boxes_scale(const rt_box_field *boxes, int height, int width, void *room);

// ---- boxes_line.c ------------------------------------------------------------------

// Reads a line: boxes and numbers into `room`; of a picture only its name, which becomes `*name`,
// to be freed with rt_release. `json` is the line, and its path names it.
int rt_box_line_read(const rt_box_field *field, rt_json *json, void *room, char **name);

#endif
