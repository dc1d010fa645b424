"""Draws the ten digits and 26 capitals in the fonts that fonts.csv lists, as 32 x 32 pixels.

Needs numpy and Pillow, and the packages of Debian 12 that fonts.csv names.
A glyph is scaled so that capitals of its font are 24 pixels high and it is at most 28 wide, centred,
and rounded to 16 levels, which keeps the archives small. Writes train.npz and held.npz: image
u8[N, 1, 32, 32] from 0 to 255, label u8[N] (0-9 digits, 10-35 letters), font u8[N], a line of fonts.csv.
"""

import csv
import pathlib

import numpy as np
from PIL import Image, ImageFont

here = pathlib.Path(__file__).parent
characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def glyph(font, character, capital):
    mask = font.getmask(character)
    large = Image.frombytes("L", mask.size, bytes(mask))
    scale = min(24 / capital, 28 / mask.size[0], 28 / mask.size[1])
    width, height = (max(1, round(side * scale)) for side in mask.size)
    small = large.resize((width, height), Image.Resampling.BOX)
    image = Image.new("L", (32, 32))
    image.paste(small, ((32 - width) // 2, (32 - height) // 2))
    return np.round(np.array(image) / 17).astype(np.uint8) * 17


splits = {"train": [], "held-out": []}
for number, row in enumerate(csv.DictReader(open(here / "fonts.csv"))):
    font = ImageFont.truetype(row["file"], 160)
    capital = font.getmask("H").size[1]
    for label, character in enumerate(characters):
        splits[row["split"]].append((glyph(font, character, capital), label, number))

for split, name in (("train", "train"), ("held-out", "held")):
    images, labels, fonts = zip(*splits[split])
    np.savez_compressed(
        here / f"{name}.npz",
        image=np.stack(images)[:, None],
        label=np.array(labels, np.uint8),
        font=np.array(fonts, np.uint8),
    )
