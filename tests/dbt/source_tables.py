"""The tables dbt reads, as the rooms that write them declare them.

Here must not live: rows. Used to make an empty warehouse and to hold dbt/models/sources to the dictionary.
"""

from pipelines.campus.tables import TABLES
from pipelines.kinds import TableColumn
from pipelines.kinds.quality import DAYS, FILES, FINDINGS, REJECTED_ROWS
from pipelines.warehouse.catalogue import SQL_TYPES
from pipelines.warehouse.readings import AFFECTED_DAYS, lake_tables
from pipelines.warehouse.reference import DERIVED, columns_of


def source_tables() -> dict[str, dict[str, tuple[TableColumn, ...]]]:
    """Schema → table → columns of everything dbt reads."""
    affected = {table.affected.split(".")[1]: table.columns for table in lake_tables()}
    reference = {name: columns_of(row) for name, row in TABLES.items()}
    return {
        "affected": affected | {"days": AFFECTED_DAYS},
        "reference": reference | {name: columns for name, (_, columns) in DERIVED.items()},
        "quality": {
            "files": FILES,
            "days": DAYS[:3],
            "findings": FINDINGS,
            "rejected_rows": REJECTED_ROWS,
        },
    }


def spelled(column: TableColumn) -> str:
    """A column as DuckDB's `create table` wants it."""
    return f"{column.name} {SQL_TYPES[column.dtype]}"


def description(column: TableColumn) -> str:
    """What a column is, with its unit."""
    return f"{column.description} [{column.unit}]" if column.unit else column.description
