// processor.h - the best instructions that a processor has, for models that run on any.
//
// `make TARGET=portable` compiles the functions of a model once for each of these kinds of x86, and
// each call takes the best that the processor can run. The results of one kind have the same bits
// everywhere; those of two kinds may differ in their last bits.

#ifndef RT_PROCESSOR_H
#define RT_PROCESSOR_H

#include "support.h"

#ifdef __cplusplus
extern "C" {
#endif

// From the least to the best; `baseline` is what every processor of the architecture has.
typedef enum { RT_BASELINE, RT_AVX2, RT_AVX512 } rt_processor;

// The name under which a function is compiled for a kind: rt_avx2_digits_infer.
#define RT_NAME_FOR(processor, name) RT_NAME_FOR_EACH(processor, name)
#define RT_NAME_FOR_EACH(processor, name) rt_##processor##_##name

// Calls a function as it is compiled for this processor.
#define RT_CALL_BEST(name, arguments)                            \
  (rt_best_processor() == RT_AVX512 ? rt_avx512_##name arguments \
   : rt_best_processor() == RT_AVX2 ? rt_avx2_##name arguments   \
                                    : rt_baseline_##name arguments)

// ---- processor.c -----------------------------------------------------------------

// The name of the kind whose instructions the functions of models use here.
const char *rt_processor_name(void);

// Checks GCOMP_PROCESSOR, the kind that users ask for: an error if there is no such kind in this
// program, or if this processor cannot run it.
int rt_check_processor(rt_error *error);

// In programs that have several kinds: the one that GCOMP_PROCESSOR names, or else the best that
// this processor can run. It is found once.
rt_processor rt_best_processor(void);

// In those programs: true iff this processor can run the kind that has a name.
int rt_processor_runs(const char *name);

#ifdef __cplusplus
}
#endif

#endif
