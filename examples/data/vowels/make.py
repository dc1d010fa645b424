#!/usr/bin/env python3
"""Writes train and validation: ten vowels of 76 speakers, each said twice.

    pip install praat-parselmouth numpy
    python make.py

Praat, which the package contains, ships the table of G. Peterson and H. Barney. Every third speaker is
held out.
"""

from pathlib import Path

import numpy as np
from parselmouth.praat import call

vowels = "iy ih eh ae aa ao uh uw ah er".split()
table = call("Create formant table (Peterson & Barney 1952)")
rows = range(1, call(table, "Get number of rows") + 1)
formant = np.array([[call(table, "Get value", i, f"F{k}") for k in range(4)] for i in rows], "i2")
vowel = np.array([vowels.index(call(table, "Get value", i, "Vowel")) for i in rows], "u1")
speaker = np.array([call(table, "Get value", i, "Speaker") for i in rows], "u1")

for split, isIn in (("train", speaker % 3 != 0), ("validation", speaker % 3 == 0)):
    out = Path(__file__).parent / split
    out.mkdir(exist_ok=True)
    for name, array in (("formant", formant), ("vowel", vowel), ("speaker", speaker)):
        np.save(out / f"{name}.npy", array[isIn])
