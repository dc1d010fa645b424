#!/usr/bin/env python3
"""Writes sentences of a small English grammar with the parts of speech and the persons in them.

    pip download --no-deps names==0.3.0
    tar xzf names-0.3.0.tar.gz
    python make.py names-0.3.0/names

needs numpy. Many words are several things: will, may, bill, mark, rose, young and others are names
as well. A third of the names, nouns, verbs and adjectives is only in the held-out sentences, where
they are unknown words, number 1.
"""

import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LENGTH = 20
TAGS = ["NAME", "NOUN", "VERB", "AUX", "DET", "ADJ", "ADV", "PREP", "PRON", "NUM", "CONJ", "POSS",
        "MARK"]
RULES = {
    "S": ["SUBJ PRED .", "SUBJ PRED .", "ADV , SUBJ PRED .", "SUBJ said SUBJ PRED .",
          "SUBJ AUX BASE .", "AUX SUBJ BASE ?", "SUBJ PRED CONJ PRED ."],
    "SUBJ": ["PERSON", "PERSON", "PERSON CONJ PERSON", "THING", "PRON"],
    "PRED": ["PAST OBJ", "PAST OBJ PREP THING", "GAVE PERSON THING", "WENT PREP THING", "WENT ADV",
             "PAST PERSON"],
    "BASE": ["DO OBJ", "DO PERSON PREP THING", "DO PERSON"],
    "OBJ": ["THING", "THING", "PERSON", "NUM THINGS"],
    "THING": ["DET NOUN", "DET NOUN", "DET ADJ NOUN", "PERSON 's NOUN", "PERSON 's ADJ NOUN"],
    "PERSON": ["FIRST", "FIRST LAST", "FIRST LAST", "LAST"],
}
WORDS = {
    "DET": "the a this that every", "AUX": "will may can must would should", "CONJ": "and or",
    "PREP": "in on near with for behind to from", "PRON": "he she they we someone",
    "ADV": "today yesterday soon often later here quickly slowly", "NUM": "two ten 1000 50 six",
    "GAVE": "gave sold showed sent lent", "WENT": "went rose ran drove walked",
    "PAST": "bought saw drew found marked billed chased took read wanted met liked painted lost "
            "heard cut moved knew kept won",
    "DO": "buy see draw find mark bill chase take read want meet like paint lose price cook grant "
          "hope hear cut move know keep win page",
    "NOUN": "book share plan house car bill mark rose park hill stone page price cook grant hope "
            "chase garden river letter window market dog horse table song baker king bridge road "
            "ship lamp clock shop farm field boat wood",
    "THINGS": "books shares plans houses cars bills marks roses stones pages letters dogs horses",
    "ADJ": "young old long short brown white small large new red frank good strange cold dean rich "
           "empty green",
}
KIND = {"GAVE": "VERB", "WENT": "VERB", "PAST": "VERB", "DO": "VERB", "THINGS": "NOUN"}
ALSO_FIRST = "will may bill mark rose grace hope frank dean drew chase grant art rich".split()
ALSO_LAST = ("young long brown white park hill stone page price cook baker king wood rose "
             "grant").split()
FIXED = {"said": "VERB", "'s": "POSS", ".": "MARK", ",": "MARK", "?": "MARK"}


def parts(words, rng, isHeld):
    """All words for held-out sentences; otherwise the first two thirds in random order."""
    words = rng.sample(words, len(words))
    return words if isHeld else words[:len(words) * 2 // 3]


def grow(symbol, lists, rng):
    """A list of (word, part of speech, person): 1 begins a person, 2 goes on, 0 is none."""
    if symbol in FIXED:
        return [(symbol, FIXED[symbol], 0)]
    if symbol in lists:
        tag = "NAME" if symbol in ("FIRST", "LAST") else KIND.get(symbol, symbol)
        return [(rng.choice(lists[symbol]), tag, 0)]
    found = [w for s in rng.choice(RULES[symbol]).split() for w in grow(s, lists, rng)]
    if symbol == "PERSON":
        found = [(word, tag, min(i + 1, 2)) for i, (word, tag, _) in enumerate(found)]
    return found


def sentences(count, rng, lists):
    made = []
    while len(made) < count:
        sentence = grow("S", lists, rng)
        if len(sentence) <= LENGTH:
            made.append(sentence)
    return made


def main():
    def census(file, count):
        lines = (Path(sys.argv[1]) / file).read_text().splitlines()[:count]
        return [line.split()[0].lower() for line in lines]

    first = census("dist.female.first", 300) + census("dist.male.first", 300) + ALSO_FIRST
    last = sorted(set(census("dist.all.last", 600) + ALSO_LAST))
    open_lists = {k: WORDS[k].split() for k in ("NOUN", "THINGS", "PAST", "DO", "ADJ")}
    open_lists |= {"FIRST": sorted(set(first)), "LAST": last}

    def lists(isHeld):
        rng = random.Random(0)
        found = {k: v.split() for k, v in WORDS.items()}
        found |= {k: parts(v, rng, isHeld) for k, v in open_lists.items()}
        # Half of the names are words as well.
        found["FIRST"] += ALSO_FIRST * (len(found["FIRST"]) // len(ALSO_FIRST) // 2)
        found["LAST"] += ALSO_LAST * (len(found["LAST"]) // len(ALSO_LAST) // 2)
        return found

    sets = {"train": sentences(1500, random.Random(1), lists(False)),
            "validation": sentences(1000, random.Random(2), lists(True))}
    count = Counter(word for s in sets["train"] for word, _, _ in s)
    known = sorted(count, key=lambda word: (-count[word], word))
    number = {word: i + 2 for i, word in enumerate(known)}
    for folder, rows in sets.items():
        (HERE / folder).mkdir(exist_ok=True)
        word = np.zeros([len(rows), LENGTH], np.int16)
        tag, person = (np.zeros([len(rows), LENGTH], np.uint8) for _ in range(2))
        for i, row in enumerate(rows):
            word[i, :len(row)] = [number.get(w, 1) for w, _, _ in row]
            tag[i, :len(row)] = [TAGS.index(t) for _, t, _ in row]
            person[i, :len(row)] = [p for _, _, p in row]
        for name, values in [("word", word), ("tag", tag), ("person", person),
                             ("length", np.array([len(row) for row in rows], np.uint8))]:
            np.save(HERE / folder / f"{name}.npy", values)
        print(folder, len(rows), "sentences,", (word == 1).sum() / (word > 0).sum(), "unknown,",
              (person == 1).sum(), "persons")
        for row in rows[:4]:
            print("   ", " ".join(f"{w}/{t}{['', '(', '+'][p]}" for w, t, p in row))
    own = "rudolph smith bought 1000 shares .".split()
    np.save(HERE / "own.npy", np.array([[number.get(w, 1) for w in own]], np.int16))
    (HERE / "words.txt").write_text("\n".join(known) + "\n")
    print(len(known) + 2, "numbers of words")


if __name__ == "__main__":
    main()
