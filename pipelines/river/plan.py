"""The plan: which days are not yet what their inputs make them.

A day is a function of the files that touch it or its context, their contracts, the reference rows of
its site and the code that cleans. The hash of all that is its fingerprint; a day whose mark in the lake
is another one is dirty. A day on which a feed could not be cleaned carries a mark of its own, so that
it stays dirty and is told apart from the day it was and the day it will be.
Here must not live: reading files, wall-clock time.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from pipelines.campus.campus import Campus, load_campus, reference_hash
from pipelines.campus.contract import Contract
from pipelines.campus.paths import DataFolder
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.lake import TABLES, read
from pipelines.river.code import cleaning_hash
from pipelines.river.extents import around
from pipelines.river.surveys import is_current, key_of, last_surveys

BLOCK_GAP = timedelta(days=31)
"""Dirty days this close together make one run."""

Day = tuple[str, date]
"""(site id, UTC day)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A contiguous range of UTC days, both ends included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Touch:
    """A file that touches a day or its context.

    Attributes:
        delivery: The file.
        contract: Its feed's contract.
        last: Its last interval that is no stamp of the future [UTC]; a later delivery of it may have more.
        is_in_order: Whether a stretch of it can be read without the rest.
    """

    delivery: Delivery
    contract: Contract
    last: datetime | None
    is_in_order: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """What the lake says of a day.

    Attributes:
        fingerprint: `marked` of the fingerprint it was cleaned by and the feeds that failed.
        failed: Feeds that could not be cleaned and keep what they last gave.
    """

    fingerprint: str
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        dirty: Days to clean, by site and day.
        fingerprints: Day → the fingerprint it should have, for all known days.
        touches: Day → files it is a function of, for all known days.
        done: Day → what the lake says of it.
        campus: The campus as it is now.
    """

    dirty: tuple[Day, ...]
    fingerprints: dict[Day, str]
    touches: dict[Day, list[Touch]]
    done: dict[Day, Mark]
    campus: Campus

    @property
    def untried(self) -> tuple[Day, ...]:
        """Dirty days that were not cleaned from these inputs yet; of the others, a feed failed."""
        return tuple(day for day in self.dirty if not self.is_tried(day))

    @property
    def failed(self) -> dict[str, list[date]]:
        """Feeds that could not be cleaned → their dirty days."""
        found: dict[str, list[date]] = defaultdict(list)
        for day in self.dirty:
            for feed in self.done[day].failed if self.is_tried(day) else ():
                found[feed].append(day[1])
        return dict(found)

    def is_tried(self, day: Day) -> bool:
        """Whether a day was cleaned from what it is a function of now, be it without some feed."""
        mark = self.done.get(day)
        return mark is not None and mark.fingerprint == marked(self.fingerprints.get(day, ""), mark.failed)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Dirty days of all sites as ranges; gaps of up to 31 days are joined."""
        blocks: list[Block] = []
        for day in sorted({day for _, day in self.dirty}):
            if blocks and day - blocks[-1].end <= BLOCK_GAP:
                blocks[-1] = Block(blocks[-1].start, day)
            else:
                blocks.append(Block(day, day))
        return tuple(blocks)


def plan(
    folder: DataFolder,
    *,
    start: date | None = None,
    end: date | None = None,
    site: str | None = None,
    rebuild: bool = False,
    expect: bool = False,
) -> Plan:
    """Compares what every day should be with what it is.

    Args:
        folder: The data folder.
        start: First UTC day of interest.
        end: Last UTC day of interest.
        site: Only this site.
        rebuild: Take every day of interest for dirty.
        expect: Know the days from `start` to `end` even where no file touches them, so that gaps
            become visible.

    Raises:
        CampusError: The reference tables do not describe a campus.
    """
    campus = load_campus(folder)
    touches = _touches(folder, campus)
    done = _done(folder)
    known = {*touches, *done, *(_expected(campus, start, end) if expect else ())}
    fingerprints = {
        day: _fingerprint(day, touches.get(day, []), campus) for day in known if day[0] in campus.sites
    }

    def is_wanted(day: Day) -> bool:
        inside = (start is None or day[1] >= start) and (end is None or day[1] <= end)
        return inside and (site is None or day[0] == site)

    dirty = [
        day
        for day, fingerprint in fingerprints.items()
        if is_wanted(day) and (rebuild or done.get(day) != Mark(fingerprint))
    ]
    return Plan(tuple(sorted(dirty)), fingerprints, touches, done, campus)


def marked(fingerprint: str, failed: Collection[str]) -> str:
    """The mark of a day: its fingerprint, and another one where a feed failed."""
    if not failed:
        return fingerprint
    return hashlib.sha256(" ".join([fingerprint, *failed]).encode()).hexdigest()


def _done(folder: DataFolder) -> dict[Day, Mark]:
    book = read(folder, TABLES["days"]).select("site_id", "utc_date", "fingerprint", "failed")
    return {(site, day): Mark(found, tuple(failed.split())) for site, day, found, failed in book.rows()}


def _touches(folder: DataFolder, campus: Campus) -> dict[Day, list[Touch]]:
    """Days with records → files that touch them or their context."""
    surveys = last_surveys(folder)
    own: dict[Day, list[Touch]] = defaultdict(list)
    near: dict[Day, list[Touch]] = defaultdict(list)
    for delivery in Vault(folder).deliveries():
        survey = surveys.get(key_of(delivery))
        if survey is None or not survey.is_read or not is_current(survey, delivery, campus):
            continue
        contract = campus.contracts[delivery.feed_id]
        touch = Touch(delivery, contract, survey.last_interval_utc, survey.is_in_order)
        for reach in survey.reaches:
            own[contract.site, reach.day].append(touch)
        for day in around(survey.reaches, timedelta(seconds=contract.context_s)):
            near[contract.site, day].append(touch)
    return {day: files + near.get(day, []) for day, files in own.items()}


def _expected(campus: Campus, start: date | None, end: date | None) -> list[Day]:
    if start is None or end is None:
        return []
    days = []
    for site in (site for site in campus.sites.values() if site.kind == "campus"):
        first = max(start, site.starts_on)
        days += [(site.site_id, first + timedelta(days=n)) for n in range((end - first).days + 1)]
    return days


def _fingerprint(day: Day, touches: list[Touch], campus: Campus) -> str:
    files = sorted(
        (
            touch.delivery.feed_id,
            touch.delivery.file_id,
            campus.contract_hashes[touch.contract.feed],
            _order(touch),
            str(touch.last),
        )
        for touch in touches
    )
    parts = [day[0], day[1].isoformat(), files, reference_hash(campus, day[0]), cleaning_hash()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _order(touch: Touch) -> str:
    """What decides conflicts beside the bytes: the receive sequence or the file name, where declared."""
    revision = touch.contract.revision
    if revision is None or revision.by == "column":
        return ""
    return str(touch.delivery.received_seq) if revision.by == "received" else touch.delivery.file_name
