"""Draws points along the outline of a dinosaur.

Needs numpy. The outline is a closed line through the corners below, drawn by hand for gcomp; 360 points
lie on it at equal distances, then the eye and the mouth. Writes point.npy f32[N, 2], with mean 0 and
the larger of both deviations 1.
"""

import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
outline = [
    (50, 96), (54, 99), (62, 100), (72, 98), (79, 95), (83, 91), (84, 86), (82, 82), (76, 80),
    (68, 79), (63, 77), (62, 72), (64, 66), (66, 60), (70, 60), (75, 62), (78, 59), (75, 56),
    (79, 54), (76, 51), (70, 54), (66, 54), (66, 46), (64, 38), (61, 32), (63, 25), (62, 17),
    (60, 10), (66, 9), (69, 5), (64, 3), (55, 3), (54, 9), (54, 17), (50, 22), (46, 24),
    (42, 19), (42, 11), (47, 9), (49, 5), (44, 3), (36, 3), (36, 10), (34, 19), (32, 27),
    (26, 29), (18, 32), (10, 38), (4, 46), (1, 55), (2, 62), (5, 56), (10, 50), (17, 46),
    (25, 46), (31, 50), (36, 57), (40, 64), (43, 72), (45, 80), (46, 88), (50, 96),
]
eye = [(60, 92), (62, 94), (64, 92), (62, 90), (60, 92)]
mouth = [(82, 86), (76, 86), (70, 87)]


def along(corners, count):
    corners = np.array(corners, float)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    total = np.concatenate([[0], np.cumsum(lengths)])
    places = (np.arange(count) + 0.5) / count * total[-1]
    return np.stack([np.interp(places, total, corners[:, axis]) for axis in (0, 1)], axis=1)


points = np.concatenate([along(outline, 360), along(eye, 12), along(mouth, 12)])
points -= points.mean(axis=0)
points /= points.std(axis=0).max()
np.save(here / "point.npy", points.astype(np.float32))
