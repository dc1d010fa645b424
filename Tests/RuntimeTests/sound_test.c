// sound_test.c - WAV files of scipy and libsndfile, malformed ones, folders of them as data sets,
// and sounds as inputs and outputs.

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <sys/stat.h>

#include "recipe_sets.h"
#include "files/wav.h"
#include "program/inputs.h"
#include "program/outputs.h"

// ---- Files of others ----

// Reads the samples of a file and compares them with an array, bit by bit.
static void check_samples(const char *path, int channels, const char *npy) {
  rt_file file;
  rt_wav wav;
  rt_array expected;
  rt_error error = {0};
  CHECK(rt_npy_read(&expected, npy, &error) == RT_OK);
  CHECK(rt_file_open(&file, path, &error) == RT_OK);
  CHECK(rt_wav_parse(&wav, &file, path, &error) == RT_OK);
  size_t frames = expected.elements / (size_t)channels;
  CHECK((size_t)wav.frames == frames && (channels == 1 || channels == wav.channels));
  float *room = (float *)malloc(expected.elements * sizeof *room);
  CHECK(rt_wav_read(&wav, &file, channels, wav.frames, room, path, &error) == RT_OK);
  CHECK(memcmp(room, expected.data, expected.elements * sizeof *room) == 0);
  // Cut, and filled with zeros.
  CHECK(rt_wav_read(&wav, &file, 1, 7, room, path, &error) == RT_OK);
  float *longer = (float *)malloc((frames + 3) * 3 * sizeof *longer);
  CHECK(rt_wav_read(&wav, &file, wav.channels, wav.frames + 3, longer, path, &error) == RT_OK);
  CHECK(longer[frames - 1] != 0.0f || channels > 1);
  CHECK(longer[frames] == 0.0f && longer[frames + 2] == 0.0f);
  free(longer);
  free(room);
  rt_release(expected.data);
  rt_file_close(&file);
}

static void check_files(void) {
  static const struct {
    const char *name;
    int channels;
  } files[] = {{"scipy-u8", 3},     {"scipy-16", 1},  {"scipy-32", 3},
               {"scipy-f32", 2},    {"scipy-f64", 1}, {"sndfile-24", 3},
               {"sndfile-16x", 2},  {"sndfile-24x", 1}, {"sndfile-titled", 1}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[256], npy[256];
    snprintf(path, sizeof path, "data/wav/%s.wav", files[i].name);
    snprintf(npy, sizeof npy, "data/wav/%s.npy", files[i].name);
    check_samples(path, files[i].channels, npy);
    snprintf(npy, sizeof npy, "data/wav/%s-mono.npy", files[i].name);
    check_samples(path, 1, npy);
  }
}

// ---- Files made by hand ----

// A header of PCM with 1 channel, 16 bits, 8000 frames a second, and 4 bytes of sound.
static const unsigned char good[] =
    "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\4\0\0\0\0\x40\0"
    "\xc0";
enum { GOOD = 48 };

static int parse(const unsigned char *bytes, size_t size, rt_wav *wav, rt_error *error) {
  unsigned char *copy = (unsigned char *)malloc(size + (size == 0));
  memcpy(copy, bytes, size);
  rt_file file = {.size = size, .held = copy};
  *error = (rt_error){0};
  int code = rt_wav_parse(wav, &file, "t.wav", error);
  if (code == RT_OK) {
    float room[64];
    CHECK(wav->frames <= 64 && wav->channels == 1);
    CHECK(rt_wav_read(wav, &file, 1, wav->frames, room, "t.wav", error) == RT_OK);
  }
  free(copy);
  return code;
}

