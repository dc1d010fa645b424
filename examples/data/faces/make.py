"""Writes 100 faces and 100 pieces of background, 25 x 25 grey pixels, from scikit-image's lfw_subset.

Needs numpy and scikit-image 0.26. Writes image.npy u8[200, 1, 25, 25] from 0 to 255 and label.npy
u8[200], 1 for a face.
"""

import pathlib

import numpy as np
import skimage.data

here = pathlib.Path(__file__).parent
images = skimage.data.lfw_subset()
np.save(here / "image.npy", np.round(images * 255).astype(np.uint8)[:, None])
np.save(here / "label.npy", (np.arange(200) < 100).astype(np.uint8))
