#!/usr/bin/env python3
"""Writes macrodata.csv: 14 series of the United States' economy, by quarters from 1959 to 2009.

    python make.py

needs statsmodels (0.15), which ships the data (statsmodels.datasets.macrodata); nothing is downloaded.
"""

from pathlib import Path

from statsmodels.datasets import macrodata

table = macrodata.load_pandas().data
table[["year", "quarter"]] = table[["year", "quarter"]].astype(int)
table.to_csv(Path(__file__).parent / "macrodata.csv", index=False)
