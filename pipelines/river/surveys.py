"""The book of surveys: which days each delivered file touches, as it was last read.

A survey is a function of the bytes, the contract, the code that reads, the first day of the site and
the time of receipt, after which a stamp is no measurement. The hash of all but the bytes is its
fingerprint; a file whose survey has another one is read again. Here must not live: reading files.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.cleaning import Extent, Reach
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.kinds.quality import SURVEYS
from pipelines.kinds.schemas import polars_schema
from pipelines.lake import TABLES, append, read, replace_feeds
from pipelines.river.code import cleaning_hash
from pipelines.river.extents import read_back, written

Key = tuple[str, str]
"""(feed id, file id)."""

ASK_AGAIN = ""
"""Fingerprint of a refusal that other files or the disk decide: never current."""


@dataclass(frozen=True)
class Survey:
    """One row of the book, see `kinds.quality.SURVEYS`."""

    feed_id: str
    file_id: str
    fingerprint: str
    state: str = "refused"
    rule: str | None = None
    reason: str | None = None
    remedy: str | None = None
    days: str = ""
    rows_in: int = 0
    rows_unstamped: int = 0
    values_unstamped: int = 0
    first_interval_utc: datetime | None = None
    last_interval_utc: datetime | None = None
    is_in_order: bool = False

    @property
    def is_read(self) -> bool:
        """Whether the file could be read."""
        return self.state == "read"

    @cached_property
    def reaches(self) -> list[Reach]:
        """What the file holds of each day."""
        return read_back(self.days)


def read_survey(delivery: Delivery, fingerprint: str, extent: Extent) -> Survey:
    """The survey of a file that could be read."""
    return Survey(
        *key_of(delivery),
        fingerprint,
        state="read",
        days=written(extent.days),
        rows_in=extent.rows_in,
        rows_unstamped=extent.unstamped.height,
        values_unstamped=extent.unstamped_values,
        first_interval_utc=extent.days[0].first if extent.days else None,
        last_interval_utc=extent.days[-1].last if extent.days else None,
        is_in_order=extent.is_in_order,
    )


def refused_survey(delivery: Delivery, fingerprint: str, refusal: Refusal) -> Survey:
    """The survey of a file that could not be read."""
    return Survey(
        *key_of(delivery), fingerprint, rule=refusal.rule, reason=refusal.reason, remedy=refusal.remedy
    )


def key_of(delivery: Delivery) -> Key:
    """The key of a delivery's survey."""
    return delivery.feed_id, delivery.file_id


def fingerprint_of(delivery: Delivery, campus: Campus) -> str:
    """sha256 over everything but the bytes that the survey of a delivery is a function of."""
    contract = campus.contracts[delivery.feed_id]
    parts = [
        campus.contract_hashes[delivery.feed_id],
        cleaning_hash(),
        campus.sites[contract.site].starts_on.isoformat(),
        delivery.received_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_current(survey: Survey | None, delivery: Delivery, campus: Campus) -> bool:
    """Whether a survey is what reading the file now would give."""
    return (
        survey is not None
        and delivery.feed_id in campus.contracts
        and survey.fingerprint == fingerprint_of(delivery, campus)
    )


def last_surveys(folder: DataFolder) -> dict[Key, Survey]:
    """The last survey of each file, current or not."""
    rows = read(folder, TABLES["surveys"]).iter_rows(named=True)
    return {(row["feed_id"], row["file_id"]): Survey(**row) for row in rows}


def not_read_yet(folder: DataFolder) -> list[Delivery]:
    """Deliveries of feeds with a valid contract that the next run reads (again), in the order of receipt.

    Raises:
        CampusError: The reference tables do not describe a campus.
    """
    campus, last = load_campus(folder), last_surveys(folder)
    return [
        delivery
        for delivery in Vault(folder).deliveries()
        if delivery.feed_id in campus.contracts
        and not is_current(last.get(key_of(delivery)), delivery, campus)
    ]


def write_surveys(
    folder: DataFolder, surveys: Mapping[Key, Survey], unstamped: Mapping[Key, pl.DataFrame]
) -> None:
    """Adds records without a time, then replaces the surveys of the feeds that have a new one or one less.

    The surveys come last: after a crash in between they are not current, and the files are read again.

    Args:
        folder: The data folder.
        surveys: The whole book, as it should be.
        unstamped: Rows of `kinds.quality.UNSTAMPED_ROWS` of the files that were surveyed now.
    """
    gone = last_surveys(folder).keys() - surveys.keys()
    feeds = {feed for feed, _ in (*unstamped, *gone)}
    if not feeds:
        return
    found = [rows for rows in unstamped.values() if rows.height]
    if found:
        append(folder, TABLES["unstamped_rows"], pl.concat(found))
    rows = [asdict(survey) for (feed, _), survey in surveys.items() if feed in feeds]
    replace_feeds(folder, TABLES["surveys"], feeds, pl.DataFrame(rows, schema=polars_schema(SURVEYS)))
