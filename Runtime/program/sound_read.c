// sound_read.c - reads the sound of a WAV file for an input.

#include "../files/wav.h"
#include "inputs.h"

int rt_sound_read(rt_array *array, rt_file *file, const char *path, const rt_slot *slot,
                  rt_error *error) {
  const rt_tensor *tensor = slot->tensor;
  const int first = slot->has_examples ? 1 : 0, rank = tensor->rank - first;
  char type[256];
  rt_wav wav;
  *array = (rt_array){.dtype = RT_F32, .rank = tensor->rank, .elements = 1};
  if (rank != 1 && rank != 2) {
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected an input [samples] or [channels, samples] for a sound, found %s",
                   path, rt_slot_text(type, sizeof type, slot));
  }
  int code = rt_wav_parse(&wav, file, path, error);
  if (code != RT_OK) {
    return code;
  }
  for (int axis = 0; axis < array->rank; axis++) {
    array->shape[axis] = axis < first ? 1 : tensor->shape[axis];
    array->elements *= (size_t)array->shape[axis];
  }
  array->data = rt_allocate(array->elements * sizeof(float));
  if (array->data == NULL) {
    return rt_fail_memory(error, array->elements * sizeof(float), path);
  }
  int channels = rank == 2 ? tensor->shape[first] : 1;
  code = rt_wav_read(&wav, file, channels, tensor->shape[tensor->rank - 1], (float *)array->data,
                     path, error);
  if (code != RT_OK) {
    rt_release(array->data);
    array->data = NULL;
  }
  return code;
}
