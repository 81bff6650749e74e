"""NEM12: interval meter data of the Australian market; a record holds a day of one stream.

A 200 record names a stream (meter point and suffix), its unit and its interval; each 300 record below it
holds a day of values by market time. Where its quality is V, the 400 records below say which interval has
which. A 300 record becomes one row a value, all with the number of its line. What does not fit is
refused, never cut or filled; a 300 record over several lines is joined only where it breaks at commas.
Here must not live: what a stream, a unit word or a quality letter means.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.header import check_names
from pipelines.readers.nem12_records import FLAG, MINUTES, Booking, Day, Stream, first_flag
from pipelines.readers.records import split_records
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame
from pipelines.readers.text import open_text

COLUMNS = ("stream", "stamp", "value", "unit", "quality", "method", "updated")
"""`stamp` is the start of the interval by market time; `quality` the letter of the quality flag, `method`
its two digits; `updated` the update stamp of the day's record."""
RUNS: dict[str, type[pl.DataType] | pl.DataType] = {
    ROW_NUMBER: pl.Int64,
    "day": pl.Date,
    "place": pl.Int64,
    "value": pl.List(pl.String),
    **dict.fromkeys(("stream", "unit", "quality", "method", "updated"), pl.String),
}
"""A run of intervals of one day and quality; `place` of its first, counted from 0."""
DATE = re.compile("[0-9]{8}")
PLACE = re.compile("[0-9]{1,4}")

Quality = tuple[int, int, str, str | None]
"""From which interval, up to which, letter, method; a text that is no flag stays whole."""


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
    runs: list[tuple[object, ...]] = []
    rejected = booking.rejected
    for day in days:
        try:
            runs.extend(_runs(day, contract))
        except Unfit as unfit:
            rejected.append(RejectedRow(day.number, unfit.rule, unfit.reason, day.raw))
    rejected.sort(key=lambda row: row.row_number)
    wanted = [name for name in COLUMNS if columns is None or name in columns]
    frame = _exploded(runs, contract.time.interval).select(ROW_NUMBER, *wanted)
    skipped = lines.height - len({number for number, *_ in runs}) - len(rejected)
    return TextTable(frame, rejected_frame(rejected), skipped, remarks)


def _is_ignored(day: Day, contract: Contract) -> bool:
    """Whether the contract does not want the stream: by its name, or by its name and interval."""
    if day.stream is None:
        return False
    names = (day.stream.name, f"{day.stream.name}@{day.stream.minutes}min")
    return any(re.fullmatch(pattern, name) for pattern in contract.ignore for name in names)


def _runs(day: Day, contract: Contract) -> Iterator[tuple[object, ...]]:
    """The columns of `RUNS` for each run of intervals of a 300 record that have one quality."""
    stream = _sound_stream(day, contract)
    count = MINUTES // stream.minutes
    flag = first_flag(day.raw)
    if flag is None:
        raise Unfit("value_count", "no quality flag stands behind the values: the record may have been cut")
    fields = day.raw[: flag.start()].split(",")
    values = fields[2:]
    if len(values) != count:
        raise Unfit(
            "value_count",
            f"the record has {len(values)} values; intervals of {stream.minutes} min make {count}",
        )
    start = _day(fields[1].strip())
    behind = day.raw[flag.end() :].split(",")
    updated = behind[3].strip() if len(behind) > 3 else None
    for first, last, letter, method in _qualities(day, flag[1], flag[2], count):
        quality = (stream.name, stream.unit, letter, method, updated)
        yield day.number, start, first, values[first:last], *quality


def _day(text: str) -> date:
    if not DATE.fullmatch(text):
        raise Unfit("bad_timestamp", f"the day {text[:20]!r} is not written YYYYMMDD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unfit("bad_timestamp", f"the day {text!r} does not exist") from error


def _sound_stream(day: Day, contract: Contract) -> Stream:
    """The stream of a 300 record, if its values can be read by this contract."""
    if day.flaw is not None:
        raise day.flaw.with_traceback(None)
    if day.stream is None:
        raise Unfit("no_stream", "no sound 200 record above says which stream the values are of")
    if day.stream.flaw is not None:
        raise day.stream.flaw.with_traceback(None)
    if day.stream.minutes * 60 != contract.time.interval:
        name, minutes = day.stream.name, day.stream.minutes
        raise Unfit(
            "other_interval",
            f"stream {name} has intervals of {minutes} min, the feed {contract.time.interval} s: land the "
            f"file also in a feed with `interval: {minutes}min`, and ignore '{name}@{minutes}min' here",
        )
    return day.stream


def _qualities(day: Day, letter: str, method: str | None, count: int) -> list[Quality]:
    """The quality of all intervals: that of the record, or where it is V those of its 400 records."""
    if letter != "V" and day.ranges:
        raise Unfit("quality_ranges", f"400 records follow though the quality is {letter}, not V")
    if letter != "V":
        return [(0, count, letter, method)]
    found: list[Quality] = []
    told = 0
    for number, raw in day.ranges:
        _, first, last, flag, *_ = (text.strip() for text in f"{raw},,,".split(","))
        is_next = PLACE.fullmatch(first) and PLACE.fullmatch(last) and int(first) == told + 1
        if not is_next or not told < int(last) <= count:
            raise Unfit(
                "quality_ranges",
                f"the 400 record in line {number} says {first[:9]} to {last[:9]} where {told + 1} to at most "
                f"{count} is due",
            )
        match = FLAG.fullmatch(flag)
        found.append((told, int(last), match[1] if match else flag, match[2] if match else None))
        told = int(last)
    if told < count:
        raise Unfit("quality_ranges", f"no 400 record names the quality of intervals from {told + 1}")
    return found


def _exploded(runs: list[tuple[object, ...]], interval_s: int) -> pl.DataFrame:
    """One row a value."""
    frame = pl.DataFrame(runs, RUNS, orient="row")
    place = pl.int_ranges(pl.col("place"), pl.col("place") + pl.col("value").list.len())
    flat = frame.with_columns(place.alias("place")).explode("place", "value")
    stamp = pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds=pl.col("place") * interval_s)
    return flat.with_columns(stamp.dt.strftime("%Y-%m-%dT%H:%M:%S").alias("stamp"))
