"""Dagster's event log in SQLite, with its files kept open for the length of one command.

Dagster opens and closes a file for each event, and closing checkpoints it: half of what its records cost a
run. The files and tables are Dagster's own; the web UI reads them while they are written.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine

INDEX = "index"
"""Dagster's name of the file that lists the events of assets of all runs."""


class OpenEventLog(SqliteEventLogStorage):
    """`SqliteEventLogStorage` that connects once a file; `dispose` closes them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._open: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OpenEventLog":
        """Dagster's own makes its own class."""
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def run_connection(self, run_id: str | None = None) -> Iterator[Connection]:
        """A transaction on the file of one run."""
        with self._engine(run_id or INDEX).begin() as connection:
            yield connection

    @contextmanager
    def index_connection(self) -> Iterator[Connection]:
        """A transaction on the file of all runs."""
        with self._engine(INDEX).begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Closes all files."""
        for engine in self._open.values():
            engine.dispose()
        self._open.clear()
        super().dispose()

    def _engine(self, shard: str) -> Engine:
        if shard not in self._open:
            with super().run_connection(shard):
                """Dagster makes the tables of a new file."""
            self._open[shard] = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": 60})
        return self._open[shard]
