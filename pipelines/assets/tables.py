"""Small tables and pictures for the metadata of a run.

Here must not live: numbers that are not already in the report they show.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

OWNERS = ["team:data-engineering"]
"""Who answers for the assets, as Dagster writes it."""

MAX_ROWS = 100
"""Longer tables are cut: metadata is stored once a day and asset."""

BAR_PX, GAP_PX, HEIGHT_PX = 10, 2, 60


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table of the first rows, empty text where there is no row."""
    if not rows:
        return ""
    lines = [_line(header), _line(["---"] * len(header))]
    lines += [_line([_cell(value) for value in row]) for row in rows[:MAX_ROWS]]
    if len(rows) > MAX_ROWS:
        lines.append(f"\n… and {len(rows) - MAX_ROWS} more.")
    return "\n".join(lines)


def bars(values: Sequence[tuple[str, float]], title: str) -> str:
    """A bar chart as an inline image for Markdown, empty text where there is nothing to show.

    Args:
        values: Label and height ≥ 0 of each bar; only the last 60 are drawn.
        title: What the bars are, read out where the image is not shown.
    """
    shown = values[-60:]
    top = max((value for _, value in shown), default=0.0)
    if top <= 0:
        return ""
    marks = "".join(
        f'<rect x="{index * (BAR_PX + GAP_PX)}" y="{HEIGHT_PX - height}" width="{BAR_PX}" height="{height}">'
        f"<title>{escape(label)}: {value:g}</title></rect>"
        for index, (label, value) in enumerate(shown)
        for height in [max(1, round(HEIGHT_PX * value / top))]
    )
    width = len(shown) * (BAR_PX + GAP_PX)
    size = f'width="{width}" height="{HEIGHT_PX}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} fill="#3b6fb5">{marks}</svg>'
    return f"![{title}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object) -> str:
    return escape(str(value)).replace("|", "\\|").replace("\n", " ")
