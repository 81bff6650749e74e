"""Rule of doubtful units: kW where MW are declared, or the other way round.

Beyond ten times a device's nameplate no power is true; where a thousandth of it fits, the unit is
suspected, of a run of values. A single one is a spike. A power of which registers of the same device count a
thousand times as much or as little is suspected as well; so are, where a feed asks for it, runs a thousand
times above or below their neighbourhood. Nothing is mended: the value is refused, since which unit it is
remains a guess. Here must not live: conversion (`values`).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from pipelines.campus.contract import UnitRun
from pipelines.cleaning.clock import START
from pipelines.cleaning.ratings import Rating, nameplates, of_rows
from pipelines.cleaning.runs import ROW, VALUE, same_device, since
from pipelines.cleaning.verdicts import VERDICTS
from pipelines.kinds import Column

_BEYOND, _FITS = 10.0, 1.2
"""Times the nameplate: never true, possibly true."""
_TIMES = 1000.0
_NEARLY = 3.0
"""Factor by which a value's step may miss a thousand, its level having changed meanwhile."""
_SPREAD = 10.0
"""Factor within which the middle of a neighbourhood and its end away from the value must agree."""

REGISTERS = {
    "battery_mw": ("energy_charged_mwh", "energy_discharged_mwh"),
    "grid_mw": ("energy_mwh",),
}
"""Power → registers of the same device that count its energy."""
_COUNTED = 0.01
"""Share of the nameplate from which what registers count is more than their last digit."""


def beyond_nameplate(
    frame: pl.DataFrame, column: Column, value: pl.Expr, largest: float, ratings: Mapping[str, Rating]
) -> pl.Expr | None:
    """Whether a value is beyond its device's nameplate and a thousandth of it is not.

    Args:
        frame: Rows with `device_id`.
        column: The column; only powers are compared with nameplates.
        value: The value [MW].
        largest: The largest size among the values [MW], to spare the comparison.
        ratings: Device id → nameplate.

    Returns:
        None where no value can be.
    """
    rated = nameplates(ratings)
    if column.unit != "MW" or not rated or largest <= _BEYOND * min(rated.values()):
        return None
    nameplate = pl.lit(of_rows(frame, rated))
    beyond = value.abs() > _BEYOND * nameplate
    return (beyond & (value.abs() <= _FITS * _TIMES * nameplate)).fill_null(False)


def off_nameplate(series: pl.DataFrame, ratings: Mapping[str, Rating], interval_s: int) -> pl.DataFrame:
    """Powers that may be a thousandth of the true one, or a thousand times it: the series less all others.

    These are not 0 and at most 1.2 thousandths of the nameplate, or above it, and two or more in a row.
    """
    rated = nameplates(ratings)
    least, most = min(rated.values(), default=0.0), max(rated.values(), default=0.0)
    size = pl.col(VALUE).abs()
    odd = series.filter((size > 0) & ((size <= _FITS / _TIMES * most) | (size > least)))
    nameplate = pl.lit(of_rows(odd, rated))
    odd = odd.filter(((size <= _FITS / _TIMES * nameplate) | (size > nameplate)).fill_null(False))
    return odd.filter(_in_company(interval_s))


def register_rows(
    odd: pl.DataFrame, counted: Sequence[pl.DataFrame], ratings: Mapping[str, Rating], interval_s: int
) -> pl.Series:
    """Rows of powers of which registers count a thousand times as much or as little, of two or more in a row.

    Args:
        odd: As `off_nameplate` gives it.
        counted: `device_id`, interval's start and `beside` (increment [MWh]), of each register.
        ratings: Device id → nameplate.
        interval_s: Interval of the feed [s].
    """
    keys = ["device_id", START]
    energy = pl.concat(counted).group_by(keys).agg(pl.col("beside").abs().sum())
    judged = odd.join(energy, on=keys, maintain_order="left").filter(pl.col("beside") > 0)
    nameplate = pl.lit(of_rows(judged, nameplates(ratings)))
    size, power = pl.col(VALUE).abs(), pl.col("beside") * 3600 / interval_s
    is_low = size <= nameplate
    ratio = pl.when(is_low).then(power / size).otherwise(size / power)
    suspects = judged.filter(_nearly(ratio / _TIMES, _NEARLY) & (~is_low | (power >= _COUNTED * nameplate)))
    return suspects.filter(_in_company(interval_s)).get_column(ROW)


def _in_company(interval_s: int) -> pl.Expr:
    """Whether the suspect before or the next one is of the same device and at most two intervals away."""
    follows = (same_device() & (since() <= pl.duration(seconds=2 * interval_s))).fill_null(False)
    return follows | follows.shift(-1, fill_value=False)


def lone_suspects(frame: pl.DataFrame, name: str, interval_s: int) -> pl.Series:
    """Rows of suspected values of which the device has no other within two intervals.

    The same interval delivered again is no other.
    """
    suspects = frame.filter(pl.col(f"{name}#") == VERDICTS["unit_suspect"].code)
    moments = suspects.unique(["device_id", START], keep="first", maintain_order=True)
    lone = moments.filter(~_in_company(interval_s))
    return suspects.join(lone, on=["device_id", START], how="semi").get_column(ROW)


def unit_rows(series: pl.DataFrame, rule: UnitRun, ratings: Mapping[str, Rating]) -> pl.Series:
    """Rows a thousand times above or below a neighbourhood that agrees with itself, before and after them.

    More than half of it does: that is how a run shorter than `within` is told from what is around it.
    Zeros are of every unit. The series is as in `runs`.
    """
    within = timedelta(seconds=rule.within)
    size, middle = pl.col("_size"), pl.col("_size").quantile(0.5, "lower")
    sized = series.with_columns(pl.col(VALUE).abs().alias("_size")).filter(size > 0)
    smallest, largest = (end.over("device_id") for end in (size.min(), size.max()))
    sized = sized.filter(largest > smallest * _TIMES / _NEARLY)
    if sized.is_empty():
        return sized.get_column(ROW)
    alike = pl.col(START).filter(_nearly(size / middle, math.sqrt(_TIMES)))
    levels = sized.rolling(START, period=2 * within, offset=-within, closed="both", group_by="device_id").agg(
        _low=size.quantile(0.2, "lower"),
        _middle=middle,
        _high=size.quantile(0.8, "lower"),
        _first=alike.min(),
        _last=alike.max(),
    )
    judged = sized.join(levels, on=["device_id", START], how="left", maintain_order="left")
    is_low = size < pl.col("_middle")
    step = pl.when(is_low).then(pl.col("_middle") / size).otherwise(size / pl.col("_middle"))
    far_end = pl.when(is_low).then(pl.col("_high")).otherwise(pl.col("_low"))
    agree = _nearly(far_end / pl.col("_middle"), _SPREAD) & pl.col(START).is_between("_first", "_last")
    possible = (pl.col("_middle") <= _FITS * pl.lit(of_rows(judged, nameplates(ratings)))).fill_null(True)
    return judged.filter(_nearly(step / _TIMES, _NEARLY) & agree & possible).get_column(ROW)


def _nearly(ratio: pl.Expr, factor: float) -> pl.Expr:
    """Whether a ratio is 1 to within a factor."""
    return ratio.log10().abs() < math.log10(factor)
