#!/usr/bin/env python3
"""Writes the diabetes set of Efron et al. beside this file: 442 patients, ten scaled measurements, and how the disease went on.

    python3 make.py

Needs scikit-learn, which ships the set.
"""

import csv
import os

from sklearn.datasets import load_diabetes

HERE = os.path.dirname(os.path.abspath(__file__))

data = load_diabetes()
names = data.feature_names
with open(os.path.join(HERE, "diabetes.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(list(names) + ["progression"])
    for x, y in zip(data.data, data.target):
        table.writerow([repr(float(v)) for v in x] + [float(y)])
