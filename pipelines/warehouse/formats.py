"""Answers for people and programs: table, csv, json, parquet.

Texts come from machines and are shown to people: in CSV a text that a spreadsheet would run as a
formula gets a leading `'`, in a table control characters are written out. Numbers stay exact.
Here must not live: queries.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
"""First characters of a text cell that a spreadsheet may take for a formula."""

TABLE_ROWS = 1000
"""A table on a terminal ends here."""

Answer = Any
"""A pyarrow.RecordBatchReader."""


def write_csv(answer: Answer, stream: BinaryIO) -> int:
    """Comma-separated, header first; NULL is an empty cell."""
    with _text(stream) as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([unformula(name) for name in answer.schema.names])
        count = 0
        for row in _rows(answer):
            writer.writerow([unformula(cell) if isinstance(cell, str) else worded(cell) for cell in row])
            count += 1
    return count


def write_json(answer: Answer, stream: BinaryIO) -> int:
    """An array of objects; decimals keep every digit, NaN and infinities are texts."""
    names = answer.schema.names
    with _text(stream) as text:
        text.write("[")
        count = 0
        for row in _rows(answer):
            cells = ", ".join(
                f"{json.dumps(name)}: {as_json(cell)}" for name, cell in zip(names, row, strict=True)
            )
            text.write(f"{',' if count else ''}\n{{{cells}}}")
            count += 1
        text.write("\n]\n" if count else "]\n")
    return count


def write_parquet(answer: Answer, stream: BinaryIO) -> int:
    """Parquet, zstd."""
    count = 0
    with pq.ParquetWriter(stream, answer.schema, compression="zstd") as writer:
        for batch in answer:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def write_table(answer: Answer, stream: BinaryIO) -> int:
    """Aligned columns for a terminal, at most `TABLE_ROWS` rows, and the count below them."""
    names = [printable(name) for name in answer.schema.names]
    rows: list[list[str]] = []
    is_cut = False
    for row in _rows(answer):
        if len(rows) == TABLE_ROWS:
            is_cut = True
            break
        rows.append(["NULL" if cell is None else printable(worded(cell)) for cell in row])
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    is_number = [_is_number(field.type) for field in answer.schema]
    with _text(stream) as text:
        for line in (names, ["─" * width for width in widths], *rows):
            cells = [
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, is_number, strict=True)
            ]
            text.write("  ".join(cells).rstrip() + "\n")
        more = ", there are more: use --format csv" if is_cut else ""
        text.write(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'}{more})\n")
    return len(rows)


WRITERS: dict[str, Callable[[Answer, BinaryIO], int]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
    "parquet": write_parquet,
}
"""Format → writer(answer, stream), which returns how many rows it wrote."""


def unformula(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def printable(text: str) -> str:
    """A text on one line without control characters, which could rewrite a terminal."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def worded(cell: object) -> str:
    """A cell as text; instants without a zone are UTC."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, bytes):
        return cell.hex()
    return as_json(cell) if isinstance(cell, list | dict | tuple) else str(cell)


def as_json(cell: object) -> str:
    """A cell as JSON."""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, float) and not math.isfinite(cell):
        return json.dumps(str(cell))
    if isinstance(cell, datetime | date | time | timedelta | bytes):
        return json.dumps(cell.isoformat() if isinstance(cell, datetime) else worded(cell))
    if isinstance(cell, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {as_json(v)}" for k, v in cell.items()) + "}"
    if isinstance(cell, list | tuple):
        return "[" + ", ".join(map(as_json, cell)) + "]"
    is_plain = cell is None or isinstance(cell, bool | int | float | str)
    return json.dumps(cell if is_plain else str(cell), ensure_ascii=False)


def _rows(answer: Answer) -> Iterator[tuple[object, ...]]:
    for batch in answer:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


@contextmanager
def _text(stream: BinaryIO) -> Iterator[TextIO]:
    """UTF-8 text over a binary stream that stays open afterwards."""
    wrapper = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    try:
        yield wrapper
    finally:
        wrapper.detach()
