#!/usr/bin/env python3
"""Writes Wisconsin's breast cancer set beside this file: 569 tumours, 30 measurements of their cells.

    python3 make.py

Needs scikit-learn, which ships the set.
"""

import csv
import os

from sklearn.datasets import load_breast_cancer

HERE = os.path.dirname(os.path.abspath(__file__))

data = load_breast_cancer()
names = data.feature_names
with open(os.path.join(HERE, "breast-cancer.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(list(names) + ["tumour"])
    for x, y in zip(data.data, data.target):
        table.writerow([repr(float(v)) for v in x] + [data.target_names[y]])
