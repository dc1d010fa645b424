#!/usr/bin/env python3
"""Writes spoken digits: digits, a WAV file for each digit in each voice; train.npz and held.npz,
strings of two to five digits; and sample.wav, the first of the latter.

    apt-get install espeak-ng; pip install numpy scipy; python make.py

Debian's espeak-ng 1.51 speaks; a voice is an accent and a variant. No variant is in both parts.
"""

import io
import subprocess
import wave
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

HERE = Path(__file__).parent
RATE, SAMPLES = 8000, 18000
LONGEST = 5  # digits
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029"]
TRAIN = ("m1 m2 m3 m5 m6 m7 f1 f2 f3 Alex Andy Annie Gene Lee Michael Storm adam anika antonio "
         "aunty boris caleb david ed grandpa grandma iven john max miguel norbert pablo quincy "
         "rob sandro shelby steph travis victor zac").split()
HELD = "m4 m8 f4 f5 Alicia Denis Hugo Mario belinda edward linda paul".split()


def say(text, voice, random):
    """Returns the speech as bytes around 128, without the silence before and behind it."""
    out = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(random.integers(140, 211)),
         "-p", str(random.integers(25, 76)), "--stdout", text],
        check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(out)) as file:
        rate = file.getframerate()
        x = np.frombuffer(file.readframes(1 << 30), np.int16).astype(float)
    x = resample_poly(x, RATE, rate)
    loud = np.where(np.abs(x) > 0.02 * np.abs(x).max())[0]
    x = x[loud[0]:loud[-1] + 1]
    return np.round(128 + 100 * x / np.abs(x).max()).astype(np.uint8)


def voices(variants):
    return [f"{ACCENTS[i % len(ACCENTS)]}+{v}" for i, v in enumerate(variants)]


def digits(part, variants, random):
    for voice, variant in zip(voices(variants), variants):
        for word in WORDS:
            folder = HERE / "digits" / part / word
            folder.mkdir(parents=True, exist_ok=True)
            wavfile.write(folder / f"{variant}.wav", RATE, say(word, voice, random))


def strings(name, variants, each, random):
    """Writes so many strings in each voice."""
    sound, digit, length = [], [], []
    for voice in voices(variants):
        for _ in range(each):
            n = random.integers(2, LONGEST + 1)
            numbers = random.integers(0, 10, n)
            x = say(" ".join(WORDS[i] for i in numbers), voice, random)
            sound.append(np.pad(x, (0, SAMPLES - len(x)), constant_values=128))
            digit.append(np.pad(numbers, (0, LONGEST - n)))
            length.append(n)
    np.savez_compressed(
        HERE / name, sound=np.array(sound),
        digit=np.array(digit, np.uint8), length=np.array(length, np.uint8))
    return sound[0]


if __name__ == "__main__":
    random = np.random.default_rng(1)
    digits("train", TRAIN, random)
    digits("validation", HELD, random)
    strings("train.npz", TRAIN, 3, random)
    wavfile.write(HERE / "sample.wav", RATE, strings("held.npz", HELD, 12, random))
