#!/usr/bin/env python3
"""Writes half.npy: 1 for the digits that scikit-learn's documentation holds out, 0 for the others.

    python half.py

needs numpy and scikit-learn (1.9): train_test_split(test_size=0.5, random_state=0).
"""

from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

_, held_out = train_test_split(np.arange(1797), test_size=0.5, random_state=0)
half = np.zeros(1797, np.uint8)
half[held_out] = 1
np.save(Path(__file__).parent / "half.npy", half)
