"""Cleaning as a whole: text + contract + devices → accepted, rejected, findings, accounts.

Pure functions of their arguments: no file, no clock, no yesterday's output. A day of a feed is a
function of the files that touch it and its context. Here must not live: the rules themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

import polars as pl

from pipelines.campus.abreast import abreast, in_parts
from pipelines.campus.contract import Contract
from pipelines.cleaning import books
from pipelines.cleaning.cells import columns_of_absent_devices, drop_ignored, unknown_columns, value_columns
from pipelines.cleaning.clock import AT, START, TIME_RULE, refusals, stamp, text_columns
from pipelines.cleaning.counters import increments
from pipelines.cleaning.delivered import Cleaned, Delivered, Extent, Reach
from pipelines.cleaning.duplicates import resolve
from pipelines.cleaning.in_order import is_in_order, reach
from pipelines.cleaning.joined import Joined, groups_of_devices, in_one, join, placed, places_of
from pipelines.cleaning.layout import REFUSED, lay_out
from pipelines.cleaning.masses import contradiction, is_asserted
from pipelines.cleaning.neighbourhood import judge_neighbourhoods
from pipelines.cleaning.off_grid import off_grid
from pipelines.cleaning.ratings import Rating
from pipelines.cleaning.readings import readings_of
from pipelines.cleaning.values import Judged, judge
from pipelines.kinds import KINDS
from pipelines.kinds.quality import FINDINGS
from pipelines.kinds.schemas import polars_schema

FUTURE = timedelta(days=1)
"""A stamp this much later than the file's arrival is not a measurement."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What cleaning knows of the site.

    Attributes:
        starts_on: First UTC day of interest.
        kinds: Device id → kind of its readings, for the devices of the site.
        ratings: Device id → nameplate, for those whose size is known.
    """

    starts_on: date
    kinds: Mapping[str, str]
    ratings: Mapping[str, Rating] = field(default_factory=dict)


def survey(file: Delivered, contract: Contract, scope: Scope) -> Extent:
    """Reads only the clock of a file: which days it touches, which records have no readable time.

    `file.rows` needs only the columns that tell time, tag or device.
    """
    found = stamped(file, contract, scope)
    unstamped = pl.concat([refusals(found, contract), file.unreadable]).sort("row_number")
    inside = found.filter(pl.col(TIME_RULE).is_null()).select(AT)
    days = inside.group_by(pl.col(AT).dt.date().alias("day")).agg(
        pl.col(AT).min().alias("first"), pl.col(AT).max().alias("last")
    )
    return Extent(
        days=tuple(Reach(*row) for row in days.sort("day").rows()),
        rows_in=found.height + file.unreadable.height,
        unstamped=unstamped,
        unstamped_values=unstamped.height * len(value_columns(text_columns(file.rows), contract)),
        is_in_order=file.is_regular and found.height == file.rows.height and is_in_order(found, contract),
    )


def clean_feed(files: Iterable[Delivered], contract: Contract, scope: Scope, days: Sequence[date]) -> Cleaned:
    """Cleans some days of one feed.

    Args:
        files: Every file of the feed that touches the days or their context; any order. They are
            taken one by one, so that a generator keeps only the wanted days of each in memory.
        contract: The feed's contract.
        scope: The site.
        days: UTC days wanted, ascending.

    Returns:
        Readings, refused records, findings and accounts of exactly these days.
    """
    files, joined, refused, found = _joined(files, contract, scope, days)
    joined, more = _across(joined, contract, scope, files)
    wanted = pl.col(START).dt.date().is_in(list(days))
    joined = [replace(series, frame=_by_day(series.frame, days)) for series in joined]
    with ThreadPoolExecutor(1) as beside:
        readings = beside.submit(readings_of, joined, contract, files)
        rows = books.records(joined, refused.filter(wanted), contract)
        book = books.accounts(rows, contract, files)
        books.check(book)
    doubts = [series.findings.filter(wanted) for series in joined if series.findings.height]
    doubts += [frame.filter(wanted) for frame in more if frame.height]
    return Cleaned(
        readings=readings.result(),
        rejected=books.rejected(rows, contract, files),
        findings=_sorted(pl.concat([books.findings(doubts, contract, files), *found])),
        accounts=book,
    )


def _by_day(frame: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    """The rows of the wanted days, day after day: so the lake keeps them, and cuts them without a search."""
    day = frame.get_column(START).dt.date()
    parts = [frame.filter(day == wanted) for wanted in days]
    return pl.concat([frame.clear(), *(part for part in parts if part.height)])


def stamped(file: Delivered, contract: Contract, scope: Scope) -> pl.DataFrame:
    """The records of the feed, with the instant of each or the rule that refuses its stamp."""
    starts = max(scope.starts_on, contract.valid_from or scope.starts_on)
    latest = file.received_at + FUTURE
    if contract.valid_to is not None:
        end = datetime.combine(contract.valid_to, datetime.min.time())
        latest = min(latest, end - timedelta(microseconds=1))
    lost = file.unreadable.get_column("row_number")
    found = stamp(file.rows, contract, datetime.combine(starts, datetime.min.time()), latest, lost)
    return drop_ignored(found, contract)


def _joined(
    files: Iterable[Delivered], contract: Contract, scope: Scope, days: Sequence[date]
) -> tuple[list[Delivered], list[Joined], pl.DataFrame, list[pl.DataFrame]]:
    """Rules of a single value, file by file; what they leave is joined over the files.

    Returns:
        The files in the order of their ids, with the rows of the wanted days and their context only;
        the values; values that mean nothing; findings about whole files.
    """
    read = partial(_read, contract=contract, scope=scope, days=days)
    parts = list(map(read, count(), files))
    kept = [part.file for part in parts]
    places = places_of(kept)
    ordered = sorted(kept, key=lambda file: file.file_id)
    refused = pl.concat([pl.DataFrame(schema=REFUSED), *(frame for part in parts for frame in part.refused)])
    found = [frame for part in parts for frame in part.found]
    values = (batch for part in parts for batch in part.judged)
    return ordered, join(values, places), placed(refused, places), found


@dataclass(frozen=True, slots=True)
class _Part:
    """What one file gives to some days: its rows where they are kept, values, refused values, findings."""

    file: Delivered
    judged: list[Judged]
    refused: list[pl.DataFrame]
    found: list[pl.DataFrame]


def _read(index: int, file: Delivered, contract: Contract, scope: Scope, days: Sequence[date]) -> _Part:
    """Rules of a single value on one file. Whatever is not wanted is let go before the next file is read."""
    found = stamped(file, contract, scope)
    rows = found.filter(pl.col(AT).is_between(*reach(days, contract), closed="left"))

    def judged(part: pl.DataFrame) -> tuple[list[Judged], list[pl.DataFrame]]:
        laid = lay_out(part, index, contract, scope.kinds)
        return [judge(batch, contract, scope.ratings) for batch in laid.batches], laid.refused

    parts = abreast(judged, in_parts(rows))
    return _Part(
        file=replace(file, rows=rows.clear() if file.again else rows.select(*file.rows.columns, AT)),
        judged=[batch for batches, _ in parts for batch in batches],
        refused=[frame for _, frames in parts for frame in frames],
        found=_file_findings(file, found, contract, scope, days),
    )


def _across(
    joined: list[Joined], contract: Contract, scope: Scope, files: Sequence[Delivered]
) -> tuple[list[Joined], list[pl.DataFrame]]:
    """Rules that look at several records, all of them of one device: groups of devices are judged abreast."""
    judge_group = partial(_across_group, contract=contract, scope=scope, files=files)
    groups = abreast(judge_group, groups_of_devices(joined))
    together = [in_one(parts) for parts in zip(*(series for series, _ in groups), strict=True)]
    return together, [frame for _, found in groups for frame in found]


def _across_group(
    joined: list[Joined], contract: Contract, scope: Scope, files: Sequence[Delivered]
) -> tuple[list[Joined], list[pl.DataFrame]]:
    """Duplicates, then registers, then neighbourhoods."""
    unique, found = [], []
    for series in joined:
        frame, conflicts = resolve(series.frame, series.columns, contract, files)
        found.append(conflicts)
        for name in dict.fromkeys(register.column for register in series.registers):
            column = KINDS[series.kind].by_name[name]
            frame, gaps = increments(frame, column, series.registers, contract)
            found.append(gaps)
        unique.append(replace(series, frame=frame))
    judged, doubts = judge_neighbourhoods(unique, contract, scope.ratings)
    return judged, found + doubts


def _file_findings(
    file: Delivered,
    stamped: pl.DataFrame,
    contract: Contract,
    scope: Scope,
    days: Sequence[date],
) -> list[pl.DataFrame]:
    """Findings about the file, filed under its first interval, and about single stamps of it."""
    names = text_columns(file.rows)
    about: list[tuple[str, str, str | None]] = [(rule, "kept", None) for rule in file.remarks]
    about += [("unknown_column", "kept", name) for name in unknown_columns(names, contract)]
    strangers = columns_of_absent_devices(names, contract, scope.kinds)
    about += [("unknown_device_id", "rejected", f"{name}: {device}") for name, device in strangers]
    if contract.time.declared_start is not None:
        about.append(("declared_time", "kept", str(contract.time.declared_start)))
    found: list[tuple[int, datetime, str, str, str | None]] = []
    first = stamped.get_column(AT).min()
    if isinstance(first, datetime) and first.date() in days:
        if is_asserted(contract):
            timed = stamped.filter(pl.col(AT).is_not_null())
            said = contradiction(lay_out(timed, 0, contract, scope.kinds).batches, contract)
            about += [("mass_contradicts_rate", "kept", said)] if said else []
        found += [(1, first, *rule) for rule in about]
    uneven = off_grid(stamped, contract)
    found += [(row, at, "off_grid", "kept", said) for row, at, said in uneven if at.date() in days]
    if not found:
        return []
    rows = [
        {
            "site_id": contract.site,
            "utc_date": start.date(),
            START: start,
            "rule": rule,
            "action": action,
            "raw_value": said,
            "feed_id": contract.feed,
            "file_id": file.file_id,
            "row_number": number,
        }
        for number, start, rule, action, said in found
    ]
    return [pl.DataFrame(rows, schema=polars_schema(FINDINGS))]


def _sorted(found: pl.DataFrame) -> pl.DataFrame:
    return found.sort(
        "utc_date", "file_id", "row_number", "device_id", "column_name", "rule", "raw_value", nulls_last=True
    )
