"""Sound: Fourier transforms of all kinds of lengths, spectrograms, mel filters, in f64.

Transforms are NumPy's numbers, the rest torchaudio's and PyTorch's; all gradients are PyTorch's.
Several results are one vector, one after the other.
"""

import math

import numpy as np
import torch
import torchaudio
import torchaudio.functional as A

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=15)
cases = []


def joined(*tensors):
    """Returns all elements as one vector, complex numbers as their two parts."""
    parts = []
    for x in tensors:
        parts += [x.real, x.imag] if x.is_complex() else [x]
    return torch.cat([x.flatten() for x in parts])


def add(name, kind, function, *inputs, **attributes):
    """Adds a case of tensors a, b ...; one given as a list is the shape of random numbers."""
    drawn = {}
    for letter, x in zip("abcd", inputs):
        drawn[letter] = numbers.normal(*x) if isinstance(x, list) else x
    y, seed, gradients = differentiate(lambda *x: joined(function(*x)), drawn, {}, numbers)
    attributes = {"kind": kind, **attributes}
    cases.append(case(name, attributes, drawn, {}, {"y": y}, {"y": seed}, gradients))
    return drawn, y


def check(name, y, expected):
    """Stops with an error unless NumPy says the same as PyTorch."""
    expected = joined(torch.from_numpy(np.asarray(expected)))
    if not torch.allclose(y, expected, rtol=0, atol=1e-11):
        raise SystemExit(f"{name}: NumPy and PyTorch differ")


LENGTHS = [1, 2, 3, 5, 8, 12, 31, 33, 37, 64, 100, 127, 131, 254, 262]
for n in LENGTHS:
    for kind, torch_fft, numpy_fft in [
        ("fft", torch.fft.fft, np.fft.fft),
        ("ifft", torch.fft.ifft, np.fft.ifft),
    ]:
        name, shape = f"{kind} {n}", [2, n] if n < 20 else [n]
        if kind == "ifft" and n > 40 and n != 131:
            continue
        x, y = add(name, kind, lambda a, b, f=torch_fft: f(torch.complex(a, b)), shape, shape)
        check(name, y, numpy_fft(x["a"].numpy() + 1j * x["b"].numpy()))

for n in LENGTHS + [7, 25, 128, 400, 480, 1155]:
    name = f"rfft {n}"
    shape = [n] if n > 20 else [3, 1, n]
    x, y = add(name, "rfft", torch.fft.rfft, shape)
    check(name, y, np.fft.rfft(x["a"].numpy()))
    if n in (7, 37, 100, 254, 480, 1155):
        continue
    name = f"irfft {n}"
    shape = [2, n // 2 + 1] if n < 20 else [n // 2 + 1]
    x, y = add(
        name, "irfft", lambda a, b, n=n: torch.fft.irfft(torch.complex(a, b), n), shape, shape,
        length=n,
    )
    check(name, y, np.fft.irfft(x["a"].numpy() + 1j * x["b"].numpy(), n))

WINDOWS = {
    "hann": torch.hann_window,
    "hamming": torch.hamming_window,
    "blackman": torch.blackman_window,
}
for word, window in WINDOWS.items():
    for n in [1, 7, 12]:
        for periodic in [True, False]:
            add(
                f"{word} {n}{'' if periodic else ', symmetric'}",
                "window",
                lambda a, n=n, w=window, p=periodic: a * w(n, periodic=p),
                [n],
                window=word,
                periodic=periodic,
            )


def add_stft(name, shape, size, hop, window=None, center=True, mode="reflect", normalized=False):
    """Adds a short-time transform; a window is given as its length."""

    def function(a, *w):
        return torch.stft(
            a, size, hop, window if window else size, w[0] if w else None, center=center,
            pad_mode=mode, normalized=normalized, return_complex=True,
        )

    inputs = [shape] + ([[window]] if window else [])
    add(
        name, "stft", function, *inputs, size=size, hop=hop, center=center, mode=mode,
        normalized=normalized,
    )


add_stft("stft", [2, 53], 16, 5, 16)
add_stft("stft without a window", [41], 12, 4)
add_stft("stft with a short window", [2, 45], 15, 7, 11)
add_stft("stft that is not centred", [37], 10, 3, 10, center=False)
add_stft("stft with zeros around", [37], 11, 6, 11, mode="constant", normalized=True)

for power in [2.0, 1.0, 0.7]:
    add(
        f"spectrogram {power}", "spectrogram",
        torchaudio.transforms.Spectrogram(n_fft=24, hop_length=10, power=power),
        [2, 97], size=24, hop=10, power=power,
    )
add("spectrogram with defaults", "spectrogram_plain", torchaudio.transforms.Spectrogram(), [450])

for scale in ["htk", "slaney"]:
    for norm in [None, "slaney"]:
        add(
            f"mel filters {scale} {norm}", "filters",
            lambda a, s=scale, n=norm: a * A.melscale_fbanks(33, 50.0, 3900.0, 9, 8000, n, s),
            [33, 9], scale=scale, normalized=norm is not None,
        )
add(
    "mel filters of all frequencies", "filters_plain",
    lambda a: a * A.melscale_fbanks(41, 0.0, 8000.0, 12, 16000), [41, 12],
)
for scale in ["htk", "slaney"]:
    add(
        f"mel spectrogram {scale}", "mel",
        torchaudio.transforms.MelSpectrogram(
            sample_rate=8000, n_fft=50, hop_length=20, n_mels=7, f_min=60.0, mel_scale=scale,
            norm="slaney" if scale == "slaney" else None, power=1.0 if scale == "slaney" else 2.0,
        ),
        [2, 121], scale=scale,
    )
for logs in [False, True]:
    add(
        f"mfcc{' of logarithms' if logs else ''}", "mfcc",
        torchaudio.transforms.MFCC(
            sample_rate=8000, n_mfcc=5, log_mels=logs,
            melkwargs={"n_fft": 64, "hop_length": 25, "n_mels": 11},
        ),
        [2, 130], logs=logs,
    )

positive = numbers.positive(2, 3, 4, 5) ** 9
add("decibels", "decibels", lambda a: A.amplitude_to_DB(a, 10.0, 1e-10, 0.0), positive)
add("decibels of amplitudes", "amplitudes",
    lambda a: A.amplitude_to_DB(a, 20.0, 1e-3, math.log10(2.5)), positive)
add("decibels in a range", "ranged",
    lambda a: A.amplitude_to_DB(a, 10.0, 1e-10, 0.0, 12.0), positive)
add("pre-emphasis", "emphasis", lambda a: A.preemphasis(a, 0.9), [2, 3, 7])

write("sound", cases)
