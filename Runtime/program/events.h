// events.h - metrics for TensorBoard.

#ifndef RT_EVENTS_H
#define RT_EVENTS_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- events.c --------------------------------------------------------------------

// A file of events that grows while it is written.
typedef struct {
  rt_writer file;            // not open: nothing is written
  double (*clock)(void);     // seconds since 1970
  uint32_t remainders[256];  // of bytes, for checksums
  uint32_t checksum;         // of the record that is being written
} rt_events;

// Begins a new file in `folder`, which is made if needed. The first event says that training starts
// with step `first`: TensorBoard then forgets the events that earlier files of the folder have of
// this and later steps. So `first` is 1 for a new run, and the next step for one that goes on.
// `clock` gives the time of events, null for that of the system.
int rt_events_open(rt_events *events, const char *folder, int64_t first, double (*clock)(void),
                   rt_error *error);

// Adds a number, which is stored as f32; `tag` is UTF-8, and TensorBoard groups tags by what stands
// before a slash. Errors are reported by flush and close. Does nothing if the file is not open.
void rt_events_scalar(rt_events *events, const char *tag, int64_t step, double value);

// Makes the events so far visible, or ends the file, also after a failure. Both return the first
// error so far, and RT_OK if the file is not open.
int rt_events_flush(rt_events *events, rt_error *error);
int rt_events_close(rt_events *events, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
