// wav_read.c - reads WAV files: chunks, of which "fmt " says what "data" holds.
//
// Chunks follow each other with their sizes, of which none is believed: a chunk ends with the file
// at the latest. Samples are read block by block and become floats one by one; sums over channels
// are those of f64, rounded once.

#include <string.h>

#include "wav.h"

enum {
  MOST_CHUNKS = 1000,
  BLOCK = 1 << 14,  // bytes that are read at once
  PCM = 1,
  FLOATS = 3,
  EXTENSIBLE = 0xfffe
};

static uint32_t load(const unsigned char *bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; i++) {
    value |= (uint32_t)bytes[i] << 8 * i;
  }
  return value;
}

// The name of an encoding that is not read, for messages.
static const char *encoding_name(uint32_t tag) {
  switch (tag) {
    case 2:
    case 0x11:
      return "ADPCM";
    case 6:
      return "A-law";
    case 7:
      return "mu-law";
    case 0x55:
      return "MP3";
    default:
      return "another encoding";
  }
}

static int fail(const char *path, size_t at, rt_error *error, const char *expected,
                const char *found) {
  return rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %s, found %s", path, at, expected,
                 found);
}

// Reads the chunk "fmt ", whose contents begin at byte `at`.
static int read_format(rt_wav *wav, const rt_file *file, size_t at, uint32_t size,
                       const char *path, rt_error *error) {
  // What follows the number of an encoding where that is extended.
  static const unsigned char rest[14] = {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b,
                                         0x71};
  unsigned char bytes[40] = {0};
  char found[64];
  if (size < 16) {
    snprintf(found, sizeof found, "%u", (unsigned)size);
    return fail(path, at, error, "at least 16 bytes in the chunk 'fmt '", found);
  }
  int code = rt_file_read(file, bytes, at, size < sizeof bytes ? size : sizeof bytes, path, error);
  if (code != RT_OK) {
    return code;
  }
  uint32_t tag = load(bytes, 2), block = load(bytes + 12, 2);
  if (tag == EXTENSIBLE && size >= sizeof bytes && memcmp(bytes + 26, rest, sizeof rest) == 0) {
    tag = load(bytes + 24, 2);
  }
  wav->channels = (int)load(bytes + 2, 2);
  wav->rate = load(bytes + 4, 4);
  wav->bits = (int)load(bytes + 14, 2);
  wav->is_float = tag == FLOATS;
  if (tag != PCM && tag != FLOATS) {
    snprintf(found, sizeof found, "%s (%u)", encoding_name(tag), (unsigned)tag);
    return fail(path, at, error, "PCM (1) or floats (3)", found);
  }
  int is_known = wav->is_float ? wav->bits == 32 || wav->bits == 64
                               : wav->bits == 8 || wav->bits == 16 || wav->bits == 24 ||
                                     wav->bits == 32;
  if (!is_known) {
    snprintf(found, sizeof found, "%d", wav->bits);
    return fail(path, at + 14, error,
                wav->is_float ? "floats of 32 or 64 bits" : "PCM of 8, 16, 24 or 32 bits", found);
  }
  if (wav->channels == 0 || wav->rate == 0) {
    return fail(path, at + 2, error, "at least one channel and one frame a second", "none");
  }
  if (block != (uint32_t)(wav->channels * (wav->bits / 8))) {
    snprintf(found, sizeof found, "%u", (unsigned)block);
    return fail(path, at + 12, error, "frames of as many bytes as their samples have", found);
  }
  return RT_OK;
}

// Checks that the file is one of these.
static int read_begin(const rt_file *file, const char *path, rt_error *error) {
  unsigned char begin[12] = {0};
  size_t size = file->size < sizeof begin ? file->size : sizeof begin;
  int code = rt_file_read(file, begin, 0, size, path, error);
  if (code != RT_OK) {
    return code;
  }
  if (size == sizeof begin && (memcmp(begin, "RF64", 4) == 0 || memcmp(begin, "RIFX", 4) == 0)) {
    return fail(path, 0, error, "a WAV file that begins with 'RIFF'",
                begin[2] == '6' ? "'RF64', which is for sound of more than 4 GB"
                                : "'RIFX', which has the other order of bytes");
  }
  if (size < sizeof begin || memcmp(begin, "RIFF", 4) != 0 || memcmp(begin + 8, "WAVE", 4) != 0) {
    return fail(path, 0, error, "a WAV file", rt_file_kind(begin, size));
  }
  return RT_OK;
}

// Sets where the sound is, in a chunk of `size` bytes at byte `at`.
static int set_data(rt_wav *wav, const rt_file *file, size_t at, uint32_t size, const char *path,
                    rt_error *error) {
  if (size > file->size - at) {
    int code =
        rt_fail(error, RT_ERROR_FORMAT, "%s: byte %zu: expected %u bytes of sound, found %zu", path,
                at, (unsigned)size, file->size - at);
    rt_fail_more(error, size == UINT32_MAX ? "; what wrote the file did not state their number"
                                           : "; the file is cut");
    return code;
  }
  wav->offset = at;
  wav->frames = size;  // bytes, until the size of a frame is known
  return RT_OK;
}

