// shuffle.c - the order of the examples, as pure functions of seed and epoch.
//
// A permutation of n examples under a key of 64 bits, an epoch and a tag:
//
//   order = [0, 1, ..., n - 1]
//   for i = n - 1, n - 2, ..., 1:
//     words = philox4x32_10(counter = (i / 4, epoch, tag, 0),
//                           key = (key mod 2^32, key / 2^32))
//     j = (words[i mod 4] * (i + 1)) / 2^32          (integer division)
//     swap order[i] and order[j]
//
// Epoch e, from 0, of a run with a seed: training example k is the one at place p[k]
// of the split (see split.c), where p is the permutation
// with the seed as key, epoch e and the tag RT_TAG_SHUFFLE. Step s, from 0, takes
// examples s * batch ... s * batch + batch - 1; what is left is not used.
//
// A set beside the first one has passes of its own in place of epochs: step s of the whole run
// takes batch s mod b of pass s / b, where b is the number of its batches.

#include <string.h>

#include "read_ahead.h"
#include "../math/random.h"

void rt_permute(int64_t *order, int64_t n, uint64_t key, uint32_t epoch, uint32_t tag) {
  uint32_t words[4] = {0};
  for (int64_t i = n - 1; i > 0; i--) {
    if (i % 4 == 3 || i == n - 1) {
      rt_philox((uint32_t)(i / 4), epoch, tag, 0, (uint32_t)key, (uint32_t)(key >> 32),
                words);
    }
    int64_t j = (int64_t)((uint64_t)words[i % 4] * (uint64_t)(i + 1) >> 32);
    int64_t moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
}

void rt_set_shuffle(rt_set *set, uint64_t seed, uint32_t epoch) {
  size_t count = (size_t)set->count[RT_TRAIN];
  set->pass = epoch;
  if (count > 0) {
    memcpy(set->order[RT_TRAIN], set->base, count * sizeof *set->base);
    rt_permute(set->order[RT_TRAIN], (int64_t)count, seed, epoch, RT_TAG_SHUFFLE);
  }
}

void rt_dataset_shuffle(rt_dataset *data, uint64_t seed, uint32_t epoch, int64_t steps) {
  rt_ahead_halt(data->reader);
  data->seed = seed;
  data->steps_before = (int64_t)epoch * steps;
  for (int s = 0; s < data->set_count; s++) {
    rt_set *set = &data->sets[s];
    int64_t batches = s > 0 ? set->count[RT_TRAIN] / set->batch : 1;
    rt_set_shuffle(set, seed, s > 0 ? (uint32_t)(data->steps_before / batches) : epoch);
  }
}
