"""Publishes a build: tests are read, the file is sealed, one symlink switches.

Until the switch readers see the version before, afterwards this one, never anything between. The
version before stays where it is. Here must not live: building, retention.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.campus.paths import DataFolder
from pipelines.campus.snapshot import Snapshot
from pipelines.kinds import TableColumn
from pipelines.warehouse.build import Build
from pipelines.warehouse.catalogue import frame_of, write_table
from pipelines.warehouse.connection import open_build
from pipelines.warehouse.dbt import DbtReport, prepare_manifest
from pipelines.warehouse.durable import sha256_of, sync, write_durably
from pipelines.warehouse.export import canonical_sha256
from pipelines.warehouse.restatements import create_restatements, mart_keys, write_restatements
from pipelines.warehouse.row_versions import attached, keep_version_ids
from pipelines.warehouse.versions import (
    DATABASE,
    LAKE_FILES,
    MANIFEST,
    Manifest,
    current_database,
    manifest_sha256,
    manifests,
    mend_pointer,
    read_manifest,
    version_folder,
    versions_folder,
)

READ_ONLY = 0o444

VERSIONS = (
    TableColumn("version_id", "integer", "", "number of the version"),
    TableColumn("published_at", "timestamp", "", "when it was published, UTC"),
    TableColumn("code_version", "text", "", "version of the code that made it"),
    TableColumn("inputs_hash", "text", "", "sha256 of what it is a function of: days, reference data, code"),
    TableColumn("is_current", "boolean", "", "whether it is the version of this file"),
)


class PublicationRefused(Exception):
    """A build is not fit to be published; the version before stays.

    Attributes:
        failed: What failed, one line each.
        still: File of the version that stays; None before the first.
    """

    def __init__(self, failed: list[str], still: Path | None) -> None:
        self.failed, self.still = failed, still
        stays = f"the version before stays: {still}" if still else "nothing has been published yet"
        super().__init__(f"nothing was published: {'; '.join(failed)}; {stays}")


def publish(
    folder: DataFolder, build: Build, snapshot: Snapshot, report: DbtReport, *, now: datetime | None = None
) -> Manifest:
    """Makes a tested build the published version. Only under the writer lock.

    Args:
        folder: The data folder.
        build: The build, dbt has run on it.
        snapshot: The snapshot it was prepared with.
        report: What dbt said.
        now: The time of publication; the clock's by default.

    Returns:
        Its manifest, as written.

    Raises:
        PublicationRefused: A model or a blocking test failed, only a part was built, or a file of the lake
            that it stands on is gone.
    """
    if reasons := reasons_against(report) or gone(folder, snapshot):
        raise PublicationRefused(reasons, current_database(folder))
    published_at = now or datetime.now(UTC)
    _seal(folder, build, published_at)
    names = _lake_files(folder, snapshot)
    write_durably(build.path.with_name(LAKE_FILES), names, READ_ONLY)
    manifest = Manifest(
        version_id=build.number,
        published_at=published_at,
        code_version=build.code_version,
        inputs_hash=build.inputs.whole,
        code_hash=build.inputs.code,
        reference_hash=build.inputs.reference,
        accounts_hash=build.inputs.accounts,
        lake_versions=dict(snapshot.versions),
        lake_files_sha256=hashlib.sha256(names).hexdigest(),
        database_sha256=sha256_of(build.path),
        export_sha256=canonical_sha256(build.path),
        affected_days=build.affected_days,
        is_full=build.is_full,
        duckdb_version=duckdb.__version__,
        previous_version_id=build.previous,
        previous_manifest_sha256=None if build.previous is None else manifest_sha256(folder, build.previous),
    )
    write_durably(build.path.with_name(MANIFEST), manifest.to_json(), READ_ONLY)
    _switch(folder, build)
    return manifest


def reasons_against(report: DbtReport) -> list[str]:
    """Why a build must not be published; empty if it may."""
    reasons = [f"{node.unique_id}: {node.message or node.status}" for node in report.failed]
    if report.error:
        reasons.append(f"dbt did not run: {report.error}")
    if not report.is_whole:
        reasons.append("only a part was built; run the whole build")
    if not report.success and not reasons:
        reasons.append("dbt did not succeed")
    return [" ".join(reason.split()) for reason in reasons]


def gone(folder: DataFolder, snapshot: Snapshot) -> list[str]:
    """Files of the lake that the build's views name and that are no longer there."""
    paths = [file.path for files in snapshot.files.values() for file in files if not file.path.is_file()]
    return [f"{path.relative_to(folder.root)} is gone from the lake; run again" for path in sorted(paths)]


def _seal(folder: DataFolder, build: Build, published_at: datetime) -> None:
    """Writes the last table, drops what was only for the build, and closes the file for good."""
    with open_build(build.path) as connection:
        if build.previous is None:
            create_restatements(connection)
        else:
            _compare_with(connection, folder, build, build.previous)
        connection.begin()
        connection.execute("drop schema affected cascade")
        connection.execute("drop schema if exists staging cascade")
        rows = [_version_row(manifest) for manifest in manifests(folder).values()]
        own = {
            "version_id": build.number,
            "published_at": published_at.astimezone(UTC).replace(tzinfo=None),
            "code_version": build.code_version,
            "inputs_hash": build.inputs.whole,
            "is_current": True,
        }
        write_table(
            connection,
            "quality.versions",
            "Published versions that were kept when this one was published.",
            VERSIONS,
            frame_of([*rows, own], VERSIONS),
        )
        connection.commit()
        connection.execute("checkpoint")
    build.path.chmod(READ_ONLY)
    sync(build.path)


def _compare_with(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, build: Build, previous: int
) -> None:
    """Says which rows are those of the version before, and what became of the others."""
    start, keys = read_manifest(folder, previous), mart_keys(prepare_manifest().manifest)
    others = {
        "code": start.code_hash != build.inputs.code,
        "reference data": start.reference_hash != build.inputs.reference,
    }
    everywhere = [name for name, is_other in others.items() if is_other]
    with attached(connection, version_folder(folder, previous) / DATABASE):
        keep_version_ids(connection)
        write_restatements(connection, keys, (previous, build.number), everywhere)


def _version_row(manifest: Manifest) -> dict[str, object]:
    return {
        "version_id": manifest.version_id,
        "published_at": manifest.published_at.astimezone(UTC).replace(tzinfo=None),
        "code_version": manifest.code_version,
        "inputs_hash": manifest.inputs_hash,
        "is_current": False,
    }


def _lake_files(folder: DataFolder, snapshot: Snapshot) -> bytes:
    """`lake_files.json`: every file of the snapshot, below the lake, with its sha256."""
    found: Mapping[str, str] = {
        str(file.path.relative_to(folder.lake)): file.sha256
        for files in snapshot.files.values()
        for file in files
    }
    return (json.dumps(found, indent=0, sort_keys=True) + "\n").encode()


def _switch(folder: DataFolder, build: Build) -> None:
    """Moves the sealed folder to its place in one step, then points at it in another."""
    made = build.path.parent
    for leftover in made.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover)
    sync(made)
    versions_folder(folder).mkdir(parents=True, exist_ok=True)
    made.rename(version_folder(folder, build.number))
    sync(versions_folder(folder))
    mend_pointer(folder)
