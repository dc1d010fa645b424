"""One peer as a process: python -m peers PEER [PROGRAM FUNCTION KIND FOLDER INPUTS THREADS].

It reads weights and inputs, prints "ready", and obeys standard input as worker.c does. A peer that
cannot do the work prints "missing: " and why. The line "open PROGRAM FUNCTION ..." takes other
work in the place of the one before. The peer "export" writes ONNX files.
"""

import importlib
import importlib.util
import os
import sys
import time
import traceback
from pathlib import Path

from peers.work import Missing, Work

# Peer: the file here that speaks for it, and the package that must be there.
FILES = {"pytorch": ("pytorch", "torch"), "torch.compile": ("pytorch", "torch"),
         "jax": ("jax", "jax"), "onnxruntime": ("onnxruntime", "onnxruntime"),
         "openvino": ("openvino", "openvino"), "tinygrad": ("tinygrad", "tinygrad"),
         "export": ("export", "torch")}


class Peer:
    """A peer with the work that it has at the moment."""

    def __init__(self, name: str):
        self.name = name
        self.work = self.contender = None
        file, package = FILES[name]
        if importlib.util.find_spec(package) is None:
            raise Missing(f"{package} is not installed")
        self.make = importlib.import_module(f"peers.{file}").make

    def open(self, words: list[str]) -> None:
        """Takes up some work."""
        self.contender = None
        self.work = Work(self.name, *words)
        self.contender = self.make(self.work)

    def obey(self, line: str) -> str:
        """Does what a line says and returns the answer."""
        word, *arguments = line.split()
        if word == "open":
            self.open(arguments)
            return "ready"
        if word == "run":
            times = []
            for _ in range(int(arguments[0])):
                start = time.perf_counter()
                self.contender.run()
                times.append(time.perf_counter() - start)
            return " ".join(f"{t:.9g}" for t in times)
        folder, *names = arguments
        if word == "outputs":
            arrays = self.contender.outputs()
        else:
            prefix = self.work.prefix
            arrays = self.contender.states([name.removeprefix(prefix) for name in names])
            arrays = {prefix + name: array for name, array in arrays.items()}
        self.work.save(Path(folder), arrays)
        return "done"


def main() -> None:
    """Makes the contender, then obeys."""
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer, *rest = sys.argv[1:]
    try:
        found = Peer(peer)
        if rest:
            found.open(rest)
    except Missing as reason:
        print(f"missing: {reason}", file=answers)
        return
    print("ready", file=answers)
    for line in sys.stdin:
        try:
            answer = found.obey(line)
        except Missing as reason:
            answer = f"missing: {reason}"
        except Exception as reason:  # The next work may be within its power.
            traceback.print_exc()
            told = (str(reason).strip() or "no message").splitlines()[0][:200]
            answer = f"error: {type(reason).__name__}: {told}"
        print(answer, file=answers)


main()
