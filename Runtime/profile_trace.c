// profile_trace.c - the calls of kernels as a file for trace viewers.
//
// The format is that of Chrome: an object with a list of events, of which those with "ph": "X" have
// a start and a duration in microseconds.

#include "files.h"
#include "profile.h"

// Writes a string with quotes.
static void write_string(FILE *stream, const char *text) {
  fputc('"', stream);
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') {
      fprintf(stream, "\\%c", c);
    } else if (c < 32) {
      fprintf(stream, "\\u%04x", c);
    } else {
      fputc(c, stream);
    }
  }
  fputc('"', stream);
}

static void write_call(FILE *stream, const rt_profile *profile, const rt_kernel_call *call) {
  const rt_kernel *kernel = &profile->kernels[call->kernel];
  fprintf(stream,
          ",\n{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"dur\": %.3f, \"name\": ",
          1e6 * (call->start - profile->start), 1e6 * (double)call->seconds);
  write_string(stream, kernel->name);
  fprintf(stream, ", \"args\": {\"flops\": %lld, \"bytes\": %lld, \"lines\": ",
          (long long)kernel->operations, (long long)kernel->bytes);
  write_string(stream, kernel->lines);
  fprintf(stream, "}}");
}

int rt_profile_trace(const rt_profile *profile, const char *program, const char *path,
                     rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  FILE *stream = writer.stream;
  int64_t kept =
      profile->call_count < RT_PROFILE_CALLS ? profile->call_count : RT_PROFILE_CALLS;
  fprintf(stream,
          "{\"displayTimeUnit\": \"ms\",\n"
          "\"otherData\": {\"calls\": %lld, \"calls left out\": %lld, \"seconds\": %.6f},\n"
          "\"traceEvents\": [\n"
          "{\"ph\": \"M\", \"pid\": 1, \"tid\": 1, \"name\": \"process_name\", \"args\": "
          "{\"name\": ",
          (long long)profile->call_count, (long long)(profile->call_count - kept),
          profile->seconds);
  write_string(stream, program);
  fprintf(stream, "}}");
  for (int64_t i = 0; i < kept; i++) {
    write_call(stream, profile, &profile->calls[i]);
  }
  if (kept < profile->call_count) {
    const rt_kernel_call *last = &profile->calls[kept - 1];
    fprintf(stream,
            ",\n{\"ph\": \"i\", \"s\": \"g\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"name\": "
            "\"%lld more calls were not kept\"}",
            1e6 * (last->start - profile->start + (double)last->seconds),
            (long long)(profile->call_count - kept));
  }
  fprintf(stream, "\n]}\n");
  return rt_writer_commit(&writer, error);
}
