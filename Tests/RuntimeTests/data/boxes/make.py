#!/usr/bin/env python3
"""Writes the boxes and pictures of this folder and the arrays that must be read from them.

Needs numpy and pillow. The lines are those of the module json, with spaces and without.
"""

import json
import os

import numpy as np
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(11)
os.makedirs("pictures", exist_ok=True)
names = ["cat", "dög"]
most = 3
boxes, sizes, pictures, whole = [], [], [], []
with open("numbers.jsonl", "w") as numbers, open("names.jsonl", "w", encoding="utf-8") as named:
    for i in range(6):
        pixels = random.integers(0, 256, (4, 5, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(f"pictures/{i}.png")
        pictures.append(pixels.transpose(2, 0, 1))
        found = [[*random.uniform(0, 5, 4), int(random.integers(0, 2))] for _ in range(i % (most + 1))]
        boxes.append(found + [[0, 0, 0, 0, -1]] * (most - len(found)))
        sizes.append(random.standard_normal(4) * 10.0 ** random.integers(-30, 30, 4))
        whole.append(int(random.integers(-(2**62), 2**62)))
        line = {"image": f"pictures/{i}.png", "boxes": found, "sizes": list(sizes[-1])}
        line |= {"note": {"by": ["someone", None, True]}, "id": whole[-1]}
        numbers.write(json.dumps(line) + "\n")
        line["boxes"] = [[*box[:4], names[box[4]]] for box in found]
        named.write(json.dumps(line, separators=(",", ":"), ensure_ascii=i < 3) + "\r\n")
np.save("boxes.npy", np.array(boxes, np.float64).astype(np.float32))
np.save("sizes.npy", np.array(sizes).reshape(6, 2, 2))
np.save("id.npy", np.array(whole, np.int64))
np.save("pictures.npy", np.array(pictures))
