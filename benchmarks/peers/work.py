"""What a peer is asked to do, and the files that belong to it."""

import json
from pathlib import Path

import numpy as np

from data import read_safetensors


class Missing(Exception):
    """Why a peer does not take part in a row."""


class Work:
    """A function of a model with its weights and inputs."""

    def __init__(self, peer: str, program: str, function: str, kind: str, folder: str,
                 inputs: str, threads: str):
        self.peer, self.program, self.function, self.kind = peer, program, function, kind
        self.folder, self.threads = Path(folder), int(threads)
        # What sweep/case.py says of a net that only a description names.
        path = self.folder / f"{function}.json"
        self.described = json.loads(path.read_text()) if path.exists() else None
        self.inputs = {path.stem: np.load(path) for path in sorted(Path(inputs).glob("*.npy"))}

    @property
    def trains(self) -> bool:
        """True iff the function is a step of an optimizer."""
        return self.kind == "train"

    def weights(self) -> dict[str, np.ndarray]:
        """The states of the model, by PyTorch's names."""
        path = self.folder / "weights.safetensors"
        found = read_safetensors(path) if path.exists() else {}
        return {name.removeprefix(self.prefix): array for name, array in found.items()
                if name.startswith(self.prefix)}

    @property
    def prefix(self) -> str:
        """How the names of its states begin in the file of weights, and in no peer."""
        return self.described["prefix"] if self.described else ""

    @property
    def optimizer(self) -> str:
        """The name of its optimizer in the table of a peer."""
        return self.described["optimizer"] if self.described else self.program

    @property
    def onnx(self) -> Path:
        """The file that onnxruntime and OpenVINO load."""
        path = self.folder / f"{self.function}.onnx"
        if not path.exists():
            reason = path.with_suffix(".missing")
            raise Missing(reason.read_text() if reason.exists() else f"there is no {path.name}")
        return path

    @staticmethod
    def save(folder: Path, arrays: dict[str, np.ndarray]) -> None:
        """Writes arrays under their names."""
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", np.asarray(array))
