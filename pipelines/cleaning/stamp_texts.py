"""Texts of stamps become naive datetimes, as the contract's format says.

Here must not live: which instant a wall clock means, rules that refuse a record (`clock`).
"""

from datetime import timedelta
from functools import partial
from typing import cast

import polars as pl

from pipelines.campus.abreast import abreast, in_parts
from pipelines.campus.contract import Time
from pipelines.campus.stamp_format import EPOCHS, with_minutes

_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_PER_MICROSECOND = {"epoch_us": 1, "epoch_ns": 1_000}
"""Counts that a float would round: they are read as whole numbers, and cut to the microsecond."""


def read_stamps(rows: pl.DataFrame, time: Time) -> pl.Series:
    """Stamps as naive datetimes, NULL where they are none: UTC, or wall clock where the clock is a zone."""
    return pl.concat(abreast(partial(_read_part, time=time), in_parts(rows)))


def offset(time: Time) -> timedelta:
    """Offset of a fixed clock from UTC; zero for every other clock."""
    if time.zone is not None or time.clock in ("UTC", "in_value"):
        return timedelta(0)
    sign = -1 if time.clock[0] == "-" else 1
    hours, minutes = time.clock[1:].split(":")
    return sign * timedelta(hours=int(hours), minutes=int(minutes))


def _read_part(rows: pl.DataFrame, time: Time) -> pl.Series:
    """Neighbours often have the same stamp, as all tags or devices of a moment do: it is read once."""
    runs = rows.select(_written(time).rle().struct.unnest())
    read = _read(runs.get_column("value").str.strip_chars(), time)
    if runs.height == rows.height:
        return read
    return runs.select(pl.lit(read).repeat_by("len").explode()).to_series()


def _written(time: Time) -> pl.Expr:
    if len(time.columns) == 1:
        return pl.col(time.columns[0])
    return pl.concat_str([pl.col(name).str.strip_chars() for name in time.columns], separator=" ")


def _read(text: pl.Series, time: Time) -> pl.Series:
    parsed = _parsed(text, time)
    return parsed.scatter(_with_second_60(text, parsed, time), None)


def _with_second_60(text: pl.Series, parsed: pl.Series, time: Time) -> pl.Series:
    """Places of the stamps that name a second 60, which polars takes for the minute after.

    Such a stamp is one second earlier with 59 in its place; no other 60 is, but in a count of seconds.
    """
    at = (parsed.to_physical() % 60_000_000 < 1_000_000).arg_true()
    at = at.filter(text.gather(at).str.contains("60", literal=True))
    if time.format in EPOCHS or "%s" in time.format or at.is_empty():
        return at.clear()
    texts, instants = text.gather(at), parsed.gather(at)
    found = pl.repeat(False, len(at), eager=True)
    for nth in range(cast("int", texts.str.count_matches("60", literal=True).max())):
        earlier = _parsed(texts.str.replace(rf"^((?:.*?60){{{nth}}}.*?)60", "${1}59"), time)
        found |= (instants - earlier == timedelta(seconds=1)).fill_null(False)
    return at.filter(found)


def _parsed(text: pl.Series, time: Time) -> pl.Series:
    return _naive(text, time.format) if time.zone else _absolute(text, time)


def _absolute(text: pl.Series, time: Time) -> pl.Series:
    """Stamps of a clock without DST, as naive UTC."""
    if time.format in _MICROSECONDS:
        number = text.cast(pl.Float64, strict=False) * _MICROSECONDS[time.format]
        return number.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
    if time.format in _PER_MICROSECOND:
        whole = text.cast(pl.Int64, strict=False) // _PER_MICROSECOND[time.format]
        return whole.cast(pl.Datetime("us"))
    if time.clock == "in_value":
        pattern = "%Y-%m-%dT%H:%M:%S%.f%:z" if time.format == "iso8601" else with_minutes(time.format)
        aware = _iso_with_offset(text) if time.format == "iso8601" else text
        if pattern not in (time.format, "%Y-%m-%dT%H:%M:%S%.f%:z"):
            aware = aware + " :00"
        parsed = aware.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
        return parsed.dt.replace_time_zone(None)
    naive = _naive(text, time.format, utc=time.clock == "UTC")
    return naive - offset(time) if offset(time) else naive


def _iso_with_offset(text: pl.Series) -> pl.Series:
    """ISO 8601 with `T` and a numeric offset."""
    joined = text.str.replace(" ", "T", literal=True)
    return joined.str.replace(r"Z$", "+00:00").str.replace(r"([+-]\d{2})(\d{2})$", "${1}:${2}")


def _naive(text: pl.Series, pattern: str, *, utc: bool = False) -> pl.Series:
    """Wall-clock stamps. ISO stamps may end in Z where the clock is UTC; hours need no minutes."""
    if pattern == "iso8601":
        return _iso(text, utc=utc)
    complete = with_minutes(pattern)
    if complete != pattern:
        text = text + " :00"
    return text.str.to_datetime(complete, time_unit="us", strict=False)


def _iso(text: pl.Series, *, utc: bool) -> pl.Series:
    """ISO 8601 without offset: the spelling of most files first, every other spelling where it fails."""
    spelt = "%Y-%m-%dT%H:%M:%SZ" if utc else "%Y-%m-%dT%H:%M:%S"
    parsed = text.str.to_datetime(spelt, time_unit="us", strict=False)
    if parsed.null_count() == text.null_count():
        return parsed
    plain = (text.str.strip_suffix("Z") if utc else text).str.replace("T", " ", literal=True)
    return plain.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
