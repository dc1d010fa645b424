#!/usr/bin/env python3
"""Writes breast-cancer.csv: the features under scikit-learn's names, the class as `target`, and `half`.

    python make.py

needs scikit-learn (1.9), which ships the data; nothing is downloaded. `half` is 1 for the half that
train_test_split(test_size=0.5, random_state=0) holds out, as in scikit-learn's documentation.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

table = load_breast_cancer(as_frame=True).frame
_, held_out = train_test_split(np.arange(len(table)), test_size=0.5, random_state=0)
table["half"] = 0
table.loc[held_out, "half"] = 1
table.to_csv(Path(__file__).parent / "breast-cancer.csv", index=False)
