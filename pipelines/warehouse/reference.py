"""Writes `reference.*`: the campus as validated rows, typed from its own models.

A table's columns are those of its class in `campus.tables`: key columns first, validity and source
last. There are no dbt seeds. Here must not live: what a row means, reading CSV files.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import duckdb

from pipelines.campus.campus import Campus
from pipelines.campus.refusal import CampusError, Mistake
from pipelines.campus.tables import TABLES, Row, Verified
from pipelines.kinds import BASE_COLUMNS, KINDS, TableColumn, quality
from pipelines.warehouse.catalogue import frame_of, write_table
from pipelines.warehouse.civil_hours import CALENDAR_HOURS, calendar_hours
from pipelines.warehouse.expectations import FEED_COLUMNS, FEEDS, feed_columns, feeds

DTYPES: dict[object, str] = {
    str: "text",
    int: "integer",
    float: "number",
    Decimal: "decimal",
    bool: "boolean",
    date: "date",
    datetime: "timestamp",
}
UNIT_ENDINGS = {
    "_mwh": "MWh",
    "_mw": "MW",
    "_mva": "MVA",
    "_pct": "%",
    "_ppm": "ppm",
    "_btu_scf": "Btu/scf",
    "_short_tons": "short_ton",
    "_min": "min",
    "_h": "h",
    "_s": "s",
}
"""Ending of a column's name → its unit, where the description does not say it."""

STEP = Decimal("0.000001")
LIMIT = Decimal(10) ** 12

COLUMNS = (
    TableColumn("table_name", "text", "", "table, with its schema"),
    TableColumn("column_name", "text", "", "column"),
    TableColumn("unit", "text", "", "unit; NULL where it has none", False),
    TableColumn("description", "text", "", "what it says"),
)

DERIVED: dict[str, tuple[str, tuple[TableColumn, ...]]] = {
    "feeds": ("Feed contracts, one row a feed.", FEEDS),
    "feed_columns": ("Which feed is expected to give which device's column, and when.", FEED_COLUMNS),
    "calendar_hours": ("UTC hours and the civil days they lie in, one row a site and hour.", CALENDAR_HOURS),
    "columns": ("Unit and description of every column of the dictionary.", COLUMNS),
}
"""Tables of `reference` that no CSV holds → description and columns."""


def write_reference(connection: duckdb.DuckDBPyConnection, campus: Campus, last_day: date | None) -> None:
    """Writes every `reference.*` table anew.

    Args:
        connection: The build.
        campus: The validated campus.
        last_day: Last known UTC day of the lake; None before the first.

    Raises:
        CampusError: A number that DECIMAL(18, 6) cannot hold exactly.
    """
    connection.execute("create schema if not exists reference")
    for name, model in TABLES.items():
        columns = columns_of(model)
        rows = [_cells(name, number, row) for number, row in enumerate(campus.tables[name], 1)]
        write_table(connection, f"reference.{name}", summary_of(model), columns, frame_of(rows, columns))
    frames = {
        "feeds": frame_of(feeds(campus), FEEDS),
        "feed_columns": frame_of(feed_columns(campus), FEED_COLUMNS),
        "calendar_hours": calendar_hours(campus, last_day),
        "columns": frame_of(_described_columns(), COLUMNS),
    }
    for name, (description, columns) in DERIVED.items():
        write_table(connection, f"reference.{name}", description, columns, frames[name])


def columns_of(model: type[Row]) -> tuple[TableColumn, ...]:
    """Columns of a reference table: its own fields first, those that every row has last."""
    shared = [*Row.model_fields, *Verified.model_fields]
    names = sorted(model.model_fields, key=lambda name: shared.index(name) if name in shared else -1)
    return tuple(_column(name, model) for name in names)


def summary_of(model: type[Row]) -> str:
    """The first line of the class's docstring."""
    return (model.__doc__ or model.__name__).strip().splitlines()[0]


def base_type(annotation: object) -> object:
    """The plain type behind `Annotated`, `| None` and `Literal`.

    Raises:
        TypeError: More than one plain type.
    """
    if get_origin(annotation) is Annotated:
        return base_type(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        parts = [base_type(part) for part in get_args(annotation) if part is not type(None)]
        if len(set(parts)) != 1:
            raise TypeError(f"{annotation} is no single column type")
        return parts[0]
    return annotation


def _column(name: str, model: type[Row]) -> TableColumn:
    field = model.model_fields[name]
    ending = next((ending for ending in UNIT_ENDINGS if name.endswith(ending)), "")
    words = name.removesuffix(ending).replace("_", " ")
    said = field.description or words
    unit = "" if "[" in said else UNIT_ENDINGS.get(ending, "")
    return TableColumn(name, DTYPES[base_type(field.annotation)], unit, said, field.is_required())


def _cells(table: str, number: int, row: Row) -> dict[str, object]:
    cells = dict(row)
    for name, value in cells.items():
        if isinstance(value, Decimal) and (value != value.quantize(STEP) or abs(value) >= LIMIT):
            reason = f"{value} does not fit six decimals and twelve digits before them"
            raise CampusError(
                [Mistake(f"{table}.csv", f"row {number}", name, reason, "Round it, or rescale")]
            )
        if isinstance(value, datetime):
            cells[name] = value.astimezone(UTC).replace(tzinfo=None)
    return cells


def _described_columns() -> Iterator[dict[str, object]]:
    for table, columns in _tables():
        for column in columns:
            yield {
                "table_name": table,
                "column_name": column.name,
                "unit": column.unit or None,
                "description": column.description,
            }


def _tables() -> Iterator[tuple[str, tuple[TableColumn, ...]]]:
    for kind in KINDS.values():
        values = tuple(
            TableColumn(c.name, "number" if c.is_number else "text", c.unit, c.description, False)
            for c in kind.columns
        )
        yield f"readings.{kind.name}", BASE_COLUMNS + values
    yield "quality.files", quality.FILES
    yield "quality.findings", quality.FINDINGS
    yield "quality.rejected_rows", quality.REJECTED_ROWS
    yield from ((f"reference.{name}", columns_of(model)) for name, model in TABLES.items())
    yield from ((f"reference.{name}", columns) for name, (_, columns) in DERIVED.items())