int rt_wav_parse(rt_wav *wav, const rt_file *file, const char *path, rt_error *error) {
  *wav = (rt_wav){0};
  int code = read_begin(file, path, error);
  size_t at = 12;
  for (int i = 0; code == RT_OK && (wav->bits == 0 || wav->offset == 0); i++) {
    unsigned char chunk[8];
    if (i == MOST_CHUNKS || at > file->size || file->size - at < sizeof chunk) {
      return fail(path, at, error, wav->bits == 0 ? "a chunk 'fmt '" : "a chunk 'data'",
                  i == MOST_CHUNKS ? "1000 others" : "the end of the file");
    }
    code = rt_file_read(file, chunk, at, sizeof chunk, path, error);
    uint32_t size = code == RT_OK ? load(chunk + 4, 4) : 0;
    at += sizeof chunk;
    if (code == RT_OK && memcmp(chunk, "fmt ", 4) == 0) {
      code = read_format(wav, file, at, size, path, error);
    } else if (code == RT_OK && memcmp(chunk, "data", 4) == 0) {
      code = set_data(wav, file, at, size, path, error);
    }
    // Chunks of an odd size are followed by a byte that counts for none.
    uint64_t whole = (uint64_t)size + size % 2;
    at = whole < file->size - at ? at + (size_t)whole : file->size;
  }
  if (code != RT_OK) {
    return code;
  }
  int64_t frame = wav->channels * (wav->bits / 8);
  if (wav->frames % frame != 0) {
    return rt_fail(error, RT_ERROR_FORMAT,
                   "%s: byte %zu: expected whole frames of %lld bytes, found %lld bytes", path,
                   wav->offset, (long long)frame, (long long)wav->frames);
  }
  wav->frames /= frame;
  return RT_OK;
}

// The sample at `bytes`.
static double load_sample(const rt_wav *wav, const unsigned char *bytes) {
  if (wav->is_float) {
    uint64_t bits = load(bytes, 4);
    if (wav->bits == 64) {
      double wide;
      bits |= (uint64_t)load(bytes + 4, 4) << 32;
      memcpy(&wide, &bits, sizeof wide);
      return wide;
    }
    uint32_t half = (uint32_t)bits;
    float value;
    memcpy(&value, &half, sizeof value);
    return (double)value;
  }
  if (wav->bits == 8) {
    return ((double)bytes[0] - 128.0) / 128.0;
  }
  // The sign is that of the highest bit.
  uint32_t bits = load(bytes, wav->bits / 8) << (32 - wav->bits);
  int64_t whole = bits < UINT32_C(0x80000000) ? (int64_t)bits : (int64_t)bits - INT64_C(4294967296);
  return (double)whole / 2147483648.0;
}

// Stores a frame; `stride` lies between the channels.
static void store_frame(const rt_wav *wav, const unsigned char *frame, int channels,
                        size_t stride, float *room) {
  const int width = wav->bits / 8;
  double sum = 0.0;
  for (int k = 0; k < wav->channels; k++) {
    double sample = load_sample(wav, frame + k * width);
    sum += sample;
    if (channels > 1) {
      room[(size_t)k * stride] = (float)sample;
    }
  }
  if (channels == 1) {
    room[0] = (float)(sum / wav->channels);
  }
}

int rt_wav_read(const rt_wav *wav, const rt_file *file, int channels, int64_t frames, float *room,
                const char *path, rt_error *error) {
  unsigned char block[BLOCK];
  const size_t frame = (size_t)wav->channels * (size_t)(wav->bits / 8);
  const size_t wanted = (size_t)frames;
  const size_t count = wanted < (size_t)wav->frames ? wanted : (size_t)wav->frames;
  if (channels != 1 && channels != wav->channels) {
    return rt_fail(error, RT_ERROR_MISMATCH, "%s: expected %d channels, found %d", path, channels,
                   wav->channels);
  }
  // A frame of very many channels does not fit; then each is read on its own.
  unsigned char *bytes = frame <= sizeof block ? block : (unsigned char *)rt_allocate(frame);
  size_t most = frame <= sizeof block ? sizeof block / frame : 1;
  int code = bytes != NULL ? RT_OK : rt_fail_memory(error, frame, "a frame of sound");
  for (size_t first = 0; first < count && code == RT_OK; first += most) {
    size_t some = count - first < most ? count - first : most;
    code = rt_file_read(file, bytes, wav->offset + first * frame, some * frame, path, error);
    for (size_t i = 0; i < some && code == RT_OK; i++) {
      store_frame(wav, bytes + i * frame, channels, wanted, room + first + i);
    }
  }
  for (int k = 0; k < channels && code == RT_OK; k++) {
    memset(room + (size_t)k * wanted + count, 0, (wanted - count) * sizeof *room);
  }
  if (bytes != block) {
    rt_release(bytes);
  }
  return code;
}
