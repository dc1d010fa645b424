// profile_trace.c - the calls of kernels as a file for trace viewers.
//
// The format is that of Chrome: an object with a list of events, of which those with "ph": "X" have
// a start and a duration in microseconds.

#include "../files/files.h"
#include "profile.h"

// Writes one call as an event with a beginning and a duration, in microseconds.
static void write_call(rt_writer *writer, const rt_profile *profile, const rt_kernel_call *call) {
  const rt_kernel *kernel = &profile->kernels[call->kernel];
  rt_write_text(writer,
          ",\n{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"dur\": %.3f, \"name\": ",
          1e6 * (call->start - profile->start), 1e6 * (double)call->seconds);
  rt_write_json(writer, kernel->name);
  rt_write_text(writer, ", \"args\": {\"flops\": %lld, \"bytes\": %lld, \"lines\": ",
          (long long)kernel->operations, (long long)kernel->bytes);
  rt_write_json(writer, kernel->lines);
  rt_write_text(writer, "}}");
}

int rt_profile_trace(const rt_profile *profile, const char *program, const char *path,
                     rt_error *error) {
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code != RT_OK) {
    return code;
  }
  int64_t kept =
      profile->call_count < RT_PROFILE_CALLS ? profile->call_count : RT_PROFILE_CALLS;
  rt_write_text(&writer,
          "{\"displayTimeUnit\": \"ms\",\n"
          "\"otherData\": {\"calls\": %lld, \"calls left out\": %lld, \"seconds\": %.6f},\n"
          "\"traceEvents\": [\n"
          "{\"ph\": \"M\", \"pid\": 1, \"tid\": 1, \"name\": \"process_name\", \"args\": "
          "{\"name\": ",
          (long long)profile->call_count, (long long)(profile->call_count - kept),
          profile->seconds);
  rt_write_json(&writer, program);
  rt_write_text(&writer, "}}");
  for (int64_t i = 0; i < kept; i++) {
    write_call(&writer, profile, &profile->calls[i]);
  }
  if (kept < profile->call_count) {
    const rt_kernel_call *last = &profile->calls[kept - 1];
    rt_write_text(&writer,
            ",\n{\"ph\": \"i\", \"s\": \"g\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"name\": "
            "\"%lld more calls were not kept\"}",
            1e6 * (last->start - profile->start + (double)last->seconds),
            (long long)(profile->call_count - kept));
  }
  rt_write_text(&writer, "\n]}\n");
  return rt_writer_commit(&writer, error);
}
