// prompt.h - goes on with a text: --prompt of the infer program.

#ifndef RT_PROMPT_H
#define RT_PROMPT_H

#include "infer.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- prompt_function.c -------------------------------------------------------------

// How a function takes a text: one input of integers, the context, as [L] or [1, L]; and one output
// of logits, [.., L, V] with those of each position, or [V] or [1, V] with those after the last
// one.
typedef struct {
  const rt_function *function;
  int length;        // L
  int count;         // V
  int is_last_only;  // logits are those after the last position
} rt_prompt_shape;

// True iff a function is of that kind.
int rt_prompt_shape_of(rt_prompt_shape *shape, const rt_function *function);

// True iff the model has such a function, so that the program has the flags.
int rt_can_prompt(const rt_model *model);

// The tokenizer: that of --tokenizer, a tokenizer.json or a text that rt_tokenizer_save made; else
// the note 'tokenizer' of the weights. To be freed with rt_tokenizer_destroy.
struct rt_tokenizer;
int rt_prompt_tokenizer(struct rt_tokenizer **tokenizer, const rt_options *options,
                        rt_error *error);

// ---- prompt.c --------------------------------------------------------------------

// The defaults of --temp and so on.
void rt_prompt_defaults(rt_options *options);

// True iff a flag says otherwise without --prompt, which `*flag` then names.
int rt_prompt_needed(const rt_options *options, const char **flag);

// Prints the text of --prompt and goes on with it, until there are -n ids more, one that ends a
// text, or SIGINT. A line on standard error says how fast that was.
int rt_prompt_run(const rt_options *options, const rt_function *function, rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
