"""Reads the reference tables: every mistake is named by file, row and column, all of them at once.

Lines that start with `#` are comments. Here must not live: what a row means (`tables`).
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pipelines.campus.refusal import Mistake
from pipelines.campus.tables import REQUIRED, TABLES, Row


def read_tables(folder: Path) -> tuple[dict[str, list[Row]], list[Mistake]]:
    """All reference tables of a folder and every mistake in them."""
    tables: dict[str, list[Row]] = {}
    mistakes: list[Mistake] = []
    for name, model in TABLES.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            tables[name], found = read_table(path, model)
            mistakes += found
        else:
            tables[name] = []
            if name in REQUIRED:
                mistakes.append(
                    Mistake(path.name, "file", "", "the table is missing", "Copy it from `headroom init`")
                )
    return tables, mistakes


def read_table(path: Path, model: type[Row]) -> tuple[list[Row], list[Mistake]]:
    """The valid rows of one CSV and its mistakes."""
    rows: list[tuple[int, Row]] = []
    mistakes: list[Mistake] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Mistake(path.name, f"byte {error.start}", "", "not UTF-8", "Save the file as UTF-8")]
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if _is_record(line)]
    if not lines:
        return [], [Mistake(path.name, "line 1", "", "no header", "Write the column names into line 1")]
    header = next(csv.reader([lines[0][1]]))
    mistakes += _header_mistakes(path.name, header, model)
    if mistakes:
        return [], mistakes
    for number, line in lines[1:]:
        if line.count('"') % 2:
            reason = "a quote is not closed on its line: a cell may not hold a line break"
            mistakes.append(Mistake(path.name, f"line {number}", "", reason, "Write the row on one line"))
            continue
        cells = next(csv.reader([line]))
        if len(cells) != len(header):
            reason = f"{len(cells)} cells under {len(header)} columns"
            mistakes.append(Mistake(path.name, f"line {number}", "", reason, "Quote cells that hold a comma"))
            continue
        try:
            filled = {key: cell for key, cell in zip(header, cells, strict=True) if cell != ""}
            rows.append((number, model.model_validate(filled)))
        except ValidationError as error:
            mistakes += list(_row_mistakes(path.name, number, error))
    mistakes += list(_overlaps(path.name, rows))
    return [row for _, row in rows], mistakes


def _is_record(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _header_mistakes(file: str, header: list[str], model: type[Row]) -> list[Mistake]:
    known = list(model.model_fields)
    missing = [
        name for name, field in model.model_fields.items() if field.is_required() and name not in header
    ]
    unknown = [name for name in header if name not in known]
    doubled = sorted({name for name in header if header.count(name) > 1})
    return [
        Mistake(file, "header", name, reason, f"Columns are: {', '.join(known)}")
        for names, reason in (
            (missing, "column missing"),
            (unknown, "unknown column"),
            (doubled, "column named twice"),
        )
        for name in names
    ]


def _row_mistakes(file: str, number: int, error: ValidationError) -> Iterator[Mistake]:
    for detail in error.errors(include_url=False):
        column = ".".join(str(part) for part in detail["loc"])
        given = detail.get("input")
        said = detail["msg"].removeprefix("Value error, ")
        reason = f"{said} (given: {given!r})" if isinstance(given, str) else said
        yield Mistake(file, f"line {number}", column, reason, "Correct the cell")


def _overlaps(file: str, rows: list[tuple[int, Row]]) -> Iterator[Mistake]:
    """Two rows of one key must not hold on the same day."""
    seen: dict[tuple[object, ...], list[tuple[int, Row]]] = {}
    for number, row in rows:
        key = tuple(getattr(row, name) for name in row.key)
        for other_number, other in seen.setdefault(key, []):
            if _start(row) < _end(other) and _start(other) < _end(row):
                reason = f"same {', '.join(row.key)} as line {other_number} on the same days"
                yield Mistake(file, f"line {number}", row.key[0], reason, "Give the rows disjoint validity")
        seen[key].append((number, row))


def _start(row: Row) -> date:
    return row.valid_from or date.min


def _end(row: Row) -> date:
    return row.valid_to or date.max
