"""Writes the data sets of this folder: IDX, CIFAR and .npz; and folders of pictures.

Needs numpy and pillow. What the files hold follows a formula, so that arrays_test.c knows it.
"""

import gzip
import os
import struct
import zipfile

import numpy as np
from PIL import Image


def values(n, seed):
    """Bytes of (i * i + 7 * i * seed) >> 3."""
    i = np.arange(n, dtype=np.int64)
    return ((i * i + 7 * i * seed) >> 3 & 255).astype(np.uint8)


def wide(dtype, n):
    """Elements 3 i - 5."""
    return (3 * np.arange(n) - 5).astype(dtype)


# ---- IDX ----


def idx(name, array, code):
    head = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    data = head + array.astype(array.dtype.newbyteorder(">")).tobytes()
    with open("idx/" + name, "wb") as file:
        file.write(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)


os.makedirs("idx", exist_ok=True)
idx("train-images-idx3-ubyte.gz", values(5 * 4 * 6, 1).reshape(5, 4, 6), 8)
idx("train-labels-idx1-ubyte", values(5, 2) % 10, 8)
for name, dtype, code in [("i8", np.int8, 9), ("i16", np.int16, 11), ("i32", np.int32, 12),
                          ("f32", np.float32, 13), ("f64", np.float64, 14)]:
    idx(name, wide(dtype, 5 * 3).reshape(5, 3), code)

# ---- CIFAR ----


def cifar(name, count, labels, seed):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as file:
        for i in range(count):
            file.write(bytes((3 * i + seed + k) % 10 for k in range(labels)))
            file.write((values(3072, seed + i) & 0xF0).tobytes())


cifar("cifar10/data_batch_1.bin", 2, 1, 1)
cifar("cifar10/data_batch_2.bin", 1, 1, 3)
cifar("cifar100/train.bin", 2, 2, 4)
with open("cifar10/batches.meta.txt", "w") as file:
    file.write("".join(f"class{i}\n" for i in range(10)) + "\n")

# ---- NumPy ----

arrays = {"image": values(5 * 4 * 6, 1).reshape(5, 4, 6), "label": wide(np.int64, 5),
          "big": wide(np.float32, 15).reshape(5, 3).astype(">f4"),
          "fortran": np.asfortranarray(np.ones((5, 3))), "scalar": np.float32(1)}
np.savez("stored.npz", **arrays)
np.savez_compressed("compressed.npz", **arrays)
with zipfile.ZipFile("compressed.npz") as z:
    assert z.getinfo("image.npy").compress_type == zipfile.ZIP_DEFLATED

# ---- Folders of pictures ----

for i, (name, mode) in enumerate([("cat/10.png", "RGB"), ("cat/2.pgm", "L"), ("dog/1.ppm", "RGB"),
                                  ("ant/b.png", "L"), ("ant/a.PNG", "RGBA")]):
    os.makedirs("images/" + os.path.dirname(name), exist_ok=True)
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    pixels = values(4 * 6 * channels, i).reshape(4, 6, channels)
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save("images/" + name)
os.makedirs("plain", exist_ok=True)
for i in range(3):
    Image.fromarray(values(24, i).reshape(4, 6)).save(f"plain/{i}.png")
