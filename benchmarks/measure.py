"""Outputs compared, then times, in rounds in which all contenders take turns."""

import shutil
import time
from pathlib import Path
from statistics import median

import numpy as np

import machine
from build import Failed

# A step of an optimizer is compared by how it changes weights: the 2-norm of the difference as a
# share of that of the change. Where a gradient is nearly 0, Adam turns its last digit into a step.
CHANGE = 0.02


def answers(contender, folder: Path, states: list[str]) -> dict[str, np.ndarray]:
    """Runs once and reads the outputs, and states as they are then."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    contender.run(1)
    contender.ask(f"outputs {folder}")
    if states:
        contender.ask(f"states {folder} {' '.join(states)}")
    return {path.stem: np.load(path) for path in folder.glob("*.npy")}


def difference(found: dict, expected: dict, before: dict, tolerance: float) -> str:
    """Says what differs, or nothing. `before` has the states before the step."""
    for name in sorted(set(found) & set(expected)):
        a, b = (np.asarray(x, np.float64).ravel() for x in (found[name], expected[name]))
        if a.size != b.size:
            return f"{name} has {a.size} elements, not {b.size}"
        if name in before:
            start = np.asarray(before[name], np.float64).ravel()
            error = np.linalg.norm(a - b) / max(np.linalg.norm(b - start), 1e-30)
            limit = CHANGE
        else:
            error = np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)
            limit = tolerance
        if not error <= limit:
            return f"{name} differs by {error:.2g} of its size; allowed is {limit:g}"
    return ""


def compare(contenders: dict, folder: Path, states: list[str], before: dict, tolerance: float,
            missing: dict[str, str]) -> str | None:
    """Compares ours and all others with the first peer, which is returned, if there is one.

    A peer that fails or differs is closed and taken out, and `missing` says why; if ours does, all
    has failed.
    """
    expected, whose = None, None
    for name in sorted(contenders, key=lambda name: name == "ours"):
        try:
            found = answers(contenders[name], folder / name, states)
        except Failed as reason:
            if name == "ours":
                raise
            missing[name] = f"failed: {reason}"
            contenders.pop(name).close()
            continue
        if expected is None:
            expected, whose = found, name
            continue
        told = difference(found, expected, before, tolerance)
        if told and name == "ours":
            raise Failed(f"outputs differ from those of {whose}: {told}")
        if told:
            missing[name] = f"outputs differ from those of {whose}: {told}"
            contenders.pop(name).close()
    return whose if whose != "ours" else None


class Times:
    """The seconds of one contender, by rounds."""

    def __init__(self, contender, budget: float, first: float):
        self.contender = contender
        self.rounds: list[list[float]] = []
        self.clean: list[bool] = []  # whether nobody else was at work in the round
        self.budget, self.spent = budget, 0.0
        self._fit(first)

    def _fit(self, seconds: float) -> None:
        self.count = max(1, min(2000, int(self.budget / max(seconds, 1e-9))))

    def turn(self) -> None:
        """Runs for one round."""
        start, busy, own = time.monotonic(), machine.busy(), self.contender.busy()
        delayed = self.contender.delayed()
        times = self.contender.run(self.count)
        elapsed = time.monotonic() - start
        others = machine.busy() - busy - (self.contender.busy() - own)
        delayed = self.contender.delayed() - delayed
        # The clock of the whole machine ticks every 10 ms on each core.
        self.clean.append(others < 0.03 + 0.05 * elapsed and delayed < 0.02 * elapsed)
        self.spent += sum(times)
        self.rounds.append(times)
        # The first runs may have been slow because of somebody else.
        self._fit(self.best)

    @property
    def medians(self) -> list[float]:
        """The median of each round."""
        return [median(times) for times in self.rounds]

    @property
    def seconds(self) -> float:
        """The median of the rounds' medians; of those in which nobody else was at work, if any."""
        return median([m for m, clean in zip(self.medians, self.clean) if clean] or self.medians)

    @property
    def best(self) -> float:
        """The least of all."""
        return min(min(times) for times in self.rounds)


def measure(contenders: dict, repeats: int, budget: float, patience: float,
            failures: dict[str, str]) -> dict[str, Times]:
    """Runs all in turns. Who fails is taken out, and `failures` says why.

    Rounds in which something else kept the machine busy are repeated, at most as many as there
    are. A contender that has used up `patience` seconds takes no further turns, after three.
    """
    times: dict[str, Times] = {}
    for name, contender in contenders.items():
        try:
            # The first runs of all compile, fill caches and start threads.
            contender.run(1)
            times[name] = Times(contender, budget, min(contender.run(2)))
            contender.settle()
        except Failed as reason:
            failures[name] = str(reason)
    for number in range(2 * repeats):
        names = [name for name, t in times.items() if number < repeats or sum(t.clean) < repeats]
        if number >= repeats and all(sum(t.clean) >= repeats or t.spent > patience
                                     for t in times.values()):
            break
        shift = number % max(1, len(names))
        for name in names[shift:] + names[:shift]:
            if number >= 3 and times[name].spent > patience:
                continue
            try:
                times[name].turn()
                times[name].contender.settle()
            except Failed as reason:
                failures[name] = str(reason)
                del times[name]
    return times


def ratio(times: dict[str, Times], against: tuple[str, ...]) -> tuple[float, str, bool] | None:
    """How many times faster than the fastest of some we are, which that is, and whether it is sure.

    It is the median of the ratios of rounds in which nobody else was at work. Without three of
    those it is that of the best times, which suffer least, and not sure.
    """
    present = [name for name in against if name in times]
    if not present or "ours" not in times:
        return None
    ours = times["ours"]
    sure = all(sum(times[name].clean) >= 3 for name in [*present, "ours"])
    if not sure:
        fastest = min(present, key=lambda name: times[name].best)
        return times[fastest].best / ours.best, fastest, False
    fastest = min(present, key=lambda name: times[name].seconds)
    rounds = zip(times[fastest].medians, ours.medians, times[fastest].clean, ours.clean)
    ratios = [theirs / mine for theirs, mine, *clean in rounds if all(clean)]
    found = median(ratios) if len(ratios) >= 3 else times[fastest].seconds / ours.seconds
    return found, fastest, True
