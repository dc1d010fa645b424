#!/usr/bin/env python3
"""Writes the sounds of this folder and the samples that must be read from them.

Needs numpy, scipy and soundfile. Files of scipy.io.wavfile and of libsndfile, which also writes
WAVE_FORMAT_EXTENSIBLE and chunks beside the sound; what libsndfile reads as float32 is expected.
"""

import os

import numpy as np
import scipy.io.wavfile
import scipy.signal
import soundfile

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(5)
sound = np.clip(random.standard_normal((101, 3)) * 0.3, -1, 1 - 2**-23)
sound[:2] = [[-1, 1 - 2**-23, 0], [2**-15, -(2**-15), 0.5]]

scipy.io.wavfile.write("scipy-u8.wav", 8000, ((sound + 1) * 127.5).astype(np.uint8))
scipy.io.wavfile.write("scipy-16.wav", 8000, (sound[:, 0] * 32767).astype(np.int16))
scipy.io.wavfile.write("scipy-32.wav", 8000, (sound * 2147483000).astype(np.int32))
scipy.io.wavfile.write("scipy-f32.wav", 8000, sound[:, :2].astype(np.float32))
scipy.io.wavfile.write("scipy-f64.wav", 8000, sound[:, 1])
soundfile.write("sndfile-24.wav", sound, 8000, subtype="PCM_24")
soundfile.write("sndfile-16x.wav", sound[:, :2], 44100, subtype="PCM_16", format="WAVEX")
soundfile.write("sndfile-24x.wav", sound[:, 0], 8000, subtype="PCM_24", format="WAVEX")
with soundfile.SoundFile("sndfile-titled.wav", "w", 8000, 1, "FLOAT") as file:
    file.title = "of an odd length."  # in a chunk LIST
    file.write(sound[:50, 0])

names = sorted(name for name in os.listdir() if name.endswith(".wav"))
for name in names:
    samples, rate = soundfile.read(name, dtype="float32", always_2d=True)
    np.save(name.replace(".wav", ".npy"), np.ascontiguousarray(samples.T))
    wide, rate = soundfile.read(name, dtype="float64", always_2d=True)
    np.save(name.replace(".wav", "-mono.npy"), wide.mean(axis=1).astype(np.float32))

# Another rate.
wide, rate = soundfile.read("sndfile-16x.wav", dtype="float64", always_2d=True)
assert rate == 44100
slow = scipy.signal.resample_poly(wide, 160, 441).astype(np.float32)
np.save("resampled.npy", np.ascontiguousarray(slow.T))
