// prompt.c - goes on with a text.
//
// The function is called once for each id, on the last L ids of the text: when they are more, the
// first one leaves. Without logits for each position the ids stand at the end of the context, else
// at its beginning, and the rest of it is 0. A causal model does not see what follows a position.

#include "prompt.h"

#include <string.h>

#include "../data/tokenizer.h"
#include "../files/utf8.h"
#include "sampling.h"
#include "signals.h"

enum {
  REPEAT_LAST = 64  // ids that the penalty looks at
};

// SIGINT ends the text after the present id; a second one kills. A handler gets no argument of
// ours.
static volatile sig_atomic_t interrupted;

// The handler of the first signal.
static void interrupt(int number) {
  interrupted = 1;
  rt_signal_set(number, SIG_DFL);
}

typedef struct {
  const rt_options *options;
  rt_prompt_shape shape;
  rt_tokenizer *tokenizer;
  rt_ids ids;  // of the whole text
  rt_sampling sampling;
  rt_sampler sampler;
  rt_call call;
  void *instance;
  rt_utf8_stream stream;
  size_t prompt_count;
  double prompt_seconds, seconds;  // the first call, with the whole prompt; and the others
} generation;

void rt_prompt_defaults(rt_options *options) {
  options->generate = 128;
  options->temperature = 0.8;
  options->top_k = 40;
  options->top_p = 0.95;
  options->min_p = 0.05;
  options->repeat_penalty = 1.0;
}

int rt_prompt_needed(const rt_options *options, const char **flag) {
  const rt_options *o = options;
  rt_options d = {0};
  rt_prompt_defaults(&d);
  *flag = o->tokenizer != NULL                    ? "--tokenizer"
          : o->generate != d.generate             ? "-n"
          : o->temperature != d.temperature       ? "--temp"
          : o->top_k != d.top_k                   ? "--top-k"
          : o->top_p != d.top_p                   ? "--top-p"
          : o->min_p != d.min_p                   ? "--min-p"
          : o->repeat_penalty != d.repeat_penalty ? "--repeat-penalty"
                                                  : NULL;
  return o->prompt == NULL && *flag != NULL;
}

// ---- Before the first id ----

// Checks the flags and the function.
static int check(generation *g, const rt_function *function, rt_error *error) {
  const rt_options *o = g->options;
  const char *beside = o->inputs.count > 0    ? "--input"
                       : o->outputs.count > 0 ? "--output"
                       : o->bench > 0         ? "--bench"
                                              : NULL;
  if (beside != NULL) {
    return rt_fail(error, RT_ERROR_USAGE, "--prompt and %s: expected one of them, found both",
                   beside);
  }
  g->sampling = (rt_sampling){o->temperature, o->top_k, o->top_p, o->min_p, o->repeat_penalty,
                              o->seed};
  int code = rt_sampling_check(&g->sampling, error);
  if (code == RT_OK && !rt_prompt_shape_of(&g->shape, function)) {
    code = rt_fail(error, RT_ERROR_USAGE,
                   "--prompt: expected a function with one input of integers, [L] or [1, L], and "
                   "one output of logits, [.., L, V] or [V]; '%s' is another",
                   function->name);
  }
  return code == RT_OK ? rt_check_weights(o, error) : code;
}

// Encodes the prompt, and checks that the model knows all ids.
static int encode(generation *g, rt_error *error) {
  const rt_options *o = g->options;
  int code = rt_prompt_tokenizer(&g->tokenizer, o, error);
  if (code != RT_OK) {
    return code;
  }
  const rt_function *f = g->shape.function;
  const rt_range *range = rt_find_range(o->model, f->name, f->inputs[0].name);
  int count = rt_tokenizer_count(g->tokenizer);
  if (count > g->shape.count || (range != NULL && count > range->count)) {
    int most = range != NULL && range->count < g->shape.count ? (int)range->count : g->shape.count;
    return rt_fail(error, RT_ERROR_MISMATCH,
                   "%s: expected a tokenizer of at most %d ids, as '%s' takes, found %d",
                   o->tokenizer != NULL ? o->tokenizer : o->weights, most, f->name, count);
  }
  code = rt_tokenizer_encode(g->tokenizer, o->prompt, strlen(o->prompt), "--prompt", &g->ids,
                             error);
  if (code == RT_OK && g->ids.count == 0) {
    code = rt_fail(error, RT_ERROR_USAGE, "--prompt: expected a text, found no ids in '%s'",
                   o->prompt);
  }
  g->prompt_count = g->ids.count;
  return code == RT_OK ? rt_sampler_create(&g->sampler, count, error) : code;
}

// Makes the model with its weights.
static int make_model(generation *g, rt_error *error) {
  const rt_options *o = g->options;
  rt_error warning = {RT_OK, ""};
  g->instance = rt_model_create(o->model);
  if (g->instance == NULL) {
    return rt_fail_memory(error, o->model->bytes, "the model");
  }
  int code = rt_prepare(o->model, g->instance, o->seed, o->settings, o->weights, &warning, error);
  rt_warn(o->program, &warning);
  return code == RT_OK ? rt_call_create(&g->call, g->shape.function, error) : code;
}

// ---- One id after the other ----

