"""How commands print: data on stdout, progress and messages on stderr.

Here must not live: what is printed.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import typer


def tell(message: str) -> None:
    """A line of progress or a message, on stderr."""
    typer.echo(message, err=True)


def print_json(content: object) -> None:
    """One JSON document on stdout; instants in ISO 8601, decimals as numbers."""
    typer.echo(json.dumps(content, default=_plain, indent=2, ensure_ascii=False))


def landed_as(feed_id: str, file_name: str) -> str:
    """Where a file lay below landing; directly there, where it lay in no folder of a feed."""
    return f"{feed_id}/{file_name}" if feed_id else file_name


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table of plain text on stdout: numbers to the right, missing as a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[index]) for line in [list(header), *cells]) for index in range(len(header))]
    right = [all(_is_number(row[index]) for row in rows) for index in range(len(header))]
    if title:
        typer.echo(title)
    typer.echo(_line(header, widths, right))
    typer.echo("  ".join("─" * width for width in widths))
    for line in cells:
        typer.echo(_line(line, widths, right))


def _line(cells: Sequence[str], widths: list[int], right: list[bool]) -> str:
    parts = zip(cells, widths, right, strict=True)
    return "  ".join(
        cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in parts
    ).rstrip()


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    return str(value)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def _plain(value: Any) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
