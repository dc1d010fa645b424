// json_walk.h - objects and lists of JSON, member by member.

#ifndef RT_JSON_WALK_H
#define RT_JSON_WALK_H

#include "../files/json.h"

// ---- json_walk.c -----------------------------------------------------------------

// Reads an object, or a list: calls `take` for each member, which must read its value. The key of
// a member of a list is null.
int rt_json_walk_object(rt_json *json, int (*take)(void *context, rt_json *json, const char *key),
                        void *context);
int rt_json_walk_list(rt_json *json, int (*take)(void *context, rt_json *json, const char *key),
                      void *context);

// Reads any value and forgets it. Values may be 64 deep in each other.
int rt_json_pass(rt_json *json);

// Reads the word if it stands next, such as null; true iff it did.
int rt_json_accept_word(rt_json *json, const char *word);

// Reads true or false, or with `or_null` null as false.
int rt_json_truth(rt_json *json, int or_null, int *value);

// The first byte of the value that stands next, or 0 at the end.
int rt_json_peek(rt_json *json);

#endif
