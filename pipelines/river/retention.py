"""Retention: which published versions stay, and the lake files that only they needed.

The policy stands in `reference.parameters`: `keep_versions` newest versions and the last of each day
for `keep_daily_days`. The vault is kept for ever. Here must not live: Dagster's own records.
"""

from dataclasses import dataclass

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import DataFolder
from pipelines.lake import remove_superseded
from pipelines.river.lock import build_lock, writer_lock
from pipelines.warehouse.retention import kept_lake_files, prune_versions


@dataclass(frozen=True, slots=True)
class Pruned:
    """What retention removed.

    Attributes:
        versions: Numbers of published versions.
        lake_files: Files of the lake.
        lake_bytes: Their size.
    """

    versions: list[int]
    lake_files: int
    lake_bytes: int


def prune(folder: DataFolder) -> Pruned:
    """Removes versions that the policy no longer keeps, then lake files that nothing names any more.

    Waits for a build that is under way: it stands on lake files that no published version names yet.

    Raises:
        CampusError: The reference tables do not describe a campus.
        Busy: Another run is writing.
    """
    campus = load_campus(folder)
    with build_lock(folder), writer_lock(folder):
        versions = forget_versions(folder, campus)
        files, size = remove_superseded(folder, kept_lake_files(folder))
    return Pruned(versions, files, size)


def forget_versions(folder: DataFolder, campus: Campus) -> list[int]:
    """Removes versions by the policy; done after every publication. Only under the writer lock."""
    return prune_versions(
        folder,
        keep_versions=int(campus.parameter("keep_versions", 10)),
        keep_daily_days=int(campus.parameter("keep_daily_days", 35)),
    )
