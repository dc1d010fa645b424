// fuzz_data.h - what the targets share that read data sets: opens the file "f" as one, with one
// field, and reads its first and its last example.

#ifndef FUZZ_DATA_H
#define FUZZ_DATA_H

#include "data/examples.h"
#include "fuzz.h"

static inline void read_set(const uint8_t *data, size_t size, const char *format, const char *path,
                            const char *source, rt_dtype dtype, int rank, const int *shape) {
  const rt_tensor input = {"x", dtype, rank, shape};
  const rt_function step = {.name = "train", .input_count = 1, .inputs = &input};
  const rt_field_recipe field = {.input = "x", .source = source};
  const rt_data_recipe recipe = {
      .name = "data", .format = format, .path = ".", .field_count = 1, .fields = &field};
  rt_examples examples;
  rt_error error = {0};
  write_f(data, size);
  if (rt_examples_open(&examples, &recipe, path, &step, &error) != RT_OK) {
    ALWAYS(error.code != 0 && error.message[0] != '\0' && strchr(error.message, '\n') == NULL);
  } else {
    const rt_example_field *f = &examples.fields[0];
    size_t bytes = f->elements * rt_dtype_size(f->dtype);
    unsigned char *room = (unsigned char *)malloc(bytes + (bytes == 0));
    uint32_t sum = 0;
    ALWAYS(room != NULL && examples.count >= 0);
    ALWAYS(examples.format->checksum(&examples, &sum, &error) == RT_OK);
    for (int last = 0; last < 2 && examples.count > 0; last++) {
      int64_t example = last ? examples.count - 1 : 0;
      ALWAYS(examples.format->read(&examples, 0, example, room, &error) == RT_OK);
    }
    free(room);
  }
  rt_examples_close(&examples);
}

#endif
