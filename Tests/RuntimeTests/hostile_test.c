// hostile_test.c - files that want to break their reader, each by name with the whole message that
// it earns: one line, which says where, what was expected, and what was found.

#include "damage.h"
#include "files/files.h"
#include "test.h"

// A file: bytes; or bytes, the length of a header, the header, and data.
typedef struct {
  const char *name;
  const char *bytes;
  size_t size;
  const char *header;   // or null
  const char *data;
  const char *message;  // behind "hostile: "; null: it is read
} hostile;

#define BYTES(text) text, sizeof text - 1, NULL, ""
#define NPY(header, data) "\x93NUMPY\x01\x00", 8, header, data
#define WRITES "; numpy.save(FILE, array) writes one"
#define CONVERTS "; array.astype(TYPE) converts it"
#define PLAIN(shape) "{'descr':'<f4','fortran_order':False,'shape':" shape "}"

static const hostile npy[] = {
    {"empty", BYTES(""), "byte 0: expected an .npy file, found an empty file" WRITES},
    {"cut in its magic", BYTES("\x93NUM"),
     "byte 0: expected an .npy file, found fewer than 12 bytes" WRITES},
    {"text", BYTES("1.0,2.0,3.0\n4.0"), "byte 0: expected an .npy file, found text" WRITES},
    {"an archive of arrays", BYTES("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00"),
     "byte 0: expected an .npy file, found a zip archive, as torch.save (.pt) and numpy.savez "
     "(.npz) write it" WRITES},
    {"a pickle", BYTES("\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00]"),
     "byte 0: expected an .npy file, found a Python pickle" WRITES},
    {"packed", BYTES("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03xx"),
     "byte 0: expected an .npy file, found a gzip archive" WRITES},
    {"a web page", BYTES("<!DOCTYPE html><html>"),
     "byte 0: expected an .npy file, found a page of HTML or XML" WRITES},
    {"a pointer of Git LFS", BYTES("version https://git-lfs.github.com/spec/v1\n"),
     "byte 0: expected an .npy file, found a pointer of Git LFS, not the file itself" WRITES},
    {"version 9", BYTES("\x93NUMPY\x09\x00\x02\x00{}"),
     "byte 6: expected version 1, 2 or 3, found 9"},
    {"a header beyond the end", BYTES("\x93NUMPY\x01\x00\xff\xff{}"),
     "byte 8: expected a header of 65535 bytes, found 2"},
    {"a header of 4 GB", BYTES("\x93NUMPY\x02\x00\xff\xff\xff\xff{}"),
     "byte 8: expected a header of 4294967295 bytes, found 2"},
    {"no header", NPY("", "....."),
     "byte 0 of the header: expected '{', found its end"},
    {"Fortran order", NPY("{'descr':'<f4','fortran_order':True, 'shape':(1,1)}", ""),
     "expected C order, found Fortran order; convert it with numpy.ascontiguousarray"},
    {"objects", NPY("{'descr':'|O','fortran_order':False,'shape':(1,)}", ""),
     "expected elements of type f2, f4, f8, i1 ... i8, u1, u4, u8 or b1, found '|O'" CONVERTS},
    {"records", NPY("{'descr':[('a','<f4')],'fortran_order':False,'shape':(1,)}", ""),
     "expected an array of numbers, found records"},
    {"text in UTF-32", NPY("{'descr':'<U4','fortran_order':False,'shape':(1,)}", ""),
     "expected elements of type f2, f4, f8, i1 ... i8, u1, u4, u8 or b1, found '<U4'" CONVERTS},
    {"2^64 rows", NPY(PLAIN("(18446744073709551616,)"), ""),
     "byte 64 of the header: expected an extent of at most 18 digits, found '1'"},
    {"more elements than addresses",
     NPY(PLAIN("(9999999999,9999999999,9,999)"), ""),
     "byte 67 of the header: expected a shape of fewer elements than memory has room for, found "
     "','"},
    {"an empty axis among huge ones",
     NPY(PLAIN("(99999999,0,9)"), ""), NULL},
    {"minus one row", NPY(PLAIN("(-1,)"), ""),
     "byte 46 of the header: expected an extent, found '-'"},
    {"shapes in shapes", NPY(PLAIN("((1,),)"), ""),
     "byte 46 of the header: expected an extent, found '('"},
    {"a shape twice",
     NPY("{'descr':'<f4','shape':(1,),'shape':(2,),'fortran_order':False}", "...."),
     "byte 40 of the header: expected descr, fortran_order and shape, each once, found ','"},
    {"a type that clears the screen",
     NPY("{'descr':'\x1b[2J\n','fortran_order':False,'shape':(1,)}", "...."),
     "expected elements of type f2, f4, f8, i1 ... i8, u1, u4, u8 or b1, found '?[2J?'" CONVERTS},
    {"no shape", NPY("{'descr':'<f4','fortran_order':False}", "...."),
     "byte 37 of the header: expected descr, fortran_order and shape, each once, found its end"},
    {"two where three were promised", NPY(PLAIN("(3,)"), "12345678"),
     "byte 60: expected 12 bytes for f32[3], found 8; the file is cut"},
    {"more than was promised", NPY(PLAIN("(1,)"), "12345678"),
     "byte 60: expected 4 bytes for f32[1], found 8"},
    {"the other order of bytes",
     NPY("{'descr':'>f4','fortran_order':False,'shape':(1,)}", "?..."), NULL},
};

