"""One peer as a process: python -m peers PEER PROGRAM FUNCTION KIND FOLDER INPUTS THREADS.

It reads weights and inputs, prints "ready", and obeys standard input as worker.c does. A peer that
cannot do the work prints "missing: " and why.
"""

import importlib
import importlib.util
import os
import sys
import time
from pathlib import Path

from peers.work import Missing, Work

# Peer: the file here that speaks for it, and the package that must be there.
FILES = {"pytorch": ("pytorch", "torch"), "torch.compile": ("pytorch", "torch"),
         "jax": ("jax", "jax"), "onnxruntime": ("onnxruntime", "onnxruntime"),
         "openvino": ("openvino", "openvino"), "tinygrad": ("tinygrad", "tinygrad")}


def obey(contender, work: Work, line: str) -> str:
    """Does what a line says and returns the answer."""
    word, *arguments = line.split()
    if word == "run":
        times = []
        for _ in range(int(arguments[0])):
            start = time.perf_counter()
            contender.run()
            times.append(time.perf_counter() - start)
        return " ".join(f"{t:.9g}" for t in times)
    arrays = contender.outputs() if word == "outputs" else contender.states(arguments[1:])
    work.save(Path(arguments[0]), arrays)
    return "done"


def main() -> None:
    """Makes the contender, then obeys."""
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer, *rest = sys.argv[1:]
    try:
        file, package = FILES[peer]
        if importlib.util.find_spec(package) is None:
            raise Missing(f"{package} is not installed")
        work = Work(peer, *rest)
        contender = importlib.import_module(f"peers.{file}").make(work)
    except Missing as reason:
        print(f"missing: {reason}", file=answers)
        return
    print("ready", file=answers)
    for line in sys.stdin:
        try:
            answer = obey(contender, work, line)
        except Missing as reason:
            answer = f"missing: {reason}"
        print(answer, file=answers)


main()
