#!/usr/bin/env python3
"""Writes co2.csv: carbon dioxide in the air on Mauna Loa, means of months from 1958 to 2001.

    python make.py

needs statsmodels (0.15), which ships the weekly data (statsmodels.datasets.co2); nothing is
downloaded. Months without a measurement get the line between their neighbours.
"""

from pathlib import Path

from statsmodels.datasets import co2

table = co2.load_pandas().data["co2"].resample("MS").mean().interpolate().round(2).to_frame()
table.index = table.index.strftime("%Y-%m")
table.to_csv(Path(__file__).parent / "co2.csv", index_label="month")
