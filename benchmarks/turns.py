"""Ours in several forms in the same rounds: another gcomp, or another C compiler."""

from dataclasses import dataclass
from pathlib import Path

import report
from build import Builder, Failed
from contenders import Contender
from data import prepare
from measure import answers, difference, measure, ratio


@dataclass(frozen=True)
class Form:
    """A gcomp, the C compiler for what it writes, and variables of the emitted Makefile."""

    label: str
    gcomp: Path
    cc: str
    variables: tuple[str, ...] = ()

    @staticmethod
    def parse(text: str, gcomp: Path, cc: str) -> "Form":
        """`LABEL=GCOMP`, `LABEL=,CC` or `LABEL=GCOMP,CC,VARIABLE=VALUE`; what is left out is as in
        the first form."""
        label, _, words = text.partition("=")
        path, compiler, *variables = words.split(",") + ([] if "," in words else [""])
        if not label or not words or label == "ours" or not all("=" in v for v in variables):
            raise ValueError(f"expected LABEL=GCOMP,CC,VARIABLE=VALUE and found '{text}'")
        return Form(label, Path(path).resolve() if path else gcomp, compiler or cc,
                    tuple(variables))


class Turns:
    """One run of some rows over all forms."""

    def __init__(self, options, others: list[Form]):
        self.options = options
        self.forms = [Form("ours", options.gcomp, options.cc), *others]
        self.builders = {form.label: Builder(form.gcomp, form.cc, options.work / form.label,
                                            variables=form.variables)
                         for form in self.forms}

    def row(self, row) -> dict:
        """Measures a row; what goes wrong is in the record."""
        record = {"name": row.name, "seconds": {}, "ratio": {}, "failed": {}}
        contenders: dict[str, Contender] = {}
        try:
            self._gather(row, record, contenders)
            quick, failures = self.options.quick, record["failed"]
            times = measure(contenders, self.options.repeats, 0.05 if quick else 0.25,
                            5 if quick else 60, failures)
            record["seconds"] = {label: t.seconds for label, t in times.items()}
            for form in self.forms[1:]:
                record["ratio"][form.label] = ratio(times, (form.label,))
        finally:
            for contender in contenders.values():
                contender.close()
        return record

    def _gather(self, row, record: dict, contenders: dict) -> None:
        expected = None
        for form in self.forms:
            try:
                built = self.builders[form.label].model(row.model, row.title)
                folder = self.options.work / form.label / "data" / row.title
                inputs = prepare(row, built, folder)
                weights = folder / "weights.safetensors"
                words = [built.worker, row.function, self.options.threads, inputs]
                contender = Contender(form.label, words + ([weights] if weights.exists() else []),
                                      self.options.threads, folder / "worker.log")
                contenders[form.label] = contender
                found = answers(contender, folder / "outputs", [])
                expected = expected or found
                told = difference(found, expected, {}, row.tolerance)
                if told:
                    raise Failed(f"outputs differ from ours: {told}")
            except Failed as reason:
                record["failed"][form.label] = str(reason)
                if form.label in contenders:
                    contenders.pop(form.label).close()


def line(record: dict) -> str:
    """A row as one line of text."""
    words = [f"{record['name']:52}"]
    for label, value in record["seconds"].items():
        words.append(f"{label} {report.seconds(value)}")
        found = record["ratio"].get(label)
        if found:
            words[-1] += f" ({found[0]:.2f}{'' if found[2] else '?'})"
    words += [f"{label} failed: {reason}" for label, reason in record["failed"].items()]
    return "  ".join(words)


def markdown(records: list[dict], forms: list[Form], about: dict[str, str]) -> str:
    """The table of all rows."""
    head = ["row", "ours"]
    for form in forms[1:]:
        head += [form.label, "ratio"]
    rows = []
    for record in records:
        cells = [record["name"], report.seconds(record["seconds"].get("ours"))]
        for form in forms[1:]:
            found = record["ratio"].get(form.label)
            mark = "" if not found or found[2] else "?"
            cells += [report.seconds(record["seconds"].get(form.label)),
                      report.factor(found[0] if found else None) + mark]
        rows.append(cells)
    failed = [f"* {record['name']}, {label}: {reason}" for record in records
              for label, reason in record["failed"].items()]
    return "\n".join([
        "# Ours in turns", "", "`scripts/bench --turns` wrote this. All forms of a row run in the",
        "same rounds; a ratio is the time of a form by that of ours, the median over the rounds:",
        "above 1 ours is faster. A question mark stands where the machine was never left alone.",
        "", *(f"* {name}: {value}" for name, value in about.items() if name != "peers"), "",
        *report.table(head, rows), *([""] + failed if failed else [])]) + "\n"


def run(options, rows: list, about: dict[str, str]) -> int:
    """Measures the rows and writes turns.md; the status is 1 if a form failed."""
    others = [Form.parse(text, options.gcomp, options.cc) for text in options.turns]
    turns, records = Turns(options, others), []
    for row in rows:
        if row.kind not in ("call", "train"):
            continue
        records.append(turns.row(row))
        print(line(records[-1]), flush=True)
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "turns.md").write_text(markdown(records, turns.forms, about))
    return int(any(record["failed"] for record in records))
