"""One commit: partitions of one table replaced whole, durably, exactly once.

The Parquet files are written by us, so that they are synced before the commit and carry their sha256
in their name; delta-rs itself never syncs. Files are 0444 and never written twice. Callers hold the
writer lock. Here must not live: what to replace.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties
from deltalake.transaction import AddAction, RemoveAction

from pipelines.campus.abreast import abreast
from pipelines.campus.paths import DataFolder
from pipelines.kinds.texts import as_they_occur
from pipelines.lake.tables import Table

Filters = list[tuple[str, str, object]]
Partition = tuple[dict[str, object], pl.DataFrame]
"""What names a partition, and its rows in their order without these columns."""


def replace(
    folder: DataFolder, table: Table, site_id: str, days: Sequence[date] | None, frame: pl.DataFrame
) -> int:
    """Replaces a site's partitions of some days (or all of the site's, where not cut by day).

    Args:
        folder: The data folder.
        table: The table.
        site_id: The site.
        days: UTC days that `frame` is everything of; None for a table that is not cut by day.
        frame: Rows of exactly this site and these days; empty days lose their rows.

    Returns:
        The new version.
    """
    filters: Filters = [("site_id", "=", site_id)]
    if days is not None:
        filters.append(("utc_date", "in", [day.isoformat() for day in days]))
    return _commit(folder, table, frame, "overwrite", filters)


def replace_feeds(folder: DataFolder, table: Table, feeds: Collection[str], frame: pl.DataFrame) -> int:
    """Replaces everything of some feeds in a table that is cut by feed.

    Args:
        folder: The data folder.
        table: The table.
        feeds: Feeds that `frame` is everything of.
        frame: Rows of exactly these feeds.

    Returns:
        The new version.
    """
    return _commit(folder, table, frame, "overwrite", [("feed_id", "in", sorted(feeds))])


def append(folder: DataFolder, table: Table, frame: pl.DataFrame) -> int:
    """Adds rows to a table whose readers tell repeated rows apart by their key."""
    return _commit(folder, table, frame, "append", None)


def _commit(folder: DataFolder, table: Table, frame: pl.DataFrame, mode: str, filters: Filters | None) -> int:
    delta = table.create(folder)
    if filters and not frame.height and not delta.file_uris(file_pruning_predicate=filters):
        return delta.version()
    ordered = frame.select(*table.schema)
    version = delta.version() + 1
    write = partial(_write, table.path(folder), version)
    actions: list[AddAction | RemoveAction] = [*abreast(write, [*_parts(ordered, table)])]
    delta.create_write_transaction(
        actions=actions,
        mode=mode,
        schema=table.delta_schema,
        partition_by=list(table.partitions),
        partition_filters=filters,
        commit_properties=CommitProperties(max_commit_retries=0),
    )
    _sync_log(table.path(folder) / "_delta_log", version)
    return version


def _parts(frame: pl.DataFrame, table: Table) -> Iterator[Partition]:
    """The partitions of a frame.

    Frames come in a few long runs of one partition each, so they are cut without looking at every row.
    """
    keys = frame.select(table.partitions)
    begins = keys.select(pl.any_horizontal(pl.all() != pl.all().shift()).fill_null(True)).to_series()
    runs: dict[tuple[Any, ...], list[pl.DataFrame]] = {}
    for first, end in pairwise([*begins.arg_true(), frame.height]):
        runs.setdefault(keys.row(first), []).append(frame.slice(first, end - first))
    for key in sorted(runs):
        yield dict(zip(table.partitions, key, strict=True)), pl.concat(runs[key]).drop(table.partitions)


def _write(root: Path, version: int, partition: Partition) -> AddAction:
    """Writes one Parquet file: temporary name, sync, hash, final name, sync of the folder."""
    key, part = partition
    relative = Path(*(f"{name}={value}" for name, value in key.items()))
    place = root / relative
    place.mkdir(parents=True, exist_ok=True)
    temporary = place / f".{version:06d}.tmp"
    as_they_occur(part).write_parquet(temporary, compression="zstd", compression_level=1)
    sha256 = _sync_and_hash(temporary)
    final = place / f"v{version:06d}-{sha256}.parquet"
    temporary.chmod(0o444)
    temporary.rename(final)
    sync_folder(place)
    return AddAction(
        path=(relative / final.name).as_posix(),
        size=final.stat().st_size,
        partition_values={name: str(value) for name, value in key.items()},
        modification_time=0,
        data_change=True,
        stats=json.dumps({"numRecords": part.height}),
    )


def _sync_and_hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest


def sync_folder(path: Path) -> None:
    """Makes renames within a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_log(log: Path, version: int) -> None:
    with (log / f"{version:020d}.json").open("rb") as entry:
        os.fsync(entry.fileno())
    sync_folder(log)
