// fuzz_json.c - reads strings, integers and punctuation of JSON in any order.

#include "fuzz.h"
#include "files/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  ALWAYS(copy != NULL);
  memcpy(copy, data, size);
  rt_error error = {0};
  rt_json json = {copy, size, 0, 0, "f", &error};
  for (size_t before = SIZE_MAX; before != json.at;) {
    before = json.at;
    char *text = NULL;
    uint64_t value = 0;
    if (rt_json_string(&json, &text) == RT_OK) {
      ALWAYS(strlen(text) <= json.at - before);
      rt_release(text);
    } else {
      ALWAYS(text == NULL);
      ALWAYS_CLEAR(error);
    }
    if (rt_json_integer(&json, &value) != RT_OK) {
      ALWAYS_CLEAR(error);
    }
    for (const char *c = "{}[]:,"; *c != '\0'; c++) {
      rt_json_accept(&json, *c);
    }
    ALWAYS(json.at >= before && json.at <= size);
  }
  free(copy);
  return 0;
}
