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
//   pace.h     pace.c, pace_policy.c, pace_threads.c, pace_place.c,
//              pace_measure.c: threads on busy machines
//   processor.h processor.c: the best instructions of a processor, for portable programs
//   trace.h    shows kernels to 'gcomp verify'
//
// files/    files to read and to write, and their formats
//   files.h    file.c, file_stream.c, write.c, write_bytes.c (write_bytes.h, retry.h),
//              write_text.c, keep.c, npy.c, npy_write.c, safetensors.c, checkpoint.c,
//              checkpoint_save.c, checksum.c, notes.c, rows.c, nearest.c and their helpers
//   elements.h element_read.c, element_text.c: elements as text
//   json.h     json.c
//   utf8.h     utf8.c, unicode_ranges.h
//   csv.h      csv_parse.c, csv_index.c, csv_row.c: tables of text
//   lines.h    lines.c: lines of text
//   wav.h      wav_read.c, wav_write.c: sound
//   resample.h resample.c: its rate
//   inflate.h  inflate.c, inflate_block.c, inflate_table.c, deflate.c, zlib.c, gzip.c, zip.c:
//              compressed files
//   image.h    image.c, image_scale.c, image_grid.c, png_read.c, png_rows.c, png_write.c, pnm.c:
//              pictures
//   folder.h   folder.c: the names in a folder
//
// data/     examples in files
//   examples.h formats.c and a file for each format (formats.h); what these share:
//              set_files.c, set_classes.c, array_files.c, class_names.c, class_files.c;
//              and their parts: cifar_classes.c, picture_folder.c, csv_columns.c, csv_cells.c,
//              wav_rates.c, boxes_field.c, boxes_line.c, boxes_scale.c, text_files.c, text_corpus.c
//   dataset.h  dataset.c, batch.c, ranges.c, shuffle.c, split.c: the examples of a training;
//              read_ahead.h: read_ahead.c, read_ahead_none.c: a thread that reads the next ones
//   tokenizer.h tokenizer.c, tokenizer_train.c, bpe_train.c, bpe_encode.c, pieces.c, words.c,
//              added_tokens.c, byte_letters.c, token_table.c, tokenizer_save.c, tokenizer_load.c
//              (tokenizer_parts.h); tokenizer_json.c, tokenizer_settings.c, tokenizer_vocabulary.c
//              (tokenizer_file.h); json_walk.h, json_walk.c
//
// program/  the train and the infer program
//   profile.h  profile.c, profile_peak.c, profile_table.c, profile_trace.c
//   args.h     args.c, args_help.c, period.c, shell_word.c, named_files.c
//   line.h     line.c: lines of text that fit a terminal
//   inputs.h   readers.c, csv_read.c, picture_input.c, sound_read.c, input_values.c,
//              input_files.c, input_folder.c; a new format is a row of the table in readers.c, and
//              a file
//   outputs.h  output_formats.c, csv_write.c, json_write.c, png_output.c, sound_write.c,
//              text_write.c,
//              output_files.c; a new
//              format is a row of the table in output_formats.c, and a file
//   labels.h   labels.c: names of classes
//   print.h    print.c, print_style.c: numbers in columns
//   bench.h    bench.c, bench_print.c: times of functions
//   events.h   events.c: metrics for TensorBoard
//   curves.h   curves.c, curves_panel.c, curves_axis.c, curves_table.c, curves_thin.c, write_xml.c:
//              a picture of how a training went
//   memory.h   memory.c, memory_room.c: how much memory a program takes, and how much there is
//   options.h  options.c, options_write.c, say.c: the flags of the programs
//   training.h training.c, run.c, results.c, table.c, position.c, resume.c, summary.c, charts.c,
//              replay.c, failure.c: a run of the train program and its folder; freeze.c,
//              patience.c, dry_run.c, selfcheck.c, check_data.c (check_data.h,
//              check_data_read.c): flags
//   infer.h    infer.c, infer_choice.c, infer_help.c, evaluate_data.c: the infer program
//   signals.h  signals.c: what a signal does
//   sampling.h sampling.c: an id out of logits
//   prompt.h   prompt.c, prompt_function.c: the infer program goes on with a text
//   library.h  library.c: weights for a model in a library of C
//   program.h  train.c, infer.c: the programs; and their parts: call.c, rates.c, evaluate.c,
//              progress.c, print.c and others
//
// Each of these rooms includes only from those above it. The sections of each
// header are named after the files that implement them. Functions that can fail return RT_OK or
// another RT_ERROR code and say why in the rt_error that is passed last (it may be null). Nothing
// here exits, and nothing has global mutable state, but for the flags in train.c and
// prompt.c that a signal sets, and the kind of processor in processor.c, which never changes.
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
#include "model/pace.h"
#include "model/support.h"
#include "model/trace.h"

#endif
