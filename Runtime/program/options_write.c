// options_write.c - the options of a run as JSON.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "../model/processor.h"
#include "options.h"

// The value of a flag as text that `text` may hold, or null if it has none. Not for texts.
static const char *value_of(const rt_flag *flag, char text[32]) {
  switch (flag->kind) {
    case RT_FLAG_SWITCH:
      return *(const int *)flag->value ? "true" : "false";
    case RT_FLAG_COUNT:
      snprintf(text, 32, *(const int *)flag->value < 0 ? "null" : "%d", *(const int *)flag->value);
      return text;
    case RT_FLAG_SEED:
      snprintf(text, 32, "%llu", (unsigned long long)*(const uint64_t *)flag->value);
      return text;
    case RT_FLAG_PERIOD:
      return rt_period_text(text, *(const rt_period *)flag->value);
    default:
      return *(const char *const *)flag->value;
  }
}

// True iff a flag, other than texts, belongs to the command that repeats a run: its folder does
// not, as it is taken.
static int is_repeated(const rt_flag *flag) {
  const rt_period never = {0, 0};
  if (strcmp(flag->name, "out") == 0 || strcmp(flag->name, "resume") == 0) {
    return 0;
  }
  switch (flag->kind) {
    case RT_FLAG_SWITCH:
      return *(const int *)flag->value;
    case RT_FLAG_COUNT:
      return *(const int *)flag->value > 0 ||
             (strcmp(flag->name, "epochs") == 0 && *(const int *)flag->value == 0);
    case RT_FLAG_PERIOD:
      return !rt_period_equals(*(const rt_period *)flag->value, never);
    case RT_FLAG_TEXT:
    case RT_FLAG_OPTIONAL_TEXT:
      return *(const char *const *)flag->value != NULL;
    default:
      return 1;
  }
}

// Prints a word as a shell reads it. True on success.
static int print_word(FILE *stream, const char *word) {
  char *quoted = rt_shell_word(word);
  int done = quoted != NULL && fputs(quoted, stream) >= 0;
  rt_release(quoted);
  return done;
}

// Prints a flag with its values, if it has any. True on success.
static int print_flag(FILE *stream, const rt_flag *flag) {
  char text[32];
  if (flag->kind == RT_FLAG_TEXTS) {
    const rt_texts *texts = (const rt_texts *)flag->value;
    int done = 1;
    for (int i = 0; i < texts->count && done; i++) {
      done = fprintf(stream, " --%s ", flag->name) > 0 && print_word(stream, texts->items[i]);
    }
    return done;
  }
  if (!is_repeated(flag)) {
    return 1;
  }
  if (flag->kind == RT_FLAG_SWITCH) {
    return fprintf(stream, " --%s", flag->name) > 0;
  }
  return fprintf(stream, " --%s ", flag->name) > 0 && print_word(stream, value_of(flag, text));
}

// The command line, to be freed with free; null without memory.
static char *make_command(const rt_options *o, const rt_flag *flags, int count) {
  char *command = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&command, &size);
  if (stream == NULL) {
    return NULL;
  }
  int done = print_word(stream, o->argc > 0 ? o->argv[0] : o->program);
  for (int i = 0; i < count && done; i++) {
    done = print_flag(stream, &flags[i]);
  }
  for (int i = 0; i < o->model->setting_count; i++) {
    const rt_setting *setting = &o->model->settings[i];
    char text[RT_LONGEST_SETTING];
    fprintf(stream, " --%s %s", setting->name,
            rt_setting_text(text, setting, o->settings[i], 17));
  }
  int failed = ferror(stream) != 0;
  failed = fclose(stream) != 0 || failed;
  if (failed) {
    free(command);
    command = NULL;
  }
  return command;
}

// Writes `"key": "text"`, or null for a null text.
static void write_pair(rt_writer *writer, const char *key, const char *text) {
  rt_write_json(writer, key);
  rt_write_text(writer, ": ");
  if (text != NULL) {
    rt_write_json(writer, text);
  } else {
    rt_write_text(writer, "null");
  }
}

