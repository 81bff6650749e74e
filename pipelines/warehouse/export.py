"""The canonical export of the marts: the definition of "the same result".

Ordered text of every mart without `version_id` and publication times, so that two builds of the same
inputs are equal byte by byte, whatever the order of arrival, time zone or number of threads. The
DuckDB file itself never is. Here must not live: exports for people (`formats`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import duckdb

from pipelines.warehouse.catalogue import identifier, literal
from pipelines.warehouse.connection import open_readonly

LEFT_OUT = frozenset({"version_id", "published_at"})
MISSING = "\\N"
"""NULL in the export; a backslash in a text is doubled, so that no text is mistaken for it."""


def canonical_export(database: Path) -> bytes:
    """The whole export, for comparison in tests and evidence."""
    return b"".join(canonical_chunks(database))


def canonical_sha256(database: Path) -> str:
    """sha256 of the export, without holding it in memory."""
    found = hashlib.sha256()
    for chunk in canonical_chunks(database):
        found.update(chunk)
    return found.hexdigest()


def canonical_chunks(database: Path) -> Iterator[bytes]:
    """The export, piece by piece: for each mart by name a headline, then its rows in order, tab-separated."""
    with open_readonly(database) as connection:
        for table, columns in _marts(connection):
            yield ("\t".join([f"# marts.{table}", *columns]) + "\n").encode()
            if columns:
                yield from _lines(connection, table, columns)


def _marts(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    rows = connection.execute(
        """
        select table_name, list(column_name order by column_index)
        from duckdb_columns()
        where schema_name = 'marts' and database_name = current_database()
        group by table_name
        order by table_name
        """
    ).fetchall()
    return [(table, [name for name in names if name not in LEFT_OUT]) for table, names in rows]


def _lines(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> Iterator[bytes]:
    cells = ", chr(9), ".join(_cell(column) for column in columns)
    listed = ", ".join(f"cast({identifier(column)} as varchar)" for column in columns)
    query = f"select concat({cells}) as line from marts.{identifier(table)} order by {listed}"
    for batch in cast("Iterable[Any]", connection.sql(query).to_arrow_reader(100_000)):
        yield "".join(f"{line}\n" for line in batch.column(0).to_pylist()).encode()


def _cell(column: str) -> str:
    """A cell as text on one line."""
    text = f"cast({identifier(column)} as varchar)"
    for character, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = f"replace({text}, {literal(character)}, {literal(written)})"
    return f"coalesce({text}, {literal(MISSING)})"
