"""The tables of the lake: name, schema, how they are cut.

Readings, findings and refused records are cut by site and UTC day, so that a day is replaced whole.
The account books are small and cut by site or feed. Here must not live: writing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, Schema

from pipelines.campus.paths import DataFolder
from pipelines.kinds import KINDS
from pipelines.kinds.dictionary import TableColumn
from pipelines.kinds.quality import (
    ACCOUNTS,
    CORRECTIONS,
    DAYS,
    FINDINGS,
    REJECTED_ROWS,
    SURVEYS,
    UNSTAMPED_ROWS,
)
from pipelines.kinds.schemas import polars_schema, reading_schema

KEEP_THE_LOG = {
    "delta.logRetentionDuration": "interval 3650 days",
    "delta.enableExpiredLogCleanup": "false",
}
"""delta-rs otherwise drops history older than 30 days at a checkpoint."""


@dataclass(frozen=True)
class Table:
    """A Delta table.

    Attributes:
        name: Folder below the lake.
        schema: Column name → polars type, partition columns included.
        partitions: Columns it is cut by.
    """

    name: str
    schema: dict[str, pl.DataType]
    partitions: tuple[str, ...]

    @property
    def delta_schema(self) -> Schema:
        """The schema in Delta's words."""
        return Schema.from_arrow(pl.DataFrame(schema=self.schema).to_arrow().schema)

    def path(self, folder: DataFolder) -> Path:
        """Where it lies."""
        return folder.lake / self.name

    def open(self, folder: DataFolder) -> DeltaTable | None:
        """The newest version, None where the table does not exist yet."""
        path = self.path(folder)
        if not (path / "_delta_log").is_dir():
            return None
        set_torn_tail_aside(path / "_delta_log")
        return DeltaTable(path)

    def create(self, folder: DataFolder) -> DeltaTable:
        """The newest version, made if it does not exist."""
        table = self.open(folder)
        if table is not None:
            return table
        return DeltaTable.create(
            self.path(folder),
            schema=self.delta_schema,
            partition_by=list(self.partitions),
            configuration=KEEP_THE_LOG,
        )


def set_torn_tail_aside(log: Path) -> None:
    """A last entry without content means that its commit never happened; delta-rs would open it."""
    entries = sorted(log.glob("*.json"))
    if entries and entries[-1].stat().st_size == 0:
        entries[-1].rename(entries[-1].with_suffix(".torn"))


def _quality(name: str, columns: Iterable[TableColumn], *partitions: str) -> Table:
    return Table(name, polars_schema(columns), partitions)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(
            Table(
                f"readings/{kind.name}",
                reading_schema(kind) | {"utc_date": pl.Date()},
                ("site_id", "utc_date"),
            )
            for kind in KINDS.values()
        ),
        _quality("findings", FINDINGS, "site_id", "utc_date"),
        _quality("corrections", CORRECTIONS, "site_id", "utc_date"),
        _quality("rejected_rows", REJECTED_ROWS, "site_id", "utc_date"),
        _quality("unstamped_rows", UNSTAMPED_ROWS, "feed_id"),
        _quality("accounts", ACCOUNTS, "site_id"),
        _quality("surveys", SURVEYS, "feed_id"),
        _quality("days", DAYS, "site_id"),
    )
}
"""Name → table."""
