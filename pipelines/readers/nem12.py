"""NEM12: interval meter data of the Australian market; a record holds a day of one stream.

A 200 record names a stream (meter point and suffix), its unit and its interval; each 300 record below it
holds a day of values by market time. Where its quality is V, the 400 records below say which interval has
which. A 300 record becomes one row a value, all with the number of its line. What does not fit is
refused, never cut or filled; a 300 record over several lines is joined only where it breaks at commas.
Here must not live: what a stream, a unit word or a quality letter means.
"""

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.header import check_names
from pipelines.readers.nem12_records import FLAG, MINUTES, Booking, Day, Stream, flag_place
from pipelines.readers.records import split_records
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame
from pipelines.readers.text import open_text

COLUMNS = ("stream", "stamp", "value", "unit", "quality", "method", "updated")
"""`stamp` is the start of the interval by market time; `quality` the letter of the quality flag, `method`
its two digits; `updated` the update stamp of the day's record."""
DATE = re.compile("[0-9]{8}")
PLACE = re.compile("[0-9]{1,4}")


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed NEM12 file as text, one row a value; see `pipelines.readers.read`."""
    check_names(COLUMNS, contract)
    with open_text(path, contract.dialect.encoding) as text:
        lines = split_records(text, Dialect(quote=None, final_newline=contract.dialect.final_newline))
        booking = Booking()
        for number, raw, rule, reason in lines.select(ROW_NUMBER, "raw", "rule", "reason").iter_rows():
            booking.take(number, raw, Unfit(rule, reason) if rule else None)
        remarks = (*text.remarks, *booking.remarks)
    if not booking.is_ended:
        raise Refusal(
            "missing_end_record",
            "the file does not end with a 900 record: it may have been cut, or is no NEM12",
            "Send the file again",
        )
    days = [day for day in booking.days if not _is_ignored(day, contract)]
    rows: list[tuple[object, ...]] = []
    rejected = booking.rejected
    for day in days:
        try:
            rows.append(_row(day, contract))
        except Unfit as unfit:
            rejected.append(RejectedRow(day.number, unfit.rule, unfit.reason, day.raw))
    rejected.sort(key=lambda row: row.row_number)
    wanted = [name for name in COLUMNS if columns is None or name in columns]
    frame = _exploded(rows, contract).select(ROW_NUMBER, *wanted)
    skipped = lines.height - len(rows) - len(rejected)
    return TextTable(frame, rejected_frame(rejected), skipped, remarks)


def _is_ignored(day: Day, contract: Contract) -> bool:
    """Whether the contract does not want the stream: by its name, or by its name and interval."""
    if day.stream is None:
        return False
    names = (day.stream.name, f"{day.stream.name}@{day.stream.minutes}min")
    return any(re.fullmatch(pattern, name) for pattern in contract.ignore for name in names)


def _row(day: Day, contract: Contract) -> tuple[object, ...]:
    """A 300 record: number, day, stream, unit, update stamp, values, quality letters, methods."""
    stream = _sound_stream(day, contract)
    fields = [text.strip() for text in day.raw.split(",")]
    count = MINUTES // stream.minutes
    at = flag_place(fields)
    if at is None:
        raise Unfit("value_count", "no quality flag stands behind the values: the record may have been cut")
    if at != count:
        raise Unfit(
            "value_count", f"the record has {at} values; intervals of {stream.minutes} min make {count}"
        )
    if not DATE.fullmatch(fields[1]):
        raise Unfit("bad_timestamp", f"the day {fields[1]!r} is not written YYYYMMDD")
    try:
        day_of_market = date.fromisoformat(fields[1])
    except ValueError as error:
        raise Unfit("bad_timestamp", f"the day {fields[1]!r} does not exist") from error
    flags = _flags(day, fields[2 + count], count)
    letters, methods = zip(*map(_parts, flags), strict=True)
    updated = fields[5 + count] if len(fields) > 5 + count else None
    values = fields[2 : 2 + count]
    return day.number, day_of_market, stream.name, stream.unit, updated, values, letters, methods


def _sound_stream(day: Day, contract: Contract) -> Stream:
    """The stream of a 300 record, if its values can be read by this contract."""
    if day.flaw is not None:
        raise day.flaw
    if day.stream is None:
        raise Unfit("no_stream", "no sound 200 record above says which stream the values are of")
    if day.stream.flaw is not None:
        raise day.stream.flaw
    if day.stream.minutes * 60 != contract.time.interval:
        name, minutes = day.stream.name, day.stream.minutes
        raise Unfit(
            "other_interval",
            f"stream {name} has intervals of {minutes} min, the feed {contract.time.interval} s: land the "
            f"file also in a feed with `interval: {minutes}min`, and ignore '{name}@{minutes}min' here",
        )
    return day.stream


def _flags(day: Day, flag: str, count: int) -> list[str]:
    """The quality flag of each interval: the record's own, or those of its 400 records."""
    if flag != "V" and day.ranges:
        raise Unfit("quality_ranges", f"400 records follow though the quality is {flag}, not V")
    if flag != "V":
        return [flag] * count
    flags: list[str] = []
    for number, raw in day.ranges:
        _, first, last, named, *_ = (text.strip() for text in f"{raw},,,".split(","))
        follows = PLACE.fullmatch(first) and PLACE.fullmatch(last) and int(first) == len(flags) + 1
        if not follows or not len(flags) < int(last) <= count:
            raise Unfit(
                "quality_ranges",
                f"the 400 record in line {number} says {first} to {last} where {len(flags) + 1} to at most "
                f"{count} is due",
            )
        flags += [named] * (int(last) - len(flags))
    if len(flags) < count:
        raise Unfit("quality_ranges", f"no 400 record names the quality of intervals from {len(flags) + 1}")
    return flags


def _parts(flag: str) -> tuple[str, str | None]:
    """Letter and method of a flag; a text that is none stays whole, for cleaning to refuse."""
    match = FLAG.fullmatch(flag)
    return (match[1], match[2]) if match else (flag, None)


def _exploded(rows: list[tuple[object, ...]], contract: Contract) -> pl.DataFrame:
    """One row a value."""
    texts = pl.List(pl.String)
    days = pl.DataFrame(
        rows,
        {
            ROW_NUMBER: pl.Int64,
            "day": pl.Date,
            "stream": pl.String,
            "unit": pl.String,
            "updated": pl.String,
            "value": texts,
            "quality": texts,
            "method": texts,
        },
        orient="row",
    )
    places = pl.int_ranges(0, pl.col("value").list.len()).alias("place")
    flat = days.with_columns(places).explode("place", "value", "quality", "method")
    stamp = pl.col("day").cast(pl.Datetime("us")) + pl.duration(
        seconds=pl.col("place") * contract.time.interval
    )
    return flat.with_columns(stamp.dt.strftime("%Y-%m-%dT%H:%M:%S").alias("stamp"))
