#!/usr/bin/env python3
"""Writes MNIST-1D beside this file: 4000 examples to train on, 1000 held out.

    python3 make.py

Needs numpy, scipy and mnist1d 0.0.2.post1 (PyPI), which draws the set from its own seed, 42.
"""

import os

import numpy as np
from mnist1d.data import make_dataset

HERE = os.path.dirname(os.path.abspath(__file__))


def save(path, array):
    """Writes one array and says so."""
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    np.save(path, array)
    print(f"{os.path.relpath(path, HERE)}: {array.dtype} {list(array.shape)}")


data = make_dataset()
for folder, end in (("train", ""), ("validation", "_test")):
    save(f"{folder}/signal.npy", data["x" + end].astype(np.float16))
    save(f"{folder}/label.npy", data["y" + end].astype(np.uint8))
