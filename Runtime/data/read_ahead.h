// read_ahead.h - the next batches, which a thread reads while a step computes.

#ifndef RT_READ_AHEAD_H
#define RT_READ_AHEAD_H

#include "dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- read_ahead.c ----------------------------------------------------------------

// The batches that are read ahead at most.
enum { RT_BATCHES_AHEAD = 2 };

// A thread that reads batches in order, and those that it has read. Without OpenMP there are no
// threads.
typedef struct rt_ahead rt_ahead;

// True iff this process may have a thread beside the one that computes: with OpenMP, unless the
// user asked for one thread.
int rt_may_read_ahead(void);

// A reader without a thread yet, for batches as those of `step` and examples that are stored in
// `scratch` bytes. Null if there is no memory: then batches are read when they are needed. To be
// freed with rt_ahead_close, which waits for the thread.
rt_ahead *rt_ahead_open(const rt_function *step, size_t scratch);
void rt_ahead_close(rt_ahead *reader);

// The memory that it takes; 0 for null.
size_t rt_ahead_bytes(const rt_ahead *reader);

// True iff there is a reader with room for a batch of the function. Starts the thread when it is
// called first; false as well if that fails.
int rt_ahead_is_ready(rt_ahead *reader, const rt_function *function);

// Waits until the reader no longer touches the data set, and forgets what it has read. Null is
// allowed.
void rt_ahead_halt(rt_ahead *reader);

// Copies a batch into `inputs`, and lets the reader go on with those that follow it in the split.
// If it is not the one that follows the last one, the reader begins anew with it. An error is that
// of this batch. The bytes are those that reading the batch now would give. The reader must be
// ready, and the split must have the whole batch.
int rt_ahead_take(rt_ahead *reader, const rt_dataset *data, rt_split split, int64_t first,
                   const rt_function *function, void *const *inputs, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
