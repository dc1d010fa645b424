// array_files.c - arrays in files that are read example by example.
//
// Formats differ in where an array is and in what its header looks like; once it is found, all of
// them read example k at `offset + k * (bytes of an example)`. Files that are small enough are
// held, and then reading is copying; nothing is mapped, so that a file that is cut meanwhile is an
// error and no signal (see file.c).

#include <string.h>

#include "array_files.h"

const char *rt_source_name(const rt_field_recipe *recipe) {
  return recipe->source != NULL ? recipe->source : recipe->input;
}

void rt_set_type(rt_example_field *field, rt_dtype dtype, int rank, const int64_t *shape) {
  field->dtype = dtype;
  field->rank = rank;
  field->elements = 1;
  for (int axis = 0; axis < rank; axis++) {
    field->shape[axis] = shape[axis];
    field->elements *= (size_t)shape[axis];
  }
}

int rt_takes_floats(const rt_example_field *field) {
  rt_dtype dtype = field->input->dtype;
  return dtype == RT_F32 || dtype == RT_F64 || dtype == RT_F16 || dtype == RT_BF16;
}

void rt_match_shape(rt_example_field *field) {
  const rt_tensor *input = field->input;
  int axis = 0, k = 1;
  int64_t shape[RT_MAX_RANK];
  for (; k < input->rank && k <= RT_MAX_RANK; k++) {
    while (axis < field->rank && field->shape[axis] == 1 && input->shape[k] != 1) {
      axis++;
    }
    int same = axis < field->rank && field->shape[axis] == input->shape[k];
    if (!same && input->shape[k] != 1) {
      return;
    }
    axis += same;
    shape[k - 1] = input->shape[k];
  }
  // Only axes of extent 1 may be left over; then the elements are the same in the same order.
  while (axis < field->rank && field->shape[axis] == 1) {
    axis++;
  }
  if (axis == field->rank && input->rank > 0 && k == input->rank) {
    rt_set_type(field, field->dtype, input->rank - 1, shape);
  }
}

// Takes over the type of an example.
static void take_type(rt_example_field *field, const rt_array_file *f) {
  const rt_array *array = &f->npy.array;
  rt_set_type(field, f->is_unit ? RT_F32 : array->dtype, array->rank - 1, array->shape + 1);
}

void rt_array_files_close(rt_array_file *files, int count) {
  for (int i = 0; files != NULL && i < count; i++) {
    rt_file_close(&files[i].file);
    rt_release(files[i].path);
  }
  rt_release(files);
}

int rt_array_files_open(rt_examples *examples, rt_array_file **files,
                        int (*open)(rt_array_file *f, const rt_examples *examples,
                                    const rt_field_recipe *recipe, void *shared, rt_error *error),
                        void *shared, rt_error *error) {
  size_t size = (size_t)examples->field_count * sizeof(rt_array_file);
  *files = (rt_array_file *)rt_allocate(size);
  int code = *files != NULL ? RT_OK : rt_fail_memory(error, size, "data files");
  for (int i = 0; i < examples->field_count && code == RT_OK; i++) {
    rt_array_file *f = &(*files)[i];
    rt_example_field *field = &examples->fields[i];
    code = open(f, examples, field->recipe, shared, error);
    if (code != RT_OK) {
      break;
    }
    const rt_array *array = &f->npy.array;
    if (array->rank == 0) {
      char found[64];
      rt_type_text(found, sizeof found, array->dtype, 0, NULL);
      code = rt_fail(error, RT_ERROR_MISMATCH, "%s: expected an axis of examples, found %s",
                     f->path, found);
      break;
    }
    take_type(field, f);
    field->is_costly = f->file.held == NULL;
    rt_match_shape(field);
    examples->count = i == 0 ? array->shape[0] : examples->count;
    examples->held += f->file.held != NULL ? f->file.size : 0;
    code = rt_examples_check(examples, i, f->path, error);
    if (code == RT_OK && array->shape[0] != examples->count) {
      code = rt_fail(error, RT_ERROR_MISMATCH,
                     "%s: expected %lld examples as in '%s', found %lld", f->path,
                     (long long)examples->count, (*files)[0].path, (long long)array->shape[0]);
    }
  }
  if (code != RT_OK) {
    rt_array_files_close(*files, examples->field_count);
    *files = NULL;
  }
  return code;
}

void rt_bytes_to_unit(void *room, size_t count) {
  float *to = (float *)room;
  const unsigned char *from = (const unsigned char *)room + count * (sizeof(float) - 1);
  for (size_t i = 0; i < count; i++) {
    to[i] = (float)from[i] / 255.0f;
  }
}

const void *rt_array_file_all(const rt_array_file *f) {
  int is_plain = !f->is_unit && (!f->npy.swapped || rt_dtype_size(f->npy.array.dtype) == 1);
  return is_plain && f->file.held != NULL ? f->file.held + f->npy.offset : NULL;
}

int rt_array_file_read(const rt_array_file *f, const rt_example_field *field, int64_t example,
                       void *room, rt_error *error) {
  size_t elements = field->elements, width = rt_dtype_size(f->npy.array.dtype);
  size_t offset = f->npy.offset + (size_t)example * elements * width;
  // Bytes that become floats are read to where the last of them will end, and widened from the
  // front: float i is written before byte i + 1 is read, as it ends at or before that byte.
  unsigned char *to = (unsigned char *)room + (f->is_unit ? elements * (sizeof(float) - 1) : 0);
  int code = RT_OK;
  if (f->file.held != NULL) {
    memcpy(to, f->file.held + offset, elements * width);
  } else {
    code = rt_file_read(&f->file, to, offset, elements * width, f->path, error);
  }
  if (code == RT_OK && f->is_unit) {
    rt_bytes_to_unit(room, elements);
  } else if (code == RT_OK && f->npy.swapped) {
    rt_swap_bytes(room, width, elements);
  }
  return code;
}
