"""A small warehouse for dbt: the typed source tables, the rows a test gives, one build in process."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.warehouse.dbt import run_dbt
from pipelines.warehouse.publish import reasons_against
from tests.dbt.source_tables import source_tables, spelled

Rows = list[dict[str, Any]]


class SmallWarehouse:
    """A DuckDB file, `headroom.duckdb` by name, with every table dbt reads, empty at first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        self.path = path
        with duckdb.connect(str(path)) as connection:
            for schema, tables in source_tables().items():
                connection.execute(f"create schema {schema}")
                for table, columns in tables.items():
                    listed = ", ".join(map(spelled, columns))
                    connection.execute(f"create table {schema}.{table} ({listed})")

    def put(self, table: str, rows: Rows) -> None:
        """Insert rows; columns that a row does not name are NULL."""
        with duckdb.connect(str(self.path)) as connection:
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))

    def run(self, sql: str) -> None:
        """Run a statement, for rows by the thousand."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    def dbt(self, *command: str) -> dict[str, str]:
        """Run a dbt command in process: node name → status. Failures raise with dbt's message."""
        report = run_dbt(self.path, command, vars={"version_id": 0})
        assert report.success, reasons_against(report)
        return {node.unique_id.split(".")[-1]: node.status for node in report.nodes}


@pytest.fixture
def warehouse(tmp_path: Path) -> SmallWarehouse:
    """An empty warehouse of this test's own."""
    return SmallWarehouse(tmp_path / "headroom.duckdb")


@pytest.fixture(scope="module")
def module_warehouse(tmp_path_factory: pytest.TempPathFactory) -> SmallWarehouse:
    """An empty warehouse that the tests of a module share."""
    return SmallWarehouse(tmp_path_factory.mktemp("warehouse") / "headroom.duckdb")
