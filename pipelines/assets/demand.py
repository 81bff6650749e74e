"""What the durable state calls for: files in landing, dirty days, a lake that is not yet published.

Only files on disk are asked, never Dagster's events, so that a lost or forged event changes nothing.
Here must not live: launching (`sensor`, `schedule`, `launch`).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.campus.paths import CODE, DBT_PROJECT, DataFolder

if TYPE_CHECKING:
    from pipelines.river.plan import Plan

PUBLISH_EVERY = "publish_every_min"
"""Row of `reference.parameters`. A version is a copy of the whole warehouse: not every file gets its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """Work that is called for.

    Attributes:
        key: The state that calls for it; the same state never launches two runs in the same hour.
    """

    key: str


@dataclass(frozen=True, slots=True)
class DaysCall(Call):
    """A block of dirty days, both ends included, and the sites that are dirty in it."""

    start: date
    end: date
    sites: frozenset[str]


@dataclass(frozen=True, slots=True)
class Demand:
    """Everything that is called for now, in the order of the river."""

    intake: Call | None
    days: tuple[DaysCall, ...]
    publish: Call | None


def demand(folder: DataFolder, now: datetime) -> Demand:
    """What the state of the data folder calls for.

    Intake is called for by files in landing and by files of the vault that are to be read (again): a mended
    contract needs no new file. A version is due when the lake is newer than the published one and the last
    publication is at least `PUBLISH_EVERY` minutes ago; the first one as soon as nothing else is to be done,
    or as long after the lake began. Days of which only a failing feed is missing are tried again every hour
    and keep no version waiting.
    """
    from pipelines.river import is_published, not_read_yet, plan
    from pipelines.warehouse.versions import current

    state = folder_state(folder, now)
    waiting = landed(folder) + [f"{file.feed_id}/{file.file_id}" for file in not_read_yet(folder)]
    todo = plan(folder)
    blocks = days_calls(todo, state)
    intake = Call(key=_digest([*waiting, state])) if waiting else None
    publish = None
    if folder.lake.is_dir() and not is_published(folder):
        manifest = current(folder)
        is_first_and_quiet = manifest is None and not waiting and not todo.untried
        since = manifest.published_at if manifest else _lake_began(folder)
        wait = timedelta(minutes=todo.campus.parameter(PUBLISH_EVERY, 15.0))
        if is_first_and_quiet or now - since >= wait:
            publish = Call(key=_digest([*_stamps(folder.lake.glob("*/**/_delta_log/*.json")), state]))
    return Demand(intake, blocks, publish)


def _lake_began(folder: DataFolder) -> datetime:
    """When the first table of the lake was made."""
    made = [path.stat().st_mtime for path in folder.lake.glob("*/**/_delta_log/00000000000000000000.json")]
    return datetime.fromtimestamp(min(made), UTC) if made else datetime.now(UTC)


def landed(folder: DataFolder) -> list[str]:
    """What lies in landing and is not being written by its name: path, size and time of each."""
    from pipelines.intake.opening import find, is_passing

    return [
        f"{'/'.join(found.parts)} {found.status.st_size} {found.status.st_mtime_ns}"
        for found in find(folder.landing)
        if not is_passing(found.name)
    ]


def days_calls(dirty: "Plan", state: str) -> tuple[DaysCall, ...]:
    """One call a block of the plan."""
    calls = []
    for block in dirty.blocks:
        inside = [(site, day) for site, day in dirty.dirty if block.start <= day <= block.end]
        key = _digest([state, *(f"{site} {day}" for site, day in inside)])
        calls.append(DaysCall(key, block.start, block.end, frozenset(site for site, _ in inside)))
    return tuple(calls)


def folder_state(folder: DataFolder, now: datetime) -> str:
    """A digest of what may turn a failed run into a good one: deliveries, reference, code, the hour."""
    watched = [
        folder.vault / "deliveries.jsonl",
        *sorted(folder.reference.rglob("*.*")),
        *sorted(CODE.rglob("*.py")),
        *sorted(path for path in DBT_PROJECT.rglob("*.*") if "target" not in path.parts),
    ]
    return _digest(
        [*_stamps(path for path in watched if path.is_file()), f"{now.astimezone(UTC):%Y-%m-%dT%H}"]
    )


def _stamps(paths: Iterable[Path]) -> list[str]:
    return [f"{path} {stat.st_size} {stat.st_mtime_ns}" for path in sorted(paths) for stat in [path.lstat()]]


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:20]
