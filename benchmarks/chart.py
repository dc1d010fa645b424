"""A picture of the ratios: one bar a row, and a mark where it should end."""

from xml.sax.saxutils import escape

ROW, LEFT, WIDTH, RIGHT, TOP = 26, 400, 420, 110, 78
COLOURS = {"met": "#2f7d4f", "missed": "#c9822b", "failed": "#b3392f"}


def draw(records: list[dict], about: dict[str, str]) -> str:
    """results.svg: how long the bar is compared with its goal, which is the same line for all."""
    height = TOP + ROW * len(records) + 40
    width = LEFT + WIDTH + RIGHT
    # A bar that reaches its goal ends at the line; twice as far is where the picture ends.
    unit = WIDTH / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<text x="16" y="28" font-size="17" font-weight="bold" fill="#222222">'
        "Speed as a share of the goal</text>",
        f'<text x="16" y="50" fill="#666666">{escape(about["machine"])}; '
        f'{escape(about["runs"].split(",")[0])}; {about["date"]}</text>',
    ]
    for share in (0, 0.5, 1, 1.5, 2):
        x = LEFT + unit * share
        strong = share == 1
        parts.append(
            f'<line x1="{x:.0f}" y1="{TOP - 6}" x2="{x:.0f}" y2="{height - 34}" '
            f'stroke="{"#222222" if strong else "#dddddd"}"/>')
        parts.append(
            f'<text x="{x:.0f}" y="{height - 16}" text-anchor="middle" fill="#666666">'
            f'{"goal" if strong else f"{share:.0%}"}</text>')
    for number, record in enumerate(records):
        parts += bar(record, TOP + ROW * number, unit)
    return "\n".join([*parts, "</svg>", ""])


def bar(record: dict, y: int, unit: float) -> list[str]:
    """One row of the picture."""
    middle = y + ROW * 0.62
    label = (f'<text x="{LEFT - 10}" y="{middle:.0f}" text-anchor="end" fill="#222222">'
             f'{escape(record["name"])}</text>')
    ratio, goal = record["ratio"], record["bar"]
    if record["failed"] or ratio is None:
        word = "failed" if record["failed"] else "not measured"
        return [label, f'<text x="{LEFT + 6}" y="{middle:.0f}" fill="{COLOURS["failed"]}">'
                       f'{word}</text>']
    share = ratio / goal
    length = unit * min(share, 2)
    colour = COLOURS["met" if share >= 1 else "missed"]
    text = f"{ratio:.2f} of {goal:.2f}" + (" →" if share > 2 else "")
    return [
        label,
        f'<rect x="{LEFT}" y="{y + 3}" width="{max(length, 1):.1f}" height="{ROW - 8}" '
        f'fill="{colour}"/>',
        f'<text x="{LEFT + length + 6:.0f}" y="{middle:.0f}" fill="#222222" '
        f'stroke="#ffffff" stroke-width="4" paint-order="stroke">{text}</text>',
    ]
