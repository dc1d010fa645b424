// describe.c - questions to the description of a model.

#include "model.h"

#include <stdio.h>
#include <string.h>

#include "../math/half.h"

size_t rt_dtype_size(rt_dtype dtype) {
  switch (dtype) {
    case RT_F64:
    case RT_I64:
    case RT_U64:
      return 8;
    case RT_F32:
    case RT_I32:
    case RT_U32:
      return 4;
    case RT_F16:
    case RT_BF16:
    case RT_I16:
      return 2;
    case RT_I8:
    case RT_U8:
    case RT_BOOL:
      return 1;
  }
  return 0;
}

const char *rt_dtype_name(rt_dtype dtype) {
  static const char *const names[] = {"f32", "f64", "f16", "bf16", "i8",  "u8",
                                      "i16", "i32", "i64", "u32",  "u64", "bool"};
  return names[dtype];
}

size_t rt_tensor_elements(const rt_tensor *tensor) {
  size_t elements = 1;
  for (int axis = 0; axis < tensor->rank; axis++) {
    elements *= (size_t)tensor->shape[axis];
  }
  return elements;
}

size_t rt_tensor_bytes(const rt_tensor *tensor) {
  return rt_tensor_elements(tensor) * rt_dtype_size(tensor->dtype);
}

const rt_function *rt_find_function(const rt_model *model, const char *name) {
  for (int i = 0; i < model->function_count; i++) {
    if (strcmp(model->functions[i].name, name) == 0) {
      return &model->functions[i];
    }
  }
  return NULL;
}

int rt_role_is_saved(rt_role role) {
  return role != RT_SETTING && role != RT_MEASURE && role != RT_EPOCH && role != RT_TOTAL &&
         role != RT_FIRST;
}

const rt_function *rt_function_of(const rt_model *model, int phase, rt_kind kind) {
  for (int i = 0; i < model->function_count; i++) {
    const rt_function *function = &model->functions[i];
    if (function->kind == kind && (function->phase < 0 || function->phase == phase)) {
      return function;
    }
  }
  return NULL;
}

char *rt_type_text(char *text, size_t size, rt_dtype dtype, int rank,
                   const int64_t *shape) {
  size_t used = 0;
  for (int axis = -1; axis <= rank; axis++) {
    char part[32];
    const char *comma = axis > 0 ? ", " : "";
    if (axis < 0) {
      snprintf(part, sizeof part, "%s[", rt_dtype_name(dtype));
    } else if (axis == rank) {
      snprintf(part, sizeof part, "]");
    } else if (shape[axis] < 0) {
      snprintf(part, sizeof part, "%s*", comma);
    } else {
      snprintf(part, sizeof part, "%s%lld", comma, (long long)shape[axis]);
    }
    for (const char *c = part; *c != '\0' && used + 1 < size; c++) {
      text[used++] = *c;
    }
  }
  text[used] = '\0';
  return text;
}

char *rt_tensor_text(char *text, size_t size, const rt_tensor *tensor) {
  int64_t shape[64];
  int rank = tensor->rank < 64 ? tensor->rank : 64;
  for (int axis = 0; axis < rank; axis++) {
    shape[axis] = tensor->shape[axis];
  }
  return rt_type_text(text, size, tensor->dtype, rank, shape);
}

double rt_scalar_get(rt_dtype dtype, const void *data) {
  switch (dtype) {
    case RT_F32:
      return (double)*(const float *)data;
    case RT_F64:
      return *(const double *)data;
    case RT_F16:
      return (double)rt_f16_to_f32(*(const uint16_t *)data);
    case RT_BF16:
      return (double)rt_bf16_to_f32(*(const uint16_t *)data);
    case RT_I8:
      return (double)*(const int8_t *)data;
    case RT_U8:
    case RT_BOOL:
      return (double)*(const uint8_t *)data;
    case RT_I16:
      return (double)*(const int16_t *)data;
    case RT_I32:
      return (double)*(const int32_t *)data;
    case RT_I64:
      return (double)*(const int64_t *)data;
    case RT_U32:
      return (double)*(const uint32_t *)data;
    case RT_U64:
      return (double)*(const uint64_t *)data;
  }
  return 0.0;
}

void rt_scalar_set(rt_dtype dtype, void *data, double value) {
  switch (dtype) {
    case RT_F32:
      *(float *)data = (float)value;
      break;
    case RT_F64:
      *(double *)data = value;
      break;
    case RT_F16:
      *(uint16_t *)data = rt_f32_to_f16((float)value);
      break;
    case RT_BF16:
      *(uint16_t *)data = rt_f32_to_bf16((float)value);
      break;
    case RT_I8:
      *(int8_t *)data = (int8_t)value;
      break;
    case RT_U8:
      *(uint8_t *)data = (uint8_t)value;
      break;
    case RT_BOOL:
      *(uint8_t *)data = value != 0.0;
      break;
    case RT_I16:
      *(int16_t *)data = (int16_t)value;
      break;
    case RT_I32:
      *(int32_t *)data = (int32_t)value;
      break;
    case RT_I64:
      *(int64_t *)data = (int64_t)value;
      break;
    case RT_U32:
      *(uint32_t *)data = (uint32_t)value;
      break;
    case RT_U64:
      *(uint64_t *)data = (uint64_t)value;
      break;
  }
}
