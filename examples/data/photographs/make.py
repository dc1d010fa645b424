"""Cuts four photographs into patches of 32 x 32 pixels.

Needs numpy, Pillow and scikit-image 0.26. The photographs (an astronaut, a cup of coffee, a rocket, a
cat) are made smaller by 2, so that a patch shows more of them. Patches from the right quarter of
each are held out; no pixel is in both sets. Writes image.npy in the folders train and
validation: image u8[N, 3, 32, 32].
"""

import pathlib

import numpy as np
import skimage.data
from PIL import Image

here = pathlib.Path(__file__).parent
splits = {"train": [], "validation": []}
for name in ("astronaut", "coffee", "rocket", "chelsea"):
    photograph = Image.fromarray(getattr(skimage.data, name)())
    photograph = photograph.reduce(2)
    pixels = np.array(photograph).transpose(2, 0, 1)
    height, width = pixels.shape[1:]
    border = width * 3 // 4
    for split, left, right, stride in (("train", 0, border, 24), ("validation", border, width, 32)):
        for y in range(0, height - 31, stride):
            for x in range(left, right - 31, stride):
                splits[split].append(pixels[:, y : y + 32, x : x + 32])

for split, patches in splits.items():
    (here / split).mkdir(exist_ok=True)
    np.save(here / split / "image.npy", np.stack(patches))
