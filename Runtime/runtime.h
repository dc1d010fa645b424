// runtime.h - all that an emitted model uses, and the map of the runtime.
//
// math/     what kernels call, inlined; needs nothing of the system
//   half.h     f16 and bf16, which are stored in uint16_t
//   random.h   Philox4x32-10
//   integer.h  min, max and the like of integers
//   fetch.h    asks for memory before it is read
//   scalar.h   exp, tanh, erf and the like that vectorise
//   tile.h     sums of products, in blocks of vectors
//   winograd.h the transforms of convolutions by Winograd's algorithm
//   kernel.h   what the definition of a kernel begins with
//
// model/    the description of a model; errors, memory, threads
//   model.h    describe.c
//   support.h  error.c, arena.c, convert.c, finite.c, platform.c, threads.c, probe.c
//   trace.h    shows kernels to 'gcomp verify'
//
// program/  the train and the infer program
//   files.h    file.c, write.c, npy.c, safetensors.c, checkpoint.c,
//              checksum.c, notes.c, rows.c and their helpers
//   profile.h  profile.c, profile_peak.c, profile_table.c, profile_trace.c
//   args.h     args.c, args_help.c, named_files.c, output_files.c
//   events.h   events.c: metrics for TensorBoard
//   curves.h   curves.c, curves_panel.c, curves_axis.c, curves_table.c, curves_thin.c, write_xml.c:
//              a picture of how a training went
//   memory.h   memory.c, memory_room.c: how much memory a program takes, and how much there is
//   options.h  options.c, options_write.c: the flags of the programs
//   training.h training.c, run.c, results.c, table.c, position.c, resume.c, charts.c: a
//              run of the train program and its folder
//   program.h  train.c, infer.c: the programs; and their parts: call.c, dataset.c, evaluate.c,
//              progress.c, print.c and others
//
// math/ includes nothing from the other two, and model/ nothing from program/. The sections of each
// header are named after the files that implement them. Functions that can fail return RT_OK or
// another RT_ERROR code and say why in the rt_error that is passed last (it may be null). Nothing
// here exits, and nothing has global mutable state, but for the flag in train.c that a signal sets.
//
// C11 and POSIX; the headers are valid C++ as well.

#ifndef RT_RUNTIME_H
#define RT_RUNTIME_H

#include "math/fetch.h"
#include "math/half.h"
#include "math/integer.h"
#include "math/kernel.h"
#include "math/random.h"
#include "math/scalar.h"
#include "math/tile.h"
#include "math/winograd.h"
#include "model/model.h"
#include "model/support.h"
#include "model/trace.h"

#endif
