// args_help.c - prints the usage of a command line.

#include <string.h>

#include "program.h"

enum { HELP_COLUMN = 22, HELP_END = 78 };

// Prints words from column HELP_COLUMN on, broken before column HELP_END.
static void print_wrapped(FILE *stream, size_t column, const char *text) {
  fprintf(stream, column + 2 > HELP_COLUMN ? "\n%*s" : "%*s",
          (int)(column + 2 > HELP_COLUMN ? HELP_COLUMN : HELP_COLUMN - column), "");
  column = HELP_COLUMN;
  while (*text != '\0') {
    size_t length = strcspn(text, " ");
    if (column > HELP_COLUMN && column + 1 + length > HELP_END) {
      fprintf(stream, "\n%*s", HELP_COLUMN, "");
      column = HELP_COLUMN;
    } else if (column > HELP_COLUMN) {
      fputc(' ', stream);
      column++;
    }
    fprintf(stream, "%.*s", (int)length, text);
    column += length;
    text += length + (text[length] == ' ');
  }
  fputc('\n', stream);
}

// Puts the value of a flag into `text`; empty if there is none worth showing.
static void default_text(char *text, size_t size, const rt_flag *flag) {
  text[0] = '\0';
  if (flag->kind == RT_FLAG_COUNT && *(const int *)flag->value > 0) {
    snprintf(text, size, " (default %d)", *(const int *)flag->value);
  } else if (flag->kind == RT_FLAG_SEED) {
    snprintf(text, size, " (default %llu)",
             (unsigned long long)*(const uint64_t *)flag->value);
  } else if (flag->kind == RT_FLAG_NUMBER) {
    snprintf(text, size, " (default %.7g)", *(const double *)flag->value);
  } else if (flag->kind == RT_FLAG_PERIOD &&
             !rt_period_equals(*(const rt_period *)flag->value, (rt_period){0, 0})) {
    char period[32];
    snprintf(text, size, " (default %s)", rt_period_text(period, *(const rt_period *)flag->value));
  } else if (flag->kind == RT_FLAG_TEXT && *(const char *const *)flag->value != NULL) {
    snprintf(text, size, " (default %s)", *(const char *const *)flag->value);
  }
}

// Prints a flag with its placeholder, meaning and default.
static void print_flag(FILE *stream, const rt_flag *flag) {
  char value[256], help[1024];
  int used = fprintf(stream, "  %s%s%s%s", strlen(flag->name) > 1 ? "--" : "-", flag->name,
                     flag->placeholder ? " " : "", flag->placeholder ? flag->placeholder : "");
  default_text(value, sizeof value, flag);
  snprintf(help, sizeof help, "%s%s", flag->help != NULL ? flag->help : "", value);
  print_wrapped(stream, used > 0 ? (size_t)used : 0, help);
}

void rt_args_help(const rt_args *args, FILE *stream) {
  fprintf(stream, "%s\n\nusage: %s", args->summary, args->program);
  if (args->positional != NULL) {
    fprintf(stream, " [%s]", args->positional);
  }
  fprintf(stream, " [flags]\n\n");
  if (args->positional != NULL) {
    int used = fprintf(stream, "  %s", args->positional);
    print_wrapped(stream, (size_t)used, args->positional_help);
  }
  for (int i = 0; i < args->flag_count; i++) {
    print_flag(stream, &args->flags[i]);
  }
  const rt_flag help = {"help", RT_FLAG_SWITCH, NULL, "print this and exit", NULL};
  print_flag(stream, &help);
  if (args->setting_count > 0) {
    fprintf(stream, "\nsettings of the model:\n");
  }
  for (int i = 0; i < args->setting_count; i++) {
    const rt_setting *setting = &args->settings[i];
    char help[1024];
    int used = fprintf(stream, "  --%s %s", setting->name, rt_setting_placeholder(setting));
    print_wrapped(stream, used > 0 ? (size_t)used : 0,
                  rt_setting_help(help, sizeof help, setting, args->setting_values[i]));
  }
}

void rt_args_help_compiled(const rt_model *model, FILE *stream) {
  if (model->option_count > 0) {
    fprintf(stream, "\ncompiled with these options; gcomp --set NAME=VALUE changes them:\n");
  }
  for (int i = 0; i < model->option_count; i++) {
    const rt_option *option = &model->options[i];
    int used = fprintf(stream, "  %s=%s", option->name, option->value);
    if (option->help[0] != '\0') {
      print_wrapped(stream, used > 0 ? (size_t)used : 0, option->help);
    } else {
      fputc('\n', stream);
    }
  }
}
