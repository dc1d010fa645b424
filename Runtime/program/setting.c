// setting.c - the values of settings as text: on the command line, in args.json and in checkpoints.

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

// The words for a switch: those for off and on in turn.
static const char *const switch_words[] = {"off", "on", "false", "true", "no", "yes", "0", "1"};

enum { SWITCH_WORDS = sizeof switch_words / sizeof *switch_words, LONGEST_LIST = 400 };

// The number of the word, or -1.
static int find_word(const char *text, int count, const char *const *words) {
  for (int i = 0; i < count; i++) {
    if (strcmp(words[i], text) == 0) {
      return i;
    }
  }
  return -1;
}

int rt_is_switch_word(const char *text) {
  return find_word(text, SWITCH_WORDS, switch_words) >= 0;
}

// The choices as "mlp, cnn or rnn", cut to fit; returns `list`.
static char *list_choices(char list[LONGEST_LIST], const rt_setting *setting) {
  size_t used = 0;
  list[0] = '\0';
  for (int i = 0; i < setting->choice_count && used < LONGEST_LIST; i++) {
    const char *between = i == 0 ? "" : i + 1 == setting->choice_count ? " or " : ", ";
    int length = snprintf(list + used, LONGEST_LIST - used, "%s%s", between, setting->choices[i]);
    used += length > 0 ? (size_t)length : 0;
  }
  return list;
}

// Fails, as a setting is none of its choices.
static int bad_choice(const rt_setting *setting, const char *text, rt_error *error) {
  char list[LONGEST_LIST];
  const char *nearest = rt_nearest(text, setting->choice_count, setting->choices);
  rt_fail(error, RT_ERROR_USAGE, "expected %s, found '%s'", list_choices(list, setting), text);
  if (nearest != NULL) {
    rt_fail_more(error, "; did you mean %s?", nearest);
  }
  return RT_ERROR_USAGE;
}

// Fails, as a value is not what was expected.
static int bad_value(const char *expected, const char *text, rt_error *error) {
  return rt_fail(error, RT_ERROR_USAGE, "expected %s, found '%s'", expected, text);
}

int rt_setting_read(const rt_setting *setting, const char *text, double *value, rt_error *error) {
  char *end = NULL;
  int found = -1;
  errno = 0;
  switch (setting->kind) {
    case RT_NUMBER: {
      double number = strtod(text, &end);
      if (end == text || *end != '\0' || !isfinite(number)) {
        return bad_value("a number", text, error);
      }
      *value = number;
      return RT_OK;
    }
    case RT_INTEGER: {
      long number = strtol(text, &end, 10);
      if (end == text || *end != '\0' || errno != 0 || number < INT32_MIN || number > INT32_MAX) {
        return bad_value("a whole number", text, error);
      }
      *value = (double)number;
      return RT_OK;
    }
    case RT_SWITCH:
      found = find_word(text, SWITCH_WORDS, switch_words);
      if (found < 0) {
        return bad_value("on or off", text, error);
      }
      *value = found % 2;
      return RT_OK;
    case RT_CHOICE:
      found = find_word(text, setting->choice_count, setting->choices);
      if (found < 0) {
        return bad_choice(setting, text, error);
      }
      *value = found;
      return RT_OK;
  }
  return RT_OK;
}

char *rt_setting_text(char text[RT_LONGEST_SETTING], const rt_setting *setting, double value,
                      int digits) {
  int is_choice = value >= 0 && value < setting->choice_count;
  switch (setting->kind) {
    case RT_NUMBER:
    case RT_INTEGER:
      snprintf(text, RT_LONGEST_SETTING, "%.*g", digits, value);
      break;
    case RT_SWITCH:
      snprintf(text, RT_LONGEST_SETTING, "%s", switch_words[value != 0]);
      break;
    case RT_CHOICE:
      snprintf(text, RT_LONGEST_SETTING, "%s", setting->choices[is_choice ? (int)value : 0]);
      break;
  }
  return text;
}

const char *rt_setting_placeholder(const rt_setting *setting) {
  switch (setting->kind) {
    case RT_NUMBER:
      return "X";
    case RT_INTEGER:
      return "N";
    case RT_SWITCH:
      return "on|off";
    case RT_CHOICE:
      return "NAME";
  }
  return "X";
}

char *rt_setting_help(char *text, size_t size, const rt_setting *setting, double value) {
  char list[LONGEST_LIST], now[RT_LONGEST_SETTING];
  int is_choice = setting->kind == RT_CHOICE, is_explained = *setting->help != '\0';
  snprintf(text, size, "%s%s%s (default %s)", setting->help, is_choice && is_explained ? ": " : "",
           is_choice ? list_choices(list, setting) : "",
           rt_setting_text(now, setting, value, 7));
  return text;
}
