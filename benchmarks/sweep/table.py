"""What a sweep found: lines as it goes on, quantiles by class, and the worst cases."""

import json
import re
from pathlib import Path

import numpy as np

from report import TITLES, factor, missing, seconds, table

WORST = 20
BOUNDS = {"fma": "its products", "read": "reading", "map": "reading and writing"}


def line(record: dict) -> str:
    """A case as one line of text."""
    text = f"{record['label']:>4} {record['class']:22} {record['words']:60}"
    if record["failed"]:
        return f"{text} FAILED: {record['failed']}"
    if "equal" in record:
        return f"{text} equal to {', '.join(TITLES.get(name, name) for name in record['equal'])}"
    mark = "" if record.get("sure", True) else "?"
    text += f" ratio {factor(record['ratio']) + mark:>6}  ours {seconds(record['ours']):>8}"
    for name, value in record["peers"].items():
        text += f"  {TITLES.get(name, name)} {seconds(value)}"
    if record["share"] is not None:
        text += f"  limit {record['share']:.0%} ({record['bound']})"
    for name, reason in record["missing"].items():
        if name != "export":
            text += f"\n{'':28}{TITLES.get(name, name)} missing: {reason}"
    return text


def quantiles(records: list[dict]) -> list[str]:
    """The table of ratios: a line for all cases, and one for each class, slowest first."""
    classes: dict[str, list[dict]] = {}
    for record in records:
        if record["ratio"] is not None:
            classes.setdefault(record["class"], []).append(record)
    measured = [record for group in classes.values() for record in group]

    def cells(title: str, group: list[dict]) -> list[str]:
        ratios = [record["ratio"] for record in group]
        shares = [record["share"] for record in group if record["share"] is not None]
        least = [min(ratios), *np.quantile(ratios, [0.1, 0.25, 0.5, 0.75])]
        share = f"{np.median(shares):.0%}" if shares else "–"
        return [title, str(len(group)), *map(factor, least), share]

    rows = [cells("**all**", measured)] if measured else []
    groups = [cells(title, group) for title, group in classes.items()]
    rows += sorted(groups, key=lambda row: float(row[5]))
    return table(["class", "cases", "least", "p10", "p25", "p50", "p75", "share of limit"], rows)


def worst(records: list[dict]) -> list[str]:
    """The cases in which we are furthest behind, with their schedules."""
    ranked = sorted((r for r in records if r["ratio"] is not None), key=lambda r: r["ratio"])
    lines = []
    for number, record in enumerate(ranked[:WORST], 1):
        mark, fastest = "" if record["sure"] else "?", record["fastest"]
        lines += [
            f"{number}. **{record['ratio']:.2f}**{mark} {record['class']}: {record['words']}. Ours "
            f"{seconds(record['ours'])}, {TITLES.get(fastest, fastest)} "
            f"{seconds(record['peers'][fastest])}; the machine allows "
            f"{seconds(record['limit'])} for {BOUNDS[record['bound']]}."]
        lines += [f"   `{schedule}`  " for schedule in shown(record["schedules"])]
    return lines


def cycles(schedule: str) -> int:
    """The cycles that gcomp expects of a kernel, by its line of --dump-schedules."""
    found = re.search(r"(\d+) cycles", schedule)
    return int(found[1]) if found else 0


def shown(schedules: list[str]) -> list[str]:
    """The schedules of the kernels that should take longest, if there are many."""
    return schedules if len(schedules) <= 4 else sorted(schedules, key=cycles, reverse=True)[:4]


def estimates(records: list[dict]) -> list[str]:
    """How well the cycles that gcomp expects of all kernels of a case go with its time."""
    pairs = [(sum(map(cycles, r["schedules"])), r["ours"], r) for r in records if r["ours"]]
    pairs = [pair for pair in pairs if pair[0] > 0]
    if len(pairs) < 5:
        return ["Too few cases."]
    expected, measured = (np.log([pair[at] for pair in pairs]) for at in (0, 1))
    slowness = np.exp(measured - expected - np.median(measured - expected))
    low, high = np.quantile(slowness, [0.1, 0.9])
    lines = [
        f"The correlation of the logarithms of expected cycles and times is "
        f"{np.corrcoef(expected, measured)[0, 1]:.3f}. By their median, a tenth of the cases takes",
        f"less than {low:.2f} times what was expected, and a tenth more than {high:.2f} times:", ""]
    worst_first = np.argsort(-slowness)[:max(5, len(pairs) // 10)][:WORST]
    return lines + [
        f"* {slowness[at]:.2f} times: {pairs[at][2]['class']}: {pairs[at][2]['words']}, "
        f"{seconds(pairs[at][1])}" for at in worst_first]


def markdown(records: list[dict], about: dict[str, str]) -> str:
    """sweep.md."""
    failed = [f"* {record['class']}: {record['words']}: {record['failed']}"
              for record in records if record["failed"]]
    named = [record | {"name": f"{record['class']} {record['words']}"} for record in records
             if not record["failed"]]
    unsure = sum(record["ratio"] is not None and not record["sure"] for record in records)
    return "\n".join([
        "# Random layers and nets", "",
        "`scripts/bench --sweep` wrote this; [README.md](README.md) says how it measures.", "",
        *(f"* {name}: {value}" for name, value in about.items()), "",
        "## Ratios", "",
        "The time of the fastest peer by ours: above 1 ours is faster. The last column is the",
        "least time that the machine allows, for the products or for reading and writing each",
        "array once, by ours: the median. Somebody else was at work in too many rounds of "
        f"{unsure} cases,", "whose ratios are those of the best times.", "",
        *quantiles(records), "",
        f"## The worst {WORST}", "",
        "A question mark stands where the machine was never left alone. Below each case are its",
        "kernels as `gcomp --dump-schedules` shows them.", "", *worst(records), "",
        "## Expected cycles", "", *estimates(records), "",
        "## Failed", "", *(failed or ["Nothing."]), "",
        "## Missing", "", *(missing(named) or ["Nothing."])]) + "\n"


def rounded(value):
    """Numbers with four digits, as more say nothing."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    return {name: rounded(v) for name, v in value.items()} if isinstance(value, dict) else value


def write(records: list[dict], about: dict[str, str], folder: Path) -> None:
    """Writes sweep.md and sweep.json, a line for each case."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(rounded(record)) for record in records]
    (folder / "sweep.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    (folder / "sweep.md").write_text(markdown(records, about))
