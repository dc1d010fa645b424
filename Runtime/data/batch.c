// batch.c - copies examples into the inputs of a step.

#include "read_ahead.h"

// Copies example `row` of a field to `target`, converted.
static int copy_example(const rt_examples *files, const rt_feed *feed, int64_t row, rt_dtype dtype,
                        void *target, void *scratch, rt_error *error) {
  const rt_example_field *field = &files->fields[feed->field];
  char place[512];
  size_t bad = 0;
  int is_same = dtype == field->dtype;
  void *room = is_same ? target : scratch;
  int code = files->format->read(files, feed->field, row, room, error);
  if (code != RT_OK) {
    return code;
  }
  if (!is_same && rt_convert(dtype, target, field->dtype, room, field->elements, &bad) != RT_OK) {
    return rt_fail(error, RT_ERROR_VALUE, "%s: element %zu of example %lld does not fit into %s",
                   files->format->place(files, feed->field, row, place, sizeof place), bad,
                   (long long)row, rt_dtype_name(dtype));
  }
  if (feed->range != NULL) {
    bad = rt_range_find_outside(feed->range, dtype, target, field->elements);
    if (bad < field->elements) {
      return rt_range_fail(feed->range, dtype, target, field->elements, bad, row,
                           files->format->place(files, feed->field, row, place, sizeof place),
                           error);
    }
  }
  return RT_OK;
}

// The row of a set beside the first one. It is gone through batch by batch, in a new order each
// time; `step` counts over the whole run.
static int64_t cycled_row(const rt_dataset *data, rt_set *set, int64_t step, int n) {
  int64_t batches = set->count[RT_TRAIN] / set->batch;
  uint32_t pass = (uint32_t)(step / batches);
  if (pass != set->pass) {
    rt_set_shuffle(set, data->seed, pass);
  }
  return set->order[RT_TRAIN][step % batches * set->batch + n];
}

// The row of the `n`-th example of a batch that begins with number `first` of the first set.
static int64_t row_of(const rt_dataset *data, int s, rt_split split, int64_t first, int n) {
  rt_set *set = &data->sets[s];
  if (s == 0) {
    return set->order[split][first + n];
  }
  if (split != RT_TRAIN) {
    return set->order[split][(first + n) % set->count[split]];
  }
  return cycled_row(data, set, data->steps_before + first / data->sets[0].batch, n);
}

int rt_batch_example(const rt_dataset *data, rt_split split, int64_t first,
                     const rt_function *function, int i, int n, void *room, void *scratch,
                     rt_error *error) {
  const rt_feed *feed = &data->feeds[i];
  int64_t row = row_of(data, feed->set, split, first, n);
  return copy_example(rt_set_files(&data->sets[feed->set], split), feed, row,
                      function->inputs[i].dtype, room, scratch, error);
}

// Fails unless each set that feeds the function has examples in the split.
static int check_split(const rt_dataset *data, rt_split split, const rt_function *function,
                       rt_error *error) {
  for (int i = 0; i < function->input_count; i++) {
    const rt_set *set = &data->sets[data->feeds[i].set];
    if (set->count[split] == 0) {
      return rt_fail(error, RT_ERROR_MISMATCH, "%s: no examples are held out", set->path);
    }
  }
  return RT_OK;
}

// With a reader, the batch is mostly there already, or is being read; without one, and for a batch
// that no split has whole, it is read here.
int rt_dataset_batch(const rt_dataset *data, rt_split split, int64_t first,
                     const rt_function *function, void *const *inputs, rt_error *error) {
  int code = check_split(data, split, function, error);
  if (code == RT_OK && function->input_count > 0 &&
      first + function->inputs[0].shape[0] <= data->count[split] &&
      rt_ahead_is_ready(data->reader, function)) {
    return rt_ahead_take(data->reader, data, split, first, function, inputs, error);
  }
  rt_ahead_halt(data->reader);
  for (int i = 0; i < function->input_count && code == RT_OK; i++) {
    const rt_tensor *input = &function->inputs[i];
    int batch = input->shape[0];
    size_t bytes = rt_tensor_bytes(input) / (size_t)batch;
    for (int n = 0; n < batch && code == RT_OK; n++) {
      code = rt_batch_example(data, split, first, function, i, n,
                              (unsigned char *)inputs[i] + (size_t)n * bytes,
                              data->sets[data->feeds[i].set].scratch, error);
    }
  }
  return code;
}
