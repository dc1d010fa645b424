// safetensors_write.c - writes weights. Wide elements come first, so that all are
// aligned if the header's length is a multiple of 8.
//
// The same functions write to a file and to nowhere: the length of the header and the checksum of
// the file stand before what they count, and are found by writing everything once for nothing.

#include <string.h>

#include "files.h"

// Writes what the header says of a tensor whose elements begin at `offset` of the data.
static void write_entry(rt_writer *writer, const rt_tensor *tensor, uint64_t offset) {
  static const char *const types[] = {"F32", "F64", "F16", "BF16", "I8",  "U8",
                                      "I16", "I32", "I64", "U32",  "U64", "BOOL"};
  rt_write_text(writer, ",");
  rt_write_json(writer, tensor->name);
  rt_write_text(writer, ":{\"dtype\":\"%s\",\"shape\":[", types[tensor->dtype]);
  for (int axis = 0; axis < tensor->rank; axis++) {
    rt_write_text(writer, "%s%d", axis > 0 ? "," : "", tensor->shape[axis]);
  }
  rt_write_text(writer, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset,
                (unsigned long long)(offset + rt_tensor_bytes(tensor)));
}

// Writes the header, filled up to a multiple of 8 bytes.
static void write_header(rt_writer *writer, const rt_notes *notes, int count,
                         const rt_tensor *tensors) {
  uint64_t begin = writer->written, offset = 0;
  rt_write_text(writer, "{\"__metadata__\":{\"format\":\"pt\"");
  for (int i = 0; notes != NULL && i < notes->count; i++) {
    rt_write_text(writer, ",");
    rt_write_json(writer, notes->items[i].key);
    rt_write_text(writer, ":");
    rt_write_json(writer, notes->items[i].value);
  }
  rt_write_text(writer, "}");
  for (size_t width = 8; width > 0; width /= 2) {
    for (int i = 0; i < count; i++) {
      if (rt_dtype_size(tensors[i].dtype) == width) {
        write_entry(writer, &tensors[i], offset);
        offset += rt_tensor_bytes(&tensors[i]);
      }
    }
  }
  rt_write_text(writer, "}");
  while ((writer->written - begin) % 8 != 0) {
    rt_write_text(writer, " ");
  }
}

// Writes the length of the header, found by a dry run of writing it.
static void write_length(rt_writer *writer, const rt_notes *notes, int count,
                         const rt_tensor *tensors) {
  rt_writer nowhere = {0};
  unsigned char length[8];
  write_header(&nowhere, notes, count, tensors);
  for (int i = 0; i < 8; i++) {
    length[i] = (unsigned char)(nowhere.written >> 8 * i);
  }
  rt_write(writer, length, sizeof length);
}

// Writes elements in little endian.
static void write_elements(rt_writer *writer, const void *data, size_t width, size_t bytes) {
  if (!rt_big_endian() || width == 1) {
    rt_write(writer, data, bytes);
    return;
  }
  for (size_t at = 0; at < bytes; at += width) {
    unsigned char element[8];
    memcpy(element, (const unsigned char *)data + at, width);
    rt_swap_bytes(element, width, 1);
    rt_write(writer, element, width);
  }
}

// Writes length, header, and all elements in the order of the header.
static void write_file(rt_writer *writer, const rt_notes *notes, int count,
                       const rt_tensor *tensors, const void *(*data)(void *context, int n),
                       void *context) {
  write_length(writer, notes, count, tensors);
  write_header(writer, notes, count, tensors);
  for (size_t width = 8; width > 0; width /= 2) {
    for (int i = 0; i < count; i++) {
      if (rt_dtype_size(tensors[i].dtype) == width && writer->failure == 0) {
        write_elements(writer, data(context, i), width, rt_tensor_bytes(&tensors[i]));
      }
    }
  }
}

int rt_safetensors_write(const char *path, int count, const rt_tensor *tensors,
                         const void *(*data)(void *context, int n), void *context,
                         rt_error *error) {
  return rt_safetensors_write_noted(path, NULL, NULL, count, tensors, data, context, error);
}

int rt_safetensors_write_noted(const char *path, const char *previous, rt_notes *notes, int count,
                               const rt_tensor *tensors, const void *(*data)(void *context, int n),
                               void *context, rt_error *error) {
  rt_writer writer;
  int code = RT_OK;
  if (notes != NULL) {
    code = rt_notes_add(notes, "checksum", error, "%08x", 0U);
  }
  if (code == RT_OK && notes != NULL) {
    rt_writer nowhere = {.is_summed = 1};
    write_file(&nowhere, notes, count, tensors, data, context);
    snprintf(notes->items[notes->count - 1].value, 9, "%08lx", (unsigned long)nowhere.checksum);
  }
  if (code == RT_OK) {
    code = rt_writer_begin(&writer, path, error);
  }
  if (code != RT_OK) {
    return code;
  }
  writer.previous = previous;
  write_file(&writer, notes, count, tensors, data, context);
  return rt_writer_commit(&writer, error);
}