#define SAFE(header, data) "", 0, header, data
#define ENTRY(name, type, shape, offsets) \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const hostile safetensors[] = {
    {"empty", BYTES(""), "byte 0: expected a safetensors file, found an empty file"},
    {"cut in its length", BYTES("\x08\x00\x00"),
     "byte 0: expected a safetensors file, found other contents"},
    {"a .pt file", BYTES("PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00"),
     "byte 0: expected a safetensors file, found a zip archive, as torch.save (.pt) and "
     "numpy.savez (.npz) write it; save the model with safetensors.torch.save_model(model, FILE)"},
    {"an old .pt file", BYTES("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."),
     "byte 0: expected a safetensors file, found a Python pickle, as old versions of torch.save "
     "write it"},
    {"an array", BYTES("\x93NUMPY\x01\x00v\x00{'descr': '<f4'"),
     "byte 0: expected a safetensors file, found an .npy file"},
    {"HDF5", BYTES("\x89HDF\r\n\x1a\n\x00\x00\x00\x00"),
     "byte 0: expected a safetensors file, found an HDF5 file"},
    {"GGUF", BYTES("GGUF\x03\x00\x00\x00\x00\x00\x00\x00"),
     "byte 0: expected a safetensors file, found a GGUF file"},
    {"a header of 2^63 bytes", BYTES("\xff\xff\xff\xff\xff\xff\xff\x7f{}"),
     "byte 0: expected a safetensors file, found other contents"},
    {"a header beyond the end", BYTES("\x7f\0\0\0\0\0\0\0{}"),
     "byte 0: expected a header of 127 bytes, found 2; the file is cut"},
    {"a list", SAFE("[]", ""), "byte 8: expected '{', found '['"},
    {"a header that is cut", SAFE("{\"a\":", ""), "byte 13: expected '{', found the end"},
    {"tensors in tensors", SAFE("{\"a\":{\"shape\":[[[[[[[[[[[[[[[", ""),
     "byte 23: expected an integer, 0 or more, found '['"},
    {"a type of its own", SAFE("{" ENTRY("a", "F31", "[1]", "[0,4]") "}", "1234"),
     "'a': expected type F64, F32, F16, BF16, I8 ... I64, U8, U32, U64 or BOOL, found 'F31'"},
    {"a name that begins a line", SAFE("{" ENTRY("a\\nb\\r", "U8", "[1]", "[0,2]") "}", "12"),
     "'a?b?': expected 1 bytes for u8[1], found offsets 0 ... 2"},
    {"a name twice",
     SAFE("{" ENTRY("a", "U8", "[1]", "[0,1]") "," ENTRY("a", "U8", "[1]", "[1,2]")
                  "}", "12"),
     "'a': expected each name once, found it twice"},
    {"the same bytes twice",
     SAFE("{" ENTRY("a", "U8", "[2]", "[0,2]") "," ENTRY("b", "U8", "[1]", "[1,2]")
                  "}", "12"),
     "'b': expected to begin at 2, where the tensor before it ends, found 1"},
    {"a gap", SAFE("{" ENTRY("a", "U8", "[1]", "[1,2]") "}", "12"),
     "'a': expected to begin at 0, where the tensor before it ends, found 1"},
    {"offsets beyond the end", SAFE("{" ENTRY("a", "U8", "[99]", "[0,99]") "}", "12"),
     "expected 99 bytes of data, found 2; the file is cut"},
    {"offsets that run backwards", SAFE("{" ENTRY("a", "U8", "[1]", "[2,1]") "}", "12"),
     "'a': expected 1 bytes for u8[1], found offsets 2 ... 1"},
    {"a size that overflows",
     SAFE("{" ENTRY("a", "F32", "[4294967296,4294967296]", "[0,16]") "}", ""),
     "'a': expected fewer than 2^63 bytes"},
    {"an extent that overflows",
     SAFE("{" ENTRY("a", "U8", "[18446744073709551616]", "[0,1]") "}", ""),
     "byte 55: expected an integer below 2^64, found '6'"},
    {"a negative extent", SAFE("{" ENTRY("a", "U8", "[-1]", "[0,1]") "}", "1"),
     "byte 36: expected an integer, 0 or more, found '-'"},
    {"a fraction of an extent", SAFE("{" ENTRY("a", "U8", "[1.5]", "[0,1]") "}", "1"),
     "byte 37: expected ']', found '.'"},
    {"a name with a zero", SAFE("{\"\\u0000a\":{}  ", ""),
     "byte 16: expected a character, found 'a'"},
    {"a name that is no UTF-8", SAFE("{\"\xc0\xaf\":", ""),
     "byte 10: expected a character in UTF-8, found byte 192"},
    {"metadata that are no strings", SAFE("{\"__metadata__\":{\"a\":{}}}", ""),
     "byte 29: expected a string, found '{'"},
    {"data without tensors", SAFE("{}", "12"), "expected 0 bytes of data, found 2"},
};

