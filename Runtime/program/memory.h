// memory.h - how much memory a program will take, and how much there is.

#ifndef RT_MEMORY_H
#define RT_MEMORY_H

#include "inputs.h"
#include "options.h"
#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- memory.c --------------------------------------------------------------------

// The bytes that a program will take beside its own code and stacks, by what they are for.
typedef struct {
  size_t states, arena;  // of the model
  int is_most;           // the arena is that of training, of which this program may use a part
  size_t buffers;        // inputs and outputs of the functions that are called
  size_t data;           // examples, inputs and outputs as whole arrays
  int batch;             // what arena and buffers grow with, or 0
} rt_memory_plan;

// Plans a training on this data, or a run of `function` on inputs from these sources. Files
// that cannot be read count nothing: reading them will say so.
rt_memory_plan rt_memory_plan_training(const rt_model *model, int phase,
                                       const rt_dataset *data);
rt_memory_plan rt_memory_plan_infer(const rt_model *model, const rt_function *function,
                                    const rt_sources *sources);

size_t rt_memory_sum(const rt_memory_plan *plan);

// "12.3 MB: 2.6 MB arena, 0.5 MB states, ...". Returns `text`.
char *rt_memory_text(char *text, size_t size, const rt_memory_plan *plan);

// An error with all numbers if `plan` needs more than there is, of an arena that is_most nothing.
int rt_memory_check(const rt_memory_plan *plan, rt_error *error);

// Both for the infer program, which prints the plan to standard error if it benches.
int rt_memory_check_infer(const rt_options *options, const rt_function *function,
                          const rt_sources *sources, rt_error *error);

// ---- memory_room.c ---------------------------------------------------------------

// What limits the memory of this process, and how much is left of it.
typedef struct {
  size_t bytes;       // SIZE_MAX if unknown
  const char *where;  // "on this machine"
} rt_memory_room;

// Finds the least of: memory of the machine with swap, limits of the control groups (version 2 and
// 1) of this process, and RLIMIT_AS. `root` stands before all paths; empty but in tests.
rt_memory_room rt_memory_find_room(const char *root);

#ifdef __cplusplus
}
#endif

#endif
