#!/usr/bin/env python3
"""Writes Fisher's irises beside this file: 150 flowers, four lengths, three species.

    python3 make.py

Needs scikit-learn, which ships the set.
"""

import csv
import os

import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

HERE = os.path.dirname(os.path.abspath(__file__))

data = load_iris()
# The half that scikit-learn's documentation holds out.
_, held_out = train_test_split(np.arange(len(data.data)), test_size=0.5, random_state=0)
half = np.isin(np.arange(len(data.data)), held_out).astype(int)
names = [name.replace(" (cm)", "") for name in data.feature_names]
with open(os.path.join(HERE, "iris.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(names + ["species", "half"])
    for x, y, h in zip(data.data, data.target, half):
        table.writerow([repr(float(v)) for v in x] + [data.target_names[y], h])
