"""Days: dirty days of a block are cleaned from the vault and replaced whole in the lake.

Each file is read once for all its dirty days of a batch; the mark of a day is written last, so that a
crash leaves the day dirty. A feed that cannot be cleaned keeps what it last gave for these days, as one
with a broken contract does, and the next run tries again. Here must not live: rules, formats.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from pipelines.campus.barrier import confined
from pipelines.campus.campus import load_campus
from pipelines.campus.contract import Contract, Corrections
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.cleaning import Cleaned, clean_feed, correct
from pipelines.intake.delivery import RefusedFile
from pipelines.intake.vault import Vault
from pipelines.kinds import KINDS
from pipelines.kinds.quality import ACCOUNTS
from pipelines.kinds.schemas import polars_schema
from pipelines.kinds.texts import together
from pipelines.lake import TABLES, read, read_feeds, replace
from pipelines.river.arrival import survey_new
from pipelines.river.lock import writer_lock
from pipelines.river.plan import Block, Day, Mark, Plan, Touch, marked, plan
from pipelines.river.text import days_as_text, scope_of

BATCH_BYTES = 512 * 2**20
"""Delivered bytes that are cleaned together; more days make more batches."""

CLEANING_FAILED = "cleaning_failed"
KEPT = "This is a defect of Headroom: report it. Its days keep what it last gave, the next run tries again"


@dataclass(slots=True)
class CleanReport:
    """What cleaning a block came to.

    Attributes:
        days: Days cleaned.
        skipped: Days of the block that were clean already.
        rows: Kind → readings written.
        accounts: `kinds.quality.ACCOUNTS` of the cleaned days.
        findings: Rule → doubted values.
        rejected: Rule → refused records.
        refused: Whole files that a contract cannot read, where it changed since they arrived.
        failed: Feed that could not be cleaned → why.
    """

    days: int = 0
    skipped: int = 0
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    accounts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=polars_schema(ACCOUNTS)))
    findings: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rejected: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: list[RefusedFile] = field(default_factory=list)
    failed: dict[str, Refusal] = field(default_factory=dict)


def clean(
    folder: DataFolder,
    block: Block,
    *,
    site: str | None = None,
    rebuild: bool = False,
    expect: bool = False,
    batch_bytes: int = BATCH_BYTES,
) -> CleanReport:
    """Cleans the dirty days of a block.

    Args:
        folder: The data folder.
        block: UTC days of interest.
        site: Only this site.
        rebuild: Clean every known day of the block, dirty or not.
        expect: Know the block's days even where no file touches them.
        batch_bytes: Delivered bytes that are cleaned together.

    Raises:
        CampusError: The reference tables do not describe a campus.
        Busy: Another run is writing.
    """
    report = CleanReport()
    with writer_lock(folder):
        report.refused, _ = survey_new(folder, load_campus(folder))
        todo = plan(folder, start=block.start, end=block.end, site=site, rebuild=rebuild, expect=expect)
        inside = [day for day in todo.fingerprints if block.start <= day[1] <= block.end]
        report.skipped = len([day for day in inside if site is None or day[0] == site]) - len(todo.dirty)
        for site_id in sorted({site_id for site_id, _ in todo.dirty}):
            days = [day for day in todo.dirty if day[0] == site_id]
            for batch in _batches(days, todo, batch_bytes):
                _clean_batch(folder, batch, todo, report, rebuild=rebuild)
    return report


def _batches(days: Sequence[Day], todo: Plan, batch_bytes: int) -> Iterator[list[Day]]:
    """Consecutive dirty days of one site whose files together stay below `batch_bytes`."""
    batch: list[Day] = []
    files: dict[str, int] = {}
    for day in days:
        needed = {touch.delivery.file_id: touch.delivery.size for touch in todo.touches.get(day, [])}
        if batch and sum((files | needed).values()) > batch_bytes:
            yield batch
            batch, files = [], {}
        batch.append(day)
        files |= needed
    if batch:
        yield batch


def _clean_batch(
    folder: DataFolder, batch: list[Day], todo: Plan, report: CleanReport, *, rebuild: bool
) -> None:
    parts, failed = _clean_feeds(folder, batch, todo)
    report.failed = failed | report.failed
    marks = {day: _mark(day, failed, todo) for day in batch}
    if not rebuild and all(todo.done.get(day) == mark for day, mark in marks.items()):
        return  # The same feeds failed on the same inputs: the lake already is what it can be.
    site_id, days = batch[0][0], [day for _, day in batch]
    kept = dict.fromkeys(todo.campus.broken, days) | {
        feed: [day for (_, day), mark in marks.items() if feed in mark.failed] for feed in failed
    }

    def joined(name: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
        """What was cleaned now, and what broken and failed feeds last gave."""
        return together([read_feeds(folder, TABLES[name], site_id, kept), *frames])

    for kind in KINDS:
        frames = [part.readings[kind] for part in parts if kind in part.readings]
        frame = joined(f"readings/{kind}", frames)
        report.rows[kind] += frame.height
        replace(folder, TABLES[f"readings/{kind}"], site_id, days, frame)
    findings = joined("findings", [part.findings for part in parts])
    rejected = joined("rejected_rows", [part.rejected for part in parts])
    accounts = joined("accounts", [part.accounts for part in parts])
    corrections = joined("corrections", [part.corrections for part in parts])
    replace(folder, TABLES["findings"], site_id, days, findings)
    replace(folder, TABLES["rejected_rows"], site_id, days, rejected)
    replace(folder, TABLES["corrections"], site_id, days, corrections)
    _replace_book(folder, "accounts", site_id, days, accounts)
    _replace_book(folder, "days", site_id, days, _rows_of(marks, todo))
    _count(report, days, accounts, findings, rejected)


def _clean_feeds(
    folder: DataFolder, batch: list[Day], todo: Plan
) -> tuple[list[Cleaned], dict[str, Refusal]]:
    """What each feed that touches the batch comes to, and why those that failed did."""
    vault, scope = Vault(folder), scope_of(todo.campus, batch[0][0])
    days = [day for _, day in batch]
    parts: dict[str, Cleaned] = {}
    failed: dict[str, Refusal] = {}
    for contract, touches in sorted(_by_feed(batch, todo), key=lambda feed: _is_of_corrections(feed[0])):
        texts = map(partial(days_as_text, vault, days=days), touches)
        try:
            with confined(CLEANING_FAILED, KEPT):
                if _is_of_corrections(contract):
                    targets = _targets(contract, parts, failed, todo)
                    parts[contract.feed], changed = correct(texts, contract, scope, days, targets)
                    parts |= changed
                else:
                    parts[contract.feed] = clean_feed(texts, contract, scope, days)
        except Refusal as refusal:
            failed[contract.feed] = refusal
    return list(parts.values()), failed


def _is_of_corrections(contract: Contract) -> bool:
    """Feeds of corrections come last: they change what the others gave."""
    return isinstance(contract.layout, Corrections)


def _targets(
    contract: Contract, parts: Mapping[str, Cleaned], failed: Collection[str], todo: Plan
) -> dict[str, tuple[Contract, Cleaned]]:
    """The other feeds of the site, for corrections.

    Raises:
        Refusal: One of them could not be cleaned: it keeps what it last gave, corrections included.
    """
    if failed:
        raise Refusal(
            CLEANING_FAILED,
            f"the corrections wait for {', '.join(sorted(failed))}, which could not be cleaned",
            KEPT,
        )
    others = (other for other in todo.campus.contracts.values() if other.site == contract.site)
    return {
        other.feed: (other, parts.get(other.feed, Cleaned()))
        for other in others
        if not _is_of_corrections(other)
    }


def _mark(day: Day, failed: Collection[str], todo: Plan) -> Mark:
    """The mark of a cleaned day; only feeds that touch it can have failed on it."""
    here = sorted({touch.contract.feed for touch in todo.touches.get(day, [])} & set(failed))
    return Mark(marked(todo.fingerprints[day], here), tuple(here))


def _rows_of(marks: dict[Day, Mark], todo: Plan) -> pl.DataFrame:
    rows = [
        {
            "site_id": day[0],
            "utc_date": day[1],
            "fingerprint": mark.fingerprint,
            "files": len(todo.touches.get(day, [])),
            "failed": " ".join(mark.failed),
        }
        for day, mark in marks.items()
    ]
    return pl.DataFrame(rows, schema=TABLES["days"].schema)


def _by_feed(batch: list[Day], todo: Plan) -> Iterator[tuple[Contract, list[Touch]]]:
    """Feeds that touch the batch, with their files in the order of file ids."""
    feeds: dict[str, tuple[Contract, dict[str, Touch]]] = {}
    for day in batch:
        for touch in todo.touches.get(day, []):
            _, files = feeds.setdefault(touch.contract.feed, (touch.contract, {}))
            files[touch.delivery.file_id] = touch
    for feed in sorted(feeds):
        contract, files = feeds[feed]
        yield contract, [files[file_id] for file_id in sorted(files)]


def _replace_book(
    folder: DataFolder, name: str, site_id: str, days: Sequence[date], frame: pl.DataFrame
) -> None:
    """Replaces some days of a book that is cut by site only."""
    kept = read(folder, TABLES[name]).filter(
        (pl.col("site_id") == site_id) & ~pl.col("utc_date").is_in(list(days))
    )
    replace(folder, TABLES[name], site_id, None, pl.concat([kept, frame]).sort(pl.all()))


def _count(
    report: CleanReport,
    days: Sequence[date],
    accounts: pl.DataFrame,
    findings: pl.DataFrame,
    rejected: pl.DataFrame,
) -> None:
    report.days += len(days)
    report.accounts = pl.concat([report.accounts, accounts])
    for book, frame in ((report.findings, findings), (report.rejected, rejected)):
        for rule, count in frame.group_by("rule").len().rows():
            book[rule] += count
