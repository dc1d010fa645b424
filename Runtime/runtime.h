// runtime.h - everything that an emitted model and its two programs use.
//
//   half.h     f16 and bf16, which are stored in uint16_t     (inline)
//   random.h   Philox4x32-10                                  (inline)
//   integer.h  min, max and the like of integers              (inline)
//   fetch.h    asks for memory before it is read              (inline)
//   scalar.h   exp, tanh, erf and the like that vectorise     (inline)
//   tile.h     sums of products, in blocks of vectors         (inline)
//   winograd.h transforms of convolutions                     (inline)
//   kernel.h   what the definition of a kernel begins with    (inline)
//   trace.h    shows kernels to 'gcomp verify'                (inline)
//   model.h    the description of a model                     describe.c
//   support.h  error.c, arena.c, convert.c, finite.c, platform.c,
//              threads.c, probe.c
//   files.h    file.c, write.c, npy.c, safetensors.c, checkpoint.c and their helpers
//   profile.h  profile.c, profile_peak.c, profile_table.c, profile_trace.c
//   args.h     args.c, args_help.c, named_files.c, output_files.c
//   options.h  options.c: the flags of the programs
//   training.h training.c: a run of the train program
//   program.h  train.c, infer.c: the programs; and their parts: call.c, dataset.c, evaluate.c,
//              results.c, progress.c, print.c and others
//
// The sections of each header are named after the files that implement them.
// Functions that can fail return RT_OK or another RT_ERROR code and say why in the
// rt_error that is passed last (it may be null). Nothing here exits, and nothing
// has global mutable state, but for the flag in train.c that Ctrl-C sets.
//
// C11 and POSIX; the headers are valid C++ as well.

#ifndef RT_RUNTIME_H
#define RT_RUNTIME_H

#include "args.h"
#include "fetch.h"
#include "files.h"
#include "half.h"
#include "integer.h"
#include "kernel.h"
#include "model.h"
#include "options.h"
#include "profile.h"
#include "program.h"
#include "random.h"
#include "scalar.h"
#include "support.h"
#include "tile.h"
#include "trace.h"
#include "training.h"
#include "winograd.h"

#endif
