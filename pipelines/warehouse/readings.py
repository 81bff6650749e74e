"""Views over the exact Parquet files of one version of the lake.

`readings.<kind>`, `quality.findings` and `quality.rejected_rows` show all files, `affected.*` only the
days this build has to bring up to date. A view names every file by its full path, so a later commit
to the lake cannot change it. Here must not live: deltalake, any join, any sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.campus.snapshot import LakeFile, Snapshot
from pipelines.kinds import BASE_COLUMNS, KINDS, TableColumn, quality
from pipelines.warehouse.catalogue import SQL_TYPES, comment, frame_of, identifier, literal, write_table

Day = tuple[str, date]
"""(site_id, utc_date)."""

PARTITIONS = {"site_id": "varchar", "utc_date": "date", "feed_id": "varchar"}
"""Columns that stand in the path of a file, not in it."""

UTC_DATE = TableColumn("utc_date", "date", "", "UTC day of the interval's start: the partition")
AFFECTED_DAYS = quality.DAYS[:2]


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table of the lake as the warehouse shows it.

    Attributes:
        name: Its name in the snapshot.
        view: The view over all its files, `schema.name`; None where there is only the affected one.
        affected: The view over the files of the affected days.
        description: One sentence for people.
        columns: Columns in order.
    """

    name: str
    view: str | None
    affected: str
    description: str
    columns: tuple[TableColumn, ...]


def lake_tables() -> list[LakeTable]:
    """Every table of the lake that the warehouse shows."""
    readings = [
        LakeTable(
            name=f"readings/{kind.name}",
            view=f"readings.{kind.name}",
            affected=f"affected.{kind.name}",
            description=kind.description,
            columns=(
                *BASE_COLUMNS,
                *(
                    TableColumn(c.name, "number" if c.is_number else "text", c.unit, c.description, False)
                    for c in kind.columns
                ),
                *kind.methods.values(),
                UTC_DATE,
            ),
        )
        for kind in KINDS.values()
    ]
    books = (
        ("findings", "quality.findings", "Doubted values, kept or not.", quality.FINDINGS),
        ("corrections", "quality.corrections", "Readings that a person corrected.", quality.CORRECTIONS),
        ("rejected_rows", "quality.rejected_rows", "Refused records.", quality.REJECTED_ROWS),
        ("accounts", None, "What each file came to on each day.", quality.ACCOUNTS),
    )
    return readings + [
        LakeTable(name, view, f"affected.{name}", description, columns)
        for name, view, description, columns in books
    ]


def write_views(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, affected: Iterable[Day]) -> None:
    """Writes every view anew, and `affected.days`.

    Args:
        connection: The build.
        snapshot: Exact files of the lake.
        affected: Days this build has to bring up to date.
    """
    days = set(affected)
    for schema in ("readings", "quality", "affected"):
        connection.execute(f"create schema if not exists {schema}")
    rows = ({"site_id": site_id, "utc_date": day} for site_id, day in sorted(days))
    write_table(
        connection,
        "affected.days",
        "Days this build brings up to date.",
        AFFECTED_DAYS,
        frame_of(rows, AFFECTED_DAYS),
    )
    for table in lake_tables():
        files = snapshot.files.get(table.name, ())
        if table.view:
            _write_view(connection, table.view, table, select(connection, table.columns, files))
        touched = [file for file in files if is_affected(file, days)]
        query = select(connection, table.columns, touched)
        if any(file.site_id is None or file.utc_date is None for file in touched):
            query += " where (site_id, utc_date) in (select site_id, utc_date from affected.days)"
        _write_view(connection, table.affected, table, query)


def write_rejected_rows(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Adds records without a readable time to `quality.rejected_rows`; after the books are written.

    They belong to no day, so the lake keeps them by feed; those of an earlier survey of their file, of a
    file that is withdrawn or of one that is not counted are left out.
    """
    table = next(table for table in lake_tables() if table.name == "rejected_rows")
    stamped = select(connection, table.columns, snapshot.files.get(table.name, ()))
    unstamped = select(connection, quality.UNSTAMPED_ROWS, snapshot.files.get("unstamped_rows", ()))
    surveys = select(connection, quality.SURVEYS, snapshot.files.get("surveys", ()))
    query = f"""
        {stamped}
        union all by name
        select distinct
            unstamped.site_id,
            cast(null as date) as utc_date,
            unstamped.feed_id,
            unstamped.file_id,
            unstamped.row_number,
            unstamped.rule,
            unstamped.reason,
            unstamped.raw,
        from ({unstamped}) as unstamped
        inner join ({surveys}) as surveys using (feed_id, file_id, fingerprint)
        inner join quality.files using (feed_id, file_id)
        where files.rows_in is not null
    """
    _write_view(connection, "quality.rejected_rows", table, query)


def is_affected(file: LakeFile, days: set[Day]) -> bool:
    """Whether a file may hold rows of the days; a file that is not cut by site and day always may."""
    if file.site_id is None or file.utc_date is None:
        return True
    return (file.site_id, file.utc_date) in days


def select(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[TableColumn], files: Sequence[LakeFile]
) -> str:
    """The query over exactly these files: every column in order, typed; none is an empty table.

    A column that older files do not have yet is NULL there.
    """
    if not files:
        empty = ", ".join(
            f"cast(null as {SQL_TYPES[column.dtype]}) as {identifier(column.name)}" for column in columns
        )
        return f"select {empty} from (values (1)) as nothing where false"
    paths = "[" + ", ".join(literal(exactly(file.path)) for file in files) + "]"
    in_path = [name for name in PARTITIONS if f"{name}=" in _below_lake(files[0])]
    present, is_uniform = _columns_in(connection, paths)
    present |= set(in_path)
    listed = ", ".join(_typed(column, present) for column in columns)
    options = "" if is_uniform else ", union_by_name = true"
    if in_path:
        types = ", ".join(f"'{name}': {PARTITIONS[name]}" for name in in_path)
        options += f", hive_partitioning = true, hive_types = {{{types}}}"
    else:
        options += ", hive_partitioning = false"
    return f"select {listed} from read_parquet({paths}{options})"


def exactly(path: Path) -> str:
    """A path as a pattern that matches itself alone: DuckDB reads `*`, `?` and `[` in paths as patterns."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _typed(column: TableColumn, present: set[str]) -> str:
    value = identifier(column.name) if column.name in present else "null"
    return f"cast({value} as {SQL_TYPES[column.dtype]}) as {identifier(column.name)}"


def _below_lake(file: LakeFile) -> str:
    """The last folders of a path, where partitions stand."""
    return "/".join(file.path.parts[-3:-1])


def _columns_in(connection: duckdb.DuckDBPyConnection, paths: str) -> tuple[set[str], bool]:
    """Names of all columns in the files, and whether all files have the same ones in the same order."""
    rows = connection.execute(
        f"""
        select distinct names from (
            select list(name) as names
            from parquet_schema({paths})
            where num_children is null
            group by file_name
        )
        """
    ).fetchall()
    return {name for (names,) in rows for name in names}, len(rows) == 1


def _write_view(connection: duckdb.DuckDBPyConnection, view: str, table: LakeTable, query: str) -> None:
    connection.execute(f"create or replace view {view} as {query}")
    comment(connection, "view", view, table.description, table.columns)