// Computes the logits after the ids of the text; a model with a state of its own would take only
// those that are new.
static int compute(generation *g, const void **logits, rt_error *error) {
  const rt_tensor *in = &g->shape.function->inputs[0], *out = &g->shape.function->outputs[0];
  size_t length = (size_t)g->shape.length, count = g->ids.count, bad;
  count = count < length ? count : length;
  size_t first = g->shape.is_last_only ? length - count : 0;
  size_t width = rt_dtype_size(in->dtype);
  unsigned char *context = (unsigned char *)g->call.inputs[0];
  memset(context, 0, length * width);
  if (rt_convert(in->dtype, context + first * width, RT_I32, g->ids.items + g->ids.count - count,
                 count, &bad) != RT_OK) {
    return rt_fail(error, RT_ERROR_MISMATCH, "'%s': expected ids that fit into %s, found %d",
                   in->name, rt_dtype_name(in->dtype), (int)g->ids.items[g->ids.count - 1]);
  }
  int code = rt_call_run(&g->call, g->instance, error);
  size_t row = g->shape.is_last_only ? 0 : count - 1;
  *logits = (const unsigned char *)g->call.outputs[0] +
            row * (size_t)g->shape.count * rt_dtype_size(out->dtype);
  return code;
}

// True iff an id ends a text, as tokenizers name it.
static int is_end(const rt_tokenizer *tokenizer, int32_t id) {
  static const char *const names[] = {"<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "</s>",
                                      "<|im_end|>",    "<eos>"};
  size_t size;
  const unsigned char *bytes = rt_tokenizer_bytes(tokenizer, id, &size);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strlen(names[i]) == size && memcmp(names[i], bytes, size) == 0) {
      return 1;
    }
  }
  return 0;
}

// Prints an id at once.
static void print_id(generation *g, int32_t id) {
  size_t size;
  const unsigned char *bytes = rt_tokenizer_bytes(g->tokenizer, id, &size);
  rt_utf8_put(&g->stream, bytes, size, stdout);
  fflush(stdout);
}

// Adds one id to the text; `*is_over` says that it was the last.
static int step(generation *g, int *is_over, rt_error *error) {
  const void *logits = NULL;
  int32_t id = 0;
  double begin = rt_seconds();
  size_t last = g->ids.count < REPEAT_LAST ? g->ids.count : REPEAT_LAST;
  int code = compute(g, &logits, error);
  if (code == RT_OK) {
    code = rt_sample(&g->sampler, &g->sampling, g->shape.function->outputs[0].dtype, logits,
                     g->ids.items + g->ids.count - last, last, g->ids.count, &id, error);
  }
  if (code != RT_OK) {
    return code;
  }
  *is_over = is_end(g->tokenizer, id);
  if (!*is_over) {
    print_id(g, id);
  }
  int is_first = g->ids.count == g->prompt_count;
  *(is_first ? &g->prompt_seconds : &g->seconds) += rt_seconds() - begin;
  return rt_ids_add(&g->ids, id, error);
}

// Prints the prompt and what follows.
static int generate(generation *g, rt_error *error) {
  interrupted = 0;
  rt_signal_action before = rt_signal_set(SIGINT, interrupt);
  if (before == SIG_IGN) {
    rt_signal_set(SIGINT, SIG_IGN);  // as in the background of a shell without job control
  }
  rt_utf8_put(&g->stream, (const unsigned char *)g->options->prompt, strlen(g->options->prompt),
              stdout);
  fflush(stdout);
  int code = RT_OK, is_over = 0;
  rt_pace pace;
  rt_pace_begin(&pace);
  for (int n = 0; n < g->options->generate && !is_over && !interrupted && code == RT_OK; n++) {
    code = step(g, &is_over, error);
    rt_pace_step(&pace);
  }
  rt_pace_end(&pace);
  rt_signal_set(SIGINT, before);
  rt_utf8_end(&g->stream, stdout);
  putchar('\n');
  return code;
}

// Says how fast it was, when the text is out.
static int report(const generation *g, rt_error *error) {
  char prompt[32], rest[32];
  size_t made = g->ids.count - g->prompt_count, later = made > 0 ? made - 1 : 0;
  int code = rt_flush_output(error);
  if (code == RT_OK && made > 0) {
    fprintf(stderr, "%s: prompt: %zu ids, %s ids/s", g->options->program, g->prompt_count,
            rt_rate_text(prompt, (double)g->prompt_count / (g->prompt_seconds + 1e-9)));
    if (later > 0) {
      fprintf(stderr, "; generation: %zu ids, %s ids/s", made,
              rt_rate_text(rest, (double)later / (g->seconds + 1e-9)));
    }
    fputc('\n', stderr);
  }
  return code;
}

int rt_prompt_run(const rt_options *options, const rt_function *function, rt_error *error) {
  generation g = {.options = options};
  int code = check(&g, function, error);
  if (code == RT_OK) {
    code = encode(&g, error);
  }
  if (code == RT_OK) {
    code = make_model(&g, error);
  }
  if (code == RT_OK) {
    code = generate(&g, error);
  }
  if (code == RT_OK) {
    code = report(&g, error);
  }
  rt_call_destroy(&g.call);
  rt_sampler_destroy(&g.sampler);
  rt_tokenizer_destroy(g.tokenizer);
  rt_model_destroy(g.instance);
  rt_ids_clear(&g.ids);
  return code;
}
