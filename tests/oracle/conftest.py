"""The campus that is computed twice: written, loaded and built once for all tests of the folder."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder
from pipelines.kinds import KINDS
from pipelines.kinds.schemas import reading_schema
from pipelines.warehouse.reference import write_reference
from tests.dbt.conftest import SmallWarehouse
from tests.oracle import campus

Row = dict[str, Any]


class Published:
    """What dbt made of the campus, as plain rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, sql: str) -> list[Row]:
        """Rows of a query, by column."""
        found = self.connection.execute(sql)
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def build(path: Path) -> SmallWarehouse:
    """Loads the reference folder by the front door and the readings past the cleaning, then runs dbt."""
    warehouse = SmallWarehouse(path)
    folder = DataFolder(path.parent / "data")
    campus.write_reference(folder.reference)
    loaded = load_campus(folder)
    assert not loaded.broken, loaded.broken
    tables = campus.readings()
    days = sorted({(r["site_id"], r["interval_start_utc"].date()) for rows in tables.values() for r in rows})
    write_reference(warehouse.connection, loaded, max(day for _, day in days))
    for kind, rows in tables.items():
        _insert(warehouse.connection, kind, rows)
    for table, rows in campus.quality().items():
        warehouse.put(table, rows)
    warehouse.connection.executemany("insert into affected.days values (?, ?)", days)
    warehouse.connection.executemany("insert into quality.days values (?, ?, 'x')", days)
    warehouse.dbt("run")
    return warehouse


def _insert(connection: duckdb.DuckDBPyConnection, kind: str, rows: list[Mapping[str, object]]) -> None:
    schema = reading_schema(KINDS[kind])
    blank: dict[str, object] = {"file_id": "f", "row_number": 1}
    table = pl.DataFrame([blank | row for row in rows], schema=schema).with_columns(
        utc_date=pl.col("interval_start_utc").dt.date()
    )
    connection.register("arrived", table.to_arrow())
    connection.execute(f"insert into affected.{kind} by name select * from arrived")
    connection.unregister("arrived")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The built warehouse."""
    with closing(build(tmp_path_factory.mktemp("oracle") / "headroom.duckdb")) as warehouse:
        yield Published(warehouse.connection)
