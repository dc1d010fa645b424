// file_stream.c - standard input as a file.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "retry.h"

// Makes `held` twice as large.
static int grow(unsigned char **held, size_t *room, size_t used, rt_error *error) {
  enum { FIRST = 1 << 16 };
  size_t more = *room == 0 ? FIRST : *room > SIZE_MAX / 2 ? SIZE_MAX : *room * 2;
  unsigned char *larger = (unsigned char *)rt_allocate(more);
  if (larger == NULL) {
    return rt_fail_memory(error, more, "standard input");
  }
  if (used > 0) {
    memcpy(larger, *held, used);
  }
  rt_release(*held);
  *held = larger;
  *room = more;
  return RT_OK;
}

int rt_file_hold_input(rt_file *file, rt_error *error) {
  enum { MOST = 1 << 30 };  // in one call
  unsigned char *held = NULL;
  size_t used = 0, room = 0;
  ssize_t count = 1;
  *file = (rt_file){0};
  while (count != 0) {
    int code = used == room ? grow(&held, &room, used, error) : RT_OK;
    if (code == RT_OK) {
      RT_RETRY(count, read(STDIN_FILENO, held + used, room - used < MOST ? room - used : MOST));
      if (count < 0) {
        code = rt_fail(error, RT_ERROR_FILE, "cannot read standard input: %s", strerror(errno));
      }
    }
    if (code != RT_OK) {
      rt_release(held);
      return code;
    }
    used += count > 0 ? (size_t)count : 0;
  }
  file->size = used;
  file->held = file->block = held;
  return RT_OK;
}
