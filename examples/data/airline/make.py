#!/usr/bin/env python3
"""Writes airline.csv: passengers of airlines in each month from 1949 to 1960, in thousands.

    pip download --no-deps aeon==1.6.0
    python make.py aeon-1.6.0-py3-none-any.whl

needs pandas; the wheel carries the data.
"""

import sys
import zipfile
from pathlib import Path

import pandas as pd

wheel = zipfile.ZipFile(sys.argv[1])
table = pd.read_csv(wheel.open("aeon/datasets/data/Airline/Airline.csv"))
table.columns = ["month", "passengers"]
table.to_csv(Path(__file__).parent / "airline.csv", index=False)
