"""Which published versions stay: the newest ones and the last of each day, by the campus's own policy.

Here must not live: removing files of the lake (they ask `kept_lake_files` first).
"""

import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.warehouse.versions import (
    Manifest,
    builds_folder,
    current,
    lake_files,
    manifests,
    version_folder,
)


def prune_versions(
    folder: DataFolder, *, keep_versions: int, keep_daily_days: int, now: datetime | None = None
) -> list[int]:
    """Removes the versions that the policy no longer keeps. Only under the writer lock.

    Args:
        folder: The data folder.
        keep_versions: So many newest versions stay (`keep_versions` of `reference.parameters`).
        keep_daily_days: For so many days back the last version of each UTC day stays (`keep_daily_days`).
        now: The time; the clock's by default.

    Returns:
        Numbers of the removed versions, ascending. The published one is never among them.
    """
    found = manifests(folder)
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    kept = kept_versions(found.values(), keep_versions, keep_daily_days, today)
    published = current(folder)
    removed = [
        number
        for number in found
        if number not in kept and not (published and number == published.version_id)
    ]
    for number in removed:
        _remove(folder, number)
    return removed


def kept_versions(
    versions: Iterable[Manifest], keep_versions: int, keep_daily_days: int, today: date
) -> set[int]:
    """Numbers of the versions the policy keeps."""
    ordered = sorted(versions, key=lambda manifest: manifest.version_id)
    newest = {manifest.version_id for manifest in ordered[-keep_versions:]} if keep_versions else set()
    last_of_day = {manifest.published_at.astimezone(UTC).date(): manifest.version_id for manifest in ordered}
    since = today - timedelta(days=keep_daily_days)
    return newest | {number for day, number in last_of_day.items() if day > since}


def kept_lake_files(folder: DataFolder) -> set[Path]:
    """Every file of the lake that a version on disk names: none of them may be removed."""
    return {path for number in manifests(folder) for path in lake_files(folder, number)}


def _remove(folder: DataFolder, number: int) -> None:
    """Takes a version away in one step, so that no half of it is ever taken for a version."""
    builds_folder(folder).mkdir(parents=True, exist_ok=True)
    doomed = builds_folder(folder) / f"{number:06d}.removed"
    version_folder(folder, number).rename(doomed)
    shutil.rmtree(doomed)
