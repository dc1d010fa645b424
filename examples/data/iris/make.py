#!/usr/bin/env python3
"""Writes Fisher's irises beside this file: 150 flowers, four lengths, three species.

    python3 make.py

Needs scikit-learn, which ships the set.
"""

import csv
import os

from sklearn.datasets import load_iris

HERE = os.path.dirname(os.path.abspath(__file__))

data = load_iris()
names = [name.replace(" (cm)", "") for name in data.feature_names]
with open(os.path.join(HERE, "iris.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(names + ["species"])
    for x, y in zip(data.data, data.target):
        table.writerow([repr(float(v)) for v in x] + [data.target_names[y]])
