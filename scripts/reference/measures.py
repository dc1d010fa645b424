"""Scores and labels, and what scikit-learn's measures say of them: Tests/Reference/measures."""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics

root = Path(__file__).resolve().parents[2] / "Tests/Reference/measures"
random = np.random.default_rng(11)
count, classes = 101, 5
labels = random.integers(0, classes, count)
scores = random.normal(size=(count, classes)) + 1.2 * np.eye(classes)[labels]
scores[:, 3] -= 9  # a class that nothing is taken for
scores = scores.round(4)
found = scores.argmax(1)

with open(root / "scores.csv", "w") as file:
    file.write(",".join(f"s{i}" for i in range(classes)) + ",label\n")
    for row, label in zip(scores, labels):
        file.write(",".join(f"{x:g}" for x in row) + f",{label}\n")

expected = {"confusion": metrics.confusion_matrix(labels, found).tolist()}
for average in ("macro", "weighted", "micro"):
    expected[f"f1_{average}"] = metrics.f1_score(labels, found, average=average, zero_division=0)
    expected[f"precision_{average}"] = metrics.precision_score(
        labels, found, average=average, zero_division=0)
    expected[f"recall_{average}"] = metrics.recall_score(
        labels, found, average=average, zero_division=0)
expected["f1_2"] = metrics.f1_score(labels, found, average=None, zero_division=0)[2]
expected["auc"] = metrics.roc_auc_score(labels == 1, scores[:, 1])
with open(root / "expected.json", "w") as file:
    json.dump(expected, file, indent=1, sort_keys=True)
    file.write("\n")
