#!/usr/bin/env python3
"""Writes train and validation: nine men who say 'ae', as published, 270 and 370 times.

    pip download --no-deps aeon==1.6.0
    python make.py aeon-1.6.0-py3-none-any.whl

needs NumPy; the wheel carries the data.
"""

import sys
import zipfile
from pathlib import Path

import numpy as np

LONGEST = 29  # frames
folder = "aeon/datasets/data/JapaneseVowels/JapaneseVowels_"

for part, split in [("TRAIN", "train"), ("TEST", "validation")]:
    text = zipfile.ZipFile(sys.argv[1]).read(f"{folder}{part}.ts").decode()
    lines = text[text.index("@data") :].splitlines()[1:]
    frame = np.zeros((len(lines), LONGEST, 12), "f2")
    length = np.zeros(len(lines), "u1")
    speaker = np.zeros(len(lines), "u1")
    for i, line in enumerate(lines):
        *channels, name = line.split(":")
        values = np.array([[float(v) for v in channel.split(",")] for channel in channels])
        length[i] = values.shape[1]
        frame[i, : length[i]] = values.T
        speaker[i] = int(name) - 1
    out = Path(__file__).parent / split
    out.mkdir(exist_ok=True)
    for name, array in [("frame", frame), ("length", length), ("speaker", speaker)]:
        np.save(out / f"{name}.npy", array)
