#!/usr/bin/env python3
"""Writes names as numbers of letters: letter.npy and, for the shipped list, sex.npy.

    pip download --no-deps names==0.3.0; tar xzf names-0.3.0.tar.gz; python make.py names-0.3.0/names
    python make.py names.txt FOLDER

The second form takes a file with a name in each line, such as that of makemore, and writes
FOLDER/letter.npy. It needs numpy.
"""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LETTERS = 16  # of a row: a = 1 to z = 26, then zeros, of which the first is the end


def census(folder):
    """The first names of the census of 1990 with the sex that bears each more often."""
    share = {}
    for sex, name in enumerate(["female", "male"]):
        for line in (Path(folder) / f"dist.{name}.first").read_text().splitlines():
            word, percent = line.split()[:2]
            share.setdefault(word.lower(), [0.0, 0.0])[sex] = float(percent)
    names = sorted(share)
    return names, [int(share[name][1] > share[name][0]) for name in names]


def write(folder, names):
    rows = np.zeros([len(names), LETTERS], np.uint8)
    for row, name in zip(rows, names):
        row[:len(name)] = [ord(letter) - ord("a") + 1 for letter in name]
    Path(folder).mkdir(parents=True, exist_ok=True)
    np.save(Path(folder) / "letter.npy", rows)
    print(len(names), "names, the longest of", max(map(len, names)), "letters")


def main():
    if Path(sys.argv[1]).is_dir():
        names, sex = census(sys.argv[1])
        write(HERE, names)
        np.save(HERE / "sex.npy", np.array(sex, np.uint8))
        print(len(sex) - sum(sex), "female,", sum(sex), "male")
    else:
        write(sys.argv[2], Path(sys.argv[1]).read_text().split())


if __name__ == "__main__":
    main()
