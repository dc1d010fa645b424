"""A first output, from the start of the process: python -m peers.start PEER PROGRAM ... as
peers does, but runs once and ends."""

import importlib
import sys

import numpy as np

from peers.work import Missing, Work

FILES = {"onnxruntime": "onnxruntime", "openvino": "openvino", "pytorch": "pytorch"}


def main() -> None:
    """Loads, runs, writes the first output."""
    peer, *rest = sys.argv[1:]
    if peer not in FILES:
        raise Missing("its start is not measured")
    work = Work(peer, *rest)
    contender = importlib.import_module(f"peers.{FILES[peer]}").make(work)
    contender.run()
    for name, array in contender.outputs().items():
        np.save(work.folder / f"started-{peer}-{name}.npy", array)


try:
    main()
except Missing as reason:
    sys.exit(f"missing: {reason}")
