"""Rule of interpolated values: an exact line over several records was drawn, not measured.

The records between two honest ones lie on the line through them. Steps of less than ten units of the last
digit say nothing: coarse numbers climb them by chance. Where a signal is known to be restless the feed may
name a count of records that is no chance even so: then what is off the best line through them is the rounding
alone. A machine may really move so, which is why a feed has to ask for the rule, and why the values stay: as
substituted ones. Here must not live: values that stay the same (`stuck`).
"""

import polars as pl

from pipelines.campus.contract import Straight
from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import ROW, VALUE, long_runs, same_device, since

_ROUNDING = 1e-9
"""Share of a value by which binary fractions miss the line."""
_LEAST_UNITS = 10
_COARSE = 0.4
"""Root mean square, of the rounding, up to which a stretch misses its line by rounding alone (0.29)."""
_DECIMALS = range(-3, 7)
"""Places of the last digit that are told apart: thousands to millionths."""


def straight_rows(series: pl.DataFrame, rule: Straight, interval_s: int) -> pl.Series:
    """Rows on lines of at least `records` values between two others; the series is as in `runs`."""
    value, interval = pl.col(VALUE), pl.duration(seconds=interval_s)
    next_to = same_device() & (since() == interval)
    between = next_to & next_to.shift(-1, fill_value=False)
    bend = (value.shift(-1) - 2 * value + value.shift()).abs()
    coarse = pl.any_horizontal(
        _is_whole(unit) & _is_whole(unit).shift() & (value.diff().abs() < _LEAST_UNITS * unit)
        for unit in (10.0**-decimals for decimals in _DECIMALS)
    )
    on_line = between & (bend <= rule.tolerance + _ROUNDING * value.abs()) & ~coarse & (value.diff() != 0)
    lines = series.with_columns(on_line.fill_null(False).alias("_on_line"))
    turns = pl.col("_on_line") != pl.col("_on_line").shift()
    after_s = rule.records * interval_s
    drawn = long_runs(lines, turns, after_s, interval_s).filter("_on_line").get_column(ROW)
    if rule.coarse is None or not rule.tolerance:
        return drawn
    coarsely = _coarse_rows(series, rule.coarse, rule.tolerance, interval_s)
    return pl.concat([drawn, coarsely]).unique(maintain_order=True)


def _coarse_rows(series: pl.DataFrame, records: int, rounding: float, interval_s: int) -> pl.Series:
    """Rows of stretches of so many records that miss their best line by rounding alone and rise by it once.

    Rounding alone is a root mean square of 0.29 of the last digit.
    """
    value = pl.col(VALUE) - pl.col(VALUE).first().over("device_id")
    place = pl.int_range(pl.len()).over("device_id").cast(pl.Float64)
    moments = series.select(
        ROW,
        "device_id",
        START,
        value.alias("_v"),
        (value * value).alias("_vv"),
        (place * value).alias("_tv"),
        place.alias("_t"),
    ).with_columns(pl.col("_v", "_vv", "_tv").rolling_sum(records).over("device_id"))
    middle = pl.col("_t") - (records - 1) / 2
    spread = records * (records * records - 1) / 12
    covariance = pl.col("_tv") - middle * pl.col("_v")
    slope = covariance / spread
    left = (pl.col("_vv") - pl.col("_v") ** 2 / records - slope * covariance) / records
    is_whole = pl.col(START) - pl.col(START).shift(records - 1).over("device_id") == pl.duration(
        seconds=(records - 1) * interval_s
    )
    is_line = is_whole & (left <= (_COARSE * rounding) ** 2) & (slope.abs() * (records - 1) >= rounding)
    ends = moments.select(ROW, "device_id", is_line.fill_null(False).alias("_ends"))
    covered = pl.col("_ends").reverse().rolling_max(records, min_samples=1).reverse().over("device_id")
    return ends.filter(covered).get_column(ROW)


def _is_whole(unit: float) -> pl.Expr:
    """Whether a value is a whole number of units."""
    value = pl.col(VALUE)
    return ((value / unit).round() * unit - value).abs() <= _ROUNDING * value.abs()
