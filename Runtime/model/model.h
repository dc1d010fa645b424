// model.h - the description of a model, which the two programs work with.

#ifndef RT_MODEL_H
#define RT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- The description of a model --------------------------------------------------

// Element types. f16 and bf16 are stored as uint16_t, bool as one byte, 0 or 1.
typedef enum {
  RT_F32,
  RT_F64,
  RT_F16,
  RT_BF16,
  RT_I8,
  RT_U8,
  RT_I16,
  RT_I32,
  RT_I64,
  RT_U32,
  RT_U64,
  RT_BOOL
} rt_dtype;

// An input, an output, or a state as files see it. Scalars have rank 0; `shape` may then be null.
typedef struct {
  const char *name;
  rt_dtype dtype;
  int rank;
  const int *shape;
} rt_tensor;

// The role of a state: it decides which files it is written to and read from.
typedef enum {
  RT_PARAMETER,  // trained: in every checkpoint, needed by infer
  RT_STATISTIC,  // running means and the like: treated as parameters
  RT_OPTIMIZER,  // moments: in checkpoints, not needed by infer
  RT_SETTING,    // set from the command line, never among the tensors of a file
  RT_COUNTER,    // steps, random keys: in checkpoints, not needed by infer
  RT_CACHE,      // kept between calls: begins as init says, unless a training is resumed
  RT_MEASURE,    // sums of an evaluation: zeroed at its beginning, in no file
  RT_EPOCH,      // a u32, the number of the epoch from 0, set by the train program, in no file
  RT_TOTAL,      // a u32, the number of steps of the phase, set by the train program, in no file
  RT_FIRST       // a u32, that of the steps before the phase, set by the train program, in no file
} rt_role;

// One state: `tensor` is what files and users see (PyTorch's name, type and
// layout, as "features.0.weight").
typedef struct {
  rt_tensor tensor;
  size_t offset;  // in bytes, inside the state block
  rt_role role;
  int alias_count;             // other names for it in files
  const char *const *aliases;  // null when there are none
} rt_state;

// What a setting is on the command line, and in its state.
typedef enum {
  RT_NUMBER,   // f32 or f64
  RT_INTEGER,  // i32
  RT_SWITCH,   // bool
  RT_CHOICE    // i32, the number of a name
} rt_setting_kind;

// A scalar state that the command line sets: --name VALUE.
typedef struct {
  const char *name;
  int state;     // its index in rt_model.states
  double value;  // the default
  const char *help;
  rt_setting_kind kind;
  int choice_count;            // of a choice
  const char *const *choices;  // its names
} rt_setting;

// A value that the model was compiled with.
typedef struct {
  const char *name;
  const char *value;
  int is_text;  // not a number, true or false
  const char *help;
} rt_option;

// What a function is for. Of the kinds from RT_TRAIN_STEP to RT_RATES, each phase has at most
// one; of those before them, the model.
typedef enum {
  RT_INITIALISE,       // one input, the seed (u64); sets every state
  RT_INITIALISE_REST,  // the same, for the states that need not be in a weight file;
                       // called instead of the one above before a file is read
  RT_TRAIN_STEP,       // learns from one batch of each data field; scalar outputs are
                       // metrics, the first one is the loss
  RT_EVALUATION_STEP,  // measures a full batch: the same inputs, or the first ones
  RT_EVALUATION_REST,  // the same for one example
  RT_MEASURED,         // gives the results of an evaluation; those that are scalars are metrics,
                       // the first one is the loss
  RT_EVALUATED,        // takes the metrics of an evaluation whose names its inputs have
  RT_RATES,            // has no inputs and changes no state; gives the learning rates of the last
                       // step as scalars
  RT_USER              // any other: offered by the infer program
} rt_kind;

// One function of the program. `run` takes the model and one pointer for each
// input and output, in order, and returns RT_OK or another code.
typedef struct {
  const char *name;
  rt_kind kind;
  int phase;  // the number of its phase of training, or -1
  int input_count;
  const rt_tensor *inputs;
  int output_count;
  const rt_tensor *outputs;
  int (*run)(void *model, const void *const *inputs, void *const *outputs);
} rt_function;

// The allowed values of an integer input: from 0 to below `count`, or one of `others`.
typedef struct {
  const char *function;
  const char *input;
  int64_t count;
  int other_count;
  const int64_t *others;  // null if there are none
} rt_range;

// An output with classes of an input of the training: its integers are their numbers, or it has
// floats and an element for each class along its last axis.
typedef struct {
  const char *function;
  const char *output;
  const char *input;
} rt_output_classes;

