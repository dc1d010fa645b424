#!/usr/bin/env python3
"""Writes the tables of this folder and the arrays that must be read from them.

Needs numpy and pandas. The same table is written three times: by pandas with commas; by pandas with
semicolons, a byte order mark and CRLF; by the module csv with tabs and quotes around all cells.
"""

import csv
import os

import numpy as np
import pandas as pd

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(7)
rows = 40
kinds = ["Gänseblümchen", "rose", 'a "so called" weed', "grass, tall", "two\nlines", "菊", "Rose"]
width = random.integers(1, 60, rows) * 0.25
width[[3, 17, 30]] = np.nan
wild = random.standard_normal(rows) * 10.0 ** random.integers(-300, 300, rows)
wild[:4] = [5e-324, 1.7976931348623157e308, -0.0, 0.1]
table = pd.DataFrame(
    {
        "petal width": width,
        "leaves, green": random.integers(-(2**40), 2**40, rows),
        'the "height"': random.standard_normal(rows),
        "kind": [kinds[i] for i in random.integers(0, len(kinds), rows)],
        "dry": random.integers(0, 2, rows).astype(bool),
        "wild": wild,
    }
)
table.to_csv("comma.csv", index=False)
table.to_csv("semicolon.csv", index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")
with open("tab.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, dialect="excel-tab", quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow(["" if cell != cell else cell for cell in row])

# What a program with another parser reads.
read = pd.read_csv("comma.csv")
assert read["kind"].equals(table["kind"]) and read["wild"].equals(table["wild"])
np.save("width-zero.npy", read["petal width"].fillna(-1.5).to_numpy(np.float32))
np.save("width-mean.npy", read["petal width"].fillna(read["petal width"].mean()).to_numpy())
pair = read[['the "height"', "petal width"]].fillna(0).to_numpy(np.float32)
np.save("pair.npy", np.ascontiguousarray(pair))
np.save("leaves.npy", read["leaves, green"].to_numpy(np.int64))
np.save("wild.npy", read["wild"].to_numpy())
np.save("dry.npy", read["dry"].to_numpy(bool))
np.save("kind.npy", read["kind"].map({k: i for i, k in enumerate(sorted(kinds))}).to_numpy(np.int32))
