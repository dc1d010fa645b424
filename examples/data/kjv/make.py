#!/usr/bin/env python3
"""Writes the King James Bible: text.txt, and how often each chapter has each of 400 words.

    apt-get install bible-kjv-text; python make.py

needs numpy and Debian's package bible-kjv-text (4.38), whose program `bible` prints the verses.
"""

import re
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
WORDS = 400
LETTERS = 12  # of a word in word.npy, filled up with blanks


def main():
    verses = subprocess.run(
        ["bible", "-f", "Gen1:1-Rev22:21"], check=True, capture_output=True, text=True,
        stdin=subprocess.DEVNULL).stdout.splitlines()
    text, chapters = [], {}
    for verse in verses:
        place, words = verse.split(" ", 1)
        chapter = place.split(":")[0]
        if re.match(r"(Ge|Exo)\d", chapter):
            text.append(words)
        chapters.setdefault(chapter, Counter()).update(re.findall("[a-z]+", words.lower()))
    (HERE / "text.txt").write_text("\n".join(text) + "\n")

    # Words that more than a quarter of the chapters have say little about a chapter.
    there = Counter(word for counts in chapters.values() for word in counts)
    total = sum(chapters.values(), Counter())
    words = [w for w, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))
             if there[w] <= len(chapters) / 4 and 2 < len(w) <= LETTERS][:WORDS]
    counts = np.array([[counts[w] for w in words] for counts in chapters.values()])
    np.save(HERE / "count.npy", np.minimum(counts, 255).astype(np.uint8))
    np.save(HERE / "word.npy",
            np.array([list(w.ljust(LETTERS).encode()) for w in words], np.uint8))
    (HERE / "chapters.csv").write_text("chapter\n" + "\n".join(chapters) + "\n")
    print(len(text), "verses,", counts.shape, "counts, the largest", counts.max())


if __name__ == "__main__":
    main()
