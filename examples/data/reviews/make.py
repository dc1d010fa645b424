#!/usr/bin/env python3
"""Writes reviews as numbers of words: train, validation and own; words.txt names them.

    pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
    tar xzf vaderSentiment-3.3.2.tar.gz
    tar xzf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
    python make.py hutto_ICWSM_2014

needs numpy.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LENGTH = 40  # words of a sentence; longer ones are cut
OWN = ["i love this product", "i do not love this product", "it is not bad",
       "it plays discs", "the picture is great but it broke after a week"]


def words(text):
    return re.findall(r"[a-z]+|[0-9]+|[!?]", text.lower().replace("'", ""))


def main():
    file = Path(sys.argv[1]) / "amazonReviewSnippets_GroundTruth.txt"
    rows = [line.split("\t") for line in file.read_text("latin-1").splitlines()]
    rating = np.array([float(row[1]) for row in rows])
    texts = [words(row[2])[:LENGTH] for row in rows]
    kept = [i for i, text in enumerate(texts) if text]
    # Snippets of one review stay in one half.
    review = [rows[i][0].split("_")[0] for i in kept]
    places = sorted(set(review))
    first = set(np.random.default_rng(0).permutation(places)[:len(places) // 2])
    half = np.array([r not in first for r in review], np.uint8)
    # Words that the training half has at least twice; 0 is a blank, 1 any other word.
    count = Counter(w for i, h in zip(kept, half) if not h for w in texts[i])
    known = [w for w, n in sorted(count.items(), key=lambda item: (-item[1], item[0])) if n > 1]
    number = {w: i + 2 for i, w in enumerate(known)}

    def encoded(texts):
        table = np.zeros([len(texts), LENGTH], np.int16)
        for row, text in zip(table, texts):
            row[:len(text)] = [number.get(w, 1) for w in text]
        return table

    def write(folder, texts, **more):
        (HERE / folder).mkdir(exist_ok=True)
        np.save(HERE / folder / "word.npy", encoded(texts))
        np.save(HERE / folder / "length.npy", np.array([len(t) for t in texts], np.uint8))
        for name, values in more.items():
            np.save(HERE / folder / f"{name}.npy", np.array(values, np.uint8))

    # Thresholds of 0.05 of ratings from -1 to 1, as in the paper; the file has -4 to 4.
    label = np.where(rating < -0.2, 0, np.where(rating > 0.2, 2, 1))
    for i, folder in enumerate(["train", "validation"]):
        rows = [k for k, h in zip(kept, half) if h == i]
        write(folder, [texts[k] for k in rows], label=[label[k] for k in rows])
        print(folder, len(rows), np.bincount(label[rows]) / len(rows))
    write("own", [words(text) for text in OWN])
    (HERE / "words.txt").write_text("\n".join(known) + "\n")
    print(len(known) + 2, "numbers of words")


if __name__ == "__main__":
    main()
