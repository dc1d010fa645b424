// boxes_field.c - what an input is made of, and the pictures of boxes.

#include <string.h>

#include "array_files.h"
#include "boxes.h"

// Reads how a field wants its pictures.
static int find_picture(rt_box_field *f, rt_example_field *field, const char *path,
                        rt_error *error) {
  const rt_tensor *input = field->input;
  const char *kind = field->recipe->kind != NULL ? field->recipe->kind : "exact";
  int has_channels = input->rank == 4, last = input->rank - 1;
  f->fit = strcmp(kind, "stretch") == 0 ? RT_FIT_STRETCH
           : strcmp(kind, "crop") == 0  ? RT_FIT_CROP
                                        : RT_FIT_EXACT;
  if (f->fit == RT_FIT_EXACT && strcmp(kind, "exact") != 0) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected the kind 'exact', 'stretch' or 'crop' for the pictures of '%s', "
                   "found '%.60s'",
                   path, field->recipe->input, kind);
  }
  if ((input->rank != 3 && input->rank != 4) || (has_channels && input->shape[1] > 4)) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected pictures [N, C, H, W] of 1 to 4 channels, or [N, H, W], for the "
                   "input '%s', found %s",
                   path, field->recipe->input, rt_tensor_text(type, sizeof type, input));
  }
  f->channels = has_channels ? input->shape[1] : 1;
  f->height = input->shape[last - 1];
  f->width = input->shape[last];
  const int64_t shape[] = {f->channels, f->height, f->width};
  rt_set_type(field, rt_takes_floats(field) ? RT_F32 : RT_U8, last,
              has_channels ? shape : shape + 1);
  return RT_OK;
}

int rt_box_field_open(rt_box_field *field, rt_example_field *example, const char *path,
                      rt_error *error) {
  const rt_tensor *input = example->input;
  int64_t shape[RT_MAX_RANK] = {0};
  *field = (rt_box_field){.field = example, .member = rt_source_name(example->recipe)};
  example->is_costly = 1;
  if (strcmp(field->member, "image") == 0) {
    field->kind = RT_BOX_PICTURE;
    return find_picture(field, example, path, error);
  }
  int rank = input->rank > 0 ? input->rank - 1 : 0;
  for (int axis = 0; axis < rank; axis++) {
    shape[axis] = input->shape[axis + 1];
  }
  field->kind = strcmp(field->member, "boxes") == 0 ? RT_BOX_LIST : RT_BOX_VALUES;
  if (field->kind == RT_BOX_LIST && (rank != 2 || shape[1] != RT_BOX_NUMBERS)) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected the input '%s' [N, boxes, 5] for boxes, found %s", path,
                   example->recipe->input, rt_tensor_text(type, sizeof type, input));
  }
  const char *kind = example->recipe->kind;
  field->fit = RT_FIT_EXACT;
  field->are_fractions = kind != NULL && strcmp(kind, "fractions") == 0;
  if (field->kind == RT_BOX_LIST && kind != NULL && !field->are_fractions &&
      strcmp(kind, "pixels") != 0) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected the kind 'pixels' or 'fractions' for the boxes of '%s', found "
                   "'%.60s'",
                   path, example->recipe->input, kind);
  }
  rt_set_type(example, field->kind == RT_BOX_LIST ? RT_F32 : input->dtype, rank, shape);
  return rt_class_names_make(&field->classes, example, path, error);
}

void rt_box_field_close(rt_box_field *field) { rt_class_names_clear(&field->classes); }

int rt_box_picture_read(const rt_box_field *field, const char *path, void *room, rt_error *error) {
  const rt_example_field *f = field->field;
  // Bytes stand at the end of the floats that they become.
  int is_unit = f->dtype == RT_F32;
  unsigned char *to = (unsigned char *)room + (is_unit ? f->elements * (sizeof(float) - 1) : 0);
  rt_file file = {0};
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK) {
    code = rt_image_read_as(to, field->channels, field->height, field->width, field->fit, &file,
                            path, error);
  }
  rt_file_close(&file);
  if (code == RT_OK && is_unit) {
    rt_bytes_to_unit(room, f->elements);
  }
  return code;
}
