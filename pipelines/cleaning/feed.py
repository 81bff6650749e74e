"""Cleaning as a whole: text + contract + devices → accepted, rejected, findings, accounts.

Pure functions of their arguments: no file, no clock, no yesterday's output. A day of a feed is a
function of the files that touch it and its context. Here must not live: the rules themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning import books
from pipelines.cleaning.clock import START, refusals, stamp
from pipelines.cleaning.counters import increments
from pipelines.cleaning.delivered import Cleaned, Delivered, Extent, Reach
from pipelines.cleaning.duplicates import in_order, resolve
from pipelines.cleaning.gate import pass_gate
from pipelines.cleaning.layout import drop_ignored, lay_out, value_columns
from pipelines.cleaning.stuck import null_stuck
from pipelines.cleaning.values import Judged, judge
from pipelines.cleaning.verdicts import LOADED
from pipelines.kinds import KINDS, METHODS
from pipelines.kinds.quality import FINDINGS
from pipelines.kinds.schemas import polars_schema, reading_schema

FUTURE = timedelta(days=1)
"""A stamp this much later than the file's arrival is not a measurement."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What cleaning knows of the site.

    Attributes:
        starts_on: First UTC day of interest.
        kinds: Device id → kind of its readings, for the devices of the site.
    """

    starts_on: date
    kinds: Mapping[str, str]


def survey(file: Delivered, contract: Contract, scope: Scope) -> Extent:
    """Reads only the clock of a file: which days it touches, which records have no readable time.

    `file.rows` needs only the columns that tell time, tag or device.
    """
    rows = drop_ignored(file.rows, contract)
    stamped = _stamped(file, rows, contract, scope)
    unstamped = pl.concat([refusals(stamped, contract), file.unreadable]).sort("row_number")
    inside = stamped.filter(pl.col("time_rule").is_null()).select(START)
    days = inside.group_by(pl.col(START).dt.date().alias("day")).agg(
        pl.col(START).min().alias("first"), pl.col(START).max().alias("last")
    )
    return Extent(
        days=tuple(Reach(*row) for row in days.sort("day").rows()),
        rows_in=rows.height + file.unreadable.height,
        unstamped=unstamped,
        unstamped_values=unstamped.height * _values_per_record(file.rows, contract),
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
    files, judged, unmatched, found = _judged(files, contract, scope, days)
    judged, more = _across(judged, contract, files)
    wanted = pl.col(START).dt.date().is_in(list(days))
    judged = [Judged(j.kind, j.tags, j.frame.filter(wanted), j.findings) for j in judged]
    rows = books.records(judged, unmatched.filter(wanted), contract)
    book = books.accounts(rows, contract, files)
    books.check(book)
    doubts = [j.findings.filter(wanted) for j in judged if j.findings.height]
    doubts += [frame.filter(wanted) for frame in more if frame.height]
    return Cleaned(
        readings=_readings(judged, contract, files),
        rejected=books.rejected(rows, contract, files),
        findings=_sorted(pl.concat([books.findings(doubts, contract, files), *found])),
        accounts=book,
    )


def _stamped(file: Delivered, rows: pl.DataFrame, contract: Contract, scope: Scope) -> pl.DataFrame:
    starts = max(scope.starts_on, contract.valid_from or scope.starts_on)
    latest = file.received_at + FUTURE
    if contract.valid_to is not None:
        end = datetime.combine(contract.valid_to, datetime.min.time())
        latest = min(latest, end - timedelta(microseconds=1))
    return stamp(rows, contract, datetime.combine(starts, datetime.min.time()), latest)


def _judged(
    files: Iterable[Delivered], contract: Contract, scope: Scope, days: Sequence[date]
) -> tuple[list[Delivered], list[Judged], pl.DataFrame, list[pl.DataFrame]]:
    """Rules of a single value, file by file; batches that are read alike joined over the files.

    Returns:
        The files in the order of their ids, with the rows of the wanted days and their context only;
        the judged batches; records that mean nothing; findings about whole files.
    """
    context = timedelta(seconds=contract.context_s)
    start = datetime.combine(days[0], datetime.min.time()) - context
    end = datetime.combine(days[-1], datetime.min.time()) + timedelta(days=1) + context
    inside = pl.col(START).is_between(start, end, closed="left")
    alike: dict[tuple[object, ...], list[Judged]] = {}
    kept: list[Delivered] = []
    unmatched, found = [], []
    for index, file in enumerate(files):
        stamped = _stamped(file, drop_ignored(file.rows, contract), contract, scope)
        rows = stamped.filter(inside)
        laid = lay_out(rows, index, contract, scope.kinds)
        unmatched.append(laid.unmatched)
        found += _file_findings(file, stamped, laid.unknown_columns, contract, days)
        kept.append(replace(file, rows=rows.select(file.rows.columns)))
        for batch in laid.batches:
            judged = judge(batch, contract)
            counters = tuple(tag.counter for tag in judged.tags.values())
            alike.setdefault((judged.kind, *judged.tags, counters), []).append(judged)
    places = _places(kept)
    joined = [_joined(group, places) for group in alike.values()]
    ordered = sorted(kept, key=lambda file: file.file_id)
    return ordered, joined, _placed(pl.concat(unmatched), places), found


def _places(files: Sequence[Delivered]) -> dict[int, int]:
    """Place in which a file came → place in the order of file ids."""
    order = sorted(range(len(files)), key=lambda place: files[place].file_id)
    return {came: place for place, came in enumerate(order)}


def _placed(frame: pl.DataFrame, places: dict[int, int]) -> pl.DataFrame:
    if all(came == place for came, place in places.items()):
        return frame
    return frame.with_columns(pl.col("file").replace_strict(places, return_dtype=pl.UInt32))


def _joined(group: Sequence[Judged], places: dict[int, int]) -> Judged:
    return Judged(
        group[0].kind,
        group[0].tags,
        in_order(_placed(pl.concat([judged.frame for judged in group]), places)),
        _placed(pl.concat([judged.findings for judged in group]), places),
    )


def _across(
    judged: list[Judged], contract: Contract, files: Sequence[Delivered]
) -> tuple[list[Judged], list[pl.DataFrame]]:
    """Rules that look at several records: duplicates, then registers, then stuck sensors."""
    unique, found = [], []
    for batch in judged:
        frame, conflicts = resolve(batch.frame, list(batch.tags), contract, files)
        found.append(conflicts)
        for name, tag in batch.tags.items():
            if tag.counter is not None:
                frame, doubts = increments(frame, KINDS[batch.kind].by_name[name], tag, contract)
                found.append(doubts)
        unique.append(Judged(batch.kind, batch.tags, frame, batch.findings))
    settled = []
    for batch in unique:
        frame = batch.frame
        for name in batch.tags:
            check = contract.checks.get(name)
            if check is not None and check.stuck is not None:
                companion = _companion(unique, batch.kind, check.stuck.companion)
                frame, doubts = null_stuck(frame, name, check.stuck, contract, companion)
                found.append(doubts)
        settled.append(Judged(batch.kind, batch.tags, frame, batch.findings))
    return settled, found


def _companion(judged: list[Judged], kind: str, name: str | None) -> pl.DataFrame | None:
    """Loaded values of a column as `device_id, interval_start_utc, companion`."""
    frames = [
        batch.frame.filter(pl.col(f"{name}#").is_in(LOADED)).select(
            "device_id", START, pl.col(name).alias("companion")
        )
        for batch in judged
        if batch.kind == kind and name is not None and name in batch.tags
    ]
    return pl.concat(frames).unique(["device_id", START], keep="first") if frames else None


def _readings(
    judged: list[Judged], contract: Contract, files: Sequence[Delivered]
) -> dict[str, pl.DataFrame]:
    """Readings of each kind: one row a device and interval that holds at least one value."""
    kinds = dict.fromkeys(batch.kind for batch in judged)
    return {kind: _reading(kind, [b for b in judged if b.kind == kind], contract, files) for kind in kinds}


def _reading(kind: str, judged: list[Judged], contract: Contract, files: Sequence[Delivered]) -> pl.DataFrame:
    keys = ("device_id", START)
    parts = []
    for batch in judged:
        loaded = pl.any_horizontal(pl.col(f"{name}#").is_in(LOADED) for name in batch.tags)
        parts.append(batch.frame.filter(loaded).select(*keys, "file", "row_number", "method", *batch.tags))
    rows = parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal")
    columns = [name for name in rows.columns if name in KINDS[kind].by_name]
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in keys)
    if len(parts) > 1 or rows.select(again.any()).item():
        grouped = rows.sort(*keys, "file", "row_number").group_by(*keys, maintain_order=True)
        rows = grouped.agg(
            pl.col("file", "row_number").first(),
            pl.col("method").max(),
            *[pl.col(name).drop_nulls().first() for name in columns],
        )
    ids = dict(enumerate(file.file_id for file in files))
    present = {
        "site_id": pl.lit(contract.site),
        "feed_id": pl.lit(contract.feed),
        "interval_s": pl.lit(contract.time.interval, pl.Int64),
        "file_id": pl.col("file").replace_strict(ids, return_dtype=pl.String),
        "method": pl.col("method").replace_strict(dict(enumerate(METHODS)), return_dtype=pl.String),
    }
    given = {*rows.columns}
    shaped = rows.select(
        (present[name] if name in present else pl.col(name) if name in given else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in reading_schema(KINDS[kind]).items()
    )
    return pass_gate(KINDS[kind], shaped).with_columns(pl.col(START).dt.date().alias("utc_date"))


def _values_per_record(rows: pl.DataFrame, contract: Contract) -> int:
    return max(1, len(value_columns(rows.columns, contract))) if contract.layout.kind != "long" else 1


def _file_findings(
    file: Delivered,
    stamped: pl.DataFrame,
    unknown_columns: tuple[str, ...],
    contract: Contract,
    days: Sequence[date],
) -> list[pl.DataFrame]:
    """Findings about the whole file, filed under its first interval."""
    about = [("unknown_column", name) for name in unknown_columns]
    if contract.time.declared_start is not None:
        about.append(("declared_time", str(contract.time.declared_start)))
    first = stamped.get_column(START).min()
    if not about or not isinstance(first, datetime) or first.date() not in days:
        return []
    rows = [
        {
            "site_id": contract.site,
            "utc_date": first.date(),
            "interval_start_utc": first,
            "rule": rule,
            "action": "kept",
            "raw_value": name,
            "feed_id": contract.feed,
            "file_id": file.file_id,
            "row_number": 1,
        }
        for rule, name in about
    ]
    return [pl.DataFrame(rows, schema=polars_schema(FINDINGS))]


def _sorted(found: pl.DataFrame) -> pl.DataFrame:
    return found.sort(
        "utc_date", "file_id", "row_number", "device_id", "column_name", "rule", nulls_last=True
    )
