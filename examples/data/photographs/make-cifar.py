"""Writes half of the patches as CIFAR-10's binary files are: cifar/data_batch_1.bin.

Needs numpy. An example is a byte for the class and 3072 for the pixels, red, green, blue. The class is
the photograph: 0 astronaut, 1 coffee, 2 rocket, 3 cat.
"""

import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
images = np.load(here / "train" / "image.npy").reshape(244, -1)
labels = np.repeat(np.arange(4, dtype=np.uint8), [70, 72, 72, 30])
(here / "cifar").mkdir(exist_ok=True)
np.concatenate([labels[:, None], images], axis=1)[::2].tofile(here / "cifar" / "data_batch_1.bin")
