"""What the machine allows: the least time for so many operations and so many bytes."""

from math import prod
from pathlib import Path

import numpy as np

from contenders import Contender
from sweep.case import Case

# Arrays that lie in the nearest cache, in the next ones, and in memory.
SIZES = [1 << power for power in range(14, 29, 2)]


class Roofline:
    """The speed of the machine, and the plain loop that a case should be held against."""

    def __init__(self, program: Path, threads: int, log: Path):
        self.program, self.threads, self.log = program, threads, log
        self.operations = 1e9 / self._seconds("fma", 1e9)  # in a second
        self.bandwidth = {loop: [passes * size / self._seconds(loop, size) for size in SIZES]
                          for loop, passes in (("read", 1), ("map", 2))}

    def _seconds(self, loop: str, amount: float) -> float:
        contender = self.contender((loop, amount))
        try:
            first = min(contender.run(3))
            return min(contender.run(max(10, min(1000, int(0.05 / first)))))
        finally:
            contender.close()

    def contender(self, limit: tuple[str, float]) -> Contender:
        """A process that runs a plain loop."""
        loop, amount = limit
        return Contender("limit", [self.program, self.threads, loop, f"{amount:.0f}"],
                         self.threads, self.log)

    def limit(self, case: Case, weights: float) -> tuple[str, float]:
        """The loop of peak.c that takes longest of what a case must do at least, and its amount.

        `weights` is the bytes of its weights. What mostly reads is held against a loop that reads.
        """
        total = max(case.bytes(weights), 4096)
        written = total if case.kind == "train" else 4 * prod(case.output)
        loop, passes = ("read", 1) if 4 * written < total else ("map", 2)
        speed = np.interp(np.log(total / passes), np.log(SIZES), self.bandwidth[loop])
        if case.operations / self.operations > total / speed:
            return "fma", case.operations
        return loop, total / passes

    def about(self) -> str:
        """One line about the speed of the machine."""
        reads = self.bandwidth["read"]
        return (f"{self.operations / 1e9:.0f} GFLOP/s, reads {max(reads) / 1e9:.0f} GB/s from "
                f"caches and {reads[-1] / 1e9:.0f} GB/s from memory")


def weight_bytes(states: list[tuple[str, str, list[int]]], case: Case) -> float:
    """The bytes of the weights of a case, by the states of the model."""
    return 4.0 * sum(prod(shape) for name, _, shape in states
                     if name.startswith(f"{case.label}."))
