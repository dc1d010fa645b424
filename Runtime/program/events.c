// events.c - metrics for TensorBoard.
//
// The file is a sequence of records: the length of the data (8 bytes), its checksum (4), the data,
// and their checksum (4), all little-endian. The data are an Event of Protocol Buffers, of which
// these fields are written:
//
//   Event       1 wall_time: double   2 step: int64   3 file_version: string
//               5 summary: Summary    7 session_log: SessionLog
//   Summary     1 value: Value
//   Value       1 tag: string         2 simple_value: float
//   SessionLog  1 status: enum, START is 1

#define _POSIX_C_SOURCE 200809L

#include <float.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

// The beginning of a field: its number and how it is stored.
enum {
  WALL_TIME = 1 << 3 | 1,
  STEP = 2 << 3,
  FILE_VERSION = 3 << 3 | 2,
  SUMMARY = 5 << 3 | 2,
  SESSION_LOG = 7 << 3 | 2,
  VALUE = 1 << 3 | 2,
  TAG = 1 << 3 | 2,
  SIMPLE_VALUE = 2 << 3 | 5,
  STATUS = 1 << 3
};

// A few fields, as they are stored; none of the messages has more than 64 bytes beside its text.
typedef struct {
  size_t size;
  unsigned char bytes[64];
} fields;

static void add_byte(fields *f, unsigned value) { f->bytes[f->size++] = (unsigned char)value; }

// The lowest `count` bytes of a number, the lowest first.
static void add_fixed(fields *f, uint64_t value, int count) {
  for (int i = 0; i < count; i++) {
    add_byte(f, (unsigned)(value >> (8 * i)) & 0xff);
  }
}

// Seven bits a byte, the lowest first; the high bit says that more follow.
static void add_varint(fields *f, uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    add_byte(f, (unsigned)(value & 0x7f) | 0x80);
  }
  add_byte(f, (unsigned)value);
}

// The bytes of a number of variable length, seven bits each.
static size_t varint_size(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) {
    size++;
  }
  return size;
}

// The remainders of all bytes for CRC-32C, the bits of whose polynomial are in reverse order.
static void make_remainders(uint32_t remainders[256]) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t remainder = byte;
    for (int bit = 0; bit < 8; bit++) {
      remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? UINT32_C(0x82f63b78) : 0);
    }
    remainders[byte] = remainder;
  }
}

// Writes a part of what the next checksum covers.
static void put(rt_events *events, const void *data, size_t size) {
  const unsigned char *bytes = (const unsigned char *)data;
  uint32_t sum = events->checksum;
  for (size_t i = 0; i < size; i++) {
    sum = events->remainders[(sum ^ bytes[i]) & 0xff] ^ sum >> 8;
  }
  events->checksum = sum;
  rt_write(&events->file, bytes, size);
}

// Writes the checksum of the bytes since the last one. The format masks checksums, since a CRC of
// data that contain CRCs detects fewer errors.
static void put_checksum(rt_events *events) {
  fields f = {0};
  uint32_t sum = ~events->checksum;
  add_fixed(&f, (uint32_t)((sum >> 15 | sum << 17) + UINT32_C(0xa282ead8)), 4);
  rt_write(&events->file, f.bytes, f.size);
  events->checksum = UINT32_MAX;
}

// The fields that every event begins with. Protocol Buffers leave out zeros.
static fields begin_event(const rt_events *events, int64_t step) {
  fields f = {0};
  double seconds = events->clock();
  uint64_t bits;
  memcpy(&bits, &seconds, sizeof bits);
  add_byte(&f, WALL_TIME);
  add_fixed(&f, bits, 8);
  if (step != 0) {
    add_byte(&f, STEP);
    add_varint(&f, (uint64_t)step);
  }
  return f;
}

// Writes a record of three parts.
static void write_record(rt_events *events, const fields *before, const char *text,
                         const fields *after) {
  fields length = {0};
  size_t size = strlen(text);
  add_fixed(&length, before->size + size + after->size, 8);
  put(events, length.bytes, length.size);
  put_checksum(events);
  put(events, before->bytes, before->size);
  put(events, text, size);
  put(events, after->bytes, after->size);
  put_checksum(events);
}

// The first event, which says what the others are, and the one that says where training starts.
static void write_start(rt_events *events, int64_t first) {
  static const char version[] = "brain.Event:2";
  const fields none = {0};
  fields f = begin_event(events, 0);
  add_byte(&f, FILE_VERSION);
  add_varint(&f, sizeof version - 1);
  write_record(events, &f, version, &none);
  f = begin_event(events, first);
  add_byte(&f, SESSION_LOG);
  add_varint(&f, 2);
  add_byte(&f, STATUS);
  add_varint(&f, 1);
  write_record(events, &f, "", &none);
}

// The seconds since 1970, which TensorBoard shows as the time of an event.
static double system_clock(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// Finds a name that is not taken. TensorBoard reads files in the order of their names, so they
// begin with the time. To be freed with rt_release; null without memory.
static char *free_path(const char *folder, double seconds) {
  char host[64] = "", name[160];
  if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') {
    strcpy(host, "localhost");
  }
  for (char *c = host; *c != '\0'; c++) {
    if (*c == '/' || *c <= ' ') {
      *c = '_';
    }
  }
  for (long long second = (long long)seconds;; second++) {
    snprintf(name, sizeof name, "events.out.tfevents.%010lld.%s.%ld", second, host,
             (long)getpid());
    char *path = rt_path_join(folder, name);
    if (path == NULL || !rt_is_file(path)) {
      return path;
    }
    rt_release(path);
  }
}

int rt_events_open(rt_events *events, const char *folder, int64_t first, double (*clock)(void),
                   rt_error *error) {
  *events = (rt_events){.clock = clock != NULL ? clock : system_clock, .checksum = UINT32_MAX};
  make_remainders(events->remainders);
  int code = rt_make_directory(folder, error);
  if (code != RT_OK) {
    return code;
  }
  char *path = free_path(folder, events->clock());
  if (path == NULL) {
    return rt_fail_memory(error, strlen(folder), "a path");
  }
  code = rt_writer_begin_growing(&events->file, path, error);
  rt_release(path);
  if (code != RT_OK) {
    return code;
  }
  write_start(events, first);
  return rt_events_flush(events, error);
}

// Rounds to f32; a number that is too large becomes infinite.
static float narrow(double value) {
  return fabs(value) > (double)FLT_MAX && !isnan(value)
             ? (value > 0 ? INFINITY : -INFINITY)
             : (float)value;
}

void rt_events_scalar(rt_events *events, const char *tag, int64_t step, double value) {
  if (!events->file.is_open) {
    return;
  }
  float number = narrow(value);
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  fields after = {0};
  add_byte(&after, SIMPLE_VALUE);
  add_fixed(&after, bits, 4);
  size_t length = strlen(tag);
  size_t inner = 1 + varint_size(length) + length + after.size;
  fields before = begin_event(events, step);
  add_byte(&before, SUMMARY);
  add_varint(&before, 1 + varint_size(inner) + inner);
  add_byte(&before, VALUE);
  add_varint(&before, inner);
  add_byte(&before, TAG);
  add_varint(&before, length);
  write_record(events, &before, tag, &after);
}

int rt_events_flush(rt_events *events, rt_error *error) {
  return events->file.is_open ? rt_writer_flush(&events->file, error) : RT_OK;
}

int rt_events_close(rt_events *events, rt_error *error) {
  return events->file.is_open ? rt_writer_commit(&events->file, error) : RT_OK;
}
