"""A version: from the lake as it is to a published warehouse.

`prepare_version` and `publish_version` are two steps because dbt runs between them, in Dagster as
assets of its own. Here must not live: SQL, retention.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import DataFolder
from pipelines.campus.snapshot import Snapshot
from pipelines.lake import snapshot
from pipelines.river.accounts import file_accounts
from pipelines.river.code import code_version
from pipelines.river.lock import writer_lock
from pipelines.river.retention import forget_versions
from pipelines.warehouse.build import Build, is_current, prepare
from pipelines.warehouse.dbt import DbtReport
from pipelines.warehouse.publish import publish
from pipelines.warehouse.versions import Manifest


@dataclass(frozen=True, slots=True)
class Prepared:
    """A private build and the lake it was made from.

    Attributes:
        build: The build; dbt fills it.
        snapshot: The exact lake it was made from.
    """

    build: Build
    snapshot: Snapshot


def prepare_version(folder: DataFolder, *, force: bool = False) -> Prepared | None:
    """Makes the private build that dbt then fills.

    Args:
        folder: The data folder.
        force: Build even where nothing has changed.

    Returns:
        None where the published version already is this lake, reference data and code.

    Raises:
        CampusError: The reference tables do not describe a campus.
        Refusal: A file of the lake is damaged.
        Busy: Another run is writing.
    """
    with writer_lock(folder):
        campus, lake, files = _inputs(folder)
        if not force and is_current(folder, campus, lake, files):
            return None
        return Prepared(prepare(folder, campus, lake, files, code_version()), lake)


def is_published(folder: DataFolder) -> bool:
    """Whether the published version already is this lake, reference data and code."""
    return is_current(folder, *_inputs(folder))


def publish_version(folder: DataFolder, prepared: Prepared, report: DbtReport) -> Manifest:
    """Publishes a build that dbt has filled and tested; versions that need not be kept go.

    Raises:
        PublicationRefused: A model or a blocking test failed; the previous version stays.
        Busy: Another run is writing.
    """
    campus = load_campus(folder)
    with writer_lock(folder):
        manifest = publish(folder, prepared.build, prepared.snapshot, report)
        forget_versions(folder, campus)
    return manifest


def _inputs(folder: DataFolder) -> tuple[Campus, Snapshot, pl.DataFrame]:
    return load_campus(folder), snapshot(folder), file_accounts(folder)
