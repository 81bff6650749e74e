"""How a source writes down when an interval was: the contract's clock, label and format.

Here must not live: reading such stamps back.
"""

from datetime import timedelta

import polars as pl

from pipelines.campus.contract import Time
from pipelines.simulator.span import Instants

_EPOCHS = {"epoch_s": 1, "epoch_ms": 1000}
_ISO = {"UTC": "%Y-%m-%dT%H:%M:%SZ", "in_value": "%Y-%m-%d %H:%M:%S%z"}


def stamp_columns(time: Time, starts: Instants, zone: str) -> pl.DataFrame:
    """The stamp columns of intervals.

    Args:
        time: How the source tells time.
        starts: Interval starts [s since 1970 UTC].
        zone: Prevailing time of the site, for stamps that carry their offset.

    Returns:
        One row an interval, `time.columns` as text (whole numbers for epochs).
    """
    named = starts + time.interval if time.label == "end" else starts
    if time.format in _EPOCHS:
        return pl.DataFrame({time.columns[0]: named * _EPOCHS[time.format]})
    wall = _on_clock(pl.Series(named * 1_000_000), time, zone)
    pattern = _ISO.get(time.clock, "%Y-%m-%d %H:%M:%S") if time.format == "iso8601" else time.format
    parts = pattern.split(" ", len(time.columns) - 1) if len(time.columns) > 1 else [pattern]
    return pl.DataFrame(
        {column: wall.dt.strftime(part) for column, part in zip(time.columns, parts, strict=True)}
    )


def file_dates(time: Time, starts: Instants, zone: str) -> pl.Series:
    """The date, by the source's clock, on which each interval starts."""
    return _on_clock(pl.Series(starts * 1_000_000), time, zone).dt.date()


def _on_clock(micros: pl.Series, time: Time, zone: str) -> pl.Series:
    """Instants [µs] as wall time of the contract's clock; `in_value` keeps its zone."""
    utc = micros.cast(pl.Datetime("us", "UTC"))
    if time.clock == "in_value":
        return utc.dt.convert_time_zone(zone)
    if time.zone is not None:
        return utc.dt.convert_time_zone(time.zone.key).dt.replace_time_zone(None)
    return utc.dt.replace_time_zone(None) + _offset(time.clock)


def _offset(clock: str) -> timedelta:
    if clock == "UTC":
        return timedelta(0)
    hours, minutes = clock[1:].split(":")
    return (-1 if clock[0] == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes))