// Puts a file together.
static void write_hostile(const hostile *file, int is_npy) {
  unsigned char bytes[1024];
  size_t size = file->size, length = file->header != NULL ? strlen(file->header) : 0;
  memcpy(bytes, file->bytes, size);
  for (int i = 0; file->header != NULL && i < (is_npy ? 2 : 8); i++) {
    bytes[size++] = (unsigned char)(length >> 8 * i);
  }
  snprintf((char *)bytes + size, sizeof bytes - size, "%s%s",
           file->header != NULL ? file->header : "", file->data);
  write_bytes("hostile", bytes, size + length + strlen(file->data));
}

static void check(const hostile *cases, size_t count, int is_npy) {
  for (size_t i = 0; i < count; i++) {
    rt_error error = {0};
    rt_array array = {0};
    rt_safetensors tensors;
    char expected[512];
    write_hostile(&cases[i], is_npy);
    int code = is_npy ? rt_npy_read(&array, "hostile", &error)
                      : rt_safetensors_open(&tensors, "hostile", &error);
    int is_good = cases[i].message == NULL;
    snprintf(expected, sizeof expected, "hostile: %s", is_good ? "" : cases[i].message);
    int as_expected = is_good ? code == RT_OK
                              : code == RT_ERROR_FORMAT && strcmp(error.message, expected) == 0;
    CHECK(as_expected);
    if (!as_expected) {
      printf("  %s: %s\n", cases[i].name, error.message);
    }
    rt_release(array.data);
    if (!is_npy && code == RT_OK) {
      rt_safetensors_close(&tensors);
    }
  }
}

int main(void) {
  check(npy, sizeof npy / sizeof *npy, 1);
  check(safetensors, sizeof safetensors / sizeof *safetensors, 0);
  return test_summary();
}
