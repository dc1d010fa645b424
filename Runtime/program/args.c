// args.c - reads a command line: --name VALUE, --name=VALUE, --switch, one argument.
//
// Values are taken as they stand, so that one may begin with a dash: '--only -x' or '--rate -1'. A
// flag that is given twice has the last value; those of several texts have all.

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

// Of a flag that is not known; the rest does not matter.
enum { LONGEST_WORD = 64 };

int rt_args_help_wanted(int argc, char **argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      return 1;
    }
  }
  return 0;
}

// An error about the value of a flag.
static int bad_value(const char *name, const char *expected, const char *found,
                     rt_error *error) {
  return rt_fail(error, RT_ERROR_USAGE, "--%s: expected %s, found '%s'", name, expected,
                 found);
}

// Stores `text` in the variable of a flag, according to its kind.
static int store(const rt_flag *flag, const char *text, rt_error *error) {
  char *end = NULL;
  errno = 0;
  switch (flag->kind) {
    case RT_FLAG_SWITCH:
      return bad_value(flag->name, "no value", text, error);
    case RT_FLAG_COUNT: {
      long value = strtol(text, &end, 10);
      if (end == text || *end != '\0' || errno != 0 || value < 0 || value > INT32_MAX) {
        return bad_value(flag->name, "a whole number, 0 or more", text, error);
      }
      *(int *)flag->value = (int)value;
      return RT_OK;
    }
    case RT_FLAG_SEED: {
      // Hexadecimal with 0x, else decimal: 010 is ten.
      int hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
      unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
      if (end == text || *end != '\0' || errno != 0 || strchr(text, '-') != NULL) {
        return bad_value(flag->name, "a whole number, 0 or more", text, error);
      }
      *(uint64_t *)flag->value = value;
      return RT_OK;
    }
    case RT_FLAG_NUMBER: {
      double value = strtod(text, &end);
      if (end == text || *end != '\0' || !isfinite(value)) {
        return bad_value(flag->name, "a number", text, error);
      }
      *(double *)flag->value = value;
      return RT_OK;
    }
    case RT_FLAG_PERIOD:
      return rt_period_read((rt_period *)flag->value, text)
                 ? RT_OK
                 : bad_value(flag->name, "a number of steps, or a time such as 30s or 10m", text,
                             error);
    case RT_FLAG_TEXT:
    case RT_FLAG_OPTIONAL_TEXT:
      if (*text == '\0') {
        return bad_value(flag->name, flag->placeholder, text, error);
      }
      *(const char **)flag->value = text;
      return RT_OK;
    case RT_FLAG_TEXTS: {
      rt_texts *texts = (rt_texts *)flag->value;
      if (*text == '\0' || texts->count == RT_MAX_TEXTS) {
        return bad_value(flag->name, *text == '\0' ? flag->placeholder : "fewer of them",
                         text, error);
      }
      texts->items[texts->count++] = text;
      return RT_OK;
    }
  }
  return RT_OK;
}

// Stores `text` as the value of a setting.
static int store_setting(const rt_setting *setting, const char *text, double *value,
                         rt_error *error) {
  rt_error own = {RT_OK, ""};
  int code = rt_setting_read(setting, text, value, &own);
  return code == RT_OK ? RT_OK : rt_fail(error, code, "--%s: %s", setting->name, own.message);
}

// True iff `name` is the first `length` characters of `text`.
static int is_name(const char *name, const char *text, size_t length) {
  return strlen(name) == length && memcmp(name, text, length) == 0;
}

// Puts the flag `text` into `*flag`; a setting becomes a flag, and `*setting` is it, or null for
// others. False if unknown.
static int find_flag(const rt_args *args, const char *text, size_t length, rt_flag *flag,
                     const rt_setting **setting) {
  *setting = NULL;
  for (int i = 0; i < args->flag_count; i++) {
    if (is_name(args->flags[i].name, text, length)) {
      *flag = args->flags[i];
      return 1;
    }
  }
  for (int i = 0; i < args->setting_count; i++) {
    const rt_setting *s = &args->settings[i];
    if (is_name(s->name, text, length)) {
      *flag = (rt_flag){s->name, RT_FLAG_NUMBER, rt_setting_placeholder(s), s->help,
                        &args->setting_values[i]};
      *setting = s;
      return 1;
    }
  }
  return 0;
}

