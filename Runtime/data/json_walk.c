// json_walk.c - objects and lists of JSON, member by member.
//
// An object or a list is walked with a function for each member, which must take the whole value;
// it passes over what it does not know.

#include "json_walk.h"

#include <string.h>

enum { DEEPEST = 64 };

int rt_json_peek(rt_json *json) {
  rt_json_space(json);
  return json->at < json->size ? json->bytes[json->at] : 0;
}

int rt_json_accept_word(rt_json *json, const char *word) {
  size_t length = strlen(word);
  rt_json_space(json);
  if (json->size - json->at < length || memcmp(json->bytes + json->at, word, length) != 0) {
    return 0;
  }
  json->at += length;
  return 1;
}

int rt_json_truth(rt_json *json, int or_null, int *value) {
  *value = rt_json_accept_word(json, "true");
  int is_known = *value || rt_json_accept_word(json, "false") ||
                 (or_null && rt_json_accept_word(json, "null"));
  return is_known ? RT_OK : rt_json_expected(json, "true or false");
}

int rt_json_walk_object(rt_json *json, int (*take)(void *context, rt_json *json, const char *key),
                        void *context) {
  int code = rt_json_skip(json, '{');
  if (code != RT_OK || rt_json_accept(json, '}')) {
    return code;
  }
  do {
    char *key = NULL;
    code = rt_json_string(json, &key);
    if (code == RT_OK) {
      code = rt_json_skip(json, ':');
    }
    if (code == RT_OK) {
      code = take(context, json, key);
    }
    rt_release(key);
  } while (code == RT_OK && rt_json_accept(json, ','));
  return code == RT_OK ? rt_json_skip(json, '}') : code;
}

int rt_json_walk_list(rt_json *json, int (*take)(void *context, rt_json *json, const char *key),
                      void *context) {
  int code = rt_json_skip(json, '[');
  if (code != RT_OK || rt_json_accept(json, ']')) {
    return code;
  }
  do {
    code = take(context, json, NULL);
  } while (code == RT_OK && rt_json_accept(json, ','));
  return code == RT_OK ? rt_json_skip(json, ']') : code;
}

// Reads the digits that must stand next.
static int pass_digits(rt_json *json) {
  size_t first = json->at;
  while (json->at < json->size && json->bytes[json->at] >= '0' && json->bytes[json->at] <= '9') {
    json->at++;
  }
  return json->at > first ? RT_OK : rt_json_expected(json, "a digit");
}

static int is_next(const rt_json *json, char a, char b) {
  return json->at < json->size && (json->bytes[json->at] == a || json->bytes[json->at] == b);
}

// Passes a number as JSON spells it: no leading zeros, digits on both sides of a point.
static int pass_number(rt_json *json) {
  json->at += is_next(json, '-', '-') ? 1 : 0;
  int code;
  if (is_next(json, '0', '0')) {
    json->at++;
    code = RT_OK;
  } else {
    code = pass_digits(json);
  }
  if (code == RT_OK && is_next(json, '.', '.')) {
    json->at++;
    code = pass_digits(json);
  }
  if (code == RT_OK && is_next(json, 'e', 'E')) {
    json->at++;
    json->at += is_next(json, '+', '-') ? 1 : 0;
    code = pass_digits(json);
  }
  return code;
}

// Reads a value that is no object and no list.
static int pass_plain(rt_json *json) {
  int first = rt_json_peek(json);
  if (first == '"') {
    char *text = NULL;
    int code = rt_json_string(json, &text);
    rt_release(text);
    return code;
  }
  if (first == '-' || (first >= '0' && first <= '9')) {
    return pass_number(json);
  }
  int is_word = rt_json_accept_word(json, "null") || rt_json_accept_word(json, "true") ||
                rt_json_accept_word(json, "false");
  return is_word ? RT_OK : rt_json_expected(json, "a value");
}

// Reads the key of a member, and the colon behind it.
static int pass_key(rt_json *json) {
  char *key = NULL;
  int code = rt_json_string(json, &key);
  rt_release(key);
  return code == RT_OK ? rt_json_skip(json, ':') : code;
}

// Without recursion: the depth of a file from elsewhere must not decide how much stack is used.
int rt_json_pass(rt_json *json) {
  char closing[DEEPEST];  // of the objects and lists that are open
  int depth = 0;
  do {
    int first = rt_json_peek(json), code = RT_OK, is_begun = first == '{' || first == '[';
    if (is_begun) {
      if (depth == DEEPEST) {
        return rt_json_expected(json, "values at most 64 deep in each other");
      }
      closing[depth++] = first == '{' ? '}' : ']';
      json->at++;
    } else {
      code = pass_plain(json);
    }
    // A value has ended, or an object or list may be empty.
    while (code == RT_OK && depth > 0 && rt_json_accept(json, closing[depth - 1])) {
      depth--;
      is_begun = 0;
    }
    if (code == RT_OK && depth > 0 && !is_begun) {
      code = rt_json_accept(json, ',') ? RT_OK : rt_json_skip(json, closing[depth - 1]);
    }
    if (code == RT_OK && depth > 0 && closing[depth - 1] == '}') {
      code = pass_key(json);
    }
    if (code != RT_OK) {
      return code;
    }
  } while (depth > 0);
  return RT_OK;
}
