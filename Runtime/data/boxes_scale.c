// boxes_scale.c - moves boxes with the pictures that they lie in.
//
// A picture of w0 x h0 pixels is scaled to w1 x h1 and the middle w x h of it is cut out; stretched
// ones have w1 = w, h1 = h. A corner at x in the file's picture is at x * w1 / w0 - (w1 - w) / 2 in
// the one that is read (integer division), and likewise y. Corners that are fractions of the width
// become fractions of the new one. Computed in f64 and rounded once to f32.

#include <float.h>
#include <string.h>

#include "boxes.h"

void rt_box_field_follow(rt_box_field *boxes, const rt_box_field *picture) {
  boxes->fit = picture->fit;
  boxes->height = picture->height;
  boxes->width = picture->width;
}

int rt_box_is_scaled(const rt_box_field *boxes) {
  // Fractions stay what they are when a whole picture is stretched.
  return boxes->kind == RT_BOX_LIST && boxes->fit != RT_FIT_EXACT &&
         !(boxes->fit == RT_FIT_STRETCH && boxes->are_fractions);
}

// How one axis changes: x becomes x * times / by - less, and then is divided by `unit`.
typedef struct {
  double times, by, less, unit, end;
} change;

// The change from `from` pixels, scaled to `all` and cut to `to`.
static change change_of(int from, int all, int to, int are_fractions) {
  change c = {(double)all, are_fractions ? 1.0 : (double)from, (double)((all - to) / 2),
              are_fractions ? (double)to : 1.0, 0.0};
  c.end = are_fractions ? 1.0 : (double)to;
  return c;
}

// Numbers that f32 cannot hold become the largest one that it can.
static float moved(const change *c, float x) {
  double value = ((double)x * c->times / c->by - c->less) / c->unit, most = (double)FLT_MAX;
  return (float)(value > most ? most : value < -most ? -most : value);
}

static float clamped(const change *c, float x) {
  return x < 0.0f ? 0.0f : x > (float)c->end ? (float)c->end : x;
}

void rt_boxes_scale(const rt_box_field *boxes, int height, int width, void *room) {
  const rt_image image = {0, height, width, NULL};
  int all_height, all_width;
  size_t most = (size_t)boxes->field->shape[0], kept = 0;
  float *to = (float *)room;
  rt_image_extents(&all_height, &all_width, &image, boxes->height, boxes->width, boxes->fit);
  const change across = change_of(width, all_width, boxes->width, boxes->are_fractions);
  const change down = change_of(height, all_height, boxes->height, boxes->are_fractions);
  for (size_t i = 0; i < most; i++) {
    float box[RT_BOX_NUMBERS];
    memcpy(box, to + i * RT_BOX_NUMBERS, sizeof box);
    int is_cut = 0;
    for (int k = 0; k < RT_BOX_NUMBERS - 1; k++) {
      const change *c = k % 2 == 0 ? &across : &down;
      float x = moved(c, box[k]);
      box[k] = boxes->fit == RT_FIT_CROP ? clamped(c, x) : x;
      is_cut |= box[k] != x;
    }
    // Both sides of a box that lies beyond an edge are on it.
    int is_gone = is_cut && !(box[0] < box[2] && box[1] < box[3]);
    if (to[i * RT_BOX_NUMBERS + RT_BOX_NUMBERS - 1] >= 0.0f && !is_gone) {
      memcpy(to + kept++ * RT_BOX_NUMBERS, box, sizeof box);
    }
  }
  for (size_t i = kept; i < most; i++) {
    const float none[RT_BOX_NUMBERS] = {0.0f, 0.0f, 0.0f, 0.0f, -1.0f};
    memcpy(to + i * RT_BOX_NUMBERS, none, sizeof none);
  }
}