// Writes the name and the value of a flag.
static void write_flag(rt_writer *writer, const rt_flag *flag) {
  char text[32];
  int is_bare = flag->kind == RT_FLAG_SWITCH || flag->kind == RT_FLAG_COUNT ||
                flag->kind == RT_FLAG_SEED ||
                (flag->kind == RT_FLAG_PERIOD && ((const rt_period *)flag->value)->seconds == 0);
  if (flag->kind == RT_FLAG_TEXTS) {
    const rt_texts *texts = (const rt_texts *)flag->value;
    rt_write_json(writer, flag->name);
    for (int i = 0; i < texts->count; i++) {
      rt_write_text(writer, i > 0 ? ", " : ": [");
      rt_write_json(writer, texts->items[i]);
    }
    rt_write_text(writer, texts->count > 0 ? "]" : ": []");
  } else if (is_bare) {
    rt_write_json(writer, flag->name);
    rt_write_text(writer, ": %s", value_of(flag, text));
  } else {
    write_pair(writer, flag->name, value_of(flag, text));
  }
}

// Writes the name and the value of a setting.
static void write_setting(rt_writer *writer, const rt_setting *setting, double value) {
  char text[RT_LONGEST_SETTING];
  rt_setting_text(text, setting, value, 17);
  if (setting->kind == RT_CHOICE) {
    write_pair(writer, setting->name, text);
  } else {
    rt_write_json(writer, setting->name);
    const char *word = value != 0 ? "true" : "false";
    rt_write_text(writer, ": %s", setting->kind == RT_SWITCH ? word : text);
  }
}

// Writes what the model was compiled with; nothing if it has no options.
static void write_compiled(rt_writer *writer, const rt_model *model) {
  for (int i = 0; i < model->option_count; i++) {
    const rt_option *option = &model->options[i];
    rt_write_text(writer, i > 0 ? ",\n    " : ",\n  \"options\": {\n    ");
    rt_write_json(writer, option->name);
    rt_write_text(writer, ": ");
    if (option->is_text) {
      rt_write_json(writer, option->value);
    } else {
      rt_write_text(writer, "%s", option->value);
    }
  }
  if (model->option_count > 0) {
    rt_write_text(writer, "\n  }");
  }
}

// Writes all members of the object.
static void write_members(rt_writer *writer, const rt_options *o, const char *command,
                          const rt_flag *flags, int count) {
  const char *const pairs[][2] = {{"program", o->program},
                                  {"model", o->model->name},
                                  {"version", o->model->version},
                                  {"cpu", rt_processor_name()},
                                  {"command", command}};
  for (int i = 0; i < 5; i++) {
    rt_write_text(writer, i > 0 ? ",\n  " : "{\n  ");
    write_pair(writer, pairs[i][0], pairs[i][1]);
  }
  rt_write_text(writer, ",\n  \"flags\": {");
  for (int i = 0; i < count; i++) {
    rt_write_text(writer, i > 0 ? ",\n    " : "\n    ");
    write_flag(writer, &flags[i]);
  }
  rt_write_text(writer, "\n  },\n  \"settings\": {");
  for (int i = 0; i < o->model->setting_count; i++) {
    rt_write_text(writer, i > 0 ? ",\n    " : "\n    ");
    write_setting(writer, &o->model->settings[i], o->settings[i]);
  }
  rt_write_text(writer, o->model->setting_count > 0 ? "\n  }" : "}");
  write_compiled(writer, o->model);
  rt_write_text(writer, "\n}\n");
}

int rt_options_write(const rt_options *options, const char *path, rt_error *error) {
  rt_options copy = *options;
  rt_flag flags[RT_MOST_FLAGS];
  char helps[RT_MOST_FLAGS][RT_LONGEST_HELP];
  int count = rt_options_flags(&copy, flags, helps);
  char *command = make_command(&copy, flags, count);
  if (command == NULL) {
    return rt_fail_memory(error, 0, path);
  }
  rt_writer writer;
  int code = rt_writer_begin(&writer, path, error);
  if (code == RT_OK) {
    write_members(&writer, &copy, command, flags, count);
    code = rt_writer_commit(&writer, error);
  }
  free(command);
  return code;
}
