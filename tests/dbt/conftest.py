"""A small warehouse for dbt: the typed source tables, the rows a test gives, one build in process."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.warehouse.dbt import run_dbt
from pipelines.warehouse.publish import reasons_against
from tests.dbt.source_tables import source_tables, spelled

Rows = list[dict[str, Any]]


class SmallWarehouse:
    """A DuckDB file, `headroom.duckdb` by name, with every table dbt reads, empty at first.

    The connection and its transaction stay open until dbt needs the file: to open it and to write to the disk
    take longer than most statements.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        self.path = path
        self.connect()
        for schema, tables in source_tables().items():
            self.run(f"create schema {schema}")
            for table, columns in tables.items():
                self.run(f"create table {schema}.{table} ({', '.join(map(spelled, columns))})")

    def connect(self) -> None:
        """Open the file."""
        self.connection = duckdb.connect(str(self.path))
        self.run("set timezone = 'UTC'")
        self.connection.begin()

    def close(self) -> None:
        """Write what was put and let go of the file."""
        self.connection.commit()
        self.connection.close()

    def put(self, table: str, rows: Rows) -> None:
        """Insert rows; columns that a row does not name are NULL."""
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            self.connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))

    def run(self, sql: str) -> None:
        """Run a statement, for rows by the thousand."""
        self.connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.connection.execute(sql).fetchall()

    def dbt(self, *command: str) -> dict[str, str]:
        """Run a dbt command in process: node name → status. Failures raise with dbt's message.

        One thread: the tests beside this one have the other cores.
        """
        self.close()
        report = run_dbt(self.path, command, vars={"version_id": 0}, threads=1)
        self.connect()
        assert report.success, reasons_against(report)
        return {node.unique_id.split(".")[-1]: node.status for node in report.nodes}


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[SmallWarehouse]:
    """An empty warehouse of this test's own."""
    with closing(SmallWarehouse(tmp_path / "headroom.duckdb")) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def module_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWarehouse]:
    """An empty warehouse that the tests of a module share."""
    with closing(SmallWarehouse(tmp_path_factory.mktemp("warehouse") / "headroom.duckdb")) as warehouse:
        yield warehouse
