// read_ahead.c - reads the batches that follow while a step computes.
//
// A ring has room for RT_BATCHES_AHEAD batches. The thread fills a slot whenever one is free, until
// the split has no whole batch left; rt_ahead_take empties the oldest one. Which batches these are
// follows from the last one that was taken, so the thread decides nothing: order, bytes and errors
// are those without it. An error waits in the slot of its batch, and the thread goes no further.
//
// All that both threads use is guarded by the mutex, except the room of slots and the data set:
// a slot belongs to the thread until it counts as filled. While the thread reads, the caller does
// not touch what reading changes (the orders of sets beside the first one); rt_ahead_halt waits
// for that.

#define _POSIX_C_SOURCE 200809L

#include "read_ahead.h"

#ifdef _OPENMP

#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

// One batch. Its inputs follow each other in `room`, each aligned.
typedef struct {
  unsigned char *room;
  int code;
  rt_error error;
} slot;

struct rt_ahead {
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  slot slots[RT_BATCHES_AHEAD];
  size_t bytes;            // of the room of a slot
  size_t scratch_bytes;
  unsigned char *scratch;  // one example as it is stored
  const rt_dataset *data;
  rt_split split;
  const rt_function *function;
  int64_t first;       // of the batch in the oldest slot, or of the one that comes there
  int oldest, filled;  // slots
  int is_started, is_refused;  // the thread
  int is_halted;               // nothing is to be read
  int is_reading;
  int is_closed;
};

int rt_may_read_ahead(void) { return omp_get_max_threads() > 1; }

static size_t aligned(size_t bytes) {
  return (bytes + RT_ALIGNMENT - 1) / RT_ALIGNMENT * RT_ALIGNMENT;
}

// The bytes of a batch in a slot.
static size_t bytes_of(const rt_function *function) {
  size_t bytes = 0;
  for (int i = 0; i < function->input_count; i++) {
    bytes += aligned(rt_tensor_bytes(&function->inputs[i]));
  }
  return bytes;
}

static int batch_of(const rt_function *function) { return function->inputs[0].shape[0]; }

// True iff the thread is to stop with the batch that it reads.
static int is_to_stop(rt_ahead *reader) {
  pthread_mutex_lock(&reader->mutex);
  int stops = reader->is_halted || reader->is_closed;
  pthread_mutex_unlock(&reader->mutex);
  return stops;
}

// Reads a batch into a slot, until it is whole or not wanted any more.
static void read_batch(rt_ahead *reader, slot *s, int64_t first) {
  const rt_function *function = reader->function;
  unsigned char *room = s->room;
  s->code = RT_OK;
  s->error.code = RT_OK;
  for (int i = 0; i < function->input_count; i++) {
    const rt_tensor *input = &function->inputs[i];
    int batch = input->shape[0];
    size_t bytes = rt_tensor_bytes(input) / (size_t)batch;
    for (int n = 0; n < batch; n++) {
      if (is_to_stop(reader)) {
        return;
      }
      s->code = rt_batch_example(reader->data, reader->split, first, function, i, n,
                                 room + (size_t)n * bytes, reader->scratch, &s->error);
      if (s->code != RT_OK) {
        return;
      }
    }
    room += aligned(rt_tensor_bytes(input));
  }
}

// True iff there is a batch to read and a place for it. The mutex is held.
static int has_work(const rt_ahead *reader) {
  const rt_ahead *r = reader;
  if (r->is_halted || r->filled == RT_BATCHES_AHEAD) {
    return 0;
  }
  int last = (r->oldest + r->filled + RT_BATCHES_AHEAD - 1) % RT_BATCHES_AHEAD;
  if (r->filled > 0 && r->slots[last].code != RT_OK) {
    return 0;
  }
  int64_t batch = batch_of(r->function);
  return r->first + (r->filled + 1) * batch <= r->data->count[r->split];
}

// The thread. Its reads have one thread each, since the others compute.
static void *run(void *argument) {
  rt_ahead *r = (rt_ahead *)argument;
  omp_set_num_threads(1);
  pthread_mutex_lock(&r->mutex);
  while (!r->is_closed) {
    if (!has_work(r)) {
      pthread_cond_wait(&r->changed, &r->mutex);
      continue;
    }
    slot *s = &r->slots[(r->oldest + r->filled) % RT_BATCHES_AHEAD];
    int64_t first = r->first + (int64_t)r->filled * batch_of(r->function);
    r->is_reading = 1;
    pthread_mutex_unlock(&r->mutex);
    read_batch(r, s, first);
    pthread_mutex_lock(&r->mutex);
    r->is_reading = 0;
    r->filled += !r->is_halted;
    pthread_cond_broadcast(&r->changed);
  }
  pthread_mutex_unlock(&r->mutex);
  return NULL;
}

