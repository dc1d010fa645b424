// token_table.c - tables that grow: strings with numbers, and numbers of pairs.
//
// Tables of open addressing: an entry is in the first slot from its hash on that is not another's.
// At least half of the slots are free, so that searches are short and end. Nothing is ever
// removed.

#include <string.h>

#include "tokenizer_parts.h"

int rt_token_grow(void *block, size_t width, size_t *capacity, size_t count, rt_error *error) {
  if (count <= *capacity) {
    return RT_OK;
  }
  size_t more = *capacity < 16 ? 16 : *capacity * 2;
  more = more < count ? count : more;
  void *old, *larger = more <= SIZE_MAX / 2 / width ? rt_allocate(more * width) : NULL;
  if (larger == NULL) {
    return rt_fail_memory(error, more * width, "a tokenizer");
  }
  // `block` is the address of a pointer to any type.
  memcpy(&old, block, sizeof old);
  if (*capacity > 0) {
    memcpy(larger, old, *capacity * width);
  }
  rt_release(old);
  memcpy(block, &larger, sizeof larger);
  *capacity = more;
  return RT_OK;
}

int rt_ids_add(rt_ids *ids, int32_t id, rt_error *error) {
  int code = rt_token_grow(&ids->items, sizeof *ids->items, &ids->capacity, ids->count + 1, error);
  if (code == RT_OK) {
    ids->items[ids->count++] = id;
  }
  return code;
}

void rt_ids_clear(rt_ids *ids) {
  rt_release(ids->items);
  *ids = (rt_ids){0};
}

// Mixes all bits of a number (the last steps of splitmix64).
static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

// Takes eight bytes at a time; lengths are part of the hash.
static uint64_t hash(const unsigned char *bytes, size_t size) {
  uint64_t sum = mix(size + 1);
  for (size_t at = 0; at < size; at += 8) {
    uint64_t part = 0;
    memcpy(&part, bytes + at, size - at < 8 ? size - at : 8);
    sum = mix(sum ^ part) + UINT64_C(0x9e3779b97f4a7c15);
  }
  return sum;
}

// ---- Strings ----

const unsigned char *rt_strings_bytes(const rt_strings *strings, int32_t number, size_t *size) {
  size_t begin = number > 0 ? strings->ends[number - 1] : 0;
  *size = strings->ends[number] - begin;
  return strings->bytes + begin;
}

// The slot of a string, or the free one where it belongs. There is always a free one.
static size_t find_slot(const rt_strings *strings, const unsigned char *bytes, size_t size) {
  size_t mask = strings->slot_count - 1, slot = (size_t)hash(bytes, size) & mask;
  while (strings->slots[slot] != 0) {
    size_t found;
    const unsigned char *other = rt_strings_bytes(strings, strings->slots[slot] - 1, &found);
    if (found == size && memcmp(other, bytes, size) == 0) {
      break;
    }
    slot = (slot + 1) & mask;
  }
  return slot;
}

int32_t rt_strings_find(const rt_strings *strings, const void *bytes, size_t size) {
  if (strings->slot_count == 0) {
    return -1;
  }
  return strings->slots[find_slot(strings, (const unsigned char *)bytes, size)] - 1;
}

// Keeps at least half of the slots free.
static int grow_slots(rt_strings *strings, rt_error *error) {
  if (strings->used < strings->slot_count / 2) {
    return RT_OK;
  }
  rt_strings larger = *strings;
  larger.slot_count = strings->slot_count > 0 ? strings->slot_count * 2 : 64;
  larger.slots = (int32_t *)rt_allocate(larger.slot_count * sizeof(int32_t));
  if (larger.slots == NULL) {
    return rt_fail_memory(error, larger.slot_count * sizeof(int32_t), "a tokenizer");
  }
  for (size_t i = 0; i < strings->slot_count; i++) {
    if (strings->slots[i] != 0) {
      size_t size;
      const unsigned char *bytes = rt_strings_bytes(strings, strings->slots[i] - 1, &size);
      larger.slots[find_slot(&larger, bytes, size)] = strings->slots[i];
    }
  }
  rt_release(strings->slots);
  *strings = larger;
  return RT_OK;
}

