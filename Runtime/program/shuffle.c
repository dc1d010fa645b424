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
// The split of N examples, where the share v is held out: the permutation with key
// 0, epoch 0 and the tag RT_TAG_SPLIT. The last h = floor(N * v + 0.5) of it are held
// out, the others are for training, both in the order of the permutation.
//
// Epoch e, from 0, of a run with a seed: training example k is the one at place p[k]
// of the split (of the files, if they are split already), where p is the permutation
// with the seed as key, epoch e and the tag RT_TAG_SHUFFLE. Step s, from 0, takes
// examples s * batch ... s * batch + batch - 1; what is left is not used.

#include <string.h>

#include "program.h"

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

void rt_dataset_shuffle(rt_dataset *data, uint64_t seed, uint32_t epoch) {
  size_t count = (size_t)data->count[RT_TRAIN];
  if (count > 0) {
    memcpy(data->order[RT_TRAIN], data->base, count * sizeof *data->base);
    rt_permute(data->order[RT_TRAIN], (int64_t)count, seed, epoch, RT_TAG_SHUFFLE);
  }
}
