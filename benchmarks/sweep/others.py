"""Beside whom a case is measured: peers, or ours made by another gcomp or C compiler."""

import sys
from pathlib import Path

from build import Builder, Failed
from contenders import MISSING, Contender
from rows import PEERS
from sweep.case import Case
from turns import Form

# Who reads the file that the peer "export" writes, and does not train.
ONNX = ("onnxruntime", "openvino", "tinygrad")


class Peers:
    """A process for each peer, which takes up one case after the other."""

    def __init__(self, options, work: Path):
        self.names = [name for name in PEERS if name in options.peers and not (
            options.training and name in ONNX)]
        self.threads, self.work = options.threads, work
        self.processes: dict[str, Contender] = {}
        self.missing: dict[str, str] = {}  # who cannot be had at all

    def open(self, name: str, case: Case, program: str, folder: Path) -> Contender:
        """A peer with a case; one whose process was ended is started again."""
        file = folder / f"{case.function}.onnx"
        if name in ONNX and case.kind != "train" and not file.exists() and (
                not file.with_suffix(".missing").exists()):
            try:
                self.open("export", case, program, folder)
            except Failed as reason:
                file.with_suffix(".missing").write_text(f"no ONNX file: {reason}")
        if name in self.missing:
            raise Failed(self.missing[name])
        found = self.processes.get(name)
        if found is None or found.process.poll() is not None:
            try:
                found = Contender(name, [sys.executable, "-m", "peers", name], self.threads,
                                  self.work / f"{name}.log", 120)
            except Failed as reason:
                self.missing[name] = str(reason).removeprefix(MISSING)
                raise
            self.processes[name] = found
        words = [program, case.function, case.kind, folder, folder / case.function, self.threads]
        try:
            found.ask("open " + " ".join(map(str, words)))
        except Failed as reason:
            if not str(reason).startswith(MISSING):
                found.close()
            raise
        return found

    def close(self) -> None:
        """Ends all processes."""
        for process in self.processes.values():
            process.close()


class Forms:
    """Ours in other forms, a process for each case."""

    def __init__(self, options, work: Path):
        forms = [Form.parse(text, options.gcomp, options.cc) for text in options.turns]
        self.names, self.threads, self.work = [form.label for form in forms], options.threads, work
        self.builders = {form.label: Builder(form.gcomp, form.cc, work / form.label,
                                             work / "models", True, form.variables)
                         for form in forms}
        self.processes: dict[str, Contender] = {}  # none outlives its case

    def open(self, name: str, case: Case, program: str, folder: Path) -> Contender:
        """One form with a case."""
        built = self.builders[name].model(program, program)
        weights = folder / "weights.safetensors"
        words = [built.worker, case.function, self.threads, folder / case.function]
        return Contender(name, words + ([weights] if weights.exists() else []), self.threads,
                         self.work / f"{name}.log")

    def close(self) -> None:
        """Nothing is left running."""
