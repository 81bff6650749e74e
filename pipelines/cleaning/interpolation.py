"""Rule of interpolated values: an exact line over several records was drawn, not measured.

The records between two honest ones lie on the line through them. Steps of less than ten units of the last
digit say nothing: coarse numbers climb them by chance. A machine may really move so, which is why a feed
has to ask for the rule, and why the values stay: as substituted ones. Here must not live: values that stay
the same (`stuck`).
"""

import polars as pl

from pipelines.campus.contract import Straight
from pipelines.cleaning.runs import ROW, VALUE, long_runs, same_device, since

_ROUNDING = 1e-9
"""Share of a value by which binary fractions miss the line."""
_LEAST_UNITS = 10
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
    return long_runs(lines, turns, after_s, interval_s).filter("_on_line").get_column(ROW)


def _is_whole(unit: float) -> pl.Expr:
    """Whether a value is a whole number of units."""
    value = pl.col(VALUE)
    return ((value / unit).round() * unit - value).abs() <= _ROUNDING * value.abs()
