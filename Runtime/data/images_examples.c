// images_examples.c - a folder of pictures: with a folder for each class, or without classes.
//
// A picture is decoded each time that it is read, since all of them decoded may take many times
// the room of the files; batches are read ahead while a step computes (read_ahead.c). What is held
// is the name of each picture.

#include <string.h>

#include "array_files.h"
#include "formats.h"
#include "picture_folder.h"

// How a field is made of a picture.
typedef struct {
  int is_label;
  rt_fit fit;
  int channels, height, width;
} view;

typedef struct {
  rt_picture_folder folder;
  view *views;  // of the fields
} images;

// Reads how a field wants its pictures: [C, H, W], or [H, W] of grey ones.
static int find_picture(rt_example_field *field, view *v, const char *path, rt_error *error) {
  static const char *const kinds[] = {"crop", "stretch", "exact"};
  const rt_tensor *input = field->input;
  const char *kind = field->recipe->kind != NULL ? field->recipe->kind : kinds[0];
  int fit = 0;
  while (fit < 3 && strcmp(kinds[fit], kind) != 0) {
    fit++;
  }
  if (fit == 3) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected the kind 'crop', 'stretch' or 'exact' for the input '%s', found "
                   "'%s'",
                   path, field->recipe->input, kind);
  }
  int has_channels = input->rank == 4;
  if ((input->rank != 3 && input->rank != 4) || input->shape[1] < 1 ||
      (has_channels && input->shape[1] > 4) || input->shape[2] < 1 ||
      input->shape[input->rank - 1] < 1) {
    char type[256];
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected pictures [N, C, H, W] of 1 to 4 channels, or [N, H, W], for the "
                   "input '%s', found %s",
                   path, field->recipe->input, rt_tensor_text(type, sizeof type, input));
  }
  *v = (view){0, (rt_fit)fit, has_channels ? input->shape[1] : 1, input->shape[input->rank - 2],
              input->shape[input->rank - 1]};
  const int64_t shape[] = {v->channels, v->height, v->width};
  field->is_costly = 1;
  rt_set_type(field, rt_takes_floats(field) ? RT_F32 : RT_U8, input->rank - 1,
              has_channels ? shape : shape + 1);
  return RT_OK;
}

// Finds what each field is made of; `*label` is the one with the classes, or null.
static int find_views(rt_examples *examples, images *own, rt_example_field **label,
                      rt_error *error) {
  int code = RT_OK;
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    rt_example_field *field = &examples->fields[i];
    const char *source = rt_source_name(field->recipe);
    if (strcmp(source, "label") == 0) {
      own->views[i].is_label = 1;
      rt_set_type(field, RT_I32, 0, NULL);
      *label = *label == NULL ? field : *label;
    } else if (strcmp(source, "image") == 0) {
      code = find_picture(field, &own->views[i], examples->path, error);
    } else {
      code = rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected the source 'image' or 'label' for the input '%s', found '%s'",
                     examples->path, field->recipe->input, source);
    }
  }
  return code;
}

static void images_close(rt_examples *examples) {
  images *own = (images *)examples->own;
  if (own != NULL) {
    rt_picture_folder_close(&own->folder);
    rt_release(own->views);
  }
  rt_release(own);
  examples->own = NULL;
}

// Checks what the model asks for before the folder is listed, so that a mistake in the model is
// reported at once, however many pictures there are.
static int images_open(rt_examples *examples, rt_error *error) {
  images *own = (images *)rt_allocate(sizeof(images));
  size_t size = (size_t)examples->field_count * sizeof(view);
  rt_example_field *label = NULL;
  examples->own = own;
  if (own != NULL) {
    own->views = (view *)rt_allocate(size);
  }
  int code = own != NULL && own->views != NULL ? find_views(examples, own, &label, error)
                                               : rt_fail_memory(error, size, "data fields");
  if (code == RT_OK) {
    code = label != NULL
               ? rt_picture_folder_classes(&own->folder, examples->path, label, error)
               : rt_picture_folder_open(&own->folder, examples->path, error);
  }
  if (code == RT_OK) {
    examples->count = own->folder.count;
  } else {
    images_close(examples);
  }
  return code;
}

static int images_read(const rt_examples *examples, int field, int64_t example, void *room,
                       rt_error *error) {
  const images *own = (const images *)examples->own;
  const rt_example_field *f = &examples->fields[field];
  const view *v = &own->views[field];
  if (v->is_label) {
    int32_t number = rt_picture_class(&own->folder, example);
    memcpy(room, &number, sizeof number);
    return RT_OK;
  }
  char *path = rt_picture_path(&own->folder, example);
  if (path == NULL) {
    return rt_fail_memory(error, 0, "a path");
  }
  // Bytes stand at the end of the floats that they become (rt_bytes_to_unit).
  int is_unit = f->dtype == RT_F32;
  unsigned char *to = (unsigned char *)room + (is_unit ? f->elements * (sizeof(float) - 1) : 0);
  rt_file file;
  int code = rt_file_open(&file, path, error);
  if (code == RT_OK) {
    code = rt_image_read_as(to, v->channels, v->height, v->width, v->fit, &file, path, error);
  }
  rt_file_close(&file);
  if (code == RT_OK && is_unit) {
    rt_bytes_to_unit(room, f->elements);
  }
  rt_release(path);
  return code;
}

static char *images_place(const rt_examples *examples, int field, int64_t example, char *text,
                          size_t size) {
  const images *own = (const images *)examples->own;
  char *path = example >= 0 ? rt_picture_path(&own->folder, example) : NULL;
  (void)field;
  snprintf(text, size, "%s", path != NULL ? path : examples->path);
  rt_release(path);
  return text;
}

static int images_checksum(const rt_examples *examples, uint32_t *sum, rt_error *error) {
  return rt_picture_folder_checksum(&((const images *)examples->own)->folder, sum, error);
}

const rt_data_format rt_images_data = {"images", images_open, images_read, NULL,
                                    images_place, images_checksum, images_close};
