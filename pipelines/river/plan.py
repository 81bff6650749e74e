"""The plan: which days are not yet what their inputs make them.

A day is a function of the files that touch it or its context, their contracts, the reference rows of
its site and the code that cleans. The hash of all that is its fingerprint; a day whose fingerprint in
the lake is another one is dirty. Here must not live: reading files, wall-clock time.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from pipelines.campus.campus import Campus, contract_hash, load_campus, reference_hash
from pipelines.campus.contract import Contract
from pipelines.campus.paths import DataFolder
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.lake import TABLES, read
from pipelines.river.code import cleaning_hash
from pipelines.river.extents import around, read_back

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
    """A file that touches a day or its context."""

    delivery: Delivery
    contract: Contract


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        dirty: Days to clean, by site and day.
        fingerprints: Day → the fingerprint it should have, for all known days.
        touches: Day → files it is a function of, for all known days.
        campus: The campus as it is now.
    """

    dirty: tuple[Day, ...]
    fingerprints: dict[Day, str]
    touches: dict[Day, list[Touch]]
    campus: Campus

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
    done: dict[Day, str] = {
        (site_id, day): mark
        for site_id, day, mark in read(folder, TABLES["days"])
        .select("site_id", "utc_date", "fingerprint")
        .rows()
    }
    known = {*touches, *done, *(_expected(campus, start, end) if expect else ())}
    fingerprints = {
        day: _fingerprint(day, touches.get(day, []), campus) for day in known if day[0] in campus.sites
    }

    def is_wanted(day: Day) -> bool:
        inside = (start is None or day[1] >= start) and (end is None or day[1] <= end)
        return inside and (site is None or day[0] == site)

    dirty = [
        day for day, mark in fingerprints.items() if is_wanted(day) and (rebuild or done.get(day) != mark)
    ]
    return Plan(tuple(sorted(dirty)), fingerprints, touches, campus)


def current_surveys(folder: DataFolder, campus: Campus) -> dict[tuple[str, str], dict[str, object]]:
    """(feed id, file id) → survey by today's contract and code."""
    code = cleaning_hash()
    hashes = {feed: contract_hash(contract) for feed, contract in campus.contracts.items()}
    return {
        (row["feed_id"], row["file_id"]): row
        for row in read(folder, TABLES["surveys"]).iter_rows(named=True)
        if row["code_hash"] == code and hashes.get(row["feed_id"]) == row["contract_hash"]
    }


def _touches(folder: DataFolder, campus: Campus) -> dict[Day, list[Touch]]:
    """Days with records → files that touch them or their context."""
    surveys = current_surveys(folder, campus)
    own: dict[Day, list[Touch]] = defaultdict(list)
    near: dict[Day, list[Touch]] = defaultdict(list)
    for delivery in Vault(folder).deliveries():
        survey = surveys.get((delivery.feed_id, delivery.file_id))
        if survey is None or survey["state"] != "read":
            continue
        contract = campus.contracts[delivery.feed_id]
        touch = Touch(delivery, contract)
        days = read_back(str(survey["days"]))
        for reach in days:
            own[contract.site, reach.day].append(touch)
        for day in around(days, timedelta(seconds=contract.context_s)):
            near[contract.site, day].append(touch)
    return {day: files + near.get(day, []) for day, files in own.items()}


def _expected(campus: Campus, start: date | None, end: date | None) -> list[Day]:
    if start is None or end is None:
        return []
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    sites = [site for site in campus.sites.values() if site.kind == "campus"]
    return [(site.site_id, day) for site in sites for day in days if day >= site.starts_on]


def _fingerprint(day: Day, touches: list[Touch], campus: Campus) -> str:
    files = sorted(
        (touch.delivery.feed_id, touch.delivery.file_id, contract_hash(touch.contract), _order(touch))
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
