"""Calls a model from Python, without packages: digits.py LIBRARY WEIGHTS"""

import ctypes as c
import sys

DRAWING = [
    "  :##:. ", " .#::#: ", "   .##. ", "   :#   ", "    #:  ", "     #. ", "  ..##. ", "  ::#:  ",
]


def main(library: str, weights: str) -> int:
    digits = c.CDLL(library)
    digits.digits_create.restype = c.c_void_p
    digits.digits_error.restype = c.c_char_p
    model = c.c_void_p(digits.digits_create())
    message = c.create_string_buffer(256)
    code = digits.digits_load(model, weights.encode(), message, c.c_size_t(len(message)))
    if code != 0:
        print(f"{digits.digits_error(code).decode()}: {message.value.decode()}")
        return 1
    pixels = [" .:#".index(pixel) * 5 / 16 for row in DRAWING for pixel in row]
    image, digit, probability = (c.c_float * 64)(*pixels), c.c_int32(), (c.c_float * 10)()
    digits.digits_infer(model, image, c.byref(digit), probability)
    print(f"the digit is a {digit.value}, with probability {probability[digit.value]:.2f}")
    digits.digits_destroy(model)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