// What one input of a step is made of. What a format does not need is null or 0.
typedef struct {
  const char *input;           // its name
  const char *source;          // a file, columns, or a part of the files; null: named as the input
  const char *kind;            // how the source becomes numbers, as the format says; null: plainly
  int class_count;             // the names of classes by their numbers; 0: those that the data
  const char *const *classes;  // have, in alphabetical order
  const char *missing;         // stands for a value that is missing; null: that is an error
  int64_t length;              // of a window over time, in elements; 0: no windows
  int64_t stride;              // from one window to the next; 0: as the format says
  int64_t ahead;               // elements from the beginning of the window to that of the field
} rt_field_recipe;

// A set of examples, each of which has all fields.
typedef struct {
  const char *name;    // of its flag: "data", or as the model says
  const char *format;  // a row of the table in data/formats.c
  const char *path;    // relative to the executable's folder
  const char *validation, *test;  // paths of held-out examples in files of their own; or null
  int field_count;
  const rt_field_recipe *fields;
  const char *stratified;  // the input whose classes have equal shares in all splits; or null
  const char *chosen;      // the input that decides which examples are taken; null: all are
  int chosen_count;        // its values of those that are
  const double *chosen_values;
} rt_data_recipe;

// A part of a training, and its defaults.
typedef struct {
  const char *name;  // null: the only one
  int set_count;     // 0: the model makes its own examples
  const rt_data_recipe *sets;
  int batch;
  int epochs;
  int steps_per_epoch;   // 0: as many batches as there are
  double validation;     // the share of examples that is held out, 0 to below 1
  double test;           // the share that only 'evaluate --split test' uses
  int evaluation_steps;  // of an evaluation without examples
  int most_held_out;     // the examples that an evaluation has room for; 0: any number
  const char *best;      // the metric that says which weights are the best; null: the first one
  int is_best_largest;
  int patience;  // epochs without a better result after which the phase ends; 0: none
  int prepares;  // makes first values from data: always as long as here, and nothing is shown
} rt_phase;

// A function without inputs that is called every few epochs, and how its outputs are shown.
typedef struct {
  const char *function;
  int epochs;
  const char *ending;  // of the files, as ".png"
  int columns;         // of a picture of many; 0: as usual
} rt_showing;

// What the integers of an output of a function mean.
typedef struct {
  const char *function;
  const char *output;
  const char *separator;     // between the names of a row; or null
  int count;
  const char *const *names;  // by their numbers; null: tokens of the text that the model learned
} rt_naming;

struct rt_profile;

// A whole model.
typedef struct {
  const char *name;
  const char *version;
  int state_count;
  const rt_state *states;
  int setting_count;
  const rt_setting *settings;
  int option_count;
  const rt_option *options;
  int function_count;
  const rt_function *functions;
  int range_count;         // of inputs whose allowed values are known
  const rt_range *ranges;
  int phase_count;         // 0: not trainable
  const rt_phase *phases;  // in the order in which they are trained
  int showing_count;
  const rt_showing *showings;
  int class_count;  // of outputs that have classes
  const rt_output_classes *classes;
  int naming_count;
  const rt_naming *namings;
  size_t state_bytes;
  size_t arena_bytes;
  size_t bytes;                   // of a model in memory, which begins with the state block
  void *(*make)(void *memory);    // makes one of zeroed memory, aligned to 64 bytes
  void (*changed)(void *model);   // to be called after the block was changed; or null
  // The times of kernels; null unless the model was compiled with --profile.
  struct rt_profile *(*profile)(void *model);
} rt_model;

// ---- describe.c: queries of the description ------------------------------------

// The bytes of one element, and the type's name as in "f32".
size_t rt_dtype_size(rt_dtype dtype);
const char *rt_dtype_name(rt_dtype dtype);

// The number of elements or bytes of a tensor.
size_t rt_tensor_elements(const rt_tensor *tensor);
size_t rt_tensor_bytes(const rt_tensor *tensor);

// False for states that no file of weights holds: settings, the sums of an evaluation, and what the
// train program sets.
int rt_role_is_saved(rt_role role);

// The function of that name, or null.
const rt_function *rt_find_function(const rt_model *model, const char *name);

// The function of that kind (not RT_USER), or null; `phase` does not matter for kinds that are of
// no phase.
const rt_function *rt_function_of(const rt_model *model, int phase, rt_kind kind);

// A dtype and shape as text, "f32[64, 1, 8, 8]", cut to fit; a negative extent is
// shown as "*". Returns `text`.
char *rt_type_text(char *text, size_t size, rt_dtype dtype, int rank,
                   const int64_t *shape);
char *rt_tensor_text(char *text, size_t size, const rt_tensor *tensor);

// The scalar at `data` as a double, and back (rounded to the type).
double rt_scalar_get(rt_dtype dtype, const void *data);
void rt_scalar_set(rt_dtype dtype, void *data, double value);

#ifdef __cplusplus
}
#endif

#endif
