"""Writes the digits as MNIST's files are: idx/train and idx/validation, 28 x 28 pixels from 0 to 255.

Needs numpy. Each pixel becomes 3 x 3 with two pixels around the image. The first 898 are to train on, the
last 899 held out, as scikit-learn's example of handwritten digits divides them.
"""

import gzip
import pathlib
import struct

import numpy as np

here = pathlib.Path(__file__).parent
images = np.load(here / "image.npy")[:, 0].astype(float)
images = np.round(images * 255 / 16).astype(np.uint8).repeat(3, 1).repeat(3, 2)
images = np.pad(images, ((0, 0), (2, 2), (2, 2)))
labels = np.load(here / "label.npy")


def write(path, array):
    # 8 is the type u8.
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(head + array.tobytes(), 9, mtime=0))


for split, part in (("train", slice(0, 898)), ("validation", slice(898, None))):
    write(here / "idx" / split / "train-images-idx3-ubyte.gz", images[part])
    write(here / "idx" / split / "train-labels-idx1-ubyte.gz", labels[part])
