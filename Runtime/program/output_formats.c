// output_formats.c - the formats of outputs. A new one is a row here and a file with its functions.

#include <string.h>

#include "outputs.h"

// For formats that hold any array.
static int check_any(const rt_result *results, int count, const char *place, rt_error *error) {
  (void)results;
  (void)count;
  (void)place;
  (void)error;
  return RT_OK;
}

// One array, as the table says.
static void put_npy(rt_writer *writer, const rt_result *results, int count) {
  for (int i = 0; i < count; i++) {
    rt_npy_put(writer, results[i].array);
  }
}

const rt_format rt_formats[] = {
    {".npy", 1, check_any, put_npy},
    {".csv", 1, rt_csv_check, rt_csv_put},
    {".png", 1, rt_png_check, rt_png_grid_put},
    {".json", 0, check_any, rt_json_put},
    {".jsonl", 0, rt_json_lines_check, rt_json_lines_put},
    {".wav", 1, rt_sound_check, rt_sound_put},
    {".txt", 1, rt_text_check, rt_text_put},
};

const int rt_format_count = sizeof rt_formats / sizeof *rt_formats;

const rt_format *rt_format_for(const char *path) {
  const char *slash = strrchr(path, '/');
  if (strchr(slash != NULL ? slash : path, '.') == NULL) {
    return &rt_formats[0];
  }
  for (int i = 0; i < rt_format_count; i++) {
    if (rt_ends_in(path, rt_formats[i].ending)) {
      return &rt_formats[i];
    }
  }
  return NULL;
}

char *rt_format_endings(char *text, size_t size) {
  size_t used = 0;
  for (int i = 0; i < rt_format_count; i++) {
    const char *comma = i == 0 ? "" : i + 1 < rt_format_count ? ", " : " or ";
    int length = snprintf(text + used, size - used, "%s%s", comma, rt_formats[i].ending);
    used = length > 0 && (size_t)length < size - used ? used + (size_t)length : size - 1;
  }
  return text;
}
