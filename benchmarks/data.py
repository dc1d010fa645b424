"""Weights and inputs, from a fixed seed: files that all contenders read."""

import json
from pathlib import Path

import numpy as np

from build import Built
from rows import Row

TYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64, "u32": np.uint32,
         "u8": np.uint8}
TAGS = {"f32": "F32", "f64": "F64", "i32": "I32", "i64": "I64", "u32": "U32", "u8": "U8"}


def write_safetensors(path: Path, tensors: list[tuple[str, str, np.ndarray]]) -> None:
    """Writes tensors under their names: a header in JSON, then the bytes."""
    header, at = {}, 0
    for name, element, array in tensors:
        header[name] = {"dtype": TAGS[element], "shape": list(array.shape),
                        "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, _, array in tensors:
            file.write(array.tobytes())


def read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """Maps the tensors of a file."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    kinds = {tag: TYPES[element] for element, tag in TAGS.items()}
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            found[name] = np.memmap(path, kinds[entry["dtype"]], "r",
                                    8 + size + entry["data_offsets"][0], tuple(entry["shape"]))
    return found


def weight(name: str, element: str, shape: list[int], random: np.random.Generator) -> np.ndarray:
    """Numbers as they may be found in a trained network: all of a size that keeps signals alive."""
    if element not in ("f32", "f64"):
        return np.zeros(shape, TYPES[element])
    normal = random.standard_normal(shape, dtype=np.float32)
    if name.endswith("running_var"):
        values = 0.5 + random.random(shape, dtype=np.float32)
    elif len(shape) > 1:
        values = normal * np.float32((2 / np.prod(shape[1:])) ** 0.5)
    elif name.endswith("weight"):
        values = 1 + np.float32(0.1) * normal
    else:
        values = np.float32(0.05) * normal
    return values.astype(TYPES[element])


def prepare(row: Row, built: Built, folder: Path) -> Path:
    """Writes the weights of a model and the inputs of a function; returns the folder of the latter.

    What is there already is from the same seed, and stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    states = built.states("parameter", "statistic")
    mark, text = folder / "states.json", json.dumps(states)
    if states and (not mark.exists() or mark.read_text() != text):
        random = np.random.default_rng(1)
        write_safetensors(folder / "weights.safetensors",
                          [(name, element, weight(name, element, shape, random))
                           for name, element, shape in states])
        mark.write_text(text)
    inputs = folder / row.function
    inputs.mkdir(exist_ok=True)
    random = np.random.default_rng(2)
    for name, element, shape in built.inputs(row.function):
        if name in row.given:
            values = np.full(shape, row.given[name])
        elif name in row.below:
            values = random.integers(0, row.below[name], shape)
        else:
            values = random.standard_normal(shape, dtype=np.float32)
        np.save(inputs / f"{name}.npy", np.asarray(values, TYPES[element]))
    return inputs
