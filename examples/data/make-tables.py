#!/usr/bin/env python3
"""Writes the tables of scikit-learn that the examples use: irises, wines, tumours and the diabetes set.

    python3 make-tables.py

Needs scikit-learn, which ships them.
"""

import csv
import os

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, columns, rows):
    """Writes one table into its folder."""
    with open(os.path.join(HERE, name, f"{name}.csv"), "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def numbers(row):
    """The shortest texts that give the same numbers."""
    return [repr(float(x)) for x in row]


def write_classes(name, data, label, names, title=str):
    """Writes a table with a class for each row, and the half that scikit-learn's documentation
    holds out."""
    _, held_out = train_test_split(np.arange(len(data.data)), test_size=0.5, random_state=0)
    half = np.isin(np.arange(len(data.data)), held_out).astype(int)
    columns = [title(column) for column in data.feature_names] + [label, "half"]
    rows = [numbers(x) + [names[y], h] for x, y, h in zip(data.data, data.target, half)]
    write(name, columns, rows)


iris = datasets.load_iris()
write_classes("iris", iris, "species", iris.target_names, lambda x: x.replace(" (cm)", ""))
write_classes("wine", datasets.load_wine(), "grower", [1, 2, 3])
cancer = datasets.load_breast_cancer()
write_classes("breast-cancer", cancer, "tumour", cancer.target_names)
diabetes = datasets.load_diabetes()
write("diabetes", list(diabetes.feature_names) + ["progression"],
      [numbers(x) + [float(y)] for x, y in zip(diabetes.data, diabetes.target)])
