"""What the lake holds: rows of a table, and the exact files of all of them.

Reads go through polars or file lists only: `DeltaTable.to_pyarrow_table()` can abort the interpreter
at exit. Here must not live: writing.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from pipelines.campus.paths import DataFolder
from pipelines.campus.snapshot import LakeFile, Snapshot
from pipelines.kinds.texts import spelt_out
from pipelines.lake.tables import TABLES, Table

_NAME = re.compile(r"v\d{6}-([0-9a-f]{64})\.parquet")


def read(folder: DataFolder, table: Table) -> pl.DataFrame:
    """All rows of a table, in no particular order; empty where the table does not exist."""
    return _scan(folder, table).collect()


def read_feeds(
    folder: DataFolder, table: Table, site_id: str, feeds: Mapping[str, Collection[date]]
) -> pl.DataFrame:
    """Rows of some feeds of a site, each on days of its own."""
    if not feeds:
        return pl.DataFrame(schema=table.schema)
    wanted = [
        (pl.col("feed_id") == feed) & pl.col("utc_date").is_in(list(days)) for feed, days in feeds.items()
    ]
    return _scan(folder, table).filter((pl.col("site_id") == site_id) & pl.any_horizontal(wanted)).collect()


def _scan(folder: DataFolder, table: Table) -> pl.LazyFrame:
    """The table's files by their own paths; a column that older files do not have yet is NULL there.

    polars' own Delta reader takes the percent-encoded addresses of delta-rs for paths, and a folder
    named `x=y` above the lake for a partition.
    """
    frames = [
        spelt_out(pl.scan_parquet(path, hive_partitioning=False, glob=False)).with_columns(
            pl.lit(date.fromisoformat(value) if name == "utc_date" else value).alias(name)
            for name, value in _key(path, table).items()
        )
        for path in paths_of(folder, table)
    ]
    whole = pl.concat([pl.LazyFrame(schema=table.schema), *frames], how="diagonal")
    return whole.select(*table.schema)


def snapshot(folder: DataFolder) -> Snapshot:
    """Versions, files and fingerprints as they are now."""
    versions: dict[str, int] = {}
    files: dict[str, tuple[LakeFile, ...]] = {}
    for name, table in TABLES.items():
        delta = table.open(folder)
        versions[name] = -1 if delta is None else delta.version()
        files[name] = () if delta is None else _files(delta, table)
    days = read(folder, TABLES["days"]).sort("site_id", "utc_date")
    fingerprints = {
        (site, day): mark for site, day, mark in days.select("site_id", "utc_date", "fingerprint").rows()
    }
    return Snapshot(versions, files, fingerprints)


def is_intact(file: LakeFile) -> bool:
    """Whether a file still has the hash that was recorded when it was committed."""
    with file.path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest() == file.sha256


def paths_of(folder: DataFolder, table: Table) -> list[Path]:
    """Files of the table as it is now, in order; none where the table does not exist."""
    delta = table.open(folder)
    return [] if delta is None else _paths(delta)


def _paths(delta: DeltaTable) -> list[Path]:
    return [Path(unquote(uri.removeprefix("file://"))) for uri in sorted(delta.file_uris())]


def _key(path: Path, table: Table) -> dict[str, str]:
    """The partition a file belongs to, as its folders say."""
    folders = path.parts[-1 - len(table.partitions) : -1]
    return dict(folder.split("=", 1) for folder in folders)


def _files(delta: DeltaTable, table: Table) -> tuple[LakeFile, ...]:
    return tuple(_lake_file(path, table) for path in _paths(delta))


def _lake_file(path: Path, table: Table) -> LakeFile:
    key = _key(path, table)
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{path} is in the Delta log but was not written by Headroom")
    day = key.get("utc_date")
    return LakeFile(path, match[1], key.get("site_id"), date.fromisoformat(day) if day else None)
