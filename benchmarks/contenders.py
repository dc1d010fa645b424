"""Processes that do the work on command: ours, the peers, and the loops of peak.c."""

import os
import select
import subprocess
import time
from pathlib import Path

from build import HERE, Failed

# What a peer has to say when it does not take part.
MISSING = "missing: "


def environment(threads: int) -> dict[str, str]:
    """The environment of all contenders."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_PRELOAD")}
    count = str(threads)
    return kept | {
        "OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count,
        "NPROC": count, "NUM_CPU_THREADS": count,
        # LLVM's threads wait 200 ms for more work, and would take the time of the next contender.
        "KMP_BLOCKTIME": "5", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "",
        "PYTHONWARNINGS": "ignore", "JAX_PLATFORMS": "cpu"}


def cores(threads: int) -> set[int]:
    """The first cores that this process may use; some peers have no other limit."""
    return set(sorted(os.sched_getaffinity(0))[:threads])


def reason(log: Path) -> str:
    """What a process that failed had to say: the last line about an error, or the last at all."""
    lines = [line.strip() for line in log.read_text().splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or line.startswith(MISSING)] or lines
    return told[-1][:200] if told else "no message"


class Contender:
    """A process that answers each line with a line."""

    def __init__(self, name: str, words: list, threads: int, log: Path, seconds: float = 600):
        self.name, self.seconds = name, seconds
        self.log = log
        start = time.monotonic()
        allowed = cores(threads)
        with open(log, "w") as errors:
            self.process = subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True, bufsize=1, cwd=HERE, env=environment(threads),
                preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        try:
            self._answer()
        except Failed:
            self.close()
            raise
        self.load_seconds = time.monotonic() - start

    def _answer(self) -> str:
        readable, _, _ = select.select([self.process.stdout], [], [], self.seconds)
        if not readable:
            raise Failed(f"over the limit of {self.seconds:g} s for one answer")
        line = self.process.stdout.readline().strip()
        if line.startswith(MISSING):
            raise Failed(line)
        if line.startswith("error: "):
            raise Failed(line[len("error: "):])
        if not line:
            self.process.wait()
            raise Failed(f"ended with {self.process.returncode}: {reason(self.log)}")
        return line

    def ask(self, line: str) -> str:
        """Sends a command and returns the answer."""
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"has ended: {reason(self.log)}") from None
        return self._answer()

    def run(self, count: int) -> list[float]:
        """Runs `count` times and returns the seconds of each."""
        return [float(word) for word in self.ask(f"run {count}").split()]

    def busy(self) -> float:
        """The seconds that all its threads have run."""
        return self._scheduled(0)

    def delayed(self) -> float:
        """The seconds that all its threads have waited for a core that somebody else had."""
        return self._scheduled(1)

    def _scheduled(self, field: int) -> float:
        total = 0
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            try:
                total += int(path.read_text().split()[field])
            except OSError:
                pass
        return total * 1e-9

    def settle(self) -> None:
        """Waits until its threads sleep, so that they take nothing from the next contender."""
        deadline, before = time.monotonic() + 0.5, self.busy()
        while time.monotonic() < deadline:
            time.sleep(0.004)
            now = self.busy()
            if now - before < 2e-4:
                return
            before = now

    @property
    def peak_bytes(self) -> int:
        """The most memory that it has had."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.wait()


class Launch:
    """A program that is started anew for each time; the time is that of the whole process."""

    load_seconds = 0.0

    def __init__(self, name: str, words: list, threads: int, log: Path):
        self.name, self.words, self.threads, self.log = name, [str(w) for w in words], threads, log
        self.peak_bytes = 0
        self._spent = 0.0

    def run(self, count: int) -> list[float]:
        """Starts it `count` times and returns the seconds of each."""
        times, allowed = [], cores(self.threads)
        for _ in range(count):
            with open(self.log, "w") as log:
                start = time.monotonic()
                process = subprocess.Popen(
                    self.words, stdout=log, stderr=log, cwd=HERE, env=environment(self.threads),
                    preexec_fn=lambda: os.sched_setaffinity(0, allowed))
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                times.append(time.monotonic() - start)
            self._spent += usage.ru_utime + usage.ru_stime
            if process.returncode != 0:
                raise Failed(reason(self.log))
            self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
        return times

    def busy(self) -> float:
        """The seconds that its processes have run."""
        return self._spent

    def delayed(self) -> float:
        """Not known of processes that have ended."""
        return 0.0

    def settle(self) -> None:
        """Nothing is left running."""

    def close(self) -> None:
        """Nothing is left running."""
