"""What was found, as JSON, as a table, and as a picture."""

import json
from pathlib import Path

import chart
from rows import PEERS

TITLES = {"pytorch": "PyTorch", "torch.compile": "torch.compile", "jax": "JAX",
          "onnxruntime": "onnxruntime", "openvino": "OpenVINO", "tinygrad": "tinygrad",
          "limit": "plain loop"}


def is_met(record: dict) -> bool:
    """True iff the row was measured, the outputs are right and the bar is reached."""
    return not record["failed"] and record["ratio"] is not None and (
        record["ratio"] >= record["bar"])


def verdict(record: dict) -> str:
    """One word for a row."""
    if record["failed"]:
        return "failed"
    if record["ratio"] is None:
        return "equal" if record.get("equal") else "not measured"
    word = "met" if is_met(record) else "missed"
    return word if record.get("sure", True) else f"{word}?"


def seconds(value: float | None) -> str:
    """A time with three digits."""
    if value is None:
        return "–"
    for scale, unit in ((1, "s"), (1e3, "ms")):
        if value * scale >= 1:
            return f"{value * scale:.3g} {unit}" if value * scale < 1000 else f"{value:.0f} s"
    return f"{value * 1e6:.3g} us"


def size(count: float | None) -> str:
    """A number of bytes in MB."""
    return "–" if not count else f"{count / 1e6:.3g}" if count < 1e9 else f"{count / 1e6:.0f}"


def factor(value: float | None) -> str:
    """A ratio with two decimals."""
    return "–" if value is None else f"{value:.2f}"


def line(record: dict) -> str:
    """A row as one line of text, while the run goes on."""
    text = (f"{verdict(record):12} {record['name']:52} ours {seconds(record['ours']):>8}  ratio "
            f"{factor(record['ratio'])} of {factor(record['bar'])}")
    share = record["share_of_peak"]
    if share is not None:
        text += f"  peak {share:.0%}"
    text += "  " + ", ".join(TITLES.get(name, name) for name in record.get("equal", []))
    for name, value in record["peers"].items():
        text += f"  {TITLES.get(name, name)} {seconds(value)}"
    if record["failed"]:
        text += f"\n             {record['failed']}"
    for name, reason in record["missing"].items():
        text += f"\n             {TITLES.get(name, name)} missing: {reason}"
    return text


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown; all columns but the first are numbers."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def speeds(records: list[dict]) -> list[str]:
    """The table of times."""
    rows = []
    for record in records:
        share = record["share_of_peak"]
        best = TITLES.get(record.get("fastest"), ", ".join(record.get("against", [])))
        rows.append([
            record["name"], seconds(record["ours"]),
            *(seconds(record["peers"].get(peer)) for peer in PEERS),
            seconds(record["peers"].get("limit")), factor(record["ratio"]), best,
            factor(record["bar"]), verdict(record), "–" if share is None else f"{share:.0%}"])
    head = ["row", "ours", *(TITLES[peer] for peer in PEERS), TITLES["limit"], "ratio", "of",
            "bar", "", "share of peak"]
    return table(head, rows)


def sizes(records: list[dict]) -> list[str]:
    """The table of memory, compile times and binaries."""
    rows, seen = [], set()
    for record in records:
        if record["name"].split(" (")[0] in seen or "gcomp_seconds" not in record:
            continue
        seen.add(record["name"].split(" (")[0])
        memory = record.get("peak_bytes", {})
        rows.append([record["name"].split(" (")[0], size(memory.get("ours")),
                     *(size(memory.get(peer)) for peer in PEERS), size(record["memory_bytes"]),
                     f"{record['gcomp_seconds']:.1f}", f"{record['cc_seconds']:.1f}",
                     f"{record['binary_bytes'] / 1e3:.0f}"])
    head = ["row", "ours", *(TITLES[peer] for peer in PEERS), "planned", "gcomp, s",
            "C compiler, s", "binary, kB"]
    return table(head, rows)


def missing(records: list[dict]) -> list[str]:
    """Who did not take part, and what failed, with reasons."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for record in records:
        name = record["name"].split(" (")[0]
        if record["failed"]:
            reasons.setdefault(("**ours**", record["failed"]), []).append(name)
        for peer, reason in record["missing"].items():
            reasons.setdefault((TITLES.get(peer, peer), reason), []).append(name)
    most = max((len(names) for names in reasons.values()), default=0)
    def rows(names: list[str]) -> str:
        # Who was not asked for is missing wherever a peer takes part.
        return "" if len(names) == most > 8 else f" ({'; '.join(dict.fromkeys(names))})"
    return [f"* {peer}: {reason}{rows(names)}" for (peer, reason), names in sorted(reasons.items())]


def markdown(records: list[dict], about: dict[str, str]) -> str:
    """results.md."""
    met = sum(map(is_met, records))
    unchecked = [r["name"] for r in records if not r["failed"] and r["ours"] is not None
                 and not r.get("compared_with") and "compared_with" in r]
    lines = [
        "# Results", "", "`scripts/bench` wrote this; [README.md](README.md) says how it measures.",
        "", *(f"* {name}: {value}" for name, value in about.items()), "",
        f"{met} of {len(records)} bars are met.", "", "![ratios by row](results.svg)", "",
        "## Time", "",
        "Medians; the ratio is that of the fastest one named under *of*, round by round. A plain",
        "loop does no more than the work needs: its multiply-adds, or its reads and writes. Where",
        "there is a question mark the machine was never left alone, and the ratio is that of the",
        "best times.", "",
        *speeds(records), "", "## Memory, compilation and size", "",
        "The most memory each process has had, in MB, weights and libraries included; *planned* is",
        "what gcomp says the model takes. The time of gcomp is that of the whole file, Swift",
        "included, and the binary that of the program a user runs.", "", *sizes(records), "",
        "## Missing", "", *(missing(records) or ["Nothing."])]
    if unchecked:
        lines += ["", "Outputs were compared with nobody's: " + "; ".join(unchecked) + "."]
    return "\n".join(lines) + "\n"


def write(records: list[dict], about: dict[str, str], folder: Path) -> None:
    """Writes results.json, results.md and results.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(records, indent=1) + "\n")
    (folder / "results.md").write_text(markdown(records, about))
    (folder / "results.svg").write_text(chart.draw(records, about))
