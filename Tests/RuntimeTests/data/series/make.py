#!/usr/bin/env python3
"""Writes the series of this folder and the windows that must be read from them.

Needs numpy and pandas.
"""

import os

import numpy as np
import pandas as pd

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(3)
rows, length, horizon, stride = 60, 24, 3, 4
weather = pd.DataFrame(
    {
        "time": pd.date_range("2024-01-01", periods=rows, freq="h"),
        "temperature": np.round(random.standard_normal(rows).cumsum(), 3),
        "sky": random.choice(["clear", "cloudy", "rain"], rows),
        "wind, km/h": random.integers(0, 90, rows).astype(float),
    }
)
weather.loc[[5, 31], "wind, km/h"] = np.nan
weather.to_csv("weather.csv", index=False)


def windows(array, length, ahead):
    """The windows of an array whose first axis is time."""
    starts = range(0, rows - 24 - horizon + 1, stride)
    return np.stack([array[start + ahead : start + ahead + length] for start in starts])


read = pd.read_csv("weather.csv").fillna({"wind, km/h": -1})
pair = read[["wind, km/h", "temperature"]].to_numpy(np.float32)
np.save("past.npy", windows(pair, length, 0))
np.save("future.npy", windows(read["temperature"].to_numpy(), horizon, length))
codes = read["sky"].astype("category").cat.codes.to_numpy(np.int32)
np.save("sky.npy", windows(codes, 1, length).reshape(-1))

# The same windows of arrays.
np.save("plain.npy", read["temperature"].to_numpy())
np.save("columns.npy", np.ascontiguousarray(pair).astype(">f4"))
np.save("column-windows.npy", windows(pair, length, 0))
