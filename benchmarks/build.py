"""Compiles models with gcomp, and the C programs that run them."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Failed(Exception):
    """What a row shows instead of figures."""


def command(words, seconds=1200, **options) -> str:
    """Runs a program and returns what it prints; its last words are the reason if it fails."""
    words = [str(word) for word in words]
    try:
        done = subprocess.run(words, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds, check=False, **options)
    except subprocess.TimeoutExpired:
        raise Failed(f"{Path(words[0]).name} took longer than {seconds} s") from None
    except OSError as error:
        raise Failed(f"{words[0]}: {error.strerror}") from None
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        told = next((line for line in lines if "error" in line.lower()), lines[-1:] or [""])
        told = told if isinstance(told, str) else told[0]
        raise Failed(f"{Path(words[0]).name} ended with {done.returncode}: {told.strip()[:200]}")
    return done.stdout


@dataclass
class Built:
    """A model as gcomp made it."""

    name: str
    folder: Path
    gcomp_seconds: float  # Swift included; of the whole file, which may hold several models
    cc_seconds: float

    @property
    def worker(self) -> Path:
        return self.folder / "worker"

    @property
    def program(self) -> Path:
        """The program that a user would run."""
        train = self.folder / f"{self.name}-train"
        return train if train.exists() else self.folder / f"{self.name}-infer"

    @property
    def binary_bytes(self) -> int:
        return self.program.stat().st_size

    @cached_property
    def description(self) -> list[list[str]]:
        """The lines of 'worker describe', as words."""
        return [line.split() for line in command([self.worker, "describe"]).splitlines()]

    @property
    def memory_bytes(self) -> int:
        """State and working memory, all that the model ever takes."""
        return sum(map(int, self.description[0][1:]))

    def states(self, *roles: str) -> list[tuple[str, str, list[int]]]:
        """Name, type and shape of the states of some roles."""
        return [(words[1], words[2], list(map(int, words[3:])))
                for words in self.description if words[0] in roles]

    def inputs(self, function: str) -> list[tuple[str, str, list[int]]]:
        """Name, type and shape of the inputs of a function."""
        found, current = [], ""
        for words in self.description:
            if words[0] == "function":
                current = words[1]
            elif words[0] == "input" and current == function:
                found.append((words[1], words[2], list(map(int, words[3:]))))
        return found


def reuse(done: Path, folder: Path) -> None:
    """Copies objects of the runtime from a model that is built to one with the same sources."""
    for source in folder.glob("runtime/*/*.c"):
        other = done / source.relative_to(folder)
        made = other.with_suffix(".o")
        if made.exists() and other.read_bytes() == source.read_bytes():
            shutil.copyfile(made, source.with_suffix(".o"))


class Builder:
    """Builds each file of models once; a file that failed fails again at once.

    With `shows_schedules`, `said` has what gcomp says of a file's kernels, only libraries and
    workers are built, and the runtime is compiled once for all models.
    """

    def __init__(self, gcomp: Path, cc: str, work: Path, models: Path = HERE / "models",
                 shows_schedules: bool = False, variables: tuple[str, ...] = ()):
        self.gcomp, self.cc, self.work, self.folder = gcomp, cc, work, models
        self.variables = variables  # of the emitted Makefile
        self.shows_schedules = shows_schedules
        self.said: dict[str, str] = {}
        self.runtime: Path | None = None  # the folder of a model whose runtime is compiled
        self.files: dict[str, float | Failed] = {}
        self.models: dict[str, Built | Failed] = {}

    def model(self, file: str, name: str) -> Built:
        """Builds the model `name` of <file>.swift."""
        if name not in self.models:
            try:
                self.models[name] = self._make(file, name)
            except Failed as reason:
                self.models[name] = reason
        built = self.models[name]
        if isinstance(built, Failed):
            raise built
        return built

    def peak(self) -> Path:
        """Builds the loops of peak.c."""
        program = self.work / "peak"
        if not program.exists():
            self._compile(["-O3", "-march=native", "-ffp-contract=fast", HERE / "peak.c",
                           "-o", program])
        return program

    def _emit(self, file: str) -> float:
        # An empty cache, as the time of swiftc belongs to that of gcomp.
        folder, cache = self.work / "c", self.work / "cache" / file
        shutil.rmtree(cache, ignore_errors=True)
        start = time.monotonic()
        shown = ["--dump-schedules"] if self.shows_schedules else []
        self.said[file] = command(
            [self.gcomp, self.folder / f"{file}.swift", "--emit", "c", "-o", folder, *shown],
            env=os.environ | {"GCOMP_CACHE": str(cache)})
        return time.monotonic() - start

    def _make(self, file: str, name: str) -> Built:
        if file not in self.files:
            try:
                self.files[file] = self._emit(file)
            except Failed as reason:
                self.files[file] = reason
        gcomp_seconds = self.files[file]
        if isinstance(gcomp_seconds, Failed):
            raise gcomp_seconds
        folder = self.work / "c" / name
        command(["make", "-C", folder, "clean"])
        start = time.monotonic()
        if self.runtime:
            reuse(self.runtime, folder)
        goals = ["lib"] if self.shows_schedules else []
        command(["make", "-C", folder, f"-j{os.cpu_count()}", f"CC={self.cc}",
                 *self.variables, *goals])
        self.runtime = folder if self.shows_schedules else None
        built = Built(name, folder, gcomp_seconds, time.monotonic() - start)
        self._compile(["-O2", f"-DMODEL={name}_model", f"-DCREATE={name}_create", f"-I{folder}",
                       HERE / "worker.c", folder / f"lib{name}.a", "-o", built.worker])
        return built

    def _compile(self, words) -> None:
        command([*self.cc.split(), "-std=c11", "-fopenmp", *words, "-lm"])