// Starts the thread; returns true iff it runs. Signals are for the thread that computes.
static int start_thread(rt_ahead *reader) {
  enum { STACK = 1 << 20 };
  sigset_t all, before;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) {
    return 0;
  }
  sigfillset(&all);
  int is_started = pthread_attr_setstacksize(&attributes, STACK) == 0 &&
                   pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  if (is_started) {
    is_started = pthread_create(&reader->thread, &attributes, run, reader) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  return is_started;
}

rt_ahead *rt_ahead_open(const rt_function *step, size_t scratch) {
  rt_ahead *r = (rt_ahead *)rt_allocate(sizeof *r);
  if (r == NULL) {
    return NULL;
  }
  r->is_halted = 1;
  r->bytes = bytes_of(step);
  r->scratch_bytes = scratch;
  r->scratch = (unsigned char *)rt_allocate(scratch);
  int has_room = r->scratch != NULL;
  for (int i = 0; i < RT_BATCHES_AHEAD && has_room; i++) {
    r->slots[i].room = (unsigned char *)rt_allocate(r->bytes);
    has_room = r->slots[i].room != NULL;
  }
  if (!has_room) {
    rt_ahead_close(r);
    return NULL;
  }
  return r;
}

void rt_ahead_close(rt_ahead *reader) {
  if (reader == NULL) {
    return;
  }
  if (reader->is_started) {
    pthread_mutex_lock(&reader->mutex);
    reader->is_closed = 1;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    pthread_join(reader->thread, NULL);
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->mutex);
  }
  for (int i = 0; i < RT_BATCHES_AHEAD; i++) {
    rt_release(reader->slots[i].room);
  }
  rt_release(reader->scratch);
  rt_release(reader);
}

size_t rt_ahead_bytes(const rt_ahead *reader) {
  return reader != NULL ? RT_BATCHES_AHEAD * reader->bytes + reader->scratch_bytes : 0;
}

// Makes what the threads share, and starts the other one.
static int start(rt_ahead *reader) {
  if (pthread_mutex_init(&reader->mutex, NULL) != 0) {
    return 0;
  }
  if (pthread_cond_init(&reader->changed, NULL) != 0) {
    pthread_mutex_destroy(&reader->mutex);
    return 0;
  }
  if (!start_thread(reader)) {
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->mutex);
    return 0;
  }
  return 1;
}

int rt_ahead_is_ready(rt_ahead *reader, const rt_function *function) {
  if (reader == NULL || reader->is_refused || bytes_of(function) > reader->bytes) {
    return 0;
  }
  reader->is_started = reader->is_started || start(reader);
  reader->is_refused = !reader->is_started;
  return reader->is_started;
}

void rt_ahead_halt(rt_ahead *reader) {
  if (reader == NULL || !reader->is_started) {
    return;
  }
  pthread_mutex_lock(&reader->mutex);
  reader->is_halted = 1;
  while (reader->is_reading) {
    pthread_cond_wait(&reader->changed, &reader->mutex);
  }
  reader->filled = 0;
  pthread_mutex_unlock(&reader->mutex);
}

// Copies the batch of the oldest slot.
static int give(const slot *s, const rt_function *function, void *const *inputs, rt_error *error) {
  const unsigned char *room = s->room;
  if (s->code != RT_OK) {
    if (error != NULL) {
      *error = s->error;
    }
    return s->code;
  }
  for (int i = 0; i < function->input_count; i++) {
    size_t bytes = rt_tensor_bytes(&function->inputs[i]);
    memcpy(inputs[i], room, bytes);
    room += aligned(bytes);
  }
  return RT_OK;
}

int rt_ahead_take(rt_ahead *reader, const rt_dataset *data, rt_split split, int64_t first,
                   const rt_function *function, void *const *inputs, rt_error *error) {
  rt_ahead *r = reader;
  if (r->is_halted || r->split != split || r->function != function || r->first != first) {
    rt_ahead_halt(r);
    pthread_mutex_lock(&r->mutex);
    r->data = data;
    r->split = split;
    r->function = function;
    r->first = first;
    r->is_halted = 0;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->mutex);
  }
  pthread_mutex_lock(&r->mutex);
  while (r->filled == 0) {
    pthread_cond_wait(&r->changed, &r->mutex);
  }
  pthread_mutex_unlock(&r->mutex);
  int code = give(&r->slots[r->oldest], function, inputs, error);
  pthread_mutex_lock(&r->mutex);
  r->oldest = (r->oldest + 1) % RT_BATCHES_AHEAD;
  r->filled--;
  r->first += batch_of(function);
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
  if (code != RT_OK) {
    rt_ahead_halt(r);
  }
  return code;
}

#endif
