"""Which version last changed a row of a mart: what did not change keeps the `version_id` it had.

dbt writes every mart anew; a row that equals a row of the version before in every other column is
not a change. Here must not live: which values changed and why (restatements).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.warehouse.catalogue import identifier, literal

BEFORE = "version_before"


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, previous: Path) -> Iterator[None]:
    """The version before beside a build, as `BEFORE`; it is only read. Only outside a transaction."""
    connection.execute(f"attach {literal(str(previous))} as {BEFORE} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {BEFORE}")


def keep_version_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives unchanged rows of every mart the `version_id` they had; the version before is attached."""
    for mart, columns in comparable_marts(connection):
        table = identifier(mart)
        names = [identifier(name) for name in columns]
        same = " and ".join(f"now.{name} is not distinct from before.{name}" for name in names)
        connection.execute(
            f"update marts.{table} as now set version_id = before.version_id "
            f"from {BEFORE}.marts.{table} as before where {same}"
        )


def comparable_marts(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Marts that both versions have with the same columns and types, and those columns but `version_id`."""
    rows = connection.execute(
        """
        select
            table_name,
            list(column_name order by column_index) as names,
        from duckdb_columns()
        where schema_name = 'marts' and database_name in (current_database(), ?)
        group by table_name
        having count(distinct database_name) = 2
            and count(*) = 2 * count(distinct (column_name, data_type))
        order by table_name
        """,
        [BEFORE],
    ).fetchall()
    return [
        (table, [name for name in dict.fromkeys(names) if name != "version_id"])
        for table, names in rows
        if "version_id" in names
    ]
