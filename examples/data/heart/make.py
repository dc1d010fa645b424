#!/usr/bin/env python3
"""Writes pressure.npy and beat.npy: an arterial pressure, and an electrocardiogram.

    pip download --no-deps aeon==1.6.0 sktime==1.2.0
    python make.py aeon-1.6.0-py3-none-any.whl sktime-1.2.0-py3-none-any.whl

needs pandas; the wheels carry the data.
"""

import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

out = Path(__file__).parent
aeon, sktime = (zipfile.ZipFile(name) for name in sys.argv[1:3])

folder = "aeon/datasets/data/KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16_"
table = pd.read_csv(aeon.open(f"{folder}TEST.csv"))
np.save(out / "pressure.npy", table["value"].to_numpy("f4"))

table = pd.read_csv(sktime.open("sktime/datasets/data/mitdb/mitdb.csv"))
np.save(out / "beat.npy", table["data"].to_numpy("f4"))
np.save(out / "label.npy", table["label"].to_numpy("u1"))
