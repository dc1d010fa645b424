"""The benchmark: scripts/bench runs it; see README.md beside this file."""

import argparse
import fnmatch
import sys
import time
from pathlib import Path

import machine
import report
import turns
from build import HERE, Built, Builder, Failed
from contenders import MISSING, Contender, Launch
from data import prepare, read_safetensors
from measure import compare, measure, ratio
from rows import PEERS, ROWS, Row
from sweep import run as sweep


class Bench:
    """One run over some rows."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.work: Path = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.builder = Builder(options.gcomp, options.cc, self.work)

    def row(self, row: Row) -> list[dict]:
        """Measures a row; returns a record for each bar. What goes wrong is in the records."""
        record = {"name": row.name, "ours": None, "peers": {}, "ratio": None, "bar": None,
                  "share_of_peak": None, "missing": {}, "failed": None}
        times = {}
        try:
            built = self.builder.model(row.model, row.title)
            record |= {"gcomp_seconds": built.gcomp_seconds, "cc_seconds": built.cc_seconds,
                       "binary_bytes": built.binary_bytes, "memory_bytes": built.memory_bytes}
            if row.kind == "compile":
                return [self._compilation(row, record, built)]
            if row.kind == "memory":
                return [self._growth(row, record, built)]
            times = self._contest(row, record, built)
        except Failed as reason:
            record["failed"] = str(reason)
        return [self._judge(row, record, times, bar) for bar in row.bars]

    def _judge(self, row: Row, record: dict, times: dict, bar) -> dict:
        found = ratio(times, bar.against)
        record = record | {"bar": bar.least, "against": list(bar.against)}
        if len(row.bars) > 1:
            record["name"] += f" ({report.TITLES[bar.against[0]]})"
        if found:
            record |= {"ratio": found[0], "fastest": found[1], "sure": found[2]}
        limit = ratio(times, ("limit",))
        if limit and row.kind != "start":
            record["share_of_peak"] = limit[0]
        return record

    def _compilation(self, row: Row, record: dict, built: Built) -> dict:
        ours = built.gcomp_seconds + built.cc_seconds
        return record | {"ours": ours, "ratio": 15 / ours, "bar": row.bars[0].least,
                         "against": ["15 s"]}

    def _growth(self, row: Row, record: dict, built: Built) -> dict:
        half = self.builder.model(row.model, row.title.replace("4096", "2048"))
        return record | {"ratio": 2 * half.memory_bytes / built.memory_bytes,
                         "bar": row.bars[0].least, "against": ["linear growth"]}

    def _contest(self, row: Row, record: dict, built: Built) -> dict:
        folder = self.work / "data" / row.title
        inputs = prepare(row, built, folder)
        contenders: dict = {}
        try:
            self._gather(row, record, built, folder, inputs, contenders)
            if row.kind != "start":
                self._compare(row, record, built, folder, contenders)
                if self.options.compare:
                    record["equal"] = list(contenders)
                    return {}
            contenders["limit"] = self._limit(row, folder)
            quick = self.options.quick
            failures: dict[str, str] = {}
            times = measure(contenders, self.options.repeats, 0.05 if quick else 0.25,
                            5 if quick else 60, failures)
            record["missing"] |= failures
            if "ours" in failures:
                raise Failed(failures["ours"])
            self._note(record, times)
            return times
        finally:
            for contender in contenders.values():
                contender.close()

    def _limit(self, row: Row, folder: Path):
        loop, amount = row.limit
        threads = self.options.threads
        return Contender("limit", [self.builder.peak(), threads, loop, f"{amount:.0f}"], threads,
                         folder / "limit.log")

    def _gather(self, row: Row, record: dict, built: Built, folder: Path, inputs: Path,
                contenders: dict) -> None:
        threads, weights = self.options.threads, folder / "weights.safetensors"
        if row.kind == "start":
            contenders["ours"] = Launch("ours", [
                built.program, "--weights", weights, "--threads", threads, "--input",
                f"image={inputs / 'image.npy'}", "--output", folder / "started"], threads,
                folder / "ours.log")
        else:
            words = [built.worker, row.function, threads, inputs]
            contenders["ours"] = Contender(
                "ours", words + ([weights] if weights.exists() else []), threads,
                folder / "ours.log")
        self._export(row, folder, inputs)
        for peer in PEERS:
            if peer not in self.options.peers:
                record["missing"][peer] = "not asked for"
                continue
            log = folder / f"{peer}.log"
            what = [peer, row.title, row.function, row.kind, folder, inputs, threads]
            try:
                if row.kind == "start":
                    launch = Launch(peer, [sys.executable, "-m", "peers.start", *what], threads,
                                    log)
                    launch.run(1)
                    contenders[peer] = launch
                else:
                    # Who is in no bar shall not hold up the run.
                    wanted = any(peer in bar.against for bar in row.bars)
                    contenders[peer] = Contender(peer, [sys.executable, "-m", "peers", *what],
                                                 threads, log, 600 if wanted else 60)
            except Failed as reason:
                record["missing"][peer] = str(reason).removeprefix(MISSING)

    def _export(self, row: Row, folder: Path, inputs: Path) -> None:
        # In a process of its own, as only the peers need what it needs.
        path = folder / f"{row.function}.onnx"
        mark = folder / "states.json"
        fresh = path.exists() and (
            not mark.exists() or path.stat().st_mtime > mark.stat().st_mtime)
        if fresh or not {"onnxruntime", "openvino", "tinygrad"} & self.options.peers:
            return
        for old in (path, path.with_suffix(".missing")):
            old.unlink(missing_ok=True)
        words = [sys.executable, "-m", "peers.export", row.title, row.function, row.kind, folder,
                 inputs]
        try:
            Launch("export", words, self.options.threads, folder / "export.log").run(1)
        except Failed as reason:
            path.with_suffix(".missing").write_text(f"no ONNX file: {reason}")

    def _compare(self, row: Row, record: dict, built: Built, folder: Path,
                 contenders: dict) -> None:
        names = [name for name, _, shape in built.states("parameter") if len(shape) > 1]
        names = names[:1] + names[-1:] if row.kind == "train" else []
        stored = read_safetensors(folder / "weights.safetensors") if names else {}
        before = {name: stored[name] for name in names}
        record["compared_with"] = compare(contenders, folder / "outputs", names, before,
                                          row.tolerance, record["missing"])

    def _note(self, record: dict, times: dict) -> None:
        record["ours"] = times["ours"].seconds
        record["peers"] = {name: t.seconds for name, t in times.items() if name != "ours"}
        record["best"] = {name: t.best for name, t in times.items()}
        record["rounds"] = {name: t.medians for name, t in times.items()}
        record["peak_bytes"] = {name: t.contender.peak_bytes for name, t in times.items()}
        record["load_seconds"] = {name: t.contender.load_seconds for name, t in times.items()}


def chosen(patterns: list[str]) -> list[Row]:
    """The rows that a pattern fits; part of a name is enough."""
    return [row for row in ROWS if not patterns or any(
        fnmatch.fnmatch(row.name.lower(), f"*{pattern.lower()}*") for pattern in patterns)]


def main() -> int:
    """Measures the rows that are asked for, and writes what was found."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rows", action="append", default=[], metavar="PATTERN",
                        help="only rows whose name contains it; may be repeated")
    parser.add_argument("--quick", action="store_true", help="short turns, 3 rounds")
    parser.add_argument("--compare", action="store_true",
                        help="compare the outputs, measure nothing")
    parser.add_argument("--repeats", type=int, help="rounds (default 9)")
    parser.add_argument("--threads", type=int, default=2, help="of each contender (default 2)")
    parser.add_argument("--gcomp", type=Path, required=True, help="the compiler to measure")
    parser.add_argument("--cc", default="", help="the C compiler (default: that of gcomp)")
    parser.add_argument("--peers", metavar="NAMES",
                        help="only these, with commas; 'none' is ours beside plain loops")
    parser.add_argument("--turns", action="append", default=[],
                        metavar="LABEL=GCOMP,CC,VARIABLE=VALUE",
                        help="instead of peers, ours by another gcomp, C compiler or variable of "
                             "the Makefile; what is as in ours is left out; may be repeated")
    parser.add_argument("--sweep", type=int, metavar="N",
                        help="instead of rows, so many random layers and nets")
    parser.add_argument("--seed", type=int, default=1, help="of the sweep (default 1)")
    parser.add_argument("--classes", action="append", default=[], metavar="PATTERN",
                        help="only classes whose name contains it; may be repeated")
    parser.add_argument("--training", action="store_true", help="steps of training of random nets")
    parser.add_argument("--work", type=Path, default=HERE.parent / "build" / "benchmarks",
                        help="where C, weights and logs go (default build/benchmarks)")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR",
                        help="where results.md, results.json and results.svg go")
    options = parser.parse_args()
    named = options.peers.split(",") if options.peers else set(PEERS) - (
        sweep.SLOW if options.sweep else set())
    options.peers = set(named) - {"none"}
    if not options.peers <= set(PEERS):
        parser.error(f"the peers are {', '.join(PEERS)}")
    options.repeats = options.repeats or (3 if options.quick else 5 if options.sweep else 9)
    options.cc = options.cc or machine.compiler()
    options.gcomp = options.gcomp.resolve()
    options.work, options.out = options.work.resolve(), options.out.resolve()
    rows = chosen(options.rows)
    if options.sweep:
        return sweep.run(options, machine.about(options))
    if not rows:
        parser.error("no row has such a name; see --list")
    about = machine.about(options)
    if options.turns:
        return turns.run(options, rows, about)
    bench, records = Bench(options), []
    for row in rows:
        start = time.monotonic()
        found = bench.row(row)
        records += found
        for record in found:
            print(f"{report.line(record)}   [{time.monotonic() - start:.0f} s]", flush=True)
        # After each row, so that a run that is stopped has not been for nothing.
        if not options.compare:
            report.write(records, about, options.out)
    if options.compare:
        return int(any(record["failed"] for record in records))
    return 0 if all(report.is_met(record) for record in records) else 1


if __name__ == "__main__":
    sys.exit(main())
