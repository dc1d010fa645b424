#!/usr/bin/env python3
"""Writes known.npy beside this file: the labels of a study with few labels.

    python3 make-known.py

Needs numpy and scikit-learn. The examples are those of scikit-learn 0.17's "Label Propagation
digits": of 330 digits, drawn by seed 0, the first 30 have a label. known.npy holds it, -1 for the
300 without a label, and -2 for all others.
"""

import os

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
order = np.arange(len(digits.data))
np.random.RandomState(0).shuffle(order)
known = np.full(len(order), -2, np.int8)
known[order[:330]] = -1
known[order[:30]] = digits.target[order[:30]]
np.save(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known.npy"), known)