// Strings stand one after the other in one block; only with `is_found` a search will find this
// one, since several tokens may have the same bytes.
int rt_strings_append(rt_strings *strings, const void *bytes, size_t size, int is_found,
                      rt_error *error) {
  int32_t number = strings->count;
  size_t begin = number > 0 ? strings->ends[number - 1] : 0;
  if (number == INT32_MAX - 1 || size > SIZE_MAX - begin) {
    return rt_fail(error, RT_ERROR_MISMATCH, "expected fewer than 2^31 tokens, found more");
  }
  int code = rt_token_grow(&strings->ends, sizeof(size_t), &strings->end_capacity,
                           (size_t)number + 1, error);
  if (code == RT_OK) {
    code = rt_token_grow(&strings->bytes, 1, &strings->byte_capacity, begin + size + 1, error);
  }
  if (code == RT_OK && is_found) {
    code = grow_slots(strings, error);
  }
  if (code != RT_OK) {
    return code;
  }
  if (size > 0) {
    memcpy(strings->bytes + begin, bytes, size);
  }
  strings->ends[number] = begin + size;
  strings->count++;
  if (is_found) {
    strings->slots[find_slot(strings, strings->bytes + begin, size)] = number + 1;
    strings->used++;
  }
  return RT_OK;
}

int rt_strings_take(rt_strings *strings, const void *bytes, size_t size, int32_t *number,
                    rt_error *error) {
  *number = rt_strings_find(strings, bytes, size);
  if (*number >= 0) {
    return RT_OK;
  }
  *number = strings->count;
  return rt_strings_append(strings, bytes, size, 1, error);
}

void rt_strings_clear(rt_strings *strings) {
  rt_release(strings->ends);
  rt_release(strings->bytes);
  rt_release(strings->slots);
  *strings = (rt_strings){0};
}

// ---- Pairs ----

// No pair has this key, as ids are not negative.
#define NO_PAIR UINT64_MAX

// The slot of a key, or the free one where it belongs.
static size_t find_pair(const rt_pairs *pairs, uint64_t key) {
  size_t mask = pairs->slot_count - 1, slot = (size_t)mix(key) & mask;
  while (pairs->keys[slot] != NO_PAIR && pairs->keys[slot] != key) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

int32_t rt_pairs_find(const rt_pairs *pairs, uint64_t key) {
  if (pairs->slot_count == 0) {
    return -1;
  }
  size_t slot = find_pair(pairs, key);
  return pairs->keys[slot] == key ? pairs->values[slot] : -1;
}

// Keeps at least half of the slots free.
static int grow_pairs(rt_pairs *pairs, rt_error *error) {
  if (pairs->used < pairs->slot_count / 2) {
    return RT_OK;
  }
  size_t count = pairs->slot_count > 0 ? pairs->slot_count * 2 : 64;
  rt_pairs larger = {(uint64_t *)rt_allocate(count * sizeof(uint64_t)),
                     (int32_t *)rt_allocate(count * sizeof(int32_t)), count, pairs->used};
  if (larger.keys == NULL || larger.values == NULL) {
    rt_pairs_clear(&larger);
    return rt_fail_memory(error, count * 12, "a tokenizer");
  }
  for (size_t i = 0; i < count; i++) {
    larger.keys[i] = NO_PAIR;
  }
  for (size_t i = 0; i < pairs->slot_count; i++) {
    if (pairs->keys[i] != NO_PAIR) {
      size_t slot = find_pair(&larger, pairs->keys[i]);
      larger.keys[slot] = pairs->keys[i];
      larger.values[slot] = pairs->values[i];
    }
  }
  rt_pairs_clear(pairs);
  *pairs = larger;
  return RT_OK;
}

int rt_pairs_set(rt_pairs *pairs, uint64_t key, int32_t value, rt_error *error) {
  int code = grow_pairs(pairs, error);
  if (code == RT_OK) {
    size_t slot = find_pair(pairs, key);
    pairs->used += pairs->keys[slot] == NO_PAIR;
    pairs->keys[slot] = key;
    pairs->values[slot] = value;
  }
  return code;
}

void rt_pairs_clear(rt_pairs *pairs) {
  rt_release(pairs->keys);
  rt_release(pairs->values);
  *pairs = (rt_pairs){0};
}
