// options_write.c - the options of a run as JSON.

#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "options.h"

// The value of a flag as text that `text` may hold, or null if it has none.
static const char *value_of(const rt_flag *flag, char text[32]) {
  if (flag->kind == RT_FLAG_COUNT) {
    snprintf(text, 32, "%d", *(const int *)flag->value);
    return text;
  }
  if (flag->kind == RT_FLAG_SEED) {
    snprintf(text, 32, "%llu", (unsigned long long)*(const uint64_t *)flag->value);
    return text;
  }
  return *(const char *const *)flag->value;
}

// True iff a flag belongs to the command that repeats a run: its folder does not, as it is taken.
static int is_repeated(const rt_flag *flag) {
  return strcmp(flag->name, "out") != 0 && strcmp(flag->name, "resume") != 0 &&
         (flag->kind != RT_FLAG_COUNT || *(const int *)flag->value > 0 ||
          strcmp(flag->name, "epochs") == 0);
}

// Prints a word as a shell reads it.
static void print_word(FILE *stream, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-+./,:=@%";
  if (*word != '\0' && word[strspn(word, plain)] == '\0') {
    fputs(word, stream);
    return;
  }
  fputc('\'', stream);
  for (; *word != '\0'; word++) {
    fputs(*word == '\'' ? "'\\''" : (const char[]){*word, '\0'}, stream);
  }
  fputc('\'', stream);
}

// The command line, to be freed with free; null without memory.
static char *make_command(const rt_options *o, const rt_flag *flags, int count) {
  char *command = NULL, text[32];
  size_t size = 0;
  FILE *stream = open_memstream(&command, &size);
  if (stream == NULL) {
    return NULL;
  }
  print_word(stream, o->argc > 0 ? o->argv[0] : o->program);
  for (int i = 0; i < count; i++) {
    const char *value = value_of(&flags[i], text);
    if (is_repeated(&flags[i]) && value != NULL) {
      fprintf(stream, " --%s ", flags[i].name);
      print_word(stream, value);
    }
  }
  for (int i = 0; i < o->model->setting_count; i++) {
    fprintf(stream, " --%s %.17g", o->model->settings[i].name, o->settings[i]);
  }
  int failed = ferror(stream) != 0;
  failed = fclose(stream) != 0 || failed;
  if (failed) {
    free(command);
  }
  return failed ? NULL : command;
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

// Writes all members of the object.
static void write_members(rt_writer *writer, const rt_options *o, const char *command,
                          const rt_flag *flags, int count) {
  char text[32];
  const char *const pairs[][2] = {{"program", o->program},
                                  {"model", o->model->name},
                                  {"version", o->model->version},
                                  {"command", command}};
  for (int i = 0; i < 4; i++) {
    rt_write_text(writer, i > 0 ? ",\n  " : "{\n  ");
    write_pair(writer, pairs[i][0], pairs[i][1]);
  }
  rt_write_text(writer, ",\n  \"flags\": {");
  for (int i = 0; i < count; i++) {
    const char *value = value_of(&flags[i], text);
    rt_write_text(writer, i > 0 ? ",\n    " : "\n    ");
    if (flags[i].kind == RT_FLAG_COUNT || flags[i].kind == RT_FLAG_SEED) {
      rt_write_json(writer, flags[i].name);
      rt_write_text(writer, ": %s", value);
    } else {
      write_pair(writer, flags[i].name, value);
    }
  }
  rt_write_text(writer, "\n  },\n  \"settings\": {");
  for (int i = 0; i < o->model->setting_count; i++) {
    rt_write_text(writer, i > 0 ? ",\n    " : "\n    ");
    rt_write_json(writer, o->model->settings[i].name);
    rt_write_text(writer, ": %.17g", o->settings[i]);
  }
  rt_write_text(writer, o->model->setting_count > 0 ? "\n  }\n}\n" : "}\n}\n");
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