// Changes some bytes of the good file; what is read must fail so.
static void check_malformed(void) {
  static const struct {
    size_t at, count, size;
    const char *bytes, *message;
  } cases[] = {
      {0, 0, 0, "", "t.wav: byte 0: expected a WAV file, found an empty file"},
      {0, 0, 11, "", "t.wav: byte 0: expected a WAV file, found other contents"},
      {0, 4, GOOD, "\x89PNG", "t.wav: byte 0: expected a WAV file, found a PNG image"},
      {0, 4, GOOD, "RF64",
       "t.wav: byte 0: expected a WAV file that begins with 'RIFF', found 'RF64', which is for "
       "sound of more than 4 GB"},
      {0, 4, GOOD, "RIFX",
       "t.wav: byte 0: expected a WAV file that begins with 'RIFF', found 'RIFX', which has the "
       "other order of bytes"},
      {8, 4, GOOD, "AVI ", "t.wav: byte 0: expected a WAV file, found other contents"},
      {0, 0, 20, "", "t.wav: byte 20: expected 16 bytes, found 0"},
      {0, 0, 15, "", "t.wav: byte 12: expected a chunk 'fmt ', found the end of the file"},
      {0, 0, 40, "", "t.wav: byte 36: expected a chunk 'data', found the end of the file"},
      {0, 0, 47, "",
       "t.wav: byte 44: expected 4 bytes of sound, found 3; the file is cut"},
      {40, 4, GOOD, "\xff\xff\xff\xff",
       "t.wav: byte 44: expected 4294967295 bytes of sound, found 4; what wrote the file did not "
       "state their number"},
      {40, 1, GOOD, "\3",
       "t.wav: byte 44: expected whole frames of 2 bytes, found 3 bytes"},
      {16, 1, GOOD, "\x0f", "t.wav: byte 20: expected at least 16 bytes in the chunk 'fmt ', found "
                            "15"},
      {20, 1, GOOD, "\x06", "t.wav: byte 20: expected PCM (1) or floats (3), found A-law (6)"},
      {20, 1, GOOD, "\x55", "t.wav: byte 20: expected PCM (1) or floats (3), found MP3 (85)"},
      {20, 2, GOOD, "\xfe\xff", "t.wav: byte 20: expected PCM (1) or floats (3), found another "
                                "encoding (65534)"},
      {34, 1, GOOD, "\x0c", "t.wav: byte 34: expected PCM of 8, 16, 24 or 32 bits, found 12"},
      {20, 1, GOOD, "\x03", "t.wav: byte 34: expected floats of 32 or 64 bits, found 16"},
      {22, 1, GOOD, "\0", "t.wav: byte 22: expected at least one channel and one frame a second, "
                          "found none"},
      {24, 2, GOOD, "\0\0", "t.wav: byte 22: expected at least one channel and one frame a second, "
                            "found none"},
      {32, 1, GOOD, "\4",
       "t.wav: byte 32: expected frames of as many bytes as their samples have, found 4"},
      {12, 4, GOOD, "note", "t.wav: byte 48: expected a chunk 'fmt ', found the end of the file"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned char bytes[GOOD];
    rt_wav wav;
    rt_error error;
    memcpy(bytes, good, GOOD);
    memcpy(bytes + cases[i].at, cases[i].bytes, cases[i].count);
    CHECK(parse(bytes, cases[i].size, &wav, &error) == RT_ERROR_FORMAT);
    CHECK_TEXT(error.message, cases[i].message);
    CHECK(strlen(error.message) == strlen(cases[i].message));
  }
}

// The sound may come before what describes it, and chunks of odd sizes are padded.
static void check_order(void) {
  unsigned char bytes[GOOD + 12];
  rt_wav wav;
  rt_error error;
  CHECK(parse(good, GOOD, &wav, &error) == RT_OK && wav.frames == 2 && wav.rate == 8000);
  memcpy(bytes, good, 12);
  memcpy(bytes + 12, good + 36, 12);
  memcpy(bytes + 24, "note\3\0\0\0abc\0", 12);
  memcpy(bytes + 36, good + 12, 24);
  CHECK(parse(bytes, sizeof bytes, &wav, &error) == RT_OK);
  CHECK(wav.frames == 2 && wav.offset == 20 && wav.bits == 16);
  // 1000 empty chunks are too many.
  unsigned char *many = (unsigned char *)calloc(1, 12 + 8 * 1001 + GOOD);
  memcpy(many, good, 12);
  CHECK(parse(many, 12 + 8 * 1001 + GOOD, &wav, &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message, "t.wav: byte 8012: expected a chunk 'fmt ', found 1000 others");
  free(many);
}

static void write_wav(const char *path, rt_wav_kind kind, int64_t rate, int channels,
                      int64_t frames, const float *samples) {
  rt_writer writer;
  rt_error error = {0};
  CHECK(rt_writer_begin(&writer, path, &error) == RT_OK);
  rt_wav_put(&writer, kind, rate, channels, frames, samples);
  CHECK(rt_writer_commit(&writer, &error) == RT_OK);
}

static void check_writing(void) {
  static const float samples[] = {0.5f, -1.0f, 2.0f, -3.0f, 0.25f, 1e-6f};
  static const float clamped[] = {0.5f, -1.0f, 32767.0f / 32768, -1.0f, 0.25f, 0.0f};
  rt_wav wav;
  rt_error error = {0};
  for (int kind = RT_WAV_PCM16; kind <= RT_WAV_F32; kind++) {
    float room[6];
    rt_file file;
    write_wav("t.wav", (rt_wav_kind)kind, 22050, 2, 3, samples);
    CHECK(rt_file_open(&file, "t.wav", &error) == RT_OK);
    CHECK(rt_wav_parse(&wav, &file, "t.wav", &error) == RT_OK);
    CHECK(wav.rate == 22050 && wav.channels == 2 && wav.frames == 3);
    CHECK(rt_wav_read(&wav, &file, 2, 3, room, "t.wav", &error) == RT_OK);
    CHECK(memcmp(room, kind == RT_WAV_F32 ? samples : clamped, sizeof room) == 0);
    CHECK(rt_wav_read(&wav, &file, 3, 3, room, "t.wav", &error) == RT_ERROR_MISMATCH);
    CHECK_TEXT(error.message, "t.wav: expected 3 channels, found 2");
    rt_file_close(&file);
  }
  float nan = NAN;
  write_wav("t.wav", RT_WAV_PCM16, 8000, 1, 1, &nan);
  CHECK(rt_wav_fits(RT_WAV_PCM16, 2, 1000000) && !rt_wav_fits(RT_WAV_F32, 2, 600000000));
}

// ---- Data sets ----

static void make_folder(const char *path) {
  CHECK(mkdir(path, 0777) == 0 || rt_is_directory(path));
}

static const int mono[] = {8, 4}, stereo[] = {8, 2, 4}, one[] = {8}, square[] = {8, 2, 2, 2};

static void check_folders(void) {
  static const float left[] = {0.5f, -0.5f, 0.25f, 0.75f, 1, 1}, both[] = {0.5f, 1, -0.5f, 0};
  data_set set = {0};
  rt_error error;
  float room[8];
  int32_t label = -1;
  char place[256];
  make_folder("sounds");
  make_folder("sounds/dog");
  make_folder("sounds/cat");
  write_wav("sounds/cat/b.wav", RT_WAV_F32, 8000, 1, 3, left);
  write_wav("sounds/cat/a.WAV", RT_WAV_F32, 8000, 2, 2, both);
  write_wav("sounds/dog/c.wav", RT_WAV_PCM16, 8000, 1, 6, left);
  write_bytes("sounds/dog/notes.txt", "x", 1);
  add_field(&set, "sound", RT_F32, 2, mono, (rt_field_recipe){.length = 4});
  add_field(&set, "y", RT_I64, 1, one, (rt_field_recipe){.source = "label"});
  CHECK(open_set(&set, "wav", "sounds", &error) == RT_OK && set.examples.count == 3);
  const rt_data_format *format = set.examples.format;
  CHECK(set.examples.fields[1].class_count == 2);
  CHECK(strcmp(set.examples.fields[1].classes[1], "dog") == 0);
  CHECK(format->read(&set.examples, 0, 0, room, &error) == RT_OK);
  CHECK(room[0] == 0.0f && room[1] == 0.5f && room[2] == 0.0f);  // means of both channels
  CHECK(format->read(&set.examples, 0, 1, room, &error) == RT_OK);
  CHECK(room[2] == 0.25f && room[3] == 0.0f);
  CHECK(format->read(&set.examples, 0, 2, room, &error) == RT_OK && room[3] == 0.75f);
  CHECK(format->read(&set.examples, 1, 2, &label, &error) == RT_OK && label == 1);
  CHECK_TEXT(format->place(&set.examples, 0, 2, place, sizeof place), "sounds/dog/c.wav");
  uint32_t sum = 0;
  CHECK(format->checksum(&set.examples, &sum, &error) == RT_OK && sum != 0);
  rt_examples_close(&set.examples);
}

// The filter is that of scipy, but for the last bit.
static void check_resampling(void) {
  static const int longer[] = {8, 2, 40};
  data_set set = {0};
  rt_error error;
  rt_array expected;
  float room[80];
  make_folder("rates");
  CHECK(system("cp data/wav/sndfile-16x.wav rates/a.wav") == 0);
  write_wav("rates/b.wav", RT_WAV_F32, 16000, 2, 2, (const float[]){0.5f, 1, -1, 0.25f});
  add_field(&set, "sound", RT_F32, 3, longer, (rt_field_recipe){.kind = "resample:16000"});
  CHECK(open_set(&set, "wav", "rates", &error) == RT_OK && set.examples.count == 2);
  CHECK(set.examples.format->read(&set.examples, 0, 0, room, &error) == RT_OK);
  CHECK(rt_npy_read(&expected, "data/wav/resampled.npy", &error) == RT_OK);
  CHECK(expected.shape[0] == 2 && expected.shape[1] == 37);
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < 40; i++) {
      float wanted = i < 37 ? ((float *)expected.data)[k * 37 + i] : 0.0f;
      CHECK(fabsf(room[k * 40 + i] - wanted) < 2e-7f);
    }
  }
  CHECK(set.examples.format->read(&set.examples, 0, 1, room, &error) == RT_OK);
  CHECK(room[1] == 1.0f && room[40] == -1.0f && room[2] == 0.0f);
  rt_release(expected.data);
  rt_examples_close(&set.examples);
}

