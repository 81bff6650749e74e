"""A small warehouse for dbt: the typed source tables, the rows a test gives, one build in process."""

import os
import warnings
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.campus.paths import DBT_PROJECT
from pipelines.warehouse.dbt import let_go
from tests.dbt.source_tables import source_tables, spelled

Rows = list[dict[str, Any]]


class SmallWarehouse:
    """A DuckDB file with every table dbt reads, empty at first."""

    def __init__(self, path: Path, target: Path) -> None:
        self.path = path
        self.target = target
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from dbt.cli.main import dbtRunner

            os.environ["HEADROOM_BUILD_DB"] = str(self.path)
            try:
                answer = dbtRunner().invoke(
                    [
                        *command,
                        *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
                        *("--target", "build", "--target-path", str(self.target)),
                        *("--log-path", str(self.target), "--quiet"),
                    ]
                )
            finally:
                let_go()
                del os.environ["HEADROOM_BUILD_DB"]
        if answer.exception is not None:
            raise answer.exception
        results = answer.result.results if hasattr(answer.result, "results") else []
        wrong = [f"{r.node.name}: {r.message}" for r in results if r.status in ("error", "fail")]
        assert not wrong, "\n".join(wrong)
        return {r.node.name: str(r.status) for r in results if r.node.resource_type != "operation"}


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One target folder for all tests of a process, so that dbt parses the project once."""
    return tmp_path_factory.mktemp("dbt_target")


@pytest.fixture
def warehouse(tmp_path: Path, dbt_target: Path) -> SmallWarehouse:
    """An empty warehouse of this test's own."""
    return SmallWarehouse(tmp_path / "headroom.duckdb", dbt_target)


@pytest.fixture(scope="module")
def module_warehouse(tmp_path_factory: pytest.TempPathFactory, dbt_target: Path) -> SmallWarehouse:
    """An empty warehouse that the tests of a module share."""
    return SmallWarehouse(tmp_path_factory.mktemp("warehouse") / "headroom.duckdb", dbt_target)
