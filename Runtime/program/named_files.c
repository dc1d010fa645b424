// named_files.c - command-line arguments of the form NAME=FILE.

#include <string.h>

#include "program.h"

const char *rt_file_for(const rt_texts *texts, const char *name) {
  size_t length = strlen(name);
  for (int i = 0; i < texts->count; i++) {
    const char *text = texts->items[i];
    if (strncmp(text, name, length) == 0 && text[length] == '=') {
      return text + length + 1;
    }
  }
  return NULL;
}

int rt_check_files(const rt_texts *texts, const char *flag, int directories,
                   const rt_tensor *tensors, int count, rt_error *error) {
  for (int i = 0; i < texts->count; i++) {
    const char *text = texts->items[i];
    size_t length = strcspn(text, "=");
    int known = directories && text[length] == '\0' && length > 0;
    for (int n = 0; n < count; n++) {
      known = known || (text[length] == '=' && strlen(tensors[n].name) == length &&
                        memcmp(tensors[n].name, text, length) == 0 &&
                        text[length + 1] != '\0');
    }
    if (!known) {
      char type[256];
      if (count == 0) {
        return rt_fail(error, RT_ERROR_USAGE, "--%s: the function has no %ss; found '%s'", flag,
                       flag, text);
      }
      rt_fail(error, RT_ERROR_USAGE, "--%s: expected NAME=FILE for one of", flag);
      for (int n = 0; n < count; n++) {
        rt_fail_more(error, "%s %s %s", n > 0 ? "," : "", tensors[n].name,
                     rt_tensor_text(type, sizeof type, &tensors[n]));
      }
      rt_fail_more(error, "; found '%s'", text);
      return RT_ERROR_USAGE;
    }
  }
  return RT_OK;
}
