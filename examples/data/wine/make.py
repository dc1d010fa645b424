#!/usr/bin/env python3
"""Writes the wines of three growers beside this file: 178 wines, 13 measurements.

    python3 make.py

Needs scikit-learn, which ships the set.
"""

import csv
import os

from sklearn.datasets import load_wine

HERE = os.path.dirname(os.path.abspath(__file__))

data = load_wine()
names = data.feature_names
with open(os.path.join(HERE, "wine.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(list(names) + ["grower"])
    for x, y in zip(data.data, data.target):
        table.writerow([repr(float(v)) for v in x] + [y + 1])