static void refuse_sounds(rt_field_recipe recipe, int rank, const int *shape, const char *path,
                          int code, const char *message) {
  data_set set = {0};
  recipe.source = recipe.source != NULL ? recipe.source : "sound";
  add_field(&set, "x", rank == 1 ? RT_I32 : RT_F32, rank, shape, recipe);
  refuse_set(&set, "wav", path, code, message);
}

static void check_refused_folders(void) {
  static const char *const names[] = {"cart", "dog"};
  static const float zeros[8] = {0};
  make_folder("mixed");
  make_folder("none");
  write_wav("mixed/1.wav", RT_WAV_PCM16, 8000, 2, 4, zeros);
  write_wav("mixed/2.wav", RT_WAV_PCM16, 16000, 2, 4, zeros);
  const rt_field_recipe plain = {0};
  refuse_sounds(plain, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed/2.wav: expected 8000 frames a second as in mixed/1.wav, found 16000");
  refuse_sounds((rt_field_recipe){.kind = "16000"}, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed/1.wav: expected 16000 frames a second as the model says, found 8000");
  refuse_sounds((rt_field_recipe){.kind = "fast"}, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed: expected frames a second as the kind of 'x', as in '16000' or "
                "'resample:16000', found 'fast'");
  refuse_sounds((rt_field_recipe){.kind = "resample:100003"}, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed/1.wav: expected frames a second that can become 100003, found 8000");
  refuse_sounds(plain, 2, mono, "none", RT_ERROR_MISMATCH,
                "none: expected files that end in '.wav', found none");
  refuse_sounds(plain, 2, mono, "nowhere", RT_ERROR_FILE,
                "cannot read 'nowhere': No such file or directory");
  refuse_sounds((rt_field_recipe){.source = "label"}, 1, one, "none", RT_ERROR_MISMATCH,
                "none: expected a subfolder for each class, found none");
  refuse_sounds((rt_field_recipe){.source = "label", .class_count = 2, .classes = names}, 1, one,
                "sounds", RT_ERROR_MISMATCH,
                "sounds: expected a folder of one of 2 classes, found 'cat'; the nearest is "
                "'cart'");
  refuse_sounds((rt_field_recipe){.source = "noise"}, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed: expected 'sound' or 'label' as the source of 'x', found 'noise'");
  refuse_sounds(plain, 4, square, "mixed", RT_ERROR_MISMATCH,
                "mixed: expected an input [samples] or [channels, samples] for each sound, found "
                "'x' f32[8, 2, 2, 2]");
  write_wav("mixed/2.wav", RT_WAV_PCM16, 8000, 1, 4, zeros);
  refuse_sounds(plain, 3, stereo, "mixed", RT_ERROR_MISMATCH,
                "mixed/2.wav: expected 2 channels, found 1");
  refuse_sounds((rt_field_recipe){.length = 5}, 2, mono, "mixed", RT_ERROR_MISMATCH,
                "mixed: expected f32[*, 4], found f32[2, 5]");
  write_bytes("mixed/2.wav", good, 46);
  refuse_sounds(plain, 2, mono, "mixed", RT_ERROR_FORMAT,
                "mixed/2.wav: byte 44: expected 4 bytes of sound, found 2; the file is cut");
}

// ---- Inputs and outputs ----

static void check_programs(void) {
  static const int pair[] = {2, 4}, single[] = {4};
  static const rt_tensor examples = {"x", RT_F32, 2, mono}, channels = {"x", RT_F32, 2, pair},
                         whole = {"x", RT_I32, 1, single}, scalar = {"x", RT_F32, 0, NULL};
  static const rt_slot slots[] = {{&examples, 1}, {&channels, 0}, {&scalar, 0}};
  rt_array array;
  rt_error error = {0};
  CHECK(rt_input_read(&array, "sounds/cat/b.wav", &slots[0], &error) == RT_OK);
  CHECK(array.dtype == RT_F32 && array.rank == 2 && array.shape[0] == 1 && array.shape[1] == 4);
  CHECK(((float *)array.data)[1] == -0.5f && ((float *)array.data)[3] == 0.0f);
  // One example is one channel.
  rt_result result = {.tensor = &examples, .has_examples = 1, .array = &array, .rate = 8000};
  rt_writer writer;
  CHECK(rt_sound_check(&result, 1, "--output x", &error) == RT_OK);
  CHECK(rt_writer_begin(&writer, "o.wav", &error) == RT_OK);
  rt_sound_put(&writer, &result, 1);
  CHECK(rt_writer_commit(&writer, &error) == RT_OK);
  rt_release(array.data);
  FILE *written = fopen("o.wav", "rb");
  unsigned char rate[2] = {0, 0};
  CHECK(written != NULL && fseek(written, 24, SEEK_SET) == 0 && fread(rate, 1, 2, written) == 2);
  CHECK(fclose(written) == 0 && rate[0] + 256 * rate[1] == 8000);
  CHECK(rt_input_read(&array, "o.wav", &slots[0], &error) == RT_OK);
  CHECK(((float *)array.data)[0] == 0.5f && ((float *)array.data)[2] == 0.25f);
  rt_release(array.data);
  // Two channels are asked for.
  CHECK(rt_input_read(&array, "sounds/cat/a.WAV", &slots[1], &error) == RT_OK);
  CHECK(array.shape[0] == 2 && ((float *)array.data)[1] == 1.0f);
  rt_release(array.data);
  CHECK(rt_input_read(&array, "o.wav", &slots[1], &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "o.wav: expected 2 channels, found 1");
  CHECK(rt_input_read(&array, "o.wav", &slots[2], &error) == RT_ERROR_MISMATCH);
  CHECK_TEXT(error.message, "expected an input [samples] or [channels, samples] for a sound");
  result = (rt_result){.tensor = &whole};
  CHECK(rt_sound_check(&result, 1, "--output x", &error) == RT_ERROR_USAGE);
  CHECK_TEXT(error.message, "--output x: expected floats [samples] or [channels, samples] for "
                            ".wav, found i32[4]");
}

// Two examples of two channels follow each other in time.
static void check_several(void) {
  static const int shape[] = {2, 2, 3}, twice[] = {2, 6};
  static const rt_tensor examples = {"x", RT_F64, 3, shape}, channels = {"x", RT_F32, 2, twice};
  static const rt_slot slot = {&channels, 0};
  double values[12];
  for (int i = 0; i < 12; i++) {
    values[i] = i / 16.0;
  }
  rt_array array = {RT_F64, 3, {2, 2, 3}, 12, values}, back;
  const rt_result result = {.tensor = &examples, .has_examples = 1, .array = &array};
  rt_writer writer;
  rt_error error = {0};
  CHECK(rt_writer_begin(&writer, "o.wav", &error) == RT_OK);
  rt_sound_put(&writer, &result, 1);
  CHECK(rt_writer_commit(&writer, &error) == RT_OK);
  CHECK(rt_input_read(&back, "o.wav", &slot, &error) == RT_OK);
  static const int order[] = {0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11};
  for (int i = 0; i < 12; i++) {
    CHECK(((float *)back.data)[i] == (float)order[i] / 16.0f);
  }
  rt_release(back.data);
}

int main(void) {
  check_files();
  check_malformed();
  check_order();
  check_writing();
  check_folders();
  check_resampling();
  check_refused_folders();
  check_programs();
  check_several();
  return test_summary();
}
