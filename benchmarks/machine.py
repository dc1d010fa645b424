"""Where and with what a run was made."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

from build import HERE

PACKAGES = ("torch", "torchvision", "jax", "onnxruntime", "openvino", "tinygrad", "numpy")


def compiler() -> str:
    """The C compiler that gcomp would take."""
    return os.environ.get("CC") or next(
        (name for name in ("gcc", "clang") if shutil.which(name)), "cc")


def said(*words: str) -> str:
    """The first line that a program prints."""
    try:
        text = subprocess.run(words, text=True, capture_output=True, check=False).stdout
    except OSError:
        return "unknown"
    return (text.strip().splitlines() or ["unknown"])[0]


def busy() -> float:
    """The seconds that all cores together have worked since the machine was started."""
    try:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, softirq, *_ = map(int, words[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def processor() -> str:
    """The processor's name, and the widest vectors it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    flags = fields.get("flags", "").split()
    widest = next((f for f in ("avx512f", "avx2", "avx") if f in flags), platform.machine())
    return f"{fields.get('model name', platform.machine())}, {widest}"


def packages() -> list[str]:
    """The peers with their versions; those that are not installed are named as missing."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} missing")
    return found


def about(options: argparse.Namespace) -> dict[str, str]:
    """What the table says above its rows."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    turns = "short turns" if options.quick else "turns of at least 0.25 s"
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB, "
                   f"{platform.system()} {platform.release()}",
        "gcomp": f"{said(str(options.gcomp), '--version')}, "
                 f"commit {said('git', '-C', str(HERE), 'rev-parse', '--short', 'HEAD')}",
        "C compiler": said(*options.cc.split(), "--version"),
        "flags": "those of the Makefile that gcomp writes: -O3 -ffp-contract=fast "
                 "-fno-trapping-math -fno-math-errno -march=native -fopenmp",
        "peers": ", ".join(packages()),
        "runs": f"{options.threads} threads, {options.repeats} rounds in which all take turns, "
                f"{turns}",
    }
