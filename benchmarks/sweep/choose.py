"""Which cases a sweep has: by their number, a seed, and the names of classes."""

import fnmatch

from sweep.case import Case, Draw
from sweep.draws import LAYERS
from sweep.nets import NETS, trained

# No layer takes longer than some tens of milliseconds, or more than a share of the memory.
MOST_OPERATIONS, MOST_BYTES = 4e9, 1.2e8


def draw(source, title: str, number: int, seed: int) -> Case:
    """The case with a number of a class. It is the same whatever else is in the sweep."""
    random = Draw(f"{seed}:{title}:{number}")
    while True:
        case = source(random)
        if min(case.output) > 0 and case.operations < MOST_OPERATIONS and (
                case.array_bytes < MOST_BYTES):
            return case


def choose(count: int, seed: int, patterns: list[str], trains: bool) -> list[Case]:
    """So many cases, of each class as many; part of the name of a class is enough."""
    sources = NETS if trains else LAYERS | NETS
    chosen = {title: source for title, source in sources.items() if not patterns or any(
        fnmatch.fnmatch(title.lower(), f"*{pattern.lower()}*") for pattern in patterns)}
    titles = list(chosen)
    Draw(f"{seed}").shuffle(titles)
    cases = []
    for number in range(count if titles else 0):
        title = titles[number % len(titles)]
        case = draw(chosen[title], title, number // len(titles), seed)
        if trains:
            case = trained(case, Draw(f"{seed}:{title}:{number}:optimizer"))
        case.label = case.function = f"l{number}"
        cases.append(case)
    return cases
