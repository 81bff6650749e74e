"""The private build: a copy of the last published version, with today's lake and reference around it.

The version that is published is only ever copied, never opened to write. A build that fails leaves
nothing that matters: the next one clears it away and begins again from the published version.
Here must not live: KPIs (dbt/), publishing.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.campus.snapshot import LakeFile, Snapshot
from pipelines.kinds import quality
from pipelines.warehouse.catalogue import FRAME_TYPES, frame_of, write_table
from pipelines.warehouse.connection import open_build
from pipelines.warehouse.durable import copy_hashed
from pipelines.warehouse.inputs import Inputs, inputs_of
from pipelines.warehouse.intact import check_intact
from pipelines.warehouse.readings import Day, is_affected, lake_tables, write_rejected_rows, write_views
from pipelines.warehouse.reference import write_reference
from pipelines.warehouse.versions import (
    DATABASE,
    Manifest,
    builds_folder,
    current,
    mend_pointer,
    next_number,
    read_manifest,
    version_folder,
)

PINNED_DAYS = quality.DAYS[:3]


@dataclass(frozen=True, slots=True)
class Build:
    """A private build, ready for dbt.

    Attributes:
        path: Its DuckDB file; nobody has it open.
        number: The version it will be published as.
        previous: The version it started from or follows, if any.
        affected_days: Days (site, UTC date) it brings up to date.
        is_full: Whether it starts from nothing and computes every day.
        inputs: What it is made of.
        code_version: Version of the whole code, as handed in.
    """

    path: Path
    number: int
    previous: int | None
    affected_days: int
    is_full: bool
    inputs: Inputs
    code_version: str


def is_current(folder: DataFolder, campus: Campus, snapshot: Snapshot, files: pl.DataFrame) -> bool:
    """Whether the published version already is this lake, reference data, accounts and code."""
    manifest = current(folder)
    if manifest is None:
        return False
    inputs = inputs_of(campus, snapshot, files)
    return (
        manifest.inputs_hash == inputs.whole
        and manifest.accounts_hash == inputs.accounts
        and manifest.lake_versions == snapshot.versions
    )


def prepare(
    folder: DataFolder,
    campus: Campus,
    snapshot: Snapshot,
    files: pl.DataFrame,
    code_version: str,
    *,
    threads: int | None = None,
) -> Build:
    """Makes the private build that dbt then fills. Only under the writer lock.

    Args:
        folder: The data folder.
        campus: The validated campus.
        snapshot: Exact files and fingerprints of the lake.
        files: Rows of `quality.files` (columns of `kinds.quality.FILES`, instants in UTC).
        code_version: Version of the whole code, for `quality.versions`.
        threads: DuckDB threads.

    Returns:
        The build, closed.

    Raises:
        Refusal: A file of the lake that the build reads is damaged or missing.
        CampusError: A reference number does not fit its column.
    """
    previous = mend_pointer(folder)
    clear_builds(folder)
    inputs = inputs_of(campus, snapshot, files)
    number = next_number(folder)
    path = builds_folder(folder) / f"{number:06d}" / DATABASE
    path.parent.mkdir(parents=True)
    start = None if previous is None else read_manifest(folder, previous)
    is_full = not (start and is_continued(start, inputs) and _is_copied(folder, start, path))
    with open_build(path, threads=threads) as connection:
        connection.begin()
        affected = changed_days(pinned_days(connection) if not is_full else {}, snapshot.fingerprints)
        check_intact(folder, _files_to_read(snapshot, affected))
        write_reference(connection, campus, _last_day(snapshot))
        _write_views(connection, folder, snapshot, affected)
        _write_books(connection, snapshot, files)
        write_rejected_rows(connection, snapshot)
        connection.commit()
        connection.execute("checkpoint")
    return Build(path, number, previous, len(affected), is_full, inputs, code_version)


def clear_builds(folder: DataFolder) -> None:
    """Removes what earlier builds left, published or failed."""
    if builds_folder(folder).is_dir():
        shutil.rmtree(builds_folder(folder))


def is_continued(start: Manifest, inputs: Inputs) -> bool:
    """Whether a build may start from a version: the same code and reference data made it."""
    return (start.code_hash, start.reference_hash) == (inputs.code, inputs.reference)


def changed_days(before: dict[Day, str], now: dict[Day, str]) -> list[Day]:
    """Days whose fingerprint is new, other or gone, ascending."""
    return sorted(day for day in before.keys() | now.keys() if before.get(day) != now.get(day))


def pinned_days(connection: duckdb.DuckDBPyConnection) -> dict[Day, str]:
    """Fingerprints of the days as the version at hand has them."""
    rows = connection.execute("select site_id, utc_date, fingerprint from quality.days").fetchall()
    return {(site_id, day): fingerprint for site_id, day, fingerprint in rows}


def _is_copied(folder: DataFolder, start: Manifest, path: Path) -> bool:
    """Copies a version; a copy of other bytes than were published is thrown away."""
    if copy_hashed(version_folder(folder, start.version_id) / DATABASE, path) == start.database_sha256:
        return True
    path.unlink()
    return False


def _write_views(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, snapshot: Snapshot, affected: list[Day]
) -> None:
    """Writes the views; where DuckDB cannot open a file of another day, says which."""
    try:
        write_views(connection, snapshot, affected)
    except duckdb.Error:
        check_intact(folder, (file for files in snapshot.files.values() for file in files))
        raise


def _files_to_read(snapshot: Snapshot, affected: Iterable[Day]) -> list[LakeFile]:
    days = set(affected)
    return [
        file
        for table in lake_tables()
        for file in snapshot.files.get(table.name, ())
        if is_affected(file, days)
    ]


def _last_day(snapshot: Snapshot) -> date | None:
    return max((day for _, day in snapshot.fingerprints), default=None)


def _write_books(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, files: pl.DataFrame) -> None:
    """`quality.days` and `quality.files`."""
    days = (
        {"site_id": site_id, "utc_date": day, "fingerprint": fingerprint}
        for (site_id, day), fingerprint in sorted(snapshot.fingerprints.items())
    )
    write_table(
        connection,
        "quality.days",
        "Days of the lake as this version has them.",
        PINNED_DAYS,
        frame_of(days, PINNED_DAYS),
    )
    typed = [
        _plain(files, column.name).cast(FRAME_TYPES[column.dtype]).alias(column.name)
        for column in quality.FILES
    ]
    write_table(
        connection,
        "quality.files",
        "Delivered files and what they came to, one row a file and feed.",
        quality.FILES,
        files.select(typed).sort("feed_id", "received_seq", "file_id"),
    )


def _plain(files: pl.DataFrame, name: str) -> pl.Expr:
    """A column; instants with a zone become UTC without one."""
    if isinstance(dtype := files.schema[name], pl.Datetime) and dtype.time_zone:
        return pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return pl.col(name)
