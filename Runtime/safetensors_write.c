// safetensors_write.c - writes weights. Wide elements come first, so that all are
// aligned if the header's length is a multiple of 8.

#include <string.h>

#include "files.h"

static void write_name(FILE *stream, const char *name) {
  fputc('"', stream);
  for (const unsigned char *c = (const unsigned char *)name; *c != 0; c++) {
    if (*c == '"' || *c == '\\') {
      fprintf(stream, "\\%c", *c);
    } else if (*c < 32) {
      fprintf(stream, "\\u%04x", *c);
    } else {
      fputc(*c, stream);
    }
  }
  fputc('"', stream);
}

static void write_entry(FILE *stream, const rt_tensor *tensor, uint64_t offset) {
  static const char *const types[] = {"F32", "F64", "F16", "BF16", "I8",  "U8",
                                      "I16", "I32", "I64", "U32",  "U64", "BOOL"};
  fputc(',', stream);
  write_name(stream, tensor->name);
  fprintf(stream, ":{\"dtype\":\"%s\",\"shape\":[", types[tensor->dtype]);
  for (int axis = 0; axis < tensor->rank; axis++) {
    fprintf(stream, "%s%d", axis > 0 ? "," : "", tensor->shape[axis]);
  }
  fprintf(stream, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset,
          (unsigned long long)(offset + rt_tensor_bytes(tensor)));
}

// Writes the header behind room for its length, then the length.
static void write_header(FILE *stream, int count, const rt_tensor *tensors) {
  unsigned char length[8] = {0};
  uint64_t offset = 0;
  fwrite(length, 1, sizeof length, stream);
  fprintf(stream, "{\"__metadata__\":{\"format\":\"pt\"}");
  for (size_t width = 8; width > 0; width /= 2) {
    for (int i = 0; i < count; i++) {
      if (rt_dtype_size(tensors[i].dtype) == width) {
        write_entry(stream, &tensors[i], offset);
        offset += rt_tensor_bytes(&tensors[i]);
      }
    }
  }
  fputc('}', stream);
  while (ftell(stream) % 8 != 0 && !ferror(stream)) {
    fputc(' ', stream);
  }
  uint64_t size = (uint64_t)ftell(stream) - 8;
  for (int i = 0; i < 8; i++) {
    length[i] = (unsigned char)(size >> 8 * i);
  }
  if (fseek(stream, 0, SEEK_SET) == 0) {
    fwrite(length, 1, sizeof length, stream);
  }
  fseek(stream, 0, SEEK_END);
}

// Writes elements in little endian.
static void write_elements(FILE *stream, const void *data, size_t width, size_t bytes) {
  if (!rt_big_endian() || width == 1) {
    fwrite(data, 1, bytes, stream);
    return;
  }
  for (size_t at = 0; at < bytes; at += width) {
    unsigned char element[8];
    memcpy(element, (const unsigned char *)data + at, width);
    rt_swap_bytes(element, width, 1);
    fwrite(element, 1, width, stream);
  }
}

int rt_safetensors_write(const char *path, int count, const rt_tensor *tensors,
                         const void *(*data)(void *context, int n), void *context,
                         rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  write_header(writer.stream, count, tensors);
  for (size_t width = 8; width > 0; width /= 2) {
    for (int i = 0; i < count; i++) {
      if (rt_dtype_size(tensors[i].dtype) == width && !ferror(writer.stream)) {
        write_elements(writer.stream, data(context, i), width,
                       rt_tensor_bytes(&tensors[i]));
      }
    }
  }
  return rt_writer_commit(&writer, error);
}
