"""Rules of corrections: which can be applied, and which of several of one value wins.

A correction is a record of a feed of its own: whose reading, which interval, the new value, why, and who
says so. Here must not live: rules that doubt a measurement, changing readings (`corrected`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date
from math import isfinite
from typing import Any

import polars as pl

from pipelines.campus.contract import Check, Contract
from pipelines.cleaning import books
from pipelines.cleaning.clock import AT, START
from pipelines.cleaning.corrected import apply
from pipelines.cleaning.delivered import Cleaned, Delivered
from pipelines.cleaning.feed import Scope, stamped
from pipelines.cleaning.values import bounds
from pipelines.kinds import KINDS, Column
from pipelines.kinds.quality import CORRECTIONS
from pipelines.kinds.schemas import polars_schema

WORDS = ("feed_id", "device_id", "column_name", "new_value", "reason", "person")
TARGET = ("feed_id", "device_id", "column_name", START)
"""What a correction is about."""

Feeds = Mapping[str, tuple[Contract, Cleaned]]
"""Feed id → its contract and what cleaning gave for the days at hand."""


def correct(
    files: Iterable[Delivered], contract: Contract, scope: Scope, days: Sequence[date], feeds: Feeds
) -> tuple[Cleaned, dict[str, Cleaned]]:
    """Corrects readings of some days.

    Args:
        files: Every file of the corrections feed that touches the days.
        contract: Its contract.
        scope: The site.
        days: UTC days wanted, ascending.
        feeds: The site's other feeds.

    Returns:
        What the corrections feed comes to: refused records, accounts and the book of corrections; and the
        feeds that it changed.
    """
    ordered = [
        replace(file, rows=stamped(file, contract, scope))
        for file in sorted(files, key=lambda file: file.file_id)
    ]
    records = pl.concat([_records(place, file, days) for place, file in enumerate(ordered)])
    judged = _ranked(_judged(records, feeds, scope))
    counted = _counted(judged)
    accounts = books.accounts(counted, contract, ordered)
    books.check(accounts)
    rejected = books.rejected(counted, contract, ordered)
    ids = {place: file.file_id for place, file in enumerate(ordered)}
    good = judged.filter(pl.col("fate") == "loaded").with_columns(
        pl.col("file").replace_strict(ids, return_dtype=pl.String).alias("file_id")
    )
    changed: dict[str, Cleaned] = {}
    book = [pl.DataFrame(schema=polars_schema(CORRECTIONS))]
    for (feed,), asked in good.group_by("feed_id", maintain_order=True):
        target, before = feeds[str(feed)]
        changed[str(feed)], told = apply(asked, before, target, scope.kinds, contract.feed)
        book.append(told)
    return Cleaned(rejected=rejected, accounts=accounts, corrections=pl.concat(book)), changed


def _records(place: int, file: Delivered, days: Sequence[date]) -> pl.DataFrame:
    """The records of the wanted days, blanks around their words left out."""
    return file.rows.filter(pl.col(AT).dt.date().is_in(list(days))).select(
        pl.lit(place, pl.UInt32).alias("file"),
        pl.lit(file.received_seq, pl.Int64).alias("received_seq"),
        "row_number",
        pl.col(AT).alias(START),
        *(pl.col(name).fill_null("").str.strip_chars() for name in WORDS),
    )


def _judged(records: pl.DataFrame, feeds: Feeds, scope: Scope) -> pl.DataFrame:
    """Adds `rule` and `why`: what speaks against a correction; NULL where nothing does."""
    verdicts = [_verdict(row, feeds, scope) for row in records.iter_rows(named=True)]
    return records.hstack(pl.DataFrame(verdicts, {"rule": pl.String, "why": pl.String}, orient="row"))


def _verdict(row: Mapping[str, Any], feeds: Feeds, scope: Scope) -> tuple[str | None, str | None]:
    feed, device, name = row["feed_id"], row["device_id"], row["column_name"]
    kind = scope.kinds.get(device)
    column = None if kind is None else KINDS[kind].by_name.get(name)
    if feed not in feeds or column is None:
        return (
            "unknown_target",
            f"no feed {feed!r} with a column {name!r} of a device {device!r} on this site",
        )
    if not row["reason"] or not row["person"]:
        return "no_reason", None
    interval_s = feeds[feed][0].time.interval
    if row[START].replace(tzinfo=UTC).timestamp() % interval_s:
        return "off_interval", f"{row[START]}: the intervals of {feed} last {interval_s} s"
    return _verdict_on_value(row["new_value"], column)


def _verdict_on_value(text: str, column: Column) -> tuple[str | None, str | None]:
    if not text or not column.is_number:
        return None, None
    try:
        number = float(text)
    except ValueError:
        return "not_a_number", f"{text!r} is not a number"
    low, high = bounds(column, Check())
    if not isfinite(number) or not low <= number <= high:
        return "out_of_range", f"{text} {column.unit} is not from {low:g} to {high:g}"
    return None, None


def _ranked(judged: pl.DataFrame) -> pl.DataFrame:
    """Adds `fate`: of several corrections of one value the one that came last is loaded."""
    is_good = pl.col("rule").is_null()
    place = pl.when(is_good).then(pl.int_range(pl.len()))
    ordered = judged.sort("received_seq", "file", "row_number").with_columns(
        (place == place.max()).over(TARGET).fill_null(value=False).alias("is_last"),
        pl.col("new_value").filter(is_good).last().over(TARGET).alias("last"),
    )
    fate = (
        pl.when("is_last")
        .then(pl.lit("loaded"))
        .when(is_good & (pl.col("new_value") == pl.col("last")))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("rejected"))
    )
    ranked = ordered.with_columns(fate.alias("fate"))
    is_superseded = is_good & (pl.col("fate") == "rejected")
    rule = pl.when(is_superseded).then(pl.lit("superseded")).otherwise("rule")
    return ranked.with_columns(rule.alias("rule")).drop("is_last", "last")


def _counted(ranked: pl.DataFrame) -> pl.DataFrame:
    """Corrections as `books.records` counts records; each has one value."""
    fates = [(pl.col("fate") == fate).cast(pl.UInt32).alias(fate) for fate in books.FATES]
    said = ranked.select("file", "row_number", START, *fates, "rule", pl.col("why").alias("reason"), "fate")
    return books.by_record(said)
