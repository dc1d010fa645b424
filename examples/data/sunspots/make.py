#!/usr/bin/env python3
"""Writes sunspots.csv: the mean number of sunspots of each year from 1700 to 2008.

    python make.py

needs statsmodels (0.15), which ships the data (statsmodels.datasets.sunspots); nothing is downloaded.
"""

from pathlib import Path

from statsmodels.datasets import sunspots

table = sunspots.load_pandas().data
table["YEAR"] = table["YEAR"].astype(int)
table.columns = ["year", "activity"]
table.to_csv(Path(__file__).parent / "sunspots.csv", index=False)
