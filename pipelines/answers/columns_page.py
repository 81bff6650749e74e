"""docs/columns.md: every table of the dictionary with its columns, units, ranges and meanings.

Made from `kinds`, `campus.tables` and the tables that the warehouse adds. Here must not live: a
description of its own, and the marts (`kpis_page`).
"""

from collections.abc import Iterable

from pipelines.answers.markdown import page, table
from pipelines.campus.tables import TABLES
from pipelines.kinds import BASE_COLUMNS, KEY, KINDS, Column, Kind, TableColumn, quality
from pipelines.warehouse import restatements
from pipelines.warehouse.publish import VERSIONS
from pipelines.warehouse.reference import DERIVED, columns_of, summary_of

QUALITY: dict[str, tuple[str, tuple[TableColumn, ...]]] = {
    "quality.files": ("Delivered files, one row a file and feed, and what they came to.", quality.FILES),
    "quality.rejected_rows": ("Refused records, one row a record.", quality.REJECTED_ROWS),
    "quality.findings": ("Doubted values, kept or not, one row a value.", quality.FINDINGS),
    "quality.corrections": ("Readings that a person corrected, one row a value.", quality.CORRECTIONS),
    "quality.versions": ("Published versions that are kept.", VERSIONS),
    restatements.TABLE: (restatements.DESCRIPTION, restatements.COLUMNS),
}
LAKE: dict[str, tuple[str, tuple[TableColumn, ...]]] = {
    "accounts": ("What the records of a file and UTC day came to.", quality.ACCOUNTS),
    "days": ("Cleaned days with the fingerprint of what they are a function of.", quality.DAYS),
    "surveys": ("Which days each file touches, by the contract and code it was read by.", quality.SURVEYS),
    "unstamped_rows": ("Records without a readable time.", quality.UNSTAMPED_ROWS),
}


def columns_page() -> str:
    """The text of docs/columns.md."""
    return page(
        "Tables and columns",
        "Marts and coverage tables are in [kpis.md](kpis.md). The same descriptions and units are comments "
        "in DuckDB's catalogue: `select * from duckdb_columns()`.",
        "## readings",
        f"One row a device, interval and feed (unique by `{', '.join(KEY)}`), as cleaned. Power is the mean "
        "over `[interval_start_utc, +interval_s)`. Signs: grid + import, turbine + generation, battery + "
        "discharge, load + consumption. Missing is NULL, never 0. Each table starts with the same columns:",
        _table_columns(BASE_COLUMNS),
        *[part for kind in KINDS.values() for part in _kind(kind)],
        "## quality",
        "The account books: every record and every value of every delivered file ends in one of these.",
        *_sections(QUALITY.items()),
        "## reference",
        "One CSV a table below `reference/`, read and checked before anything else; the first columns are "
        "the key. `valid_from` is the first day a row holds, `valid_to` the first day it no longer does.",
        *_sections(
            (f"reference.{name}", (summary_of(model), columns_of(model))) for name, model in TABLES.items()
        ),
        "Tables of `reference` that no CSV holds:",
        *_sections((f"reference.{name}", made) for name, made in DERIVED.items()),
        "## Books of the lake",
        "Delta tables beside the readings that the warehouse does not show as they are.",
        *_sections(LAKE.items()),
    )


def _tables_of_people() -> Iterable[tuple[str, tuple[str, tuple[TableColumn, ...]]]]:
    """Reference tables that are CSV files."""
    return ((name, (summary_of(model), columns_of(model))) for name, model in TABLES.items())


def _kind(kind: Kind) -> list[str]:
    rows = [(f"`{c.name}`", c.unit, _range(c), c.meaning.value, c.description) for c in kind.columns]
    told = (
        "Beside each column, `<column>_method` says how its values came about; `method` is the worst of them."
    )
    return [
        f"### readings.{kind.name}",
        f"{kind.description} {told}" if kind.methods else kind.description,
        table(("column", "unit", "plausible", "a value is the", "description"), rows),
    ]


def _range(column: Column) -> str:
    """`0 … 100`; a value outside is NULL with the finding `out_of_range`."""
    ends = ["" if end is None else f"{end:g}" for end in (column.low, column.high)]
    return " … ".join(ends) if any(ends) else ""


def _sections(tables: Iterable[tuple[str, tuple[str, tuple[TableColumn, ...]]]]) -> list[str]:
    return [
        part
        for name, (description, columns) in tables
        for part in (f"### {name}", description, _table_columns(columns))
    ]


def _table_columns(columns: Iterable[TableColumn]) -> str:
    rows = [(f"`{c.name}`", c.dtype, c.unit, "" if c.required else "may be", c.description) for c in columns]
    return table(("column", "type", "unit", "NULL", "description"), rows)
