#!/usr/bin/env python3
"""Writes horse.png: the black outline of a horse, 120 x 146 pixels of 0 and 255.

    python make.py

needs scikit-image (0.26), which ships the picture (skimage.data.horse), and pillow.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from skimage.data import horse

picture = Image.fromarray((horse() * 255).astype(np.uint8)).resize((146, 120), Image.BOX)
pixels = (np.array(picture) > 127).astype(np.uint8) * 255
Image.fromarray(pixels).save(Path(__file__).parent / "horse.png", optimize=True)
