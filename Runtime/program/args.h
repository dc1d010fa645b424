// args.h - the command line, and the files that it names.

#ifndef RT_ARGS_H
#define RT_ARGS_H

#include "../files/files.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- args.c, args_help.c ---------------------------------------------------------

typedef enum {
  RT_FLAG_SWITCH,  // int: set to 1, takes no value
  RT_FLAG_COUNT,   // int, 0 or more
  RT_FLAG_SEED,    // uint64_t
  RT_FLAG_NUMBER,  // double, finite
  RT_FLAG_PERIOD,  // rt_period
  RT_FLAG_TEXT,    // const char *, null by default
  RT_FLAG_OPTIONAL_TEXT,  // the same; empty if the flag stands alone
  RT_FLAG_TEXTS    // rt_texts: may be given several times
} rt_flag_kind;

enum { RT_MAX_TEXTS = 256 };

// How often something is done: every so many steps, or seconds if `steps` is 0; never if both are.
typedef struct {
  int steps, seconds;
} rt_period;

typedef struct {
  int count;
  const char *items[RT_MAX_TEXTS];
} rt_texts;

// A flag --name. One with an optional text takes the next word unless that begins with "--".
// `value` points to a variable of the kind's type that holds the default.
typedef struct {
  const char *name;
  rt_flag_kind kind;
  const char *placeholder;  // "FILE" in the help; null for a switch
  const char *help;
  void *value;
} rt_flag;

// A word that is no flag though people look for it, and what to say to them.
typedef struct {
  const char *name;
  const char *answer;
} rt_no_flag;

// A command line. Settings are flags as well; setting_values has one value for
// each, which holds the default.
typedef struct {
  const char *program;
  const char *summary;          // one sentence
  const char *positional;       // the name of the one optional argument, or null
  const char *positional_help;
  const char **positional_value;
  int flag_count;
  const rt_flag *flags;
  int setting_count;
  const rt_setting *settings;
  double *setting_values;
  int no_flag_count;
  const rt_no_flag *no_flags;
} rt_args;

// Reads argv[1 ...] into the variables. Strings are not copied.
int rt_args_parse(const rt_args *args, int argc, char **argv, rt_error *error);

// True iff argv has --help before any "--".
int rt_args_help_wanted(int argc, char **argv);

// Prints usage, and each flag with its default and meaning.
void rt_args_help(const rt_args *args, FILE *stream);

// Prints what the model was compiled with; nothing if it has no options.
void rt_args_help_compiled(const rt_model *model, FILE *stream);

// ---- period.c --------------------------------------------------------------------

// Reads "100" as steps, and "30s", "10m" or "2h" as times; 0 is never. True on success.
int rt_period_read(rt_period *period, const char *text);

// The same as text, the time in the largest unit that fits; returns `text`.
char *rt_period_text(char text[32], rt_period period);

int rt_period_equals(rt_period a, rt_period b);

// ---- setting.c -------------------------------------------------------------------

// The longest value of a setting as text, with the zero at its end.
enum { RT_LONGEST_SETTING = 128 };

// Reads the value of a setting. An error says what was expected, and the choice that is nearest.
int rt_setting_read(const rt_setting *setting, const char *text, double *value, rt_error *error);

// The value as rt_setting_read takes it, numbers with so many digits; returns `text`.
char *rt_setting_text(char text[RT_LONGEST_SETTING], const rt_setting *setting, double value,
                      int digits);

// True iff a switch takes the word: on, off, true and the like. A switch may also stand alone.
int rt_is_switch_word(const char *text);

// What stands for the value in the help; the help, with choices and default; returns `text`.
const char *rt_setting_placeholder(const rt_setting *setting);
char *rt_setting_help(char *text, size_t size, const rt_setting *setting, double value);

// ---- shell_word.c ----------------------------------------------------------------

// The word as a shell reads it, with quotes only if it needs them; to be freed with rt_release,
// null without memory.
char *rt_shell_word(const char *word);

// ---- named_files.c ---------------------------------------------------------------

// What follows in the text "NAME=..." with that name; null if it has another, or nothing follows.
const char *rt_named_value(const char *text, const char *name);

// True iff a path has the ending, which is in lower case; capitals in the path do not matter.
int rt_ends_in(const char *path, const char *ending);

// Fails, as the text of --input or --output begins with none of the function's names. The error
// lists them, and names the one that is nearest.
int rt_unknown_name(const char *text, const rt_function *function, int is_output,
                    rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
