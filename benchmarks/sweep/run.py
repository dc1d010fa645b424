"""The run of a sweep: groups of cases are built, compared with all peers, and measured in turns."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from build import Built, Builder, Failed
from contenders import MISSING, Contender
from data import prepare, read_safetensors
from measure import compare, measure, ratio
from sweep import model, table
from sweep.case import Case
from sweep.choose import choose
from sweep.others import Forms, Peers
from sweep.roofline import Roofline, weight_bytes

# So many cases are one model: more make a C file that only one core compiles for long.
GROUP = {"call": 20, "train": 5}
# These take long for each case, so they must be named.
SLOW = {"torch.compile", "tinygrad"}


class Sweep:
    """One run over some cases."""

    def __init__(self, options):
        self.options, self.work = options, options.work / "sweep"
        (self.work / "models").mkdir(parents=True, exist_ok=True)
        self.builder = Builder(options.gcomp, options.cc, self.work, self.work / "models", True)
        self.peers = Forms(options, self.work) if options.turns else Peers(options, self.work)
        self.roofline = Roofline(self.builder.peak(), options.threads, self.work / "limit.log")
        self.models = 0

    def build(self, groups: list[list[Case]]) -> list[str]:
        """Builds a model for each group, on all cores, and returns their names.

        The first of all comes before the others, as it compiles the runtime for them.
        """
        def make(name: str) -> None:
            try:
                self.builder.model(name, name)
            except Failed:
                pass  # Who asks for it again is told.

        names = []
        for cases in groups:
            self.models += 1
            names.append(f"sweep_{self.models}")
            (self.work / "models" / f"{names[-1]}.swift").write_text(model.text(names[-1], cases))
        first = names[:1] if self.builder.runtime is None else []
        for name in first:
            make(name)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(make, names[len(first):]))
        return names

    def group(self, name: str, cases: list[Case]):
        """Measures cases that are one model; yields a record of each as it is done."""
        try:
            built = self.builder.model(name, name)
        except Failed as reason:
            if len(cases) == 1:
                yield self._record(cases[0]) | {"failed": str(reason)}
                return
            # One of them is to blame.
            halves = [cases[:len(cases) // 2], cases[len(cases) // 2:]]
            for name, half in zip(self.build(halves), halves):
                yield from self.group(name, half)
            return
        folder = self.work / "data" / name
        shutil.rmtree(folder, ignore_errors=True)
        for case in cases:
            record = self._record(case)
            try:
                self._case(case, record, built, folder)
            except Failed as reason:
                record["failed"] = str(reason)
            yield record
        shutil.rmtree(folder, ignore_errors=True)

    def _record(self, case: Case) -> dict:
        return {"label": case.label, "class": case.title, "words": case.words, "kind": case.kind,
                "ours": None, "peers": {}, "ratio": None, "limit": None, "share": None,
                "schedules": [], "missing": {}, "failed": None}

    def _case(self, case: Case, record: dict, built: Built, folder: Path) -> None:
        names = [words[1] for words in built.description if words[0] == "function"]
        case.function = next(name for name in names if case.label in name.split("_"))
        inputs = prepare(case, built, folder)
        record["schedules"] = schedules(self.builder.said[built.name], case.function)
        (folder / f"{case.function}.json").write_text(json.dumps(case.as_json()))
        weights, threads = folder / "weights.safetensors", self.options.threads
        words = [built.worker, case.function, threads, inputs]
        contenders = {"ours": Contender(
            "ours", words + ([weights] if weights.exists() else []), threads,
            self.work / "ours.log")}
        try:
            self._gather(case, record, built, folder, contenders)
            states = trained(case, built)
            stored = read_safetensors(weights) if states else {}
            record["compared_with"] = compare(
                contenders, folder / "outputs", states, {name: stored[name] for name in states},
                case.tolerance, record["missing"])
            if self.options.compare:
                record["equal"] = [name for name in contenders if name != "ours"]
                return
            limit = self.roofline.limit(
                case, weight_bytes(built.states("parameter", "statistic"), case))
            contenders["limit"] = self.roofline.contender(limit)
            record["bound"] = limit[0]
            self._measure(record, contenders)
        finally:
            for contender in contenders.values():
                if contender not in self.peers.processes.values():
                    contender.close()

    def _gather(self, case: Case, record: dict, built: Built, folder: Path,
                contenders: dict) -> None:
        for name in self.peers.names:
            try:
                contenders[name] = self.peers.open(name, case, built.name, folder)
            except Failed as reason:
                record["missing"][name] = str(reason).removeprefix(MISSING)

    def _measure(self, record: dict, contenders: dict) -> None:
        quick, failures = self.options.quick, {}
        times = measure(contenders, self.options.repeats, 0.02 if quick else 0.05,
                        2 if quick else 5, failures)
        for name in failures:
            contenders[name].close()
        record["missing"] |= failures
        if "ours" in failures:
            raise Failed(failures["ours"])
        record["ours"] = times["ours"].seconds
        record["peers"] = {name: times[name].seconds for name in self.peers.names if name in times}
        found = ratio(times, tuple(self.peers.names))
        if found:
            record |= {"ratio": found[0], "fastest": found[1], "sure": found[2]}
        limit = ratio(times, ("limit",))
        if limit:
            record |= {"limit": times["limit"].seconds, "share": limit[0]}


def schedules(said: str, function: str) -> list[str]:
    """The lines of --dump-schedules about a function, without its name."""
    return [line.removeprefix(f"{function} ") for line in said.splitlines()
            if line.startswith(f"{function} ") and ": " in line]


def trained(case: Case, built: Built) -> list[str]:
    """The first and the last matrix that a step of training changes."""
    if case.kind != "train":
        return []
    names = [name for name, _, shape in built.states("parameter")
             if name.startswith(f"{case.label}.") and len(shape) > 1]
    return list(dict.fromkeys(names[:1] + names[-1:]))


def measured(sweep: Sweep, cases: list[Case]):
    """Builds as many groups at once as there are cores, then measures them; yields records."""
    size = GROUP[cases[0].kind]
    groups = [cases[first:first + size] for first in range(0, len(cases), size)]
    for first in range(0, len(groups), os.cpu_count()):
        together = groups[first:first + os.cpu_count()]
        for name, group in zip(sweep.build(together), together):
            yield from sweep.group(name, group)


def run(options, about: dict[str, str]) -> int:
    """Measures so many random cases and writes sweep.md and sweep.json.

    The status is 1 if one could not be built or gave other results than the peers.
    """
    cases = choose(options.sweep, options.seed, options.classes, options.training)
    if not cases:
        raise SystemExit("bench: no class has such a name")
    sweep, records, start = Sweep(options), [], time.monotonic()
    about = about | {"seed": str(options.seed), "speed": sweep.roofline.about()}
    print(about["speed"], flush=True)
    try:
        for record in measured(sweep, cases):
            records.append(record)
            print(table.line(record), f"  [{time.monotonic() - start:.0f} s]", flush=True)
            table.write(records, about, options.out)
    finally:
        sweep.peers.close()
    if not options.compare:
        print("", *table.quantiles(records), sep="\n")
    return int(any(record["failed"] for record in records))
