// two_models.c - two models in one program: one reads weights from a file, one learns here, in
// memory that the program gives it.

#include <stdio.h>
#include <string.h>

#include "digits.h"
#include "xor.h"

// A three, as the images of digits are: 8 x 8 numbers from 0 to 16.
static const char drawing[8][9] = {
    "  :##:. ", " .#::#: ", "   .##. ", "   :#   ", "    #:  ", "     #. ", "  ..##. ", "  ::#:  ",
};

// What xor needs is there before main begins.
static _Alignas(64) unsigned char memory[4096];

static int classify(const char *weights) {
  digits_t *model = digits_create();
  if (model == NULL) {
    return printf("no memory\n"), 1;
  }
  char message[256];
  int code = digits_load(model, weights, message, sizeof message);
  if (code != 0) {
    printf("%s: %s\n", digits_error(code), message);
  } else {
    float image[64], probability[10];
    int32_t digit;
    for (int i = 0; i < 64; i++) {
      image[i] = (float)strcspn(" .:#", (const char[]){drawing[i / 8][i % 8], '\0'}) * 5.0f / 16.0f;
    }
    code = digits_infer(model, image, &digit, &probability[0]);
    printf("the digit is a %d, with probability %.2f\n", (int)digit, probability[digit]);
  }
  digits_destroy(model);
  return code;
}

static int learn(void) {
  if (xor_bytes() > sizeof memory) {
    return printf("xor needs %zu bytes\n", xor_bytes()), 1;
  }
  xor_t *model = xor_make(memory);
  uint64_t seed = 1;
  float loss = 0.0f, accuracy = 0.0f;
  int code = xor_init(model, &seed);
  for (int step = 0; step < 500 && code == 0; step++) {
    code = xor_train_step(model, &loss, &accuracy);
  }
  printf("xor has learned to a loss of %.4f and an accuracy of %.2f\n", loss, accuracy);
  return code;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s WEIGHTS\n", argv[0]);
    return 2;
  }
  int code = classify(argv[1]);
  return code != 0 ? code : learn();
}