// The name of flag or setting number `i`.
static const char *flag_name(const rt_args *args, int i) {
  return i < args->flag_count ? args->flags[i].name
                              : args->settings[i - args->flag_count].name;
}

// An error about a flag that is not known: with an answer for some, and the nearest one for others.
static int unknown_flag(const rt_args *args, const char *text, size_t length,
                        rt_error *error) {
  char word[LONGEST_WORD + 1];
  int shown = (int)(length < LONGEST_WORD ? length : LONGEST_WORD);
  snprintf(word, sizeof word, "%.*s", shown, text);
  for (int i = 0; i < args->no_flag_count; i++) {
    if (strcmp(args->no_flags[i].name, word) == 0) {
      return rt_fail(error, RT_ERROR_USAGE, "--%s: %s", word, args->no_flags[i].answer);
    }
  }
  const char *nearest = NULL;
  for (int i = 0; i < args->flag_count + args->setting_count; i++) {
    // Flag i, unless an earlier one is as near.
    const char *pair[2] = {nearest, flag_name(args, i)};
    const char *better = nearest != NULL ? rt_nearest(word, 2, pair)
                                         : rt_nearest(word, 1, pair + 1);
    nearest = better != NULL ? better : nearest;
  }
  return nearest == NULL
             ? rt_fail(error, RT_ERROR_USAGE, "unknown flag --%s", word)
             : rt_fail(error, RT_ERROR_USAGE, "unknown flag --%s; did you mean --%s?",
                       word, nearest);
}

int rt_args_parse(const rt_args *args, int argc, char **argv, rt_error *error) {
  int positionals = 0;
  for (int i = 1; i < argc; i++) {
    const char *text = argv[i];
    rt_flag flag;
    const rt_setting *setting;
    // A flag of one letter may have one dash.
    int is_short = text[0] == '-' && text[1] != '\0' && text[1] != '-' && text[2] == '\0' &&
                   find_flag(args, text + 1, 1, &flag, &setting);
    if (strncmp(text, "--", 2) != 0 && !is_short) {
      if (args->positional == NULL || positionals++ > 0) {
        return rt_fail(error, RT_ERROR_USAGE, "unexpected argument '%s'", text);
      }
      *args->positional_value = text;
      continue;
    }
    text += is_short ? 1 : 2;
    size_t length = strcspn(text, "=");
    const char *value = text[length] == '=' ? text + length + 1 : NULL;
    if (!find_flag(args, text, length, &flag, &setting)) {
      return unknown_flag(args, text, length, error);
    }
    if (flag.kind == RT_FLAG_SWITCH && value == NULL) {
      *(int *)flag.value = 1;
      continue;
    }
    int is_last = i + 1 == argc;
    if (setting != NULL && setting->kind == RT_SWITCH && value == NULL &&
        (is_last || !rt_is_switch_word(argv[i + 1]))) {
      *(double *)flag.value = 1;
      continue;
    }
    int is_alone = is_last || strncmp(argv[i + 1], "--", 2) == 0;
    if (flag.kind == RT_FLAG_OPTIONAL_TEXT && value == NULL && is_alone) {
      *(const char **)flag.value = "";
      continue;
    }
    if (value == NULL && ++i == argc) {
      return rt_fail(error, RT_ERROR_USAGE, "--%s needs a value, %s", flag.name,
                     flag.placeholder);
    }
    value = value != NULL ? value : argv[i];
    int code = setting != NULL ? store_setting(setting, value, (double *)flag.value, error)
                               : store(&flag, value, error);
    if (code != RT_OK) {
      return code;
    }
  }
  return RT_OK;
}
